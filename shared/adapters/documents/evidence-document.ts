import { z } from 'zod';
import { EVIDENCE_SCHEMA, type EvidenceRecord, inspectorNames } from '../../evidence/evidence.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { instantSchema } from './schema-parts.ts';
import { subjectSchema } from './subject-schema.ts';

const reading = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('observed'), at: instantSchema, value: z.unknown() }),
  z.looseObject({
    status: z.literal('unavailable'),
    at: instantSchema,
    reason: z.enum(['denied', 'timed-out', 'failed']),
    detail: z.string(),
  }),
  z.looseObject({ status: z.literal('not-applicable') }),
]);

const recordSchema = z.object({
  schema: z.literal(EVIDENCE_SCHEMA, {
    error: `evidence of another release; this one reads schema ${EVIDENCE_SCHEMA}`,
  }),
  subject: subjectSchema,
  since: instantSchema,
  until: instantSchema,
  evidence: z.object(Object.fromEntries(inspectorNames.map((name) => [name, reading.optional()]))),
});

/** @throws PlatformFailure 'invalid-argument' when it is too large for one document. */
export const encodeEvidence = (document: string, record: EvidenceRecord): string =>
  encode(document, { schema: EVIDENCE_SCHEMA, ...record });

/**
 * Evidence as it was gathered. An inspector that did not exist yet reads `unavailable`, never healthy; one that was removed is left out.
 * @throws StoredDocumentInvalid
 */
export function decodeEvidence(document: string, text: string): EvidenceRecord {
  const { evidence, schema: _, ...about } = decode(document, text, recordSchema);
  const absent = {
    status: 'unavailable',
    at: about.until,
    reason: 'failed',
    detail: 'this inspector did not exist when the evidence was gathered',
  };
  const readings = inspectorNames.map((name) => [name, evidence[name] ?? absent]);
  // Sound as far as a stored observation can be: each was written under its name by the inspector itself.
  return { ...about, evidence: Object.fromEntries(readings) as EvidenceRecord['evidence'] };
}
