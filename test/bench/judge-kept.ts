import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { keptEvidence } from '../corpus/kept-evidence.ts';
import { labels } from '../corpus/labels.ts';

/** Machine time of one judgement each, milliseconds. */
export type JudgeTimes = readonly number[];

/** Every rule over the kept evidence of every scenario of the corpus. */
export function judgeKept(): JudgeTimes {
  const records = labels().flatMap(({ scenario }) => keptEvidence(scenario) ?? []);
  return records.map((record) => {
    const startedMs = performance.now();
    diagnose(record.evidence, record);
    return performance.now() - startedMs;
  });
}
