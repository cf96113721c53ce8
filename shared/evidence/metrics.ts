import type { Instant } from '../ports/clock.ts';
import { plusSeconds } from '../ports/clock.ts';
import type { Series, SeriesQuery } from '../ports/cloud.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { knownSeries } from './known-series.ts';

type Points = Series['points'];

/** Per minute, oldest first. An empty list means that Monitoring had no points: unknown, never zero. */
export interface ServiceMetrics {
  readonly service: string;
  /** Requests that reached a container; refused ones are only in the request log. A WebSocket is counted as it ends. */
  readonly requests: Points;
  readonly serverErrors: Points;
  readonly webSockets: Points;
  readonly byRevision: readonly {
    readonly revision: string;
    readonly requests: number;
    readonly serverErrors: number;
  }[];
  /** Of successful answers, for every ten minutes of the last two hours. */
  readonly latencyByRevision: readonly { readonly revision: string; readonly p95Ms: Points }[];
  /** Active and idle, of all revisions together: while one replaces another both count. */
  readonly instances: Points;
  readonly instancesByRevision: readonly { readonly revision: string; readonly points: Points }[];
  /** What its containers sent and received on any network, by revision. Left out of evidence that was kept before it was asked for. */
  readonly bytesByRevision?: readonly { readonly revision: string; readonly points: Points }[];
  /** Those that had requests; the rest was idle. */
  readonly instancesActive: Points;
  /** 99th percentile over the instances, 0..1 of the limit. */
  readonly memoryRatio: Points;
  readonly cpuRatio: Points;
  /** Of successful answers: what fails fast, or takes as long as it may, is counted elsewhere. */
  readonly latencyP50Ms: Points;
  readonly latencyP95Ms: Points;
  /** How long WebSockets lasted that ended in that minute. */
  readonly webSocketP95Ms: Points;
  readonly startupP95Ms: Points;
  /** Requests in one instance at once, 99th percentile over the instances. */
  readonly concurrency: Points;
  /** Requests that wait for an instance; empty in projects that do not have this metric. */
  readonly pending: Points;
  readonly before: Baseline;
}

/** What is ordinary: the windows of ten minutes in the two hours back that were over before the look begins. */
export interface Baseline {
  /** Medians over the windows: a short trouble among them does not move one. undefined with fewer than three windows. */
  readonly requestsPerMinute: number | undefined;
  readonly latencyP95Ms: number | undefined;
  /** The windows themselves, those of the look included: a slow leak needs all of them. */
  readonly memoryRatio: Points;
}

export interface MetricsObservation {
  readonly services: readonly ServiceMetrics[];
}

/** Two hours tell an ordinary evening from a surge, and a leak from a warm cache. Our own choice: older is often another release. */
const BASELINE_SECONDS = 7200;
const WINDOW_SECONDS = 600;
const WINDOWS_MIN = 3;

const SERVICE = 'resource.labels.service_name';
const REVISION = 'resource.labels.revision_name';
const CLASS = 'metric.labels.response_code_class';

/**
 * Sees requests, latencies, instances by state, concurrency, start-ups, pending requests, bytes, memory and CPU of every service in the region, and what
 * was ordinary in the two hours before: fourteen queries whatever their number.
 * API: Monitoring v3 timeSeries.list. Permission: monitoring.timeSeries.list.
 * Silent about the last two minutes (Run's metrics arrive up to 120 s late) and about requests that reached no container.
 */
export const metrics: Inspector<MetricsObservation> = {
  deadlineMs: 10_000,
  permissions: ['monitoring.timeSeries.list'],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const ask = (
      metric: string,
      aligner: SeriesQuery['aligner'],
      reducer: SeriesQuery['reducer'],
      groupBy: readonly string[],
      back: 'look' | 'baseline' = 'look',
    ) => knownSeries(inspection.cloud.series(query(inspection, { metric, aligner, reducer, groupBy, back }), abort));
    const [
      requests,
      instances,
      memory,
      cpu,
      p50,
      p95,
      starts,
      concurrency,
      pending,
      sent,
      received,
      earlier,
      earlierP95,
      earlierMemory,
    ] = await Promise.all([
      knownSeries(inspection.cloud.series(requestCountQuery(inspection), abort)),
      // A gauge, sampled each minute for each state: the newest samples are of one moment, and only what was there together may be added up.
      ask('container/instance_count', 'ALIGN_NEXT_OLDER', 'REDUCE_SUM', [SERVICE, REVISION, 'metric.labels.state']),
      ask('container/memory/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [SERVICE]),
      ask('container/cpu/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [SERVICE]),
      ask('request_latencies', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_50', [SERVICE, CLASS]),
      ask('request_latencies', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_95', [SERVICE, CLASS]),
      ask('container/startup_latencies', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_95', [SERVICE]),
      ask('container/max_request_concurrencies', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [SERVICE]),
      ask('pending_queue/pending_requests', 'ALIGN_MAX', 'REDUCE_SUM', [SERVICE]),
      ask('container/network/sent_bytes_count', 'ALIGN_DELTA', 'REDUCE_SUM', [SERVICE, REVISION]),
      ask('container/network/received_bytes_count', 'ALIGN_DELTA', 'REDUCE_SUM', [SERVICE, REVISION]),
      ask('request_count', 'ALIGN_DELTA', 'REDUCE_SUM', [SERVICE], 'baseline'),
      ask('request_latencies', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_95', [SERVICE, REVISION, CLASS], 'baseline'),
      ask('container/memory/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [SERVICE], 'baseline'),
    ]);
    const names = new Set(
      [...requests, ...instances, ...memory, ...cpu].flatMap(({ labels }) => labels['service_name'] ?? []),
    );
    const watched = inspection.environment.services;
    return {
      services: [...names]
        .filter((name) => watched === undefined || watched.includes(name))
        .sort()
        .map((name): ServiceMetrics => {
          const own = (series: readonly Series[]) => series.filter(({ labels }) => labels['service_name'] === name);
          const first = (series: readonly Series[]) => own(series)[0]?.points ?? [];
          const ofClass = (series: readonly Series[], codes: string) => own(series).filter(isOf(codes));
          return {
            service: name,
            ...requestsOf(own(requests)),
            latencyByRevision: ofClass(earlierP95, '2xx').map(({ labels, points }) => ({
              revision: labels['revision_name'] ?? '',
              p95Ms: points,
            })),
            instances: added(own(instances)),
            instancesByRevision: byRevision(own(instances)),
            bytesByRevision: byRevision(own([...sent, ...received])),
            instancesActive: added(own(instances).filter(({ labels }) => labels['state'] === 'active')),
            memoryRatio: first(memory),
            cpuRatio: first(cpu),
            latencyP50Ms: ofClass(p50, '2xx')[0]?.points ?? [],
            latencyP95Ms: ofClass(p95, '2xx')[0]?.points ?? [],
            webSocketP95Ms: ofClass(p95, '1xx')[0]?.points ?? [],
            startupP95Ms: first(starts),
            concurrency: first(concurrency),
            pending: first(pending),
            before: {
              requestsPerMinute: perMinute(median(first(earlier), inspection.since)),
              latencyP95Ms: median(
                ofClass(earlierP95, '2xx').flatMap(({ points }) => points),
                inspection.since,
              ),
              memoryRatio: first(earlierMemory),
            },
          };
        }),
    };
  },
};

/** Requests by service, revision and class of their answers; asked in this one form, so that whoever else wants it has it for free. */
export const requestCountQuery = (inspection: Inspection): SeriesQuery =>
  query(inspection, {
    metric: 'request_count',
    aligner: 'ALIGN_DELTA',
    reducer: 'REDUCE_SUM',
    groupBy: [SERVICE, REVISION, CLASS],
    back: 'look',
  });

function query(
  { environment, since, until }: Inspection,
  asked: Pick<SeriesQuery, 'aligner' | 'reducer' | 'groupBy'> & {
    readonly metric: string;
    readonly back: 'look' | 'baseline';
  },
): SeriesQuery {
  const { metric, aligner, reducer, groupBy, back } = asked;
  return {
    project: environment.project,
    filter: `metric.type="run.googleapis.com/${metric}" AND resource.type="cloud_run_revision" AND resource.labels.location="${environment.region}"`,
    from: back === 'look' ? since : plusSeconds(until, -BASELINE_SECONDS),
    to: until,
    alignSeconds: back === 'look' ? 60 : WINDOW_SECONDS,
    aligner,
    reducer,
    groupBy,
  };
}

const isOf =
  (codes: string) =>
  ({ labels }: Series): boolean =>
    labels['response_code_class'] === codes;

function requestsOf(
  series: readonly Series[],
): Pick<ServiceMetrics, 'requests' | 'serverErrors' | 'webSockets' | 'byRevision'> {
  const revisions = new Set(series.flatMap(({ labels }) => labels['revision_name'] ?? []));
  return {
    requests: added(series),
    serverErrors: added(series.filter(isOf('5xx'))),
    webSockets: added(series.filter(isOf('1xx'))),
    byRevision: [...revisions].sort().map((revision) => {
      const own = series.filter(({ labels }) => labels['revision_name'] === revision);
      return { revision, requests: total(own), serverErrors: total(own.filter(isOf('5xx'))) };
    }),
  };
}

/** The series of each revision added up; those of none are left out. */
function byRevision(series: readonly Series[]): ServiceMetrics['instancesByRevision'] {
  const revisions = new Set(series.flatMap(({ labels }) => labels['revision_name'] ?? []));
  return [...revisions].sort().map((revision) => ({
    revision,
    points: added(series.filter(({ labels }) => labels['revision_name'] === revision)),
  }));
}

const total = (series: readonly Series[]): number =>
  series.flatMap(({ points }) => points).reduce((sum, { value }) => sum + value, 0);

/** The series added up, minute by minute. */
function added(series: readonly Series[]): Points {
  const byMinute = new Map<string, Points[number]>();
  for (const { at, value } of series.flatMap(({ points }) => points))
    byMinute.set(at, { at, value: value + (byMinute.get(at)?.value ?? 0) });
  return [...byMinute.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** Of the windows that were over before the look begins. */
function median(windows: Points, since: Instant): number | undefined {
  const values = windows.flatMap(({ at, value }) => (at <= since ? [value] : [])).sort((a, b) => a - b);
  return values.length < WINDOWS_MIN ? undefined : values[Math.floor(values.length / 2)];
}

const perMinute = (inWindow: number | undefined): number | undefined =>
  inWindow === undefined ? undefined : (inWindow * 60) / WINDOW_SECONDS;
