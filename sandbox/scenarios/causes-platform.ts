import { z } from 'zod';

// What happens to the ground that everything stands on.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');

const impact = z.strictObject({ product: z.string(), location: z.string() });

const cloudIncident = z.strictObject({
  type: z.literal('cloud-incident'),
  at,
  until,
  title: z.string(),
  impacts: z.array(impact).min(1).describe('As Google names products and locations.'),
  relevance: z.enum(['IMPACTED', 'RELATED', 'PARTIALLY_RELATED', 'NOT_IMPACTED', 'UNKNOWN']).default('RELATED'),
  announcedAfterSeconds: z
    .number()
    .min(0)
    .default(900)
    .describe('How long Google takes to say so; what it does to services is felt from `at` on.'),
  workaround: z.string().optional(),
  startsStall: z.boolean().default(false).describe('New containers of the region never come up, and print nothing.'),
  instancesLostPerMinute: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of the ready instances that are gone after a minute.'),
  egressLossRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of connections to private addresses that get no answer in time.'),
});

const quotaUsed = z.strictObject({
  type: z.literal('quota-used'),
  at,
  until,
  quota: z.string(),
  otherUse: z.number().min(0).describe('What others use of it from then on.'),
});

const billingDisabled = z.strictObject({
  type: z.literal('billing-disabled'),
  at,
  until: until.describe('When it is lifted again.'),
  settleSeconds: z
    .number()
    .min(0)
    .default(1800)
    .describe(
      'After it is lifted no instance is to be had for so long. Source: known issues of Cloud Run, read 2026-11-23.',
    ),
  by: z.string().default('billing-guard@acme-finance.iam.gserviceaccount.com'),
});

export const causesPlatform = [cloudIncident, quotaUsed, billingDisabled] as const;
