import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { ceilingFelt, type Felt } from './ceiling-felt.ts';
import { servicePage } from './console-links.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';
import { spokenMs } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * A service runs as many instances as it may, and requests find none free.
 * Sees "no available instance" in the request log (request_count omits these), beside the instance count and the lower of the two ceilings.
 * Silent when requests wait but are served, unless all instances compute as much as they can under more traffic than ordinarily.
 */
export const instanceCeilingReached = rule({
  layer: 'configuration',
  title: 'Instance ceiling reached',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: ['traffic-surge', 'request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) => {
    const judged = services.map((service) => judge(service, logs, metrics, context));
    return standing(judged, 'no request was refused for want of an instance while its service stood at its ceiling');
  },
});

/** Counts that reach this far into the refusals tell of them. Two of Monitoring's minutes. */
export const MEASURED_SECONDS = 120;
/** Instances that are still being started may reach the ceiling in the minute that has not arrived yet. Our own choice. */
export const NEAR_CEILING_RATIO = 0.9;

/** The lower of the service's and the revision's ceiling holds. */
export const effectiveCeiling = ({ instancesMax, template }: ServiceObservation): number =>
  Math.min(instancesMax ?? Number.POSITIVE_INFINITY, template.instancesMax);

function judge(
  service: ServiceObservation,
  logs: LogsObservation,
  { services }: MetricsObservation,
  context: Context,
): Conclusion {
  const { shortName, name } = service;
  const refusals = logs.signatures.filter(
    (line) => line.service === shortName && line.signature === 'no-available-instance',
  );
  const refused = refusals.reduce((sum, { count }) => sum + count, 0);
  const about = { target: name, services: [shortName] };
  const ceiling = effectiveCeiling(service);
  const own = services.find((metric) => metric.service === shortName);
  const counts = own?.instances ?? [];
  const peak = Math.max(...counts.map(({ value }) => value));
  if (refused < FAILED_REQUESTS_MIN) {
    const felt = own && ceilingFelt(own, ceiling, context);
    if (felt !== undefined) return waiting(service, ceiling, felt);
    const reason = `${shortName}: ${refused} requests refused`;
    // Refusals that were not read matter only where the ceiling may have been reached.
    const belowCeiling = counts.length > 0 && peak < ceiling;
    if (!logs.truncated.requests || belowCeiling) return { kind: 'ruled-out', reason };
    return {
      kind: 'inconclusive',
      reason: `${reason} among the newest failed requests, and there are more than were read`,
      settles: 'not-by-itself',
      about,
    };
  }
  if (counts.length === 0)
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${refused} requests found no instance, but Monitoring has no instance count`,
      settles: 'soon',
      about,
    };
  if (peak < ceiling) {
    // Counts of the time before the refusals say nothing about them.
    const isMeasured = counts.some(({ at }) =>
      refusals.every(({ firstAt }) => secondsBetween(firstAt, at) >= MEASURED_SECONDS),
    );
    if (isMeasured && peak < NEAR_CEILING_RATIO * ceiling)
      return {
        kind: 'ruled-out',
        reason: `${shortName}: ${refused} requests found no instance at ${peak} of ${ceiling} instances`,
      };
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${refused} requests found no instance at ${peak} of ${ceiling} instances; the ceiling is not why`,
      settles: 'soon',
      about,
    };
  }
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} runs all ${ceiling} instances that it may, and ${refused} requests found none free.`,
    confidence: 'certain',
    evidence: [
      {
        text: `${refused} x "The request was aborted because there was no available instance."`,
        url: servicePage(name, 'logs'),
      },
      {
        text: `Instances reached ${peak} of ${ceiling}; concurrency is ${service.template.concurrency}.`,
        url: servicePage(name, 'metrics'),
      },
    ],
    expects: [{ text: 'as many instances as it may run', seen: 'yes' }],
    services: [shortName],
  };
}

/** Nothing is refused as long as there is room to wait inside the instances. */
const waiting = ({ shortName, name }: ServiceObservation, ceiling: number, { slow, traffic }: Felt): Conclusion => ({
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
