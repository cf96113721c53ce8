import { z } from 'zod';
import { alerting } from './alerting.ts';
import { apis } from './apis.ts';
import { cause } from './causes.ts';
import { estate } from './estate.ts';
import { logging } from './logging.ts';
import { recorded } from './recorded.ts';
import { references } from './references.ts';

const window = { from: z.number().optional(), until: z.number().optional() };

const denial = z.strictObject({
  ...window,
  identity: z.string().describe('The part of the e-mail before @, or * for everyone.'),
  permission: z.string().describe('For example run.services.get.'),
});

const apiTrouble = z.strictObject({
  ...window,
  api: z.enum(apis),
  latencyMs: z.number().min(0).max(60000).default(0).describe('Machine time.'),
  fail: z
    .strictObject({ httpStatus: z.number().int().min(400).max(599), status: z.string(), message: z.string() })
    .optional()
    .describe('Every call fails with this.'),
});

/** A scenario file: what stands, and what happens to it. The first three keys are for people; the world never reads them. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().optional(),
    description: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1)
      .describe('Of every random number in the world.'),
    estate,
    causes: z.array(cause).default([]),
    alerting,
    iam: z.strictObject({ deny: z.array(denial).default([]) }).prefault({}),
    logging,
    apis: z.array(apiTrouble).default([]),
    recorded,
  })
  .superRefine(references);

export type Scenario = z.infer<typeof scenarioSchema>;
