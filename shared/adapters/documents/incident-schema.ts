import { z } from 'zod';
import {
  type Attempt,
  type EscalationReason,
  INCIDENT_SCHEMA,
  type Incident,
  type LookBeside,
  type Outcome,
} from '../../incident/incident.ts';
import { alertNoteSchema, approvalSchema, recoverySchema, refusalSchema } from './decision-schemas.ts';
import { diagnosisSchema } from './diagnosis-schema.ts';
import { endToEndSchema } from './end-to-end-schema.ts';
import { actionNameSchema, signedPlanSchema } from './plan-schema.ts';
import { callCountSchema, countSchema, directionSchema, everyMember, instantSchema, maybe } from './schema-parts.ts';
import { subjectSchema } from './subject-schema.ts';

const attempt = z.looseObject({
  action: actionNameSchema,
  target: z.string(),
  because: z.string().optional(),
  digest: z.string(),
  result: z.enum(['failed', 'not-verified', 'worse']),
  undone: z.enum(['yes', 'no', 'not-possible']),
});

const paged = {
  reason: z.enum([
    'no-cause',
    'no-safe-action',
    'platform-incident',
    'nobody-may-approve',
    'observed',
    'nobody-decided',
    'execution-failed',
    'not-genuine',
    'not-verified',
    'investigation-failed',
    'environment-removed',
  ]),
  since: instantSchema,
  level: countSchema,
};

const facts = {
  schema: z.literal(INCIDENT_SCHEMA),
  id: z.string().min(1),
  version: z.int().min(1),
  subject: subjectSchema,
  openedAt: instantSchema,
  alerts: z.array(alertNoteSchema),
  alertsTotal: countSchema,
  round: countSchema,
  attempts: z.array(attempt),
  paged: maybe(z.looseObject(paged)),
  // Incidents from before these were kept.
  googleCalls: callCountSchema.default({ total: 0, logReads: 0 }),
  checkAskedAt: maybe(instantSchema),
};

const operation = z.looseObject({
  step: countSchema,
  direction: directionSchema,
  name: z.string(),
  startedAt: instantSchema,
});

const outcome = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('resolved'), by: z.enum(['remediation', 'itself']) }),
  z.looseObject({ kind: z.literal('declined'), refusal: refusalSchema }),
]);

const lookBeside = z.looseObject({
  by: z.string().min(1),
  askedAt: instantSchema,
  tries: countSchema,
  result: z.enum(['awaited', 'same', 'unjudged', 'no-answer']),
});

const offered = { diagnosis: diagnosisSchema, signed: signedPlanSchema };

const union = z.discriminatedUnion('status', [
  z.looseObject({
    ...facts,
    status: z.literal('investigating'),
    dueAt: instantSchema,
    tries: countSchema,
    healthyLooks: countSchema,
    unexplainedLooks: countSchema,
    diagnosis: maybe(diagnosisSchema),
  }),
  z.looseObject({
    ...facts,
    status: z.literal('awaiting-approval'),
    expiresAt: instantSchema,
    dueAt: instantSchema,
    look: maybe(lookBeside),
    ...offered,
  }),
  z.looseObject({
    ...facts,
    status: z.literal('executing'),
    approval: approvalSchema,
    step: countSchema,
    direction: directionSchema,
    undoBecause: maybe(z.string()),
    operation: maybe(operation),
    claim: maybe(z.looseObject({ by: z.string(), until: instantSchema })),
    dueAt: instantSchema,
    ...offered,
  }),
  z.looseObject({
    ...facts,
    status: z.literal('verifying'),
    approval: approvalSchema,
    changedAt: instantSchema,
    passed: countSchema,
    last: maybe(recoverySchema),
    deadline: instantSchema,
    dueAt: instantSchema,
    ...offered,
  }),
  z.looseObject({
    ...facts,
    status: z.literal('escalated'),
    detail: z.string(),
    diagnosis: maybe(diagnosisSchema),
    lapsed: maybe(z.looseObject({ signed: signedPlanSchema, expiredAt: maybe(instantSchema) })),
    dueAt: instantSchema,
    ...paged,
  }),
  z.looseObject({
    ...facts,
    status: z.literal('closed'),
    outcome,
    closedAt: instantSchema,
    diagnosis: maybe(diagnosisSchema),
    signed: maybe(signedPlanSchema),
    approval: maybe(approvalSchema),
    recovery: maybe(recoverySchema),
    // Incidents from before there were any.
    endToEnd: maybe(endToEndSchema),
  }),
]);

everyMember<Incident['status'], z.infer<typeof union>['status']>();
everyMember<Attempt['result'], z.infer<typeof attempt>['result']>();
everyMember<Attempt['undone'], z.infer<typeof attempt>['undone']>();
everyMember<LookBeside['result'], z.infer<typeof lookBeside>['result']>();
everyMember<Outcome['kind'], z.infer<typeof outcome>['kind']>();
everyMember<EscalationReason, z.infer<typeof paged.reason>>();

export const incidentSchema: z.ZodType<Incident> = union;
