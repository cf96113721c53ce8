import { readFileSync } from 'node:fs';
import { defaultIdTokens } from '../shared/adapters/google/auth.ts';
import { type Admits, admitsIdentity, admitsToken } from '../shared/adapters/probe/probe-caller.ts';
import { secretFiles } from '../shared/adapters/probe/secret-files.ts';
import { vpcProbe } from '../shared/adapters/probe/vpc-probe.ts';
import type { VpcProber } from '../shared/ports/vpc-prober.ts';
import { ConfigurationInvalid } from './config.ts';
import type { ConfigWithPolicy } from './config-with-policy.ts';

// Apart from wire.ts: only the probe loads database clients.

/** What looks from inside the VPC, where this function runs. */
export const probeOf = ({ settings, policy }: ConfigWithPolicy): VpcProber =>
  vpcProbe({
    environments: policy.environments,
    only: settings.RUNMEDIC_PROBE,
    connectTo: settings.RUNMEDIC_VPC_CONNECT_TO,
    ...(settings.RUNMEDIC_CA_FILE === undefined ? {} : { ca: readFileSync(settings.RUNMEDIC_CA_FILE, 'utf8') }),
    ...(settings.RUNMEDIC_SECRETS_FOLDER === undefined
      ? {}
      : { secret: secretFiles(settings.RUNMEDIC_SECRETS_FOLDER) }),
    idToken: defaultIdTokens(),
  });

/** investigate's identity alone: its ID token for this probe's URL, or on a laptop the token that stands for it. @throws ConfigurationInvalid where nobody is named. */
export function probeCallers({ settings, policy }: ConfigWithPolicy): Admits {
  const token = settings.RUNMEDIC_IDENTITY_TOKENS?.['investigate'];
  if (token !== undefined) return admitsToken(token);
  const caller = settings.RUNMEDIC_PROBE_CALLER;
  if (caller === undefined)
    throw new ConfigurationInvalid(['RUNMEDIC_PROBE_CALLER: not set, and functions/probe.ts answers nobody else']);
  const own = policy.environments
    .flatMap(({ probes }) => probes)
    .filter(({ name }) => isOwn(name, settings.RUNMEDIC_PROBE));
  return admitsIdentity(
    caller,
    own.map(({ url }) => url),
  );
}

const isOwn = (name: string, only: string | undefined): boolean => only === undefined || name === only;
