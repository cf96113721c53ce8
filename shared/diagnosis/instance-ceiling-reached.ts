import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { type Conclusion, rule, standing } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * A service runs as many instances as it may, and requests find none free.
 * Sees "no available instance" in the request log (request_count omits these), beside the instance count and the lower of the two ceilings.
 * Silent when requests wait but are served.
 */
export const instanceCeilingReached = rule({
  layer: 'configuration',
  title: 'Instance ceiling reached',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: ['traffic-surge', 'request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }) => {
    const judged = services.map((service) => judge(service, logs, metrics));
    return standing(judged, 'no request was refused for want of an instance while its service stood at its ceiling');
  },
});

/** The lower of the service's and the revision's ceiling holds. */
export const effectiveCeiling = ({ instancesMax, template }: ServiceObservation): number =>
  Math.min(instancesMax ?? Number.POSITIVE_INFINITY, template.instancesMax);

function judge(service: ServiceObservation, logs: LogsObservation, { services }: MetricsObservation): Conclusion {
  const { shortName, name } = service;
  const refused = logs.signatures
    .filter((line) => line.service === shortName && line.signature === 'no-available-instance')
    .reduce((sum, { count }) => sum + count, 0);
  const about = { target: name, services: [shortName] };
  const ceiling = effectiveCeiling(service);
  const counts = services.find((metric) => metric.service === shortName)?.instances ?? [];
  const peak = Math.max(...counts.map(({ value }) => value));
  if (refused < FAILED_REQUESTS_MIN) {
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
  if (peak < ceiling)
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${refused} requests found no instance at ${peak} of ${ceiling} instances; the ceiling is not why`,
      settles: 'soon',
      about,
    };
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
