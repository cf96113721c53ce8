import { z } from 'zod';
import { type Evidence, inspectorNames } from '../../evidence/evidence.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { instantSchema } from './schema-parts.ts';

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

const evidenceSchema = z.object(Object.fromEntries(inspectorNames.map((name) => [name, reading.optional()])));

/** @throws PlatformFailure 'invalid-argument' when it is too large for one document. */
export const encodeEvidence = (document: string, evidence: Evidence): string => encode(document, evidence);

/**
 * Evidence as it was gathered. An inspector that did not exist yet reads `unavailable`, never healthy; one that was removed is left out.
 * @throws StoredDocumentInvalid
 */
export function decodeEvidence(document: string, text: string): Evidence {
  const stored = decode(document, text, evidenceSchema);
  const at = Object.values(stored).find((found) => found !== undefined && 'at' in found)?.at;
  const absent =
    at === undefined
      ? { status: 'not-applicable' }
      : {
          status: 'unavailable',
          at,
          reason: 'failed',
          detail: 'this inspector did not exist when the evidence was gathered',
        };
  const readings = inspectorNames.map((name) => [name, stored[name] ?? absent]);
  // Sound as far as a stored observation can be: each was written under its name by the inspector itself.
  return Object.fromEntries(readings) as Evidence;
}
