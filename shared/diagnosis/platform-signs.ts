import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import { failedStarts } from './failed-starts.ts';
import { isRecent } from './recent.ts';
import type { Context } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** Services that fail now, by the request log; sorted. */
export function failingLately({ failed }: LogsObservation, context: Context): readonly string[] {
  const recent = failed.filter(({ lastAt }) => isRecent(lastAt, context));
  const names = [...new Set(recent.map(({ service }) => service))].sort();
  return names.filter((name) => sum(recent.filter(({ service }) => service === name)) >= FAILED_REQUESTS_MIN);
}

/** Whether most requests that a service failed found no instance, while none was seen to start in vain: nothing is wrong with what would run. */
export function turnedAway(service: string, logs: LogsObservation): boolean {
  const own = logs.signatures.filter((line) => line.service === service);
  const away = sum(own.filter(({ signature, log }) => signature === 'no-available-instance' && log === 'requests'));
  const all = sum(logs.failed.filter((item) => item.service === service));
  return away > all / 2 && failedStarts(own).count === 0;
}

/** What a failing network path makes an application say: it is a witness, and no cause of its own. */
const OF_THE_PATH: readonly LogSignature[] = [
  'private-connection-timed-out',
  'private-connection-refused',
  'cloud-sql-socket-closed',
  'upstream-failed',
];

/** Lines in which a service tells a story of its own: its code, its settings, its memory. */
export const ownStory = (service: string, { signatures }: LogsObservation): readonly SignatureCount[] =>
  signatures.filter(
    (line) =>
      line.service === service &&
      !OF_THE_PATH.includes(line.signature) &&
      (line.log === 'application' || CONTAINER_ENDED.includes(line.signature)),
  );

/** Whether nothing but the platform speaks of a service: not a word of its application, but that another service fails it. */
export const isSilent = (service: string, { signatures, truncated }: LogsObservation): boolean =>
  !truncated.application &&
  !signatures.some(
    (line) =>
      line.service === service &&
      (line.log === 'application' ? line.signature !== 'upstream-failed' : CONTAINER_ENDED.includes(line.signature)),
  );

const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
