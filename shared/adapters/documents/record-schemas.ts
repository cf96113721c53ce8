import { z } from 'zod';
import type { Effect } from '../../incident/effect.ts';
import type { Incident } from '../../incident/incident.ts';
import type { AlertTrace, AuditEntry, Card } from '../../incident/store.ts';
import type { Lease } from '../../remedy/lease.ts';
import type { MadeChange } from '../../remedy/made-change.ts';
import { auditEventSchema } from './event-schema.ts';
import { actionNameSchema } from './plan-schema.ts';
import { countSchema, directionSchema, everyMember, instantSchema, maybe } from './schema-parts.ts';

const statuses = [
  'investigating',
  'awaiting-approval',
  'executing',
  'verifying',
  'escalated',
  'closed',
] as const satisfies readonly Incident['status'][];

export const auditEntrySchema: z.ZodType<AuditEntry> = z.looseObject({
  incident: z.string(),
  version: countSchema,
  at: instantSchema,
  by: z.string(),
  event: auditEventSchema,
  from: z.enum([...statuses, 'none']),
  to: z.enum(statuses),
});

const verdict = z.enum(['opened', 'joined', 'ignored']);

export const alertTraceSchema: z.ZodType<AlertTrace> = z.looseObject({
  key: z.string(),
  verdict,
  reason: z.string(),
  incident: maybe(z.string()),
  summary: z.string(),
  at: instantSchema,
});

export const madeChangeSchema: z.ZodType<MadeChange> = z.looseObject({
  incident: z.string(),
  environment: z.string(),
  action: actionNameSchema,
  target: z.string(),
  direction: directionSchema,
  rule: z.string(),
  costUsdPerMonth: z.union([z.number(), z.literal('unknown')]),
  at: instantSchema,
});

export const leaseSchema: z.ZodType<Lease> = z.looseObject({
  resource: z.string(),
  incident: z.string(),
  digest: z.string(),
  step: countSchema,
  direction: directionSchema,
  operation: maybe(z.string()),
  takenAt: instantSchema,
  mark: z.string(),
});

export const cardSchema: z.ZodType<Card> = z.looseObject({
  incident: z.string(),
  revision: countSchema,
  channel: z.string(),
  ts: maybe(z.string()),
  shown: countSchema,
  threaded: countSchema,
  leasedUntilMs: z.number(),
});

const effect = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('investigate'), incident: z.string(), round: countSchema }),
  z.looseObject({ type: z.literal('verify'), incident: z.string(), digest: z.string() }),
  z.looseObject({
    type: z.literal('carry-out'),
    incident: z.string(),
    digest: z.string(),
    step: countSchema,
    direction: directionSchema,
  }),
  z.looseObject({ type: z.literal('retest'), incident: z.string() }),
  z.looseObject({ type: z.literal('announce'), incident: z.string() }),
  z.looseObject({ type: z.literal('escalate'), incident: z.string(), level: countSchema }),
]);

everyMember<Effect['type'], z.infer<typeof effect>['type']>();
everyMember<AlertTrace['verdict'], z.infer<typeof verdict>>();
everyMember<Incident['status'], (typeof statuses)[number]>();

export const effectSchema: z.ZodType<Effect> = effect;
