import { z } from 'zod';
import { INCIDENT_SCHEMA, type Incident } from '../../incident/incident.ts';
import { StoredDocumentInvalid } from '../../incident/stored-document-invalid.ts';
import { decode, jsonOf } from './decode.ts';
import { encode } from './encode.ts';
import { incidentSchema } from './incident-schema.ts';

const numbered = z.looseObject({ schema: z.int() });

/**
 * An incident as it was stored. Its schema number is looked at first, so that a release that is too old says so.
 * @throws StoredDocumentInvalid
 */
export function decodeIncident(id: string, text: string): Incident {
  const document = `incidents/${id}`;
  const known = numbered.safeParse(jsonOf(document, text));
  if (!known.success) throw new StoredDocumentInvalid(document, ['schema: there is no number in it']);
  const { schema } = known.data;
  if (schema > INCIDENT_SCHEMA)
    throw new StoredDocumentInvalid(document, [
      `schema: it was written with schema ${schema} and this release reads ${INCIDENT_SCHEMA}; a newer release is needed`,
    ]);
  return decode(document, text, incidentSchema);
}

/**
 * The text of an incident, read back once before anything is saved: what could not be loaded again must not replace what can.
 * @throws StoredDocumentInvalid
 * @throws PlatformFailure 'invalid-argument' when it is too large for one document.
 */
export function encodeIncident(incident: Incident): string {
  const text = encode(`incidents/${incident.id}`, incident);
  decodeIncident(incident.id, text);
  return text;
}
