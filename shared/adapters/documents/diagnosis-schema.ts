import { z } from 'zod';
import type { Diagnosis, RankedCause } from '../../diagnosis/diagnosis.ts';
import type { Confidence, Layer, Symptom } from '../../diagnosis/rule.ts';
import type { PastIncident } from '../../ports/history.ts';
import { countSchema, everyMember, instantSchema, maybe } from './schema-parts.ts';

const layer = z.enum(['infrastructure', 'release', 'application', 'configuration', 'platform']);
const confidence = z.enum(['certain', 'likely', 'possible']);
const standing = z.enum(['root', 'unsettled', 'explained', 'looming', 'incidental']);
const kind = z.enum([
  'serving-errors',
  'check-failing',
  'check-turned-away',
  'start-ups-failing',
  'requests-refused',
  'backend-failing',
  'slow',
  'connections-cut',
]);
const outcome = z.enum(['resolved', 'recovered-by-itself', 'declined']);
everyMember<PastIncident['outcome'], z.infer<typeof outcome>>();
everyMember<Layer, z.infer<typeof layer>>();
everyMember<Confidence, z.infer<typeof confidence>>();
everyMember<RankedCause['standing'], z.infer<typeof standing>>();
everyMember<Symptom['kind'], z.infer<typeof kind>>();

const evidenceLine = z.looseObject({ text: z.string(), url: z.string().exactOptional() });

const cause = z.looseObject({
  rule: z.string(),
  layer,
  target: z.string(),
  claim: z.string(),
  confidence,
  evidence: z.array(evidenceLine),
  expects: z.array(z.looseObject({ text: z.string(), seen: z.enum(['yes', 'no', 'unknown']) })).default([]),
  services: z.array(z.string()),
  checks: z.array(z.string()).exactOptional(),
  backends: z.array(z.string()).exactOptional(),
  confessed: z.boolean().exactOptional(),
  harm: z.enum(['now', 'soon']).exactOptional(),
  explains: z.array(z.string()),
});

const rankedCause = cause.extend({
  standing,
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
  nextChecks: z.array(z.string()).default([]),
  symptoms: z.array(
    z.looseObject({
      kind,
      on: z.string(),
      text: z.string(),
    }),
  ),
  said: z.array(evidenceLine).exactOptional(),
  seenBefore: z
    .looseObject({
      times: countSchema,
      days: countSchema,
      last: z.looseObject({
        incident: z.string(),
        openedAt: instantSchema,
        lastedSeconds: z.number(),
        outcome,
        fixedBy: z.array(z.string()),
      }),
    })
    .exactOptional(),
});
