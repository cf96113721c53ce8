import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { LogEntry } from '../ports/cloud.ts';

/** A line of a service that is watched. */
type ServiceEntry = LogEntry & { readonly service: string };

/** How the instances of one revision started within the look, and how requests fared at those that were young. */
export interface InstanceStarts {
  readonly service: string;
  readonly revision: string | undefined;
  readonly succeeded: number;
  /** The slowest that succeeded, from the first word of it to its probe's success; undefined where none was seen from beginning to end. */
  readonly slowestSeconds: number | undefined;
  /** How long the quickest of those that a probe ended had been given; undefined where none was. */
  readonly givenUpAfterSeconds: number | undefined;
  /** Server errors of instances within YOUNG_SECONDS of their probe's success, and of those that are older or of unknown age. */
  readonly failedYoung: number;
  readonly failedOlder: number;
  /** How old the oldest of the young was when it failed a request. */
  readonly failedUntilSeconds: number | undefined;
  /** Where its containers say that they listen; undefined where none says so. */
  readonly listeningOn: Listening | undefined;
}

export interface Listening {
  readonly port: number;
  /** `loopback`: nobody outside of the container reaches it. */
  readonly address: 'any' | 'loopback';
}

/** An application that does not serve a minute after its probe succeeded is broken rather than early. Our own choice: caches and providers take seconds to tens of seconds. */
export const YOUNG_SECONDS = 60;

/** What Cloud Run prints as an instance starts, and what containers print as they listen; the filters of Logging that find them. */
export const START_LINES = '(textPayload:"Starting new instance" OR textPayload:"probe succeeded after")';
export const LISTENING_LINES = ['textPayload', 'jsonPayload.message', 'jsonPayload.msg']
  .map((field) => `${field}=~"(?i)(listening|running|started) (on|at) "`)
  .join(' OR ');

const STARTING = /^Starting new instance/;
const SUCCEEDED = /STARTUP \S+ probe succeeded/;
const GIVEN_UP = /STARTUP \S+ probe failed/;
/** `Server listening on port 3000`, `Uvicorn running on http://127.0.0.1:8000`, `Tomcat started on port(s): 8080`. */
const LISTENS =
  /\b(?:listening|running|started) (?:on|at) (?:port(?:\(s\))?:? ?|https?:\/\/([\w.[\]:]*?):|([\d.]+):|:)(\d{2,5})\b/i;
const LOOPBACK = /^(localhost|127\.|\[?::1\]?)/;

export const isStartLine = ({ text }: LogEntry): boolean => STARTING.test(text) || SUCCEEDED.test(text);
export const isListeningLine = ({ text }: LogEntry): boolean => LISTENS.test(text);

export function instanceStarts(lines: {
  readonly failed: readonly ServiceEntry[];
  readonly system: readonly ServiceEntry[];
  readonly application: readonly ServiceEntry[];
}): readonly InstanceStarts[] {
  const keys = new Map(
    [...lines.system, ...lines.application]
      .filter((entry) => isStartLine(entry) || GIVEN_UP.test(entry.text) || isListeningLine(entry))
      .map(({ service, revision }) => [JSON.stringify([service, revision]), { service, revision }]),
  );
  return [...keys.values()]
    .map(({ service, revision }) => {
      const own = (entries: readonly ServiceEntry[]) =>
        entries.filter((entry) => entry.service === service && entry.revision === revision);
      return {
        service,
        revision,
        ...startsOf(own(lines.system), own(lines.failed)),
        listeningOn: listening(own(lines.application)),
      };
    })
    .sort((a, b) => (`${a.service} ${a.revision}` < `${b.service} ${b.revision}` ? -1 : 1));
}

function startsOf(
  system: readonly ServiceEntry[],
  failed: readonly ServiceEntry[],
): Omit<InstanceStarts, 'service' | 'revision' | 'listeningOn'> {
  const began = byInstance(system, STARTING);
  const ready = byInstance(system, SUCCEEDED);
  const took = (until: ReadonlyMap<string, Instant>): number[] =>
    [...until].flatMap(([instance, at]) => {
      const from = began.get(instance);
      return from === undefined ? [] : [secondsBetween(from, at)];
    });
  const ages = failed
    .filter(({ httpStatus }) => httpStatus !== undefined && httpStatus >= 500)
    .flatMap(({ at, instanceId }) => {
      if (instanceId === undefined) return [];
      const from = ready.get(instanceId);
      return [from === undefined ? Number.POSITIVE_INFINITY : secondsBetween(from, at)];
    });
  const young = ages.filter((age) => age <= YOUNG_SECONDS);
  return {
    succeeded: ready.size,
    slowestSeconds: extreme(Math.max, took(ready)),
    givenUpAfterSeconds: extreme(Math.min, took(byInstance(system, GIVEN_UP))),
    failedYoung: young.length,
    failedOlder: ages.length - young.length,
    failedUntilSeconds: extreme(Math.max, young),
  };
}

/** The first line of a kind of each instance. */
function byInstance(entries: readonly ServiceEntry[], pattern: RegExp): ReadonlyMap<string, Instant> {
  const found = new Map<string, Instant>();
  // Newest first, so that the oldest is written last.
  for (const { at, instanceId, text } of entries)
    if (instanceId !== undefined && pattern.test(text)) found.set(instanceId, at);
  return found;
}

/** What the newest of them says. */
function listening(entries: readonly ServiceEntry[]): Listening | undefined {
  for (const { text } of entries) {
    const [, host, address, port] = LISTENS.exec(text) ?? [];
    if (port !== undefined)
      return { port: Number(port), address: LOOPBACK.test(host ?? address ?? '') ? 'loopback' : 'any' };
  }
  return undefined;
}

const extreme = (of: (...values: number[]) => number, values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : of(...values);
