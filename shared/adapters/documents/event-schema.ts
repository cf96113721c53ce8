import { z } from 'zod';
import type { Offer, StepResult } from '../../incident/event.ts';
import type { AuditEntry } from '../../incident/store.ts';
import { alertNoteSchema, approvalSchema, recoverySchema, refusalSchema } from './decision-schemas.ts';
import { diagnosisSchema } from './diagnosis-schema.ts';
import { testResultSchema, testRunSchema } from './end-to-end-schema.ts';
import { signedPlanSchema } from './plan-schema.ts';
import { callCountSchema, countSchema, directionSchema, everyMember, instantSchema } from './schema-parts.ts';

const offer = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('plan'), signed: signedPlanSchema, expiresAt: instantSchema }),
  z.looseObject({ kind: z.literal('observed'), signed: signedPlanSchema, setting: z.string() }),
  z.looseObject({
    kind: z.literal('none'),
    reason: z.enum(['healthy', 'no-cause', 'no-safe-action', 'being-changed', 'platform-incident']),
    detail: z.string(),
  }),
]);

const stepResult = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('done') }),
  z.looseObject({ kind: z.literal('stood-already') }),
  z.looseObject({ kind: z.literal('moved'), detail: z.string() }),
  z.looseObject({ kind: z.literal('refused'), detail: z.string() }),
  z.looseObject({ kind: z.literal('not-genuine'), detail: z.string() }),
  z.looseObject({ kind: z.literal('failed'), detail: z.string() }),
]);

const ofStep = { at: instantSchema, digest: z.string(), step: countSchema, direction: directionSchema };

const opened = z.looseObject({ type: z.literal('opened'), at: instantSchema, alert: z.string() });

const environmentRemoved = z.looseObject({ type: z.literal('environment-removed'), at: instantSchema });

const union = z.discriminatedUnion('type', [
  opened,
  environmentRemoved,
  z.looseObject({
    type: z.literal('alert-joined'),
    at: instantSchema,
    alert: alertNoteSchema,
    services: z.array(z.string()),
  }),
  z.looseObject({
    type: z.literal('investigated'),
    at: instantSchema,
    round: countSchema,
    diagnosis: diagnosisSchema,
    offer,
    calls: callCountSchema.exactOptional(),
  }),
  z.looseObject({ type: z.literal('approved'), at: instantSchema, approval: approvalSchema }),
  z.looseObject({ type: z.literal('rejected'), at: instantSchema, digest: z.string(), refusal: refusalSchema }),
  z.looseObject({ type: z.literal('step-claimed'), ...ofStep, by: z.string() }),
  z.looseObject({ type: z.literal('step-started'), ...ofStep, operation: z.string() }),
  z.looseObject({ type: z.literal('step-finished'), ...ofStep, result: stepResult }),
  z.looseObject({
    type: z.literal('verified'),
    at: instantSchema,
    digest: z.string(),
    recovery: recoverySchema,
    calls: callCountSchema.exactOptional(),
  }),
  z.looseObject({ type: z.literal('look-under-way'), at: instantSchema, round: countSchema }),
  z.looseObject({ type: z.literal('check-asked'), at: instantSchema, by: z.string().min(1) }),
  z.looseObject({ type: z.literal('tests-claimed'), at: instantSchema, by: z.string() }),
  z.looseObject({ type: z.literal('tests-started'), at: instantSchema, run: testRunSchema, deadline: instantSchema }),
  z.looseObject({ type: z.literal('tests-ended'), at: instantSchema, result: testResultSchema }),
  z.looseObject({ type: z.literal('timer-due'), at: instantSchema, version: countSchema }),
]);

everyMember<AuditEntry['event']['type'], z.infer<typeof union>['type']>();
everyMember<Offer['kind'], z.infer<typeof offer>['kind']>();
everyMember<
  Extract<Offer, { readonly kind: 'none' }>['reason'],
  Extract<z.infer<typeof offer>, { kind: 'none' }>['reason']
>();
everyMember<StepResult['kind'], z.infer<typeof stepResult>['kind']>();

/** Every event, and what stands in the trail alone, as the trail keeps it. */
export const auditEventSchema: z.ZodType<AuditEntry['event']> = union;
