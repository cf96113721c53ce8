import type { z } from 'zod';
import { StoredDocumentInvalid } from '../../incident/stored-document-invalid.ts';

/** A message stays readable however much is wrong. */
const FAULTS_SHOWN = 8;

/** @throws StoredDocumentInvalid when `text` is not JSON or not what `schema` says. */
export function decode<T>(document: string, text: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(jsonOf(document, text));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`);
  throw new StoredDocumentInvalid(document, faults.slice(0, FAULTS_SHOWN));
}

/** @throws StoredDocumentInvalid when `text` is not JSON. */
export function jsonOf(document: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoredDocumentInvalid(document, [`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}
