import { earliest, type Instant, latest, secondsBetween } from '../ports/clock.ts';
import type { LogEntry, LogPage, LogQuery } from '../ports/cloud.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { type LogSignature, signatureOf } from './log-signatures.ts';
import { redact } from './redact.ts';

/** The three logs that are read, each for itself: what one of them was cut at says nothing of the others. */
export type LogName = keyof LogsObservation['truncated'];

/** Lines of one kind from one revision in one log, counted. What one event left in two logs is not one count of two. */
export interface SignatureCount {
  readonly signature: LogSignature;
  readonly log: LogName;
  readonly service: string;
  readonly revision: string | undefined;
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Redacted, at most 300 characters. */
  readonly sample: string;
}

/** Failed requests (429 and 5xx) of one service and revision, counted from the request log. */
export interface FailedRequests {
  readonly service: string;
  readonly revision: string | undefined;
  readonly status: number;
  /** false: no instance took it, so that Run's request_count does not know of it. */
  readonly reachedContainer: boolean;
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

export interface LogsObservation {
  readonly failed: readonly FailedRequests[];
  readonly signatures: readonly SignatureCount[];
  /** When each service began to fail: the first of FAILURES_OF_AN_ONSET failures within a minute. */
  readonly onsets: readonly { readonly service: string; readonly at: Instant }[];
  /** What the counts reach back to: `since`, or later where there were more failed requests than we read. */
  readonly failedFrom: Instant;
  /** For each kind of line, whether there was more than we read: then a small count proves nothing. */
  readonly truncated: { readonly requests: boolean; readonly system: boolean; readonly application: boolean };
}

/** A line of a service that is watched. */
type ServiceEntry = LogEntry & { readonly service: string };

/** One page: the most that entries.list answers at once, and a project has 60 of these reads a minute for everybody (Logging API v2, quotas; read 2026-11-23). */
const ENTRIES_MAX = 1000;
/** A lone failure is noise; this many within a minute are the beginning of something. Our own choice: as many as make a symptom, and all within one of Monitoring's minutes. */
const FAILURES_OF_AN_ONSET = 5;
const ONSET_WITHIN_SECONDS = 60;
const FAILED_REQUESTS =
  'logName:"run.googleapis.com%2Frequests" AND (httpRequest.status=429 OR httpRequest.status>=500)';

/**
 * Sees failed requests, platform lines and application errors of all services: three queries whatever their number, and a fourth in a storm.
 * API: Logging v2 entries.list. Permission: logging.logEntries.list.
 * Silent where logs are excluded, and about what is older than the newest 1000 lines of a kind.
 */
export const logs: Inspector<LogsObservation> = {
  deadlineMs: 15_000,
  permissions: ['logging.logEntries.list'],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { environment, since, until, cloud } = inspection;
    const ask = (filter: string, order: LogQuery['order'] = 'newest-first') => {
      const { project } = environment;
      return cloud.logs(
        {
          project,
          filter: `${scope(inspection)} AND ${filter}`,
          from: since,
          to: until,
          entriesMax: ENTRIES_MAX,
          order,
        },
        abort,
      );
    };
    const [requests, system, application] = await Promise.all([
      ask(FAILED_REQUESTS),
      ask('logName:"run.googleapis.com%2Fvarlog%2Fsystem" AND severity>=WARNING'),
      ask('(logName:"run.googleapis.com%2Fstderr" OR (logName:"run.googleapis.com%2Fstdout" AND severity>=ERROR))'),
    ]);
    // In a storm the newest thousand are the last few seconds: how it began is asked for by itself.
    const oldestFirst: readonly LogEntry[] = requests.truncated
      ? (await ask(FAILED_REQUESTS, 'oldest-first')).entries
      : requests.entries.toReversed();
    const watched = (entry: LogEntry): entry is ServiceEntry =>
      entry.service !== undefined &&
      (environment.services === undefined || environment.services.includes(entry.service));
    const failed = requests.entries.filter(watched);
    const first = oldestFirst.filter(watched);
    return {
      failed: countFailed(failed, first),
      signatures: [
        ...countSignatures(failed, 'requests'),
        ...countSignatures(system.entries.filter(watched), 'system'),
        ...countSignatures(application.entries.filter(watched), 'application'),
      ].sort(byCount),
      onsets: onsetsOf(first),
      failedFrom: reach(requests, since),
      truncated: { requests: requests.truncated, system: system.truncated, application: application.truncated },
    };
  },
};

/** Only what is watched: another team's storm must not push our lines out of the newest thousand. */
function scope({ environment: { region, services } }: Inspection): string {
  const here = `resource.type="cloud_run_revision" AND resource.labels.location="${region}"`;
  if (services === undefined || services.length === 0) return here;
  return `${here} AND resource.labels.service_name=(${services.map((name) => `"${name}"`).join(' OR ')})`;
}

const reach = ({ entries, truncated }: LogPage, since: Instant): Instant =>
  truncated ? (entries.at(-1)?.at ?? since) : since;

/** `first`, oldest first, says when it began; `entries`, the newest, how much of it there is. */
function countFailed(entries: readonly ServiceEntry[], first: readonly ServiceEntry[]): FailedRequests[] {
  return grouped(entries, ({ service, revision, httpStatus, instanceId }) => [
    service,
    revision,
    httpStatus,
    instanceId !== undefined,
  ]).map((group) => ({
    service: group.first.service,
    revision: group.first.revision,
    status: group.first.httpStatus ?? 0,
    reachedContainer: group.first.instanceId !== undefined,
    ...group.span,
    firstAt: first.find((entry) => keyOfFailed(entry) === keyOfFailed(group.first))?.at ?? group.span.firstAt,
  }));
}

const keyOfFailed = ({ service, revision, httpStatus, instanceId }: LogEntry): string =>
  JSON.stringify([service, revision, httpStatus, instanceId !== undefined]);

function onsetsOf(oldestFirst: readonly ServiceEntry[]): LogsObservation['onsets'] {
  const services = [...new Set(oldestFirst.map(({ service }) => service))].sort();
  return services.flatMap((service) => {
    const times = oldestFirst.filter((entry) => entry.service === service).map(({ at }) => at);
    const at = times.find((from, index) => {
      const last = times[index + FAILURES_OF_AN_ONSET - 1];
      return last !== undefined && secondsBetween(from, last) <= ONSET_WITHIN_SECONDS;
    });
    return at === undefined ? [] : [{ service, at }];
  });
}

function countSignatures(entries: readonly ServiceEntry[], log: LogName): SignatureCount[] {
  const told = entries
    .filter(({ text }) => text !== '')
    .map((entry) => ({ ...entry, signature: signatureOf(entry.text) }));
  return grouped(told, ({ signature, service, revision }) => [signature, service, revision]).map((group) => ({
    signature: group.first.signature,
    log,
    service: group.first.service,
    revision: group.first.revision,
    ...group.span,
    sample: redact(group.first.text),
  }));
}

interface Group<Entry> {
  readonly first: Entry;
  readonly span: { readonly count: number; readonly firstAt: Instant; readonly lastAt: Instant };
}

function grouped<Entry extends { readonly at: Instant }>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => readonly unknown[],
): Group<Entry>[] {
  const groups = new Map<string, Group<Entry>>();
  for (const entry of entries) {
    const key = JSON.stringify(keyOf(entry));
    const known = groups.get(key);
    const { count, firstAt, lastAt } = known?.span ?? { count: 0, firstAt: entry.at, lastAt: entry.at };
    groups.set(key, {
      first: known?.first ?? entry,
      span: {
        count: count + 1,
        firstAt: earliest(entry.at, firstAt),
        lastAt: latest(entry.at, lastAt),
      },
    });
  }
  return [...groups.values()].sort((a, b) => byCount(a.span, b.span));
}

const byCount = (a: { readonly count: number }, b: { readonly count: number }): number => b.count - a.count;
