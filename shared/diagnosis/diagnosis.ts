import type { Cause, EvidenceLine, Symptom } from './rule.ts';
import type { SeenBefore } from './seen-before.ts';

/** What was concluded from one evidence. The same evidence always gives the same diagnosis. */
export interface Diagnosis {
  /** No symptom was seen and nothing looms, all could be looked at, and somebody was seen to be served: silence proves nothing. */
  readonly healthy: boolean;
  /** The cause that nothing else present explains and that explains most; where nothing is wrong yet, what will be. undefined when none was found. */
  readonly root: Cause | undefined;
  /** Every cause, the root first, then other roots, then what is unsettled or explained. */
  readonly causes: readonly RankedCause[];
  readonly ruledOut: readonly { readonly rule: string; readonly reason: string }[];
  /** What could not be judged, and for want of what; `rule` names a rule, or a look from outside that could not be made. */
  readonly unchecked: readonly { readonly rule: string; readonly reason: string }[];
  /** What would settle what is in doubt: one sentence each, for a person, who may also have it looked at again. */
  readonly nextChecks: readonly string[];
  readonly symptoms: readonly Symptom[];
  /** Where no root was found: what those in trouble print most. */
  readonly said?: readonly EvidenceLine[];
  /** Where the same root was there before. */
  readonly seenBefore?: SeenBefore;
}

export type RankedCause = Cause & {
  /**
   * 'root': nothing present explains it. 'explained': another cause brings it about. 'incidental': it explains nothing that was seen.
   * 'unsettled': a rule that might explain it cannot be judged yet, and will be soon. 'looming': nothing fails of it yet.
   */
  readonly standing: 'root' | 'unsettled' | 'explained' | 'looming' | 'incidental';
  readonly explainedBy: readonly string[];
};
