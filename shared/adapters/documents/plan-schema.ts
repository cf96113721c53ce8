import { z } from 'zod';
import type { Fit, Prospect, Risk } from '../../remedy/action.ts';
import type { PlanStep } from '../../remedy/actions.ts';
import { actionNames } from '../../remedy/actions.ts';
import type { SignedPlan } from '../../remedy/plan.ts';
import { everyMember, maybe } from './schema-parts.ts';

/** Only actions that this release has: a plan with another could not be carried out, and says so when it is read. */
export const actionNameSchema = z.enum(actionNames);

const risk = z.enum(['low', 'medium', 'high']);
const fit = z.enum(['mends', 'relieves', 'by-hand']);
const undo = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('restore-before') }),
  z.looseObject({ kind: z.literal('none'), why: z.string() }),
]);
everyMember<Risk, z.infer<typeof risk>>();
everyMember<Fit, z.infer<typeof fit>>();
everyMember<Prospect['undo']['kind'], z.infer<typeof undo>['kind']>();

const instruction = z.looseObject({ words: z.string(), commands: z.string().optional() });
const guide = z.looseObject({ check: instruction, make: z.string(), undo: instruction });

const prospect = z.looseObject({
  fit,
  risk,
  expectedEffect: z.string(),
  expectedSeconds: z.number(),
  patience: z.looseObject({ seconds: z.number(), waitsFor: z.string() }).optional(),
  whatCouldGoWrong: z.string(),
  costUsdPerMonth: z.union([z.number(), z.literal('unknown')]),
  summary: z.looseObject({ title: z.string(), before: z.string(), after: z.string() }),
  undo,
  permanent: z.looseObject({ first: z.string().optional(), gcloud: z.string(), terraform: z.string() }),
  guide: guide.optional(),
});

const step = z
  .looseObject({
    action: actionNameSchema,
    target: z.string(),
    etag: maybe(z.string()),
    before: z.looseObject({}),
    after: z.looseObject({}),
    prospect,
  })
  // Sound: the settings are whatever this action's propose made, and carrying out believes them only when digest and signature agree.
  .transform((value) => value as unknown as PlanStep);

/** Loose throughout: the digest covers every key, so every key must come back. */
export const signedPlanSchema: z.ZodType<SignedPlan> = z.looseObject({
  plan: z.looseObject({
    digest: z.string(),
    incident: z.string(),
    round: z.int().min(0),
    steps: z.tuple([step], step),
    because: z.looseObject({ rule: z.string(), target: z.string() }),
  }),
  signature: z.string(),
});
