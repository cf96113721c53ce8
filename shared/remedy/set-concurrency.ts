import type { ServiceMetrics } from '../evidence/metrics.ts';
import type { Template } from '../ports/cloud.ts';
import type { Action } from './action.ts';
import { wouldExhaust } from './connections-left.ts';
import { ceilingOf, instancesSeen } from './instances-seen.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inTemplate } from './permanence.ts';
import { instancesUsdPerMonth, moreUsd } from './prices.ts';

interface Concurrency {
  readonly concurrency: number;
  /** Raised with it where the ceiling would not take the instances that it makes. */
  readonly instancesMax: number;
}

/** Cloud Run keeps instances this full of what they may take at once (About instance autoscaling, read 2026-11-23). */
const AIM_RATIO = 0.6;
/** Source: Configure maximum concurrent requests (facts, 2026-11-23). */
const CONCURRENCY_MAX = 1000;

/**
 * Lets an instance admit no more requests than it works on, so that Cloud Run sees what waits and starts more instances, for which there must be room.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where Monitoring does not tell how many an instance works on, where that is no fewer than it admits, and where databases would not
 * take the connections of the instances that it makes.
 */
export const setConcurrency: Action<
  Pinned<Concurrency>,
  'cloud-run',
  'metrics' | 'logs' | 'database'
> = byNewRevision<Concurrency>({
  title: 'Set the concurrency',
  answers: ['concurrency-mismatched'],
  base: 'what-serves',
  cost: 'priced',
  ownOf: ({ concurrency, instancesMax }: Template) => ({ concurrency, instancesMax }),
  decide: ({ service, containers: [serving], input: { seen, environment } }) => {
    const { shortName, template } = service;
    const own = seen.metrics?.services.find((one) => one.service === shortName);
    const worksOn = own && workedOn(own);
    if (worksOn === undefined)
      return refused(`Monitoring does not tell how many requests an instance of ${shortName} works on at once`);
    const before: Concurrency = { concurrency: template.concurrency, instancesMax: template.instancesMax };
    const concurrency = Math.max(1, Math.ceil(worksOn));
    if (concurrency >= before.concurrency)
      return refused(`an instance of ${shortName} works on about as many requests as it admits`);
    const running = instancesSeen(service, seen.metrics);
    // What waits is not counted in what is worked on: as much again, beside what Cloud Run keeps free.
    const needed = Math.ceil((2 * running) / AIM_RATIO);
    // Above the service's own ceiling a revision's would hold nothing.
    const serviceMax = service.instancesMax ?? Number.POSITIVE_INFINITY;
    const allowed = Math.min(needed, environment.bounds.instancesMax, serviceMax);
    const after: Concurrency = { concurrency, instancesMax: Math.max(before.instancesMax, allowed) };
    const most = Math.min(after.instancesMax, serviceMax);
    const growth = { service: shortName, running, replaced: ceilingOf(service), after: most };
    const exhausted = seen.database && wouldExhaust(seen.database, growth);
    if (exhausted !== undefined) return refused(exhausted);
    const raised = after.instancesMax > before.instancesMax;
    return {
      kind: 'found',
      after,
      told: {
        fit: 'mends',
        summary: {
          title: `Set the concurrency of ${shortName}`,
          before: inWords(before, raised),
          after: inWords(after, raised),
        },
        expectedEffect: 'what waits inside instances is seen, and more instances are started for it',
        expectedSeconds: NEW_REVISION_SECONDS,
        whatCouldGoWrong: `${REPLACES_INSTANCES} More instances run for the same traffic, at most ${most}: each opens its own connections to databases.`,
        costUsdPerMonth: moreUsd(
          instancesUsdPerMonth(serving, Math.max(running, Math.min(needed, most))),
          instancesUsdPerMonth(serving, running),
        ),
      },
      flags: `--concurrency=${concurrency}${raised ? ` --max-instances=${after.instancesMax}` : ''}`,
      block: inTemplate(
        `max_instance_request_concurrency = ${concurrency}${raised ? `\nscaling {\n  max_instance_count = ${after.instancesMax}\n}` : ''}`,
      ),
    };
  },
  outOfLimits: ({ after: { concurrency, instancesMax }, present, bounds, boundsAt }) => {
    if (concurrency < 1 || concurrency > CONCURRENCY_MAX)
      return `Cloud Run admits 1 to ${CONCURRENCY_MAX} requests to an instance, not ${concurrency}`;
    return instancesMax > present.instancesMax && instancesMax > bounds.instancesMax
      ? `${instancesMax} instances are over ${boundsAt}.instancesMax (${bounds.instancesMax})`
      : undefined;
  },
});

const inWords = ({ concurrency, instancesMax }: Concurrency, withCeiling: boolean): string =>
  `${concurrency} request${concurrency === 1 ? '' : 's'} an instance${withCeiling ? `, at most ${instancesMax} instances` : ''}`;

/**
 * Requests that one instance works on at once, by Little's law: what it answers a second at its busiest, times how long an answer takes that is not
 * kept waiting. undefined where either was not measured.
 */
function workedOn({ requests, instances, latencyP50Ms, before }: ServiceMetrics): number | undefined {
  const quickestMs = Math.min(
    ...latencyP50Ms.map(({ value }) => value),
    before.latencyP95Ms ?? Number.POSITIVE_INFINITY,
  );
  const each = requests.flatMap(({ at, value }) => {
    const running = instances.find((point) => point.at === at)?.value;
    return running === undefined || running === 0 ? [] : [value / 60 / running];
  });
  return each.length === 0 || !Number.isFinite(quickestMs) ? undefined : Math.max(...each) * (quickestMs / 1000);
}
