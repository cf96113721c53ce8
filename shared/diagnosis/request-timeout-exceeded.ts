import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { failingNow, linesOf } from './own-lines.ts';
import { shareOf } from './revisions.ts';
import { type Conclusion, type Context, type EvidenceLine, rule, standingOfEach } from './rule.ts';
import { slowness } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** The longest that Cloud Run lets a request last, seconds. Source: Configure request timeout, read 2026-11-23. */
const TIMEOUT_SECONDS_MAX = 3600;

/**
 * Requests need longer than their service lets them, and are cut off with 504.
 * Sees the platform's own line on each of them, beside the timeout of this revision and of the one before. Silent about why they take so long: where
 * every answer is slow, what makes them slow is a cause of its own.
 */
export const requestTimeoutExceeded = rule({
  layer: 'configuration',
  title: 'Request timeout exceeded',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics'],
  explains: [],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) => {
    const judged = services.flatMap((service) => judge(service, logs, metrics, context));
    return standingOfEach(judged, 'no request reached its request timeout');
  },
});

function judge(
  service: ServiceObservation,
  logs: LogsObservation,
  metrics: MetricsObservation | undefined,
  context: Context,
): Conclusion | readonly [] {
  const { shortName, name, template } = service;
  const cut = linesOf(shortName, ['request-timed-out'], logs, context);
  if (cut === 0) return [];
  if (cut < FAILED_REQUESTS_MIN)
    return { kind: 'ruled-out', reason: `${shortName}: ${cut} requests reached the request timeout` };
  const { timeoutSeconds } = template;
  const own = metrics?.services.find((one) => one.service === shortName);
  const others = failingNow(shortName, logs, context) - cut;
  return {
    kind: 'cause',
    target: name,
    claim: `${cut} requests of ${shortName} needed longer than the ${timeoutSeconds} s that it lets them, and were cut off with 504.`,
    confidence: 'certain',
    evidence: [
      {
        text: `${cut} x "The request has been terminated because it has reached the maximum request timeout."`,
        url: servicePage(name, 'logs'),
      },
      ...timeoutBefore(service),
      ...pathsOf(shortName, logs),
    ],
    expects: [
      {
        text: 'all other answers as quick as ever',
        seen: own?.before.latencyP95Ms === undefined ? 'unknown' : slowness(own, context) === undefined ? 'yes' : 'no',
      },
      { text: 'hardly any request that fails in another way', seen: others < cut ? 'yes' : 'no' },
    ],
    services: [shortName],
  };
}

/** Whether the revision before let requests last longer, or the limit is the longest there is. */
export function timeoutBefore(service: ServiceObservation): EvidenceLine[] {
  const url = servicePage(service.name, 'revisions');
  const serving = service.revisions.find(({ shortName }) => shareOf(service, shortName) > 0);
  const before = serving && service.revisions[service.revisions.indexOf(serving) + 1];
  const { timeoutSeconds } = service.template;
  if (before !== undefined && before.template.timeoutSeconds > timeoutSeconds)
    return [
      {
        text: `${before.shortName} allowed ${before.template.timeoutSeconds} s; ${serving?.shortName}, deployed at ${serving?.createdAt}, allows ${timeoutSeconds} s.`,
        url,
      },
    ];
  return timeoutSeconds >= TIMEOUT_SECONDS_MAX
    ? [{ text: `${timeoutSeconds} s is the longest that Cloud Run allows: what needs longer has to come back.`, url }]
    : [];
}

const PATHS_MAX = 3;

/** Where the slow ones are asked for, as far as the failed requests that were read say it. */
function pathsOf(service: string, { asked }: LogsObservation): EvidenceLine[] {
  if (asked.of !== 'failed-requests') return [];
  const paths = asked.byPath.filter((one) => one.service === service).slice(0, PATHS_MAX);
  return paths.length === 0
    ? []
    : [{ text: `Failed requests by path: ${paths.map(({ path, count }) => `${path} ${count}`).join(', ')}.` }];
}
