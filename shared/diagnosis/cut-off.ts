import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { beganWith } from './revisions.ts';

/**
 * What a service that goes without what it needs brings about, by rule: it cannot start, holds its requests until they time out, piles them up, exits;
 * and what was deployed at about that time looks broken, be it an image or a setting.
 */
export const GOING_WITHOUT_BRINGS_ABOUT: readonly string[] = [
  'release-broken',
  'configuration-broken',
  'crash-after-ready',
  'startup-slower-than-probe',
  'started-too-early',
  'memory-exhausted',
  'memory-leaking',
  'cpu-starved',
  'instance-ceiling-reached',
  'concurrency-mismatched',
  'request-timeout-exceeded',
  'database-slow',
  'connection-pool-exhausted',
  'external-dependency-failing',
  'health-endpoint-overloading',
  'health-check-too-strict',
  'traffic-surge',
];

/** Of one that does not reach what it needs, its databases look down from where it stands as well. */
export const CUT_OFF_BRINGS_ABOUT: readonly string[] = [
  ...GOING_WITHOUT_BRINGS_ABOUT,
  'database-down',
  'redis-down',
  'cloud-sql-socket-failing',
];

/** Lines that nothing around a service brings about, be it a network or a database: what it lacks was to come with the deploy. */
export const CONFESSIONS: readonly string[] = ['module-missing', 'setting-missing'];
/** Lines that no network brings about. */
const RELEASE_LINES: readonly string[] = [...CONFESSIONS, 'key-missing', 'port-not-listening'];

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
