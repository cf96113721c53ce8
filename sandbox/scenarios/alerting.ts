import { z } from 'zod';
import { parseFilter } from '../world/filters/parse.ts';

// What Cloud Monitoring watches: policies on metrics, and metrics counted from logs.

export const logFilter = z.string().superRefine((text, context) => {
  try {
    parseFilter(text);
  } catch (error) {
    const message = `a filter that parses; ${error instanceof Error ? error.message : String(error)}`;
    context.addIssue({ code: 'custom', message, input: text });
  }
});

const aggregation = z.strictObject({
  alignmentPeriod: z
    .string()
    .regex(/^\d+s$/, 'seconds, as 60s')
    .default('60s'),
  perSeriesAligner: z.string().default('ALIGN_DELTA'),
  crossSeriesReducer: z.string().optional(),
  groupByFields: z.array(z.string()).optional(),
});

const condition = z.strictObject({
  displayName: z.string(),
  filter: logFilter.describe('Monitoring’s filter language.'),
  aggregations: z.array(aggregation).min(1).max(1),
  denominatorFilter: logFilter.optional(),
  denominatorAggregations: z.array(aggregation).max(1).optional(),
  comparison: z.enum(['COMPARISON_GT', 'COMPARISON_LT']).default('COMPARISON_GT'),
  thresholdValue: z.number(),
  duration: z
    .string()
    .regex(/^\d+s$/, 'seconds, as 60s')
    .default('0s'),
});

const policy = z.strictObject({
  id: z.string().regex(/^\d+$/),
  displayName: z.string(),
  severity: z.enum(['Critical', 'Error', 'Warning', 'No severity']).default('No severity'),
  documentation: z.string().default(''),
  userLabels: z.record(z.string(), z.string()).default({}),
  condition,
});

const logMetric = z.strictObject({
  name: z.string().describe('Becomes logging.googleapis.com/user/NAME.'),
  filter: logFilter.describe('Logging’s filter language; every entry that matches counts one.'),
});

const uptimeCheck = z.strictObject({
  name: z.string().describe('Its check_id.'),
  host: z.string(),
  path: z.string().startsWith('/').default('/'),
});

export const alerting = z
  .strictObject({
    logMetrics: z.array(logMetric).default([]),
    policies: z.array(policy).default([]),
    uptimeChecks: z
      .array(uptimeCheck)
      .default([])
      .describe('HTTPS checks of Cloud Monitoring, each made once a minute.'),
  })
  .prefault({});
export type Alerting = z.infer<typeof alerting>;
export type AlertPolicy = Alerting['policies'][number];
