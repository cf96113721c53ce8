import { z } from 'zod';
import type { AlertNote, Approval, Recovery, Refusal } from '../../incident/incident.ts';
import { instantSchema, maybe } from './schema-parts.ts';

export const alertNoteSchema: z.ZodType<AlertNote> = z.looseObject({
  key: z.string(),
  incidentId: z.string(),
  state: z.enum(['open', 'closed']),
  severity: z.enum(['critical', 'error', 'warning', 'none']),
  policy: z.string(),
  summary: z.string(),
  url: maybe(z.string()),
  at: instantSchema,
});

export const approvalSchema: z.ZodType<Approval> = z.looseObject({
  incident: z.string(),
  digest: z.string(),
  approver: z.string(),
  via: z.string(),
  issuedAt: instantSchema,
  expiresAt: instantSchema,
  signature: z.string(),
});

export const refusalSchema: z.ZodType<Refusal> = z.looseObject({
  approver: z.string(),
  reason: z.string(),
  at: instantSchema,
});

export const recoverySchema: z.ZodType<Recovery> = z.looseObject({
  verdict: z.enum(['recovered', 'not-yet', 'worse', 'inconclusive']),
  checks: z.array(
    z.looseObject({ name: z.string(), status: z.enum(['passed', 'failed', 'unavailable']), detail: z.string() }),
  ),
});
