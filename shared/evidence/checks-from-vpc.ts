import { PlatformFailure } from '../ports/platform-failure.ts';
import type { HttpResult } from '../ports/prober.ts';
import type { ProbeReport } from '../ports/vpc-prober.ts';
import type { Inspection } from './inspector.ts';

/**
 * What a probe inside the VPC saw of a check, by its name; the probe is asked once, for all of them, and one by Direct VPC egress is asked rather
 * than one behind a connector, which may be what is broken.
 */
export function checksFromVpc(
  { environment, vpcProber }: Inspection,
  abort: AbortSignal,
): (check: string) => Promise<HttpResult> {
  const { probes } = environment;
  const probe = probes.find(({ through }) => through === 'direct-vpc') ?? probes[0];
  let asked: Promise<ProbeReport> | undefined;
  return async (check) => {
    if (probe === undefined)
      throw new PlatformFailure('failed-precondition', 'is to be looked at from inside the VPC, where no probe stands');
    asked ??= vpcProber.look({ environment: environment.name, probe: probe.name, look: 'checks' }, abort);
    const { knownGood, checks } = await asked;
    const own = checks.find((one) => one.check === check);
    if (own !== undefined) return own.result;
    const why = knownGood.answered ? 'it does not know this check' : `it is cut off: ${knownGood.detail}`;
    throw new PlatformFailure('unavailable', `probe ${probe.name} could not look: ${why}`);
  };
}
