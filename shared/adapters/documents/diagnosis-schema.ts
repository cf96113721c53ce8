import { z } from 'zod';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { maybe } from './schema-parts.ts';

const cause = z.looseObject({
  rule: z.string(),
  layer: z.enum(['infrastructure', 'release', 'application', 'configuration', 'platform']),
  target: z.string(),
  claim: z.string(),
  confidence: z.enum(['certain', 'likely', 'possible']),
  evidence: z.array(z.looseObject({ text: z.string(), url: z.string().exactOptional() })),
  services: z.array(z.string()),
  explains: z.array(z.string()),
});

const rankedCause = cause.extend({
  standing: z.enum(['root', 'unsettled', 'explained', 'incidental']),
  explainedBy: z.array(z.string()),
});

const judged = z.looseObject({ rule: z.string(), reason: z.string() });

/** Rules are named by text alone: a diagnosis of a rule that has since been removed is still worth reading. */
export const diagnosisSchema: z.ZodType<Diagnosis> = z.looseObject({
  healthy: z.boolean(),
  root: maybe(cause),
  causes: z.array(rankedCause),
  ruledOut: z.array(judged),
  unchecked: z.array(judged),
  symptoms: z.array(
    z.looseObject({
      kind: z.enum(['serving-errors', 'check-failing', 'start-ups-failing', 'requests-refused']),
      on: z.string(),
      text: z.string(),
    }),
  ),
});
