import { readFileSync } from 'node:fs';
import { remoteClock } from '../shared/adapters/clock/remote-clock.ts';
import { sleepMs } from '../shared/adapters/clock/sleep-ms.ts';
import { systemClock } from '../shared/adapters/clock/system-clock.ts';
import { defaultAuth, defaultIdTokens, tokenAuth } from '../shared/adapters/google/auth.ts';
import { googleCallMeter } from '../shared/adapters/google/call-meter.ts';
import type { GoogleOptions } from '../shared/adapters/google/google-options.ts';
import { googleReader } from '../shared/adapters/google/reader.ts';
import { googleWriter } from '../shared/adapters/google/writer.ts';
import { type Log, log } from '../shared/adapters/log/log.ts';
import { loggedStore } from '../shared/adapters/log/logged-store.ts';
import { prober } from '../shared/adapters/probe/prober.ts';
import { remoteVpcProber } from '../shared/adapters/probe/remote-vpc-prober.ts';
import { openDatabase } from '../shared/adapters/sqlite/database.ts';
import { SqliteStore } from '../shared/adapters/sqlite/store.ts';
import type { Shell } from '../shared/engine/advance.ts';
import type { RemediationShell } from '../shared/engine/carry-out.ts';
import type { InvestigationShell } from '../shared/engine/investigate.ts';
import type { Store } from '../shared/incident/store.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { VpcProber } from '../shared/ports/vpc-prober.ts';
import { privateKeyFrom, publicKeyFrom } from '../shared/remedy/signature.ts';
import type { Config } from './config.ts';
import type { ConfigWithPolicy } from './config-with-policy.ts';
import { queueOf } from './wire-queue.ts';

// Builds the adapters from the configuration: the only place that does.

/** A push acknowledgement ends at 600 s (facts, Pub/Sub); an invocation gives up a little before. */
const INVOCATION_MS = 580_000;

export const invocation = (): AbortSignal => AbortSignal.timeout(INVOCATION_MS);

export function logOf(config: ConfigWithPolicy): Log {
  const own = log(config.name);
  for (const warning of config.warnings) own.warn({ warning }, 'configuration is worth a look');
  return own;
}

export const domainClock = ({ settings }: Config): Clock =>
  settings.RUNMEDIC_CLOCK_URL === undefined ? systemClock() : remoteClock(settings.RUNMEDIC_CLOCK_URL);

export function storeOf(config: Config): Store {
  const own = log(config.name);
  const store = new SqliteStore(openDatabase(config.needed('RUNMEDIC_STATE_FILE')), {
    nowMs: Date.now,
    onUnreadable: (fault) => own.error({ fault: fault.message }, 'a stored document cannot be read'),
  });
  return loggedStore(store, own);
}

export const shellOf = (config: ConfigWithPolicy): Shell => ({
  store: storeOf(config),
  queue: queueOf(config),
  policy: config.policy,
  by: config.name,
});

export async function investigationShell(config: ConfigWithPolicy): Promise<InvestigationShell> {
  return {
    ...shellOf(config),
    clock: domainClock(config),
    cloud: googleReader(await googleOptions(config)),
    prober: proberOf(config),
    vpcProber: remoteProbesOf(config),
    meter: googleCallMeter,
    pauseMs: sleepMs,
    planKey: privateKeyFrom(config.needed('RUNMEDIC_PLAN_KEY')),
  };
}

export async function remediationShell(config: ConfigWithPolicy): Promise<RemediationShell> {
  const options = await googleOptions(config);
  return {
    ...shellOf(config),
    clock: domainClock(config),
    cloud: googleReader(options),
    writer: googleWriter(options),
    planPublicKey: publicKeyFrom(config.needed('RUNMEDIC_PLAN_PUBLIC_KEY')),
    approvalPublicKey: publicKeyFrom(config.needed('RUNMEDIC_APPROVAL_PUBLIC_KEY')),
  };
}

export async function googleOptions({ name, settings }: Config): Promise<GoogleOptions> {
  const token = settings.RUNMEDIC_IDENTITY_TOKENS?.[name];
  const at = settings.RUNMEDIC_GOOGLE_ENDPOINT === undefined ? undefined : new URL(settings.RUNMEDIC_GOOGLE_ENDPOINT);
  return {
    auth: token === undefined ? await defaultAuth() : tokenAuth(token),
    endpoint: at && { host: at.hostname, port: Number(at.port), protocol: at.protocol === 'https:' ? 'https' : 'http' },
  };
}

const proberOf = ({ settings }: Config) =>
  prober({
    connectTo: settings.RUNMEDIC_CONNECT_TO,
    dnsServers: settings.RUNMEDIC_DNS_SERVERS,
    ...(settings.RUNMEDIC_CA_FILE === undefined ? {} : { ca: readFileSync(settings.RUNMEDIC_CA_FILE, 'utf8') }),
    idToken: defaultIdTokens(),
  });

/** The deployed probes, as investigate asks them. */
function remoteProbesOf({ settings, policy, name }: ConfigWithPolicy): VpcProber {
  const token = settings.RUNMEDIC_IDENTITY_TOKENS?.[name];
  return remoteVpcProber({
    environments: policy.environments,
    endpoint: settings.RUNMEDIC_PROBE_ENDPOINT,
    idToken: token === undefined ? defaultIdTokens() : async () => token,
  });
}
