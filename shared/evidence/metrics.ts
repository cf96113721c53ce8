import type { Series, SeriesQuery } from '../ports/cloud.ts';
import type { Inspection, Inspector } from './inspector.ts';

type Points = Series['points'];

/** Per minute, oldest first. An empty list means that Monitoring had no points: unknown, never zero. */
export interface ServiceMetrics {
  readonly service: string;
  /** Requests that reached a container; refused ones are only in the request log. */
  readonly requests: Points;
  readonly serverErrors: Points;
  readonly byRevision: readonly {
    readonly revision: string;
    readonly requests: number;
    readonly serverErrors: number;
  }[];
  /** Active and idle, of all revisions together: while one replaces another both count. */
  readonly instances: Points;
  readonly instancesByRevision: readonly { readonly revision: string; readonly points: Points }[];
  /** 99th percentile over the instances, 0..1 of the limit. */
  readonly memoryRatio: Points;
  readonly cpuRatio: Points;
}

export interface MetricsObservation {
  readonly services: readonly ServiceMetrics[];
}

/**
 * Sees requests, instances, memory and CPU of every service in the region, four queries whatever their number.
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
    ) => inspection.cloud.series(query(inspection, metric, aligner, reducer, groupBy), abort);
    const service = 'resource.labels.service_name';
    const revision = 'resource.labels.revision_name';
    const [requests, instances, memory, cpu] = await Promise.all([
      ask('request_count', 'ALIGN_DELTA', 'REDUCE_SUM', [service, revision, 'metric.labels.response_code_class']),
      // A gauge, sampled each minute for each state: the newest samples are of one moment, and only what was there together may be added up.
      ask('container/instance_count', 'ALIGN_NEXT_OLDER', 'REDUCE_SUM', [service, revision]),
      ask('container/memory/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [service]),
      ask('container/cpu/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', [service]),
    ]);
    const names = new Set(
      [...requests, ...instances, ...memory, ...cpu].flatMap(({ labels }) => labels['service_name'] ?? []),
    );
    const watched = inspection.environment.services;
    return {
      services: [...names]
        .filter((name) => watched === undefined || watched.includes(name))
        .sort()
        .map((name) => {
          const own = (series: readonly Series[]) => series.filter(({ labels }) => labels['service_name'] === name);
          return {
            service: name,
            ...requestsOf(own(requests)),
            instances: added(own(instances)),
            instancesByRevision: own(instances).flatMap(({ labels, points }) => {
              const { revision_name: name } = labels;
              return name === undefined ? [] : [{ revision: name, points }];
            }),
            memoryRatio: own(memory)[0]?.points ?? [],
            cpuRatio: own(cpu)[0]?.points ?? [],
          };
        }),
    };
  },
};

function query(
  { environment, since, until }: Inspection,
  metric: string,
  aligner: SeriesQuery['aligner'],
  reducer: SeriesQuery['reducer'],
  groupBy: readonly string[],
): SeriesQuery {
  return {
    project: environment.project,
    filter: `metric.type="run.googleapis.com/${metric}" AND resource.type="cloud_run_revision" AND resource.labels.location="${environment.region}"`,
    from: since,
    to: until,
    alignSeconds: 60,
    aligner,
    reducer,
    groupBy,
  };
}

const isServerError = ({ labels }: Series): boolean => labels['response_code_class'] === '5xx';

function requestsOf(series: readonly Series[]): Pick<ServiceMetrics, 'requests' | 'serverErrors' | 'byRevision'> {
  const revisions = new Set(series.flatMap(({ labels }) => labels['revision_name'] ?? []));
  return {
    requests: added(series),
    serverErrors: added(series.filter(isServerError)),
    byRevision: [...revisions].sort().map((revision) => {
      const own = series.filter(({ labels }) => labels['revision_name'] === revision);
      return { revision, requests: total(own), serverErrors: total(own.filter(isServerError)) };
    }),
  };
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
