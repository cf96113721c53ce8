import { z } from 'zod';

// What happens to services at run time: third parties that fail, settings that someone changes, health checks that someone adds.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');

const upstreamFailing = z.strictObject({
  type: z.literal('upstream-failing'),
  at,
  until,
  upstream: z.string().describe('A third party of the estate, by its host.'),
  how: z.enum(['times-out', 'refuses', 'errors', 'rate-limits', 'slow']),
  ratio: z.number().min(0).max(1).default(1).describe('Share of the calls that fare so.'),
  seconds: z.number().positive().default(4).describe('With how: slow, what each of them takes longer, seconds.'),
});

const settingsChanged = z.strictObject({
  type: z.literal('settings-changed'),
  at,
  service: z.string(),
  by: z.string().default('deploy@ci.example'),
  timeoutSeconds: z.number().int().min(1).max(3600).optional(),
  concurrency: z.number().int().min(1).max(1000).optional(),
  cpu: z.number().positive().optional(),
  memoryMib: z.number().int().min(128).optional(),
  maxInstances: z.number().int().min(1).optional(),
});

const healthChecked = z.strictObject({
  type: z.literal('health-checked'),
  at,
  until,
  service: z.string(),
  perSecond: z.number().positive().describe('This many health checks a second more.'),
  path: z.string().startsWith('/').default('/health'),
  agent: z.string().default('GoogleStackdriverMonitoring-UptimeChecks(https://cloud.google.com/monitoring)'),
});

const heavierRequests = z.strictObject({
  type: z.literal('heavier-requests'),
  at,
  until,
  service: z.string(),
  cpuFactor: z
    .number()
    .positive()
    .default(1)
    .describe('CPU time of every request, times this: larger documents, more rows.'),
  longFactor: z.number().positive().default(1).describe('What long requests take, times this.'),
  rampSeconds: z.number().min(0).default(60),
});

export const runtimeCauses = [upstreamFailing, settingsChanged, healthChecked, heavierRequests] as const;
