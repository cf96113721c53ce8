import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { beganWith } from './revisions.ts';

/**
 * What a service that does not reach what it needs brings about, by rule: it cannot start, holds its requests until they time out, piles them up,
 * exits, and its database looks down from where it stands.
 */
export const CUT_OFF_BRINGS_ABOUT: readonly string[] = [
  'release-broken',
  'crash-after-ready',
  'startup-slower-than-probe',
  'started-too-early',
  'memory-exhausted',
  'memory-leaking',
  'cpu-starved',
  'instance-ceiling-reached',
  'concurrency-mismatched',
  'request-timeout-exceeded',
  'database-down',
  'database-slow',
  'connection-pool-exhausted',
  'redis-down',
  'cloud-sql-socket-failing',
  'external-dependency-failing',
  'health-endpoint-overloading',
  'traffic-surge',
];

/** Lines that no network brings about. */
const RELEASE_LINES: readonly string[] = ['module-missing', 'setting-missing', 'key-missing', 'port-not-listening'];

/** Whether a service's own newest release says, from its deploy on, what breaks it: then no network did. */
export function confessesRelease(
  service: string,
  services: readonly ServiceObservation[],
  logs: LogsObservation,
): boolean {
  const newest = services.find(({ shortName }) => shortName === service)?.revisions[0];
  return (
    newest !== undefined &&
    logs.signatures.some(
      (line) =>
        line.service === service &&
        RELEASE_LINES.includes(line.signature) &&
        line.revision === newest.shortName &&
        beganWith(newest, line.firstAt),
    )
  );
}
