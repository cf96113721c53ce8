import { earliest, type Instant, latest, secondsBetween } from '../ports/clock.ts';
import type { LogEntry, LogPage, LogQuery } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { spokenOf } from './database-spoken-of.ts';
import type { Inspection, Inspector } from './inspector.ts';
import {
  type InstanceStarts,
  instanceStarts,
  isListeningLine,
  LISTENING_LINES,
  START_LINES,
} from './instance-starts.ts';
import { shapeOf } from './line-shape.ts';
import { type LogSignature, signatureOf } from './log-signatures.ts';
import { logsTogether } from './logs-together.ts';
import { requestCountQuery } from './metrics.ts';
import { type OutsideFailure, outsideFailureOf } from './outside-host.ts';
import { shapeOfPath } from './path-shape.ts';
import { redact } from './redact.ts';
import { type Unreachable, unreachable } from './unreachable.ts';

/** The three logs that are read, each for itself: what one of them was cut at says nothing of the others. */
export type LogName = keyof LogsObservation['truncated'];

/**
 * Lines of one kind from one revision in one log, counted. What one event left in two logs is not one count of two, and neither are lines that speak of
 * two databases: the sample tells which.
 */
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

/** Lines that say nothing that we know, of one shape: what differs from one to the next is masked. */
export interface LineCluster extends Omit<SignatureCount, 'signature' | 'log'> {
  readonly shape: string;
}

/** Calls to one public host that failed in one way, by the lines of one service. */
export interface OutsideCount extends Omit<SignatureCount, 'signature' | 'log'>, OutsideFailure {}

/** Requests for one path by one client, among those that were read. */
export interface AskedFor {
  readonly service: string;
  /** Whatever is not a word of it masked. */
  readonly path: string;
  /** A client that only looks whether the service lives, as it calls itself; undefined for all others. */
  readonly checker: string | undefined;
  readonly count: number;
  readonly latencyMeanMs: number;
}

export interface LogsObservation {
  readonly failed: readonly FailedRequests[];
  readonly signatures: readonly SignatureCount[];
  /** The most frequent, at most CLUSTERS_MAX. */
  readonly clusters: readonly LineCluster[];
  readonly outside: readonly OutsideCount[];
  /** The names that the services were called by, as far as the requests that were read tell them. */
  readonly hosts: readonly string[];
  /** Who asked for what: of the newest requests, or in a storm of those that failed. Empty where it could not be read. */
  readonly asked: {
    readonly of: 'newest-requests' | 'failed-requests';
    /** The time that they came in. */
    readonly seconds: number;
    readonly byPath: readonly AskedFor[];
  };
  /** Places that application lines say could not be reached. */
  readonly unreachable: readonly Unreachable[];
  /** How instances started, by service and revision. */
  readonly starts: readonly InstanceStarts[];
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
/** What a person would still read. */
const CLUSTERS_MAX = 10;
/** More kinds of lines than a region of services has: only who dials at random fills it, and those that are rare go first. */
const SIGNATURES_MAX = 500;
const PATHS_MAX = 30;
const HOSTS_MAX = 20;
/** Fewer requests than this may all have come in the seconds that one of the two does not tell of yet. */
const COUNTED_MIN = 20;
/** A lone failure is noise; this many within a minute are the beginning of something. Our own choice: as many as make a symptom, and all within one of Monitoring's minutes. */
const FAILURES_OF_AN_ONSET = 5;
const ONSET_WITHIN_SECONDS = 60;
const REQUESTS = 'logName:"run.googleapis.com%2Frequests"';
const FAILED_REQUESTS = `${REQUESTS} AND (httpRequest.status=429 OR httpRequest.status>=500)`;
/** What containers print, and what Google's logging libraries write past it under names of their own (`python`, `winston_log`): no Google service's log. */
const OF_THE_APPLICATION = '(logName:"run.googleapis.com%2Fstdout" OR NOT logName:"googleapis.com")';
/** Loggers that do not know Google's severity leave it at DEFAULT, and say in their own words or numbers (pino, bunyan: 50, 60) how bad it is. */
const SPEAKS_OF_TROUBLE = [
  'severity>=WARNING',
  'jsonPayload.level=(50 OR 60 OR "error" OR "fatal" OR "critical" OR "panic")',
  'textPayload=~"(?i)(error[: ]|exception|fatal|panic|traceback|refused|timed? ?out)"',
].join(' OR ');
const APPLICATION = `(logName:"run.googleapis.com%2Fstderr" OR (${OF_THE_APPLICATION} AND (${SPEAKS_OF_TROUBLE} OR ${LISTENING_LINES})))`;
/** Starts are told at severity INFO: how many there were, and how many succeeded. */
const SYSTEM = `logName:"run.googleapis.com%2Fvarlog%2Fsystem" AND (severity>=WARNING OR ${START_LINES})`;

/**
 * Sees failed requests, platform lines, how instances start and application errors of all services: three queries whatever their number (one for a
 * verification, where their answers fit on a page), and a further one that tells how a storm began, or else who asks for what.
 * API: Logging v2 entries.list; Monitoring v3 timeSeries.list. Permissions: logging.logEntries.list, monitoring.timeSeries.list.
 * Silent about what is older than the newest 1000 lines of a kind; unavailable where Monitoring counts requests and the log has none, which is how
 * excluded or disabled logs look.
 */
export const logs: Inspector<LogsObservation> = {
  deadlineMs: 15_000,
  permissions: ['logging.logEntries.list', 'monitoring.timeSeries.list'],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { environment, since, until, cloud, purpose } = inspection;
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
    const { requests, system, application } = await askedFor(
      { requests: FAILED_REQUESTS, system: SYSTEM, application: APPLICATION },
      purpose,
      ask,
    );
    // In a storm the newest thousand are the last few seconds: how it began is asked for by itself.
    const fourth = await ifAllowed(requests.truncated ? ask(FAILED_REQUESTS, 'oldest-first') : ask(REQUESTS));
    const oldestFirst: readonly LogEntry[] =
      requests.truncated && fourth !== undefined ? fourth.entries : requests.entries.toReversed();
    const newest = requests.truncated ? undefined : fourth?.entries;
    if (newest?.length === 0) await refuseWhereExcluded(inspection, abort);
    const watched = (entry: LogEntry): entry is ServiceEntry =>
      entry.service !== undefined &&
      (environment.services === undefined || environment.services.includes(entry.service));
    const failed = requests.entries.filter(watched);
    const first = oldestFirst.filter(watched);
    const platform = system.entries.filter(watched);
    const told = application.entries.filter(watched);
    const troubles = told.filter((line) => !isListeningLine(line));
    const lines = [...platform, ...troubles];
    return {
      failed: countFailed(failed, first),
      signatures: [
        ...countSignatures(failed, 'requests'),
        ...countSignatures(platform, 'system'),
        ...countSignatures(troubles, 'application'),
      ]
        .sort(byCount)
        .slice(0, SIGNATURES_MAX),
      unreachable: unreachable(told),
      starts: instanceStarts({ failed, system: platform, application: told }),
      clusters: countShapes(lines),
      outside: countOutside(lines),
      hosts: hostsOf([...requests.entries, ...(newest ?? [])]),
      asked: {
        of: requests.truncated ? 'failed-requests' : 'newest-requests',
        ...countPaths(requests.truncated ? failed : (newest ?? []).filter(watched)),
      },
      onsets: onsetsOf(first),
      failedFrom: reach(requests, since),
      truncated: { requests: requests.truncated, system: system.truncated, application: application.truncated },
    };
  },
};

/** All at once for a diagnosis, which people wait for; for a verification, of which there is one a minute, with as few reads as will do. */
async function askedFor(
  filters: Readonly<Record<LogName, string>>,
  purpose: Inspection['purpose'],
  ask: (filter: string) => Promise<LogPage>,
): Promise<Readonly<Record<LogName, LogPage>>> {
  if (purpose === 'verification') return logsTogether(filters, ask);
  const [requests, system, application] = await Promise.all([
    ask(filters.requests),
    ask(filters.system),
    ask(filters.application),
  ]);
  return { requests, system, application };
}

/** What would tell more, and is done without where its quota or this look's budget is spent. */
async function ifAllowed(page: Promise<LogPage>): Promise<LogPage | undefined> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof PlatformFailure && error.code === 'rate-limited') return undefined;
    throw error;
  }
}

/** @throws PlatformFailure where requests are counted by Monitoring and none of them is in the log: it is excluded, or disabled. */
async function refuseWhereExcluded(inspection: Inspection, abort: AbortSignal): Promise<void> {
  const { project, services } = inspection.environment;
  const counted = await inspection.cloud.series(requestCountQuery(inspection), abort).catch((error: unknown) => {
    // Where Monitoring does not answer, nothing says that the log is not as empty as it looks.
    if (error instanceof PlatformFailure) return [];
    throw error;
  });
  const count = counted
    .filter(({ labels }) => services === undefined || services.includes(labels['service_name'] ?? ''))
    .flatMap(({ points }) => points)
    .reduce((sum, { value }) => sum + value, 0);
  if (count >= COUNTED_MIN)
    throw new PlatformFailure(
      'failed-precondition',
      `logging.logEntries.list on projects/${project}: Monitoring counts ${count} requests, and the request log has none: it is excluded or disabled`,
    );
}

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
    .map((entry) => ({ ...entry, signature: signatureOf(entry.text) }))
    .filter(({ signature }) => signature !== 'unknown')
    .map((entry) => ({ ...entry, sample: redact(entry.text) }));
  return grouped(told, ({ signature, service, revision, sample }) => [
    signature,
    service,
    revision,
    ...(ABOUT_DATABASES.test(signature) ? [spokenOf(sample)] : []),
  ]).map(({ first: { signature, service, revision, sample }, span }) => ({
    signature,
    log,
    service,
    revision,
    ...span,
    sample,
  }));
}

/** What clients of databases print. */
const ABOUT_DATABASES = /^(?:database|redis|private-connection)-/;

function countShapes(entries: readonly ServiceEntry[]): LineCluster[] {
  const unknown = entries
    .filter(({ text }) => text !== '' && signatureOf(text) === 'unknown')
    .map((entry) => ({ ...entry, shape: shapeOf(redact(entry.text)) }));
  return grouped(unknown, ({ shape, service, revision }) => [shape, service, revision])
    .slice(0, CLUSTERS_MAX)
    .map(({ first: { shape, service, revision, text }, span }) => ({
      shape,
      service,
      revision,
      ...span,
      sample: redact(text),
    }));
}

/** Lines that nothing else explains; that something upstream failed says no more than the host does. */
const OUTSIDE: readonly LogSignature[] = ['outside-host-failed', 'upstream-failed'];

function countOutside(entries: readonly ServiceEntry[]): OutsideCount[] {
  const outside = entries.flatMap((entry) => {
    const failure = outsideFailureOf(entry.text);
    return failure === undefined || !OUTSIDE.includes(signatureOf(entry.text)) ? [] : [{ ...entry, ...failure }];
  });
  return grouped(outside, ({ host, how, service, revision }) => [host, how, service, revision]).map(
    ({ first: { host, how, service, revision, text }, span }) => ({
      host,
      how,
      service,
      revision,
      ...span,
      sample: redact(text),
    }),
  );
}

const hostsOf = (entries: readonly LogEntry[]): string[] =>
  [...new Set(entries.flatMap(({ host }) => host ?? []))].sort().slice(0, HOSTS_MAX);

/** Clients that only ask whether a service lives: Google's uptime checks and load balancers, Kubernetes, and the monitors that people buy. */
const CHECKERS =
  /UptimeChecks|GoogleHC|kube-probe|Pingdom|UptimeRobot|StatusCake|Better ?Stack|Datadog|Site24x7|NewRelic|HealthCheck/i;

function countPaths(entries: readonly ServiceEntry[]): Pick<LogsObservation['asked'], 'seconds' | 'byPath'> {
  const asked = entries.flatMap(({ service, path, agent = '', latencyMs = 0, at }) =>
    path === undefined ? [] : [{ at, service, latencyMs, path: shapeOfPath(path), checker: checkerOf(agent) }],
  );
  const keyOf = ({ service, path, checker }: (typeof asked)[number]) => [service, path, checker];
  const [newest, oldest] = [asked[0]?.at, asked.at(-1)?.at];
  const byPath = grouped(asked, keyOf)
    .slice(0, PATHS_MAX)
    .map(({ first, span: { count } }) => {
      const { service, path, checker } = first;
      const own = asked.filter((one) => one.service === service && one.path === path && one.checker === checker);
      return { service, path, checker, count, latencyMeanMs: own.reduce((sum, one) => sum + one.latencyMs, 0) / count };
    });
  return { seconds: newest === undefined || oldest === undefined ? 0 : secondsBetween(oldest, newest), byPath };
}

const checkerOf = (agent: string): string | undefined => (CHECKERS.test(agent) ? redact(agent) : undefined);

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
