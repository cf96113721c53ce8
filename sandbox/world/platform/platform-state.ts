import type { CauseOf } from '../../scenarios/causes.ts';
import type { QuotaEstate } from '../../scenarios/estate-platform.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** The ground that everything stands on. */
export interface PlatformState {
  readonly billing: {
    enabled: boolean;
    /** Until then, after it was lifted, no instance is to be had. */
    settledMs: number;
  };
  readonly quotas: Map<string, QuotaState>;
  readonly incidents: CloudIncidentState[];
  /** When each revision was last refused an instance for want of quota. */
  readonly refusedMs: Map<string, number>;
}

export interface QuotaState {
  readonly estate: QuotaEstate;
  otherUse: number;
  /** Of a rate: what was used, and refused, within the minute. */
  used: number;
  refused: number;
}

export interface CloudIncidentState {
  readonly id: string;
  readonly cause: CauseOf<'cloud-incident'>;
  readonly startedMs: number;
  endedMs: number | undefined;
}

export const platformState = ({ estate }: Scenario): PlatformState => ({
  billing: { enabled: true, settledMs: 0 },
  quotas: new Map(
    estate.platform.quotas.map((quota) => [
      quota.name,
      { estate: quota, otherUse: quota.otherUse, used: 0, refused: 0 },
    ]),
  ),
  incidents: [],
  refusedMs: new Map(),
});
