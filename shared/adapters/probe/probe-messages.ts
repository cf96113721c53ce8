import { z } from 'zod';
import type { HandshakeOutcome, ProbeReport, ProbeRequest } from '../../ports/vpc-prober.ts';

// What investigate and a probe say to each other, in JSON over HTTP.

const outcomes = [
  'answered',
  'asks-for-password',
  'wrong-password',
  'too-many-connections',
  'not-ready',
  'denied',
  'refused',
  'timed-out',
  'unreachable',
  'broken-off',
  'tls',
  'not-made',
] as const satisfies readonly HandshakeOutcome[];

const ms = z.number().min(0);
/** JSON leaves undefined out. */
const maybeMs = ms.optional();

export const probeRequest: z.ZodType<ProbeRequest> = z.strictObject({
  environment: z.string(),
  probe: z.string(),
  look: z.enum(['databases', 'checks']),
});

const httpResult = z.discriminatedUnion('connected', [
  z.object({
    connected: z.literal(true),
    status: z.int(),
    latencyMs: ms,
    body: z.string(),
    headers: z.record(z.string(), z.string()),
  }),
  z.object({
    connected: z.literal(false),
    failure: z.enum(['dns', 'refused', 'timed-out', 'tls', 'reset']),
    detail: z.string(),
    latencyMs: ms,
  }),
]);

const databaseLook = z
  .object({
    database: z.string(),
    outcome: z.enum(outcomes),
    detail: z.string(),
    tcpMs: maybeMs,
    tlsMs: maybeMs,
    totalMs: ms,
  })
  .transform(({ tcpMs, tlsMs, ...look }) => ({ ...look, tcpMs, tlsMs }));

export const probeReport: z.ZodType<ProbeReport> = z.object({
  knownGood: z.object({ answered: z.boolean(), detail: z.string() }),
  databases: z.array(databaseLook),
  checks: z.array(z.object({ check: z.string(), result: httpResult })),
});
