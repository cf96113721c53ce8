import { readdirSync, readFileSync } from 'node:fs';

/** Recorded notifications, and edits of them that a test states in the open. */

const FOLDER = `${import.meta.dirname}/../fixtures/monitoring`;

type Json = Record<string, unknown>;

export interface Recorded extends Json {
  incident: Json;
}

export const recordedNames = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace('.json', ''));

// Sound: intake.test.ts parses every file of the folder and would refuse one without an incident.
export const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Recorded;

/** A recorded notification with some of its incident's fields replaced; undefined takes a field away. */
export function edited(name: string, incident: Json, top: Json = {}): Recorded {
  const original = recorded(name);
  return JSON.parse(
    JSON.stringify({ ...original, ...top, incident: { ...original.incident, ...incident } }),
  ) as Recorded;
}

/** cloud-run-5xx-open, moved to the case: backend in acme-staging. */
export const backend5xx = (incident: Json = {}, top: Json = {}): Recorded =>
  edited('cloud-run-5xx-open', { resource: cloudRun({ service_name: 'backend' }), ...incident }, top);

/** A cloud_run_revision in acme-staging, us-central1, with these labels on top. */
export const cloudRun = (labels: Json): Json => ({
  type: 'cloud_run_revision',
  labels: { project_id: 'acme-staging', location: 'us-central1', ...labels },
});

/** As Pub/Sub pushes it. */
export const inPubsub = (notification: unknown): Json => ({
  message: {
    data: Buffer.from(JSON.stringify(notification)).toString('base64'),
    attributes: {},
    messageId: '1',
    publishTime: '2026-11-23T03:00:00Z',
  },
  subscription: 'projects/acme-runmedic/subscriptions/alerts',
});
