import { z } from 'zod';

// What happens to databases.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');
const database = z.string();

const databaseDown = z.strictObject({
  type: z.literal('database-down'),
  at,
  until,
  database,
  how: z
    .enum(['times-out', 'refuses', 'maintenance', 'failover', 'restart', 'stopped', 'suspended'])
    .default('times-out')
    .describe(
      'times-out: its machine hangs. refuses: its process is down. maintenance, failover, restart: the platform says so in its operations. stopped: somebody stopped it. suspended: billing.',
    ),
  by: z.string().optional().describe('Who stopped or restarted it.'),
});

const databaseBusy = z.strictObject({
  type: z.literal('database-busy'),
  at,
  until,
  database,
  cpuRatio: z.number().min(0).max(1).default(0).describe('A load of others: this much more of its CPU.'),
  factor: z.number().min(1).default(1).describe('Every query takes this many times as long: a lock, a lost index.'),
  rampSeconds: z.number().min(0).default(60),
});

const databaseConnections = z.strictObject({
  type: z.literal('database-connections'),
  at,
  until,
  database,
  count: z.number().int().positive().describe('Somebody else holds this many connections more.'),
});

const redisFills = z.strictObject({
  type: z.literal('redis-fills'),
  at,
  until,
  database,
  ratioPerMinute: z.number().positive().describe('Keys without an end: this share of its memory more, each minute.'),
});

const socketFailing = z.strictObject({
  type: z.literal('cloud-sql-socket-failing'),
  at,
  until,
  database,
  how: z
    .enum(['closes', 'quota', 'forbidden'])
    .default('closes')
    .describe(
      'What becomes of connections by Cloud SQL’s own socket. closes: the proxy hangs up. quota: starts ask the Admin API too often. forbidden: the service account may not connect any more.',
    ),
});

const passwordChanged = z.strictObject({
  type: z.literal('database-password-changed'),
  at,
  until: until.describe('When those who use it have the new one.'),
  database,
  service: z.string().describe('Whose user of the database it is: new connections of it are turned away.'),
  by: z.string().default('dba@acme.example'),
  recycleSeconds: z
    .number()
    .positive()
    .default(300)
    .describe('Connections that stand keep standing; pools have opened all of theirs anew after this time.'),
});

export const databaseCauses = [
  databaseDown,
  databaseBusy,
  databaseConnections,
  redisFills,
  socketFailing,
  passwordChanged,
] as const;
