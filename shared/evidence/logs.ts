import { earliest, type Instant, latest } from '../ports/clock.ts';
import type { LogEntry, LogPage } from '../ports/cloud.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { type LogSignature, signatureOf } from './log-signatures.ts';
import { redact } from './redact.ts';

/** Lines of one kind from one revision, counted. */
export interface SignatureCount {
  readonly signature: LogSignature;
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
  /** What the entries reach back to: `since`, or later where there were more than we read. */
  readonly failedFrom: Instant;
}

const ENTRIES_MAX = 1000;

/**
 * Sees failed requests, platform lines and application errors of all services, three queries whatever their number.
 * API: Logging v2 entries.list. Permission: logging.logEntries.list.
 * Silent where logs are excluded, and about what is older than the newest 1000 lines of a kind.
 */
export const logs: Inspector<LogsObservation> = {
  deadlineMs: 15_000,
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { environment, since, until, cloud } = inspection;
    const ask = (filter: string) =>
      cloud.logs(
        {
          project: environment.project,
          filter: `${scope(inspection)} AND ${filter}`,
          from: since,
          to: until,
          entriesMax: ENTRIES_MAX,
        },
        abort,
      );
    const [requests, system, application] = await Promise.all([
      ask('logName:"run.googleapis.com%2Frequests" AND (httpRequest.status=429 OR httpRequest.status>=500)'),
      ask('logName:"run.googleapis.com%2Fvarlog%2Fsystem" AND severity>=WARNING'),
      ask('(logName:"run.googleapis.com%2Fstderr" OR (logName:"run.googleapis.com%2Fstdout" AND severity>=ERROR))'),
    ]);
    const watched = ({ service }: LogEntry) =>
      service !== undefined && (environment.services === undefined || environment.services.includes(service));
    const failed = requests.entries.filter(watched);
    const lines = [...failed, ...system.entries.filter(watched), ...application.entries.filter(watched)];
    return { failed: countFailed(failed), signatures: countSignatures(lines), failedFrom: reach(requests, since) };
  },
};

const scope = ({ environment }: Inspection): string =>
  `resource.type="cloud_run_revision" AND resource.labels.location="${environment.region}"`;

const reach = ({ entries, truncated }: LogPage, since: Instant): Instant =>
  truncated ? (entries.at(-1)?.at ?? since) : since;

function countFailed(entries: readonly LogEntry[]): FailedRequests[] {
  return grouped(entries, ({ service, revision, httpStatus, instanceId }) => [
    service,
    revision,
    httpStatus,
    instanceId !== undefined,
  ]).map((group) => ({
    service: group.first.service ?? '',
    revision: group.first.revision,
    status: group.first.httpStatus ?? 0,
    reachedContainer: group.first.instanceId !== undefined,
    ...group.span,
  }));
}

function countSignatures(entries: readonly LogEntry[]): SignatureCount[] {
  const told = entries
    .filter(({ text }) => text !== '')
    .map((entry) => ({ ...entry, signature: signatureOf(entry.text) }));
  return grouped(told, ({ signature, service, revision }) => [signature, service, revision]).map((group) => ({
    signature: group.first.signature,
    service: group.first.service ?? '',
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
  return [...groups.values()].sort((a, b) => b.span.count - a.span.count);
}
