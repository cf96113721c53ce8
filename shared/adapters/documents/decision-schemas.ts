import { z } from 'zod';
import type { AlertNote, Approval, Recovery, RecoveryCheck, Refusal } from '../../incident/incident.ts';
import { everyMember, instantSchema, maybe } from './schema-parts.ts';

const state = z.enum(['open', 'closed']);
const severity = z.enum(['critical', 'error', 'warning', 'none']);
const verdict = z.enum(['recovered', 'not-yet', 'worse', 'inconclusive']);
const status = z.enum(['passed', 'failed', 'unavailable']);
everyMember<AlertNote['state'], z.infer<typeof state>>();
everyMember<AlertNote['severity'], z.infer<typeof severity>>();
everyMember<Recovery['verdict'], z.infer<typeof verdict>>();
everyMember<RecoveryCheck['status'], z.infer<typeof status>>();

export const alertNoteSchema: z.ZodType<AlertNote> = z.looseObject({
  key: z.string(),
  incidentId: z.string(),
  state,
  severity,
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
  verdict,
  checks: z.array(z.looseObject({ name: z.string(), status, detail: z.string() })),
});
