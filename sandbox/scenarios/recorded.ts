import { z } from 'zod';

// What was recorded of a real incident, given back word for word.

const at = z.number().describe('Seconds after the start; may be negative.');
const window = { from: at.optional(), until: at.optional() };
const json = z.record(z.string(), z.unknown());

const log = z.strictObject({
  at,
  entry: json.describe(
    'A LogEntry as Cloud Logging returns it; timestamp, receiveTimestamp and insertId are added where absent. Audit entries belong here too.',
  ),
});

const timeSeries = z.strictObject({
  metric: z.strictObject({ type: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  resource: z.strictObject({ type: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  metricKind: z.enum(['GAUGE', 'DELTA']).default('GAUGE'),
  valueType: z.enum(['INT64', 'DOUBLE', 'BOOL']).default('DOUBLE'),
  points: z.array(z.strictObject({ at, value: z.number() })).min(1),
});

const reply = z.strictObject({
  ...window,
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).default('GET'),
  path: z.string().startsWith('/').describe('The request path without its query, exactly.'),
  status: z.number().int().min(200).max(599).default(200),
  body: z.unknown(),
});

const probe = z.strictObject({
  ...window,
  host: z.string(),
  path: z.string().startsWith('/'),
  status: z.number().int().min(100).max(599).describe('For a WebSocket: the answer to its upgrade; 101 opens it.'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  delayMs: z.number().min(0).max(60000).default(0),
});

export const recorded = z
  .strictObject({
    logs: z.array(log).default([]),
    timeSeries: z
      .array(timeSeries)
      .default([])
      .describe('Takes the place of what is simulated for the same metric type and resource.'),
    replies: z.array(reply).default([]).describe('What an API answers, instead of its real answer.'),
    probes: z.array(probe).default([]).describe('What a public host answers.'),
  })
  .prefault({});
