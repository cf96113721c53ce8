import { z } from 'zod';
import { duration } from './values.ts';

/**
 * The same file read forgivingly: whatever has the wrong shape is taken as not written. It lets `sense-faults.ts` look at
 * a whole file even when other parts of it are faulty, so that every fault is told at once.
 */
const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const text = maybe(z.string());
const seconds = maybe(duration({ minSeconds: 1, maxSeconds: 8_640_000 }));
const actionIds = maybe(z.union([z.literal('all'), z.array(text)]));

const blocks = {
  /** null, too, is written: the schema objects to it. */
  slack: z.unknown().optional(),
  approvers: maybe(z.object({ byAction: maybe(z.record(z.string(), z.unknown())) })),
  bounds: maybe(z.object({ actions: actionIds })),
  verification: maybe(z.object({ checks: maybe(z.int()), every: seconds, deadline: seconds })),
  escalation: maybe(z.array(z.object({ after: seconds }).catch({ after: undefined }))),
};

const step = z
  .object({
    url: text,
    headers: maybe(z.record(z.string(), z.unknown())),
    body: text,
    capture: maybe(z.record(z.string(), z.unknown())),
  })
  .catch({ url: undefined, headers: undefined, body: undefined, capture: undefined });

const nothing = { kind: undefined, name: undefined, url: undefined, vantage: undefined, steps: undefined };
const check = z
  .union([
    z.string().transform((url) => ({ ...nothing, url })),
    z.object({ kind: text, name: text, url: text, vantage: text, steps: maybe(z.array(step)) }),
  ])
  .catch(nothing);

const named = maybe(z.array(z.object({ name: text }).catch({ name: undefined })));

const environment = z.object({
  project: text,
  region: text,
  databases: named,
  probes: named,
  connectors: maybe(z.array(text)),
  checks: maybe(z.array(check)),
  ...blocks,
});

const draft = z.object({
  ownProject: text,
  environments: z.record(z.string(), maybe(environment)).catch({}),
  ...blocks,
});

export type Draft = z.output<typeof draft>;
export type DraftEnvironment = z.output<typeof environment>;
export type DraftCheck = z.output<typeof check>;
export type DraftBlocks = Pick<Draft, keyof typeof blocks>;

/** Never fails: what is no mapping at all is an empty draft. */
export const readDraft = (data: unknown): Draft =>
  z.union([draft, z.unknown().transform(() => ({ environments: {} }))]).parse(data);
