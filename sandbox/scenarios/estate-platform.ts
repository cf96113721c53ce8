import { z } from 'zod';
import { apis } from './apis.ts';

// The ground that everything stands on: who pays, which APIs are on, and how much of each there is.

const quota = z.strictObject({
  name: z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/),
  kind: z
    .enum(['rate', 'vcpu'])
    .describe('rate: calls within a minute. vcpu: what all instances of the region hold at once, milli vCPU.'),
  api: z.string().describe('For example sqladmin.googleapis.com.'),
  metric: z.string().describe('For example sqladmin.googleapis.com/queries.'),
  metricTitle: z.string().default('Queries'),
  limitName: z.string().default('QueriesPerMinutePerUser'),
  limitTitle: z.string().default('Queries per minute per user'),
  limit: z.number().positive(),
  otherUse: z.number().min(0).default(0).describe('What others use of it on an ordinary minute.'),
});

export const estatePlatform = z
  .strictObject({
    billingAccount: z.string().default('billingAccounts/01A2B3-C4D5E6-F70809'),
    apisDisabled: z
      .array(z.enum(apis))
      .default(['servicehealth'])
      .describe('APIs that the project has not switched on; few projects have Service Health.'),
    quotas: z.array(quota).default([]),
  })
  .prefault({});

export type QuotaEstate = z.infer<typeof quota>;
