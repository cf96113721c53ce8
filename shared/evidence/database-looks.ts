import type { Probe } from '../policy/policy.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { DatabaseLook } from '../ports/vpc-prober.ts';
import type { Inspection } from './inspector.ts';
import { redact } from './redact.ts';

/** One probe, and whether what it saw may be believed. */
export interface ObservedProbe {
  readonly probe: string;
  /** 'direct-vpc', or a connector's full name. */
  readonly through: string;
  /** `cut-off`: it answered us, and its known-good target did not answer it. `unavailable`: it could not be asked. */
  readonly state: 'in-the-vpc' | 'cut-off' | 'unavailable';
  readonly detail: string;
}

/** What one probe saw of one database. */
export type ObservedLook = DatabaseLook & Pick<ObservedProbe, 'probe' | 'through'>;

export interface Looked {
  readonly probes: readonly ObservedProbe[];
  readonly looks: readonly ObservedLook[];
}

/** Asks every probe at once; one that cannot be asked blinds no other. */
export async function lookFromVpc(inspection: Inspection, abort: AbortSignal): Promise<Looked> {
  const reports = await Promise.all(inspection.environment.probes.map((probe) => lookFrom(probe, inspection, abort)));
  return { probes: reports.map(({ probe }) => probe), looks: reports.flatMap(({ looks }) => looks) };
}

async function lookFrom(
  { name: probe, through }: Probe,
  { environment, vpcProber }: Inspection,
  abort: AbortSignal,
): Promise<{ readonly probe: ObservedProbe; readonly looks: readonly ObservedLook[] }> {
  try {
    const { knownGood, databases } = await vpcProber.look(
      { environment: environment.name, probe, look: 'databases' },
      abort,
    );
    const state = knownGood.answered ? 'in-the-vpc' : 'cut-off';
    return {
      probe: { probe, through, state, detail: redact(knownGood.detail) },
      looks: databases
        // One that was not made says nothing.
        .filter(({ outcome }) => knownGood.answered && outcome !== 'not-made')
        .map((look) => ({ ...look, detail: redact(look.detail), probe, through })),
    };
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return { probe: { probe, through, state: 'unavailable', detail: redact(error.message) }, looks: [] };
  }
}
