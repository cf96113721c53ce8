import { PlatformFailure } from '../../ports/platform-failure.ts';

/**
 * A document is stored as one text field. Firestore holds at most 1 MiB less 89 bytes in one; the embedded store keeps to the same,
 * so that what fits on a laptop fits in production. Source: https://cloud.google.com/firestore/quotas, read 2026-11-23.
 */
export const DOCUMENT_BYTES_MAX = 1_048_487;

/**
 * The JSON text of one document. Keys that hold undefined are left out, and read back as undefined.
 * @throws PlatformFailure 'invalid-argument' when it is larger than a document may be; nothing is written then.
 */
export function encode(document: string, value: unknown): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= DOCUMENT_BYTES_MAX) return text;
  throw new PlatformFailure(
    'invalid-argument',
    `${document} was not saved: it is ${bytes} bytes and a document holds at most ${DOCUMENT_BYTES_MAX}; store less in it`,
  );
}
