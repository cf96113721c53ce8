import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation, ServiceMetrics } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { ceilingFelt, type Felt } from './ceiling-felt.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';
import { spokenMs } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';
import { waitsInside } from './waits-inside.ts';

/**
 * A service runs as many instances as it may, and requests find none free.
 * Sees "no available instance" in the request log (request_count omits these), beside the instance count and the lower of the two ceilings.
 * Silent when requests wait but are served, unless all instances compute as much as they can under more traffic than ordinarily; and when the instances
 * are full of requests that wait for something else.
 */
export const instanceCeilingReached = rule({
  layer: 'configuration',
  title: 'Instance ceiling reached',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: ['traffic-surge', 'request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) => {
    const judged = services.map((service) => judge(service, logs, metrics, context));
    const waiting = services.filter((service) => waitsInside(service, metrics, context) !== undefined);
    const full = waiting.map(({ shortName }) => `the instances of ${shortName} are full of requests that only wait`);
    return standing(
      judged,
      full.join('; ') || 'no request was refused for want of an instance while its service stood at its ceiling',
    );
  },
});

/** Counts that reach this far into the refusals tell of them. Our own choice, two of Monitoring's minutes: the first may have begun before the refusals. */
const MEASURED_SECONDS = 120;
/** Instances that are still being started may reach the ceiling in the minute that has not arrived yet. Our own choice. */
const NEAR_CEILING_RATIO = 0.9;

/** The lower of the service's and the revision's ceiling holds. */
export const effectiveCeiling = ({ instancesMax, template }: ServiceObservation): number =>
  Math.min(instancesMax ?? Number.POSITIVE_INFINITY, template.instancesMax);

function judge(
  service: ServiceObservation,
  logs: LogsObservation,
  metrics: MetricsObservation,
  context: Context,
): Conclusion {
  const { services } = metrics;
  const { shortName, name } = service;
  const refused = logs.signatures
    .filter(
      ({ service: of, signature, log }) =>
        of === shortName && signature === 'no-available-instance' && log === 'requests',
    )
    .reduce((sum, { count }) => sum + count, 0);
  const times = counted({ count: refused, noun: 'request', from: 'requests' }, logs);
  const about = { target: name, services: [shortName] };
  const ceiling = effectiveCeiling(service);
  const own = services.find((metric) => metric.service === shortName);
  const peak = busiest(service, logs, own);
  if (refused < FAILED_REQUESTS_MIN) {
    const felt = own && ceilingFelt(own, ceiling, context);
    if (felt !== undefined) return slowAtCeiling(service, ceiling, felt);
    // Refusals that were not read matter only where the ceiling may have been reached.
    const belowCeiling = peak !== undefined && peak < ceiling;
    if (!logs.truncated.requests || belowCeiling)
      return { kind: 'ruled-out', reason: `${shortName}: ${times} refused` };
    return {
      kind: 'inconclusive',
      reason: `${shortName}: fewer than ${FAILED_REQUESTS_MIN} of the failed requests that were read found no instance, and not all were read`,
      settles: 'not-by-itself',
      about,
    };
  }
  if (peak === undefined)
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${times} found no instance, but Monitoring has no instance count of that time`,
      settles: 'soon',
      about,
    };
  if (peak < ceiling) {
    // Counts of the time before the refusals say nothing about them.
    const onset = logs.onsets.find(({ service: of }) => of === shortName)?.at;
    const isMeasured =
      onset !== undefined && own?.instances.some(({ at }) => secondsBetween(onset, at) >= MEASURED_SECONDS);
    if (isMeasured && peak < NEAR_CEILING_RATIO * ceiling)
      return {
        kind: 'ruled-out',
        reason: `${shortName}: ${times} found no instance while ${peak} of at most ${ceiling} ran`,
      };
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${times} found no instance while ${peak} of at most ${ceiling} ran: the ceiling is not why`,
      settles: 'soon',
      about,
    };
  }
  // More instances would wait as well.
  if (waitsInside(service, metrics, context) !== undefined)
    return { kind: 'ruled-out', reason: `${shortName}: its instances are full of requests that only wait` };
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} runs all ${ceiling} instances that it may, and ${times} found none free.`,
    confidence: 'certain',
    evidence: [
      {
        text: `${counted({ count: refused, noun: 'time', from: 'requests' }, logs)}: "The request was aborted because there was no available instance."`,
        url: servicePage(name, 'logs'),
      },
      {
        text: `${ranInWords(peak, ceiling)}, each for up to ${service.template.concurrency} requests at a time.`,
        url: servicePage(name, 'metrics'),
      },
    ],
    expects: [{ text: 'as many instances as it may run', seen: 'yes' }],
    services: [shortName],
  };
}

/** Nothing is refused as long as there is room to wait inside the instances. */
const slowAtCeiling = (
  { shortName, name }: ServiceObservation,
  ceiling: number,
  { slow, traffic }: Felt,
): Conclusion => ({
  kind: 'cause',
  target: name,
  claim: `${shortName} runs all ${ceiling} instances that it may, at ${traffic.toFixed(1)} times its ordinary traffic, and its slowest twentieth of answers takes ${spokenMs(slow.nowMs)} instead of ${spokenMs(slow.ordinaryMs)}.`,
  confidence: 'likely',
  evidence: [
    {
      text: `All ${ceiling} instances compute as much as they can, and requests wait inside.`,
      url: servicePage(name, 'metrics'),
    },
  ],
  expects: [{ text: 'as many instances as it may run', seen: 'yes' }],
  services: [shortName],
});

/**
 * The most instances that ran at once since the service began to fail; undefined while no count of that time has arrived. What ran before says
 * nothing: the ceiling may have been another. The ceiling of a revision holds for each revision by itself, so that two which overlap in a rollover
 * may together be above it, and neither at it (cloud.google.com/run/docs/about-instance-autoscaling: "an upper limit per revision", read 2026-11-25).
 */
function busiest(
  { shortName, instancesMax, template }: ServiceObservation,
  { onsets }: LogsObservation,
  metric: ServiceMetrics | undefined,
): number | undefined {
  const together = instancesMax !== undefined && instancesMax <= template.instancesMax;
  const points = together ? metric?.instances : metric?.instancesByRevision.flatMap((revision) => revision.points);
  const onset = onsets.find(({ service }) => service === shortName)?.at;
  const counts = (points ?? []).flatMap(({ at, value }) => (onset === undefined || at >= onset ? [value] : []));
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** Above the ceiling is no mistake: in a surge, or while one revision replaces another, Cloud Run exceeds it for a short while (the same page, "Exceeding max instances"). */
const ranInWords = (peak: number, ceiling: number): string =>
  peak > ceiling
    ? `${peak} instances ran at the busiest, above the ceiling of ${ceiling} as happens for a short while, in a surge or a rollover`
    : `${peak} instances ran at the busiest, all that the ceiling of ${ceiling} allows`;
