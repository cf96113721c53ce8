import { z } from 'zod';
import type { EndToEndTests, TestResult } from '../../incident/end-to-end.ts';
import { everyMember, instantSchema, maybe } from './schema-parts.ts';

export const testRunSchema = z.looseObject({ name: z.string().min(1), url: z.string() });

export const testResultSchema = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('passed') }),
  z.looseObject({ kind: z.literal('failed'), detail: z.string() }),
  z.looseObject({ kind: z.literal('timed-out') }),
  z.looseObject({ kind: z.literal('not-started'), detail: z.string() }),
  z.looseObject({ kind: z.literal('unread'), detail: z.string() }),
]);

export const endToEndSchema = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal('starting'),
    askedAt: instantSchema,
    claim: maybe(z.looseObject({ by: z.string(), until: instantSchema })),
    dueAt: instantSchema,
  }),
  z.looseObject({ status: z.literal('running'), run: testRunSchema, deadline: instantSchema, dueAt: instantSchema }),
  z.looseObject({
    status: z.literal('ended'),
    run: maybe(testRunSchema),
    result: testResultSchema,
    endedAt: instantSchema,
  }),
]);

everyMember<EndToEndTests['status'], z.infer<typeof endToEndSchema>['status']>();
everyMember<TestResult['kind'], z.infer<typeof testResultSchema>['kind']>();
