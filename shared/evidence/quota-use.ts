import { type Instant, latest, plusSeconds } from '../ports/clock.ts';
import type { Series, SeriesQuery } from '../ports/cloud.ts';
import type { Inspection } from './inspector.ts';
import { knownSeries } from './known-series.ts';

/** One quota of one API in one place, as Monitoring has it. */
export interface QuotaUse {
  /** `sqladmin.googleapis.com`. */
  readonly api: string;
  /** `sqladmin.googleapis.com/default`. */
  readonly metric: string;
  /** A region, or `global`. */
  readonly location: string;
  /** `rate`: used within the fullest minute; the others: held at the fullest. */
  readonly kind: 'rate' | 'allocation' | 'concurrent' | 'unknown';
  readonly used: number | undefined;
  readonly limit: number | undefined;
  /** Minutes in which something was refused for want of it, and the last of them. */
  readonly refusedMinutes: number;
  readonly lastRefusedAt: Instant | undefined;
}

/** Limits, and what is held, are sampled once a day at the least ("align next_older(1d)" in Google's own quota monitoring solution, read 2026-11-25). */
const DAY_SECONDS = 25 * 3600;
/** Google's own advice for an alert is 80 % (Cloud Quotas, "Set up quota alerts"); below, a quota is of no interest here. */
export const NEARLY_USED_RATIO = 0.8;
const QUOTAS_MAX = 20;

const PREFIX = 'serviceruntime.googleapis.com/quota';
const USES = { rate: 'rate/net_usage', allocation: 'allocation/usage', concurrent: 'concurrent/usage' } as const;

/** The quotas that refused something since the look began, or are nearly used; six queries, whatever their number. */
export async function quotaUse(inspection: Inspection, abort: AbortSignal): Promise<readonly QuotaUse[]> {
  const ask = (metric: string, over: Pick<SeriesQuery, 'aligner' | 'alignSeconds'> & { readonly from?: Instant }) =>
    series(metric, over, inspection, abort);
  const day = { aligner: 'ALIGN_MAX', alignSeconds: 3600, from: plusSeconds(inspection.until, -DAY_SECONDS) } as const;
  const minute = { alignSeconds: 60 } as const;
  const [refused, limits, concurrentLimits, rate, allocation, concurrent] = await Promise.all([
    ask('exceeded', { ...minute, aligner: 'ALIGN_COUNT_TRUE' }),
    ask('limit', day),
    ask('concurrent/limit', day),
    ask(USES.rate, { ...minute, aligner: 'ALIGN_DELTA' }),
    ask(USES.allocation, day),
    ask(USES.concurrent, { ...minute, aligner: 'ALIGN_MAX' }),
  ]);
  const uses = { rate, allocation, concurrent };
  const all = [...refused, ...rate, ...allocation, ...concurrent];
  return [...new Map(all.map((one) => [keyOf(one), one])).values()]
    .map((one) => useOf(one, { refused, limits: [...limits, ...concurrentLimits], uses }))
    .filter((use) => use.refusedMinutes > 0 || ratioOf(use) >= NEARLY_USED_RATIO)
    .sort((a, b) => b.refusedMinutes - a.refusedMinutes || ratioOf(b) - ratioOf(a))
    .slice(0, QUOTAS_MAX);
}

async function series(
  metric: string,
  { from, ...how }: Pick<SeriesQuery, 'aligner' | 'alignSeconds'> & { readonly from?: Instant },
  { cloud, environment, since, until }: Inspection,
  abort: AbortSignal,
): Promise<readonly Series[]> {
  const query: SeriesQuery = {
    project: environment.project,
    filter: `metric.type="${PREFIX}/${metric}" AND resource.type="consumer_quota"`,
    from: from ?? since,
    to: until,
    ...how,
    // Several methods use one quota; several limits of one metric (a minute, a day) are refused each by itself.
    reducer: metric.endsWith('limit') ? 'REDUCE_MAX' : 'REDUCE_SUM',
    groupBy: ['resource.labels.service', 'resource.labels.location', 'metric.labels.quota_metric'],
  };
  const found = await knownSeries(cloud.series(query, abort));
  const here = ['global', environment.region];
  return found.filter(({ labels }) => here.includes(labels['location'] ?? 'global'));
}

const keyOf = ({ labels }: Series): string =>
  JSON.stringify([labels['service'], labels['location'], labels['quota_metric']]);

function useOf(
  one: Series,
  {
    refused,
    limits,
    uses,
  }: {
    readonly refused: readonly Series[];
    readonly limits: readonly Series[];
    readonly uses: Readonly<Record<keyof typeof USES, readonly Series[]>>;
  },
): QuotaUse {
  const own = (of: readonly Series[]) => of.find((other) => keyOf(other) === keyOf(one))?.points ?? [];
  const kind = (['rate', 'allocation', 'concurrent'] as const).find((name) => own(uses[name]).length > 0) ?? 'unknown';
  const used = kind === 'unknown' ? [] : own(uses[kind]).map(({ value }) => value);
  const minutes = own(refused).filter(({ value }) => value > 0);
  const limit = own(limits).at(-1)?.value;
  return {
    api: one.labels['service'] ?? 'unknown',
    metric: one.labels['quota_metric'] ?? 'unknown',
    location: one.labels['location'] ?? 'global',
    kind,
    used: used.length === 0 ? undefined : Math.max(...used),
    limit,
    refusedMinutes: minutes.length,
    lastRefusedAt: minutes.length === 0 ? undefined : minutes.map(({ at }) => at).reduce(latest),
  };
}

/** 0..1 and above; 0 where either is not known, or where there is no limit (-1). */
export const ratioOf = ({ used, limit }: Pick<QuotaUse, 'used' | 'limit'>): number =>
  used === undefined || limit === undefined || limit <= 0 ? 0 : used / limit;
