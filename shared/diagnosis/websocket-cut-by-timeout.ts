import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import { linesOf } from './own-lines.ts';
import { middleOf, recentValues } from './recent.ts';
import { timeoutBefore } from './request-timeout-exceeded.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** A percentile of a distribution is read off its buckets, which are about this wide. Source: exponential buckets of request_latencies, growth 1.4. */
const NEAR_TIMEOUT_RATIO = 0.6;

/**
 * WebSockets and streams are requests to Cloud Run, and are cut when they have been open as long as the request timeout.
 * Sees "Truncated response body" beside how long connections last and what the timeout is. Silent when containers exited or were killed at the
 * same time, which ends connections with the same words.
 */
export const websocketCutByTimeout = rule({
  layer: 'configuration',
  title: 'WebSocket cut by timeout',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics'],
  explains: [],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) => {
    const judged = services.flatMap((service) => judge(service, logs, metrics, context));
    return standingOfEach(judged, 'no connection was cut while it was open');
  },
});

function judge(
  service: ServiceObservation,
  logs: LogsObservation,
  metrics: MetricsObservation | undefined,
  context: Context,
): Conclusion | readonly [] {
  const { shortName, name, template } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  const cut = linesOf(shortName, ['response-truncated'], logs, context);
  if (cut === 0) return [];
  if (cut < FAILED_REQUESTS_MIN) return ruledOut(`${cut} connections cut while they were open`);
  const ended = linesOf(shortName, [...CONTAINER_ENDED, 'liveness-probe-failed', 'response-malformed'], logs, context);
  if (ended >= FAILED_REQUESTS_MIN) return ruledOut(`${cut} connections cut, with ${ended} containers that ended`);
  const { timeoutSeconds } = template;
  const lasted = lastedSeconds(shortName, metrics, context);
  const closed = closedNow(shortName, metrics, context);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} cuts connections after ${timeoutSeconds} s, its request timeout: ${cut} were open when they ended.`,
    confidence: 'certain',
    evidence: [
      { text: `${cut} x "Truncated response body."`, url: servicePage(name, 'logs') },
      ...(lasted === undefined
        ? []
        : [
            {
              text: `WebSockets that ended in the last minutes were open for up to ${Math.round(lasted)} s (95th percentile)${closed === undefined ? '' : `, ${closed} of them`}.`,
              url: servicePage(name, 'metrics'),
            },
          ]),
      ...timeoutBefore(service),
    ],
    expects: [
      {
        text: 'connections that last as long as the timeout',
        seen: lasted === undefined ? 'unknown' : lasted >= NEAR_TIMEOUT_RATIO * timeoutSeconds ? 'yes' : 'no',
      },
    ],
    services: [shortName],
  };
}

function lastedSeconds(service: string, metrics: MetricsObservation | undefined, context: Context): number | undefined {
  const own = metrics?.services.find((one) => one.service === service);
  const ms = own && middleOf(recentValues(own.webSocketP95Ms, context));
  return ms === undefined ? undefined : ms / 1000;
}

function closedNow(service: string, metrics: MetricsObservation | undefined, context: Context): number | undefined {
  const own = metrics?.services.find((one) => one.service === service);
  const counts = own === undefined ? [] : recentValues(own.webSockets, context);
  return counts.length === 0 ? undefined : counts.reduce((sum, value) => sum + value, 0);
}
