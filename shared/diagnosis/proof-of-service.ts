import type { Evidence } from '../evidence/evidence.ts';
import type { ServiceMetrics } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { isRecent, POINT_SECONDS } from './recent.ts';
import type { Context } from './rule.ts';

/** Whether anybody was seen to be served: no errors where nobody asked is silence, and silence is no health. */
export const isServed = (evidence: Evidence, context: Context): boolean =>
  checkPassed(evidence) ||
  (evidence.metrics.status === 'observed' && evidence.metrics.value.services.some((one) => answers(one, context)));

export const checkPassed = (evidence: Evidence): boolean =>
  [evidence.http, evidence.websocket, evidence.journey].some(
    (reading) => reading.status === 'observed' && reading.value.checks.some(({ verdict }) => verdict === 'passed'),
  );

/** Whether a service was seen to answer requests of late, and with something else than an error of its own. */
export const answersRequests = (service: string, { metrics }: Evidence, context: Context): boolean =>
  metrics.status === 'observed' &&
  metrics.value.services.some((one) => one.service === service && answers(one, context));

function answers({ requests, serverErrors }: ServiceMetrics, context: Context): boolean {
  const total = (points: ServiceMetrics['requests']): number =>
    points
      // What was answered before the look began says nothing about what it is about.
      .filter(({ at }) => isRecent(at, context) && secondsBetween(context.since, at) >= POINT_SECONDS)
      .reduce((sum, { value }) => sum + value, 0);
  return total(requests) > total(serverErrors);
}
