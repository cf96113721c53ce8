import { z } from 'zod';
import { secretState } from './estate-secrets.ts';
import { settings } from './settings.ts';

// What people change about a service and its secrets, and what containers are given to eat.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');

const reconfigure = z.strictObject({
  type: z.literal('reconfigure'),
  at,
  service: z.string(),
  by: z.string().default('deploy@ci.example'),
  settings: settings.optional().describe('Of the same image, as a new revision.'),
  traffic: z
    .union([
      z.literal('latest'),
      z.array(z.strictObject({ revision: z.string(), percent: z.number().int().min(0).max(100) })),
    ])
    .optional(),
  manualInstances: z
    .union([z.number().int().min(0), z.literal('automatic')])
    .optional()
    .describe('A fixed number of instances, whatever the traffic; 0: none at all.'),
});

const secretChanged = z.strictObject({
  type: z.literal('secret-changed'),
  at,
  secret: z.string(),
  version: z.string().describe('A number.'),
  state: secretState,
  by: z.string().default('ops@acme.example'),
});

const poison = z.strictObject({
  type: z.literal('poison'),
  at,
  until,
  service: z.string(),
  perMinute: z.number().positive().describe('Requests that no container survives, a minute.'),
  ends: z
    .enum(['exit', 'signal', 'hang'])
    .default('exit')
    .describe('What becomes of the container; one that hangs is ended by its liveness probe, where it has one.'),
  signal: z.number().int().min(1).max(31).default(11).describe('With ends: signal, which.'),
  exitCode: z.number().int().min(1).max(255).default(1),
  lines: z.array(z.string()).default([]).describe('What a container prints on stderr as it ends.'),
});

export const deployCauses = [reconfigure, secretChanged, poison] as const;
