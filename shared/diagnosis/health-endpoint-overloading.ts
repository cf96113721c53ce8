import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { AskedFor, LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { failingNow } from './own-lines.ts';
import { recentValues } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { slowness, trafficRatio } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** Health checks are to be lost among the requests; a quarter of them is load. Our own choice. */
const CHECKS_SHARE = 0.25;
/** Our own choice: a share of fewer may be chance, and more would take minutes to come together at a quiet service. */
const REQUESTS_MIN = 50;
/** A check a second is what a dozen uptime locations make together; a service that nobody uses at night has little else. Our own choice. */
const CHECKS_PER_SECOND = 1;
/** A check that only says "alive" takes a few milliseconds; this long it asks a database or computes. Our own choice. */
const DEAR_MS = 100;
/** Above the 60 % at which Cloud Run starts more instances, as in cpu-starved. Our own choice, and lower than there: load is to be seen, not fullness. */
const CPU_BUSY_RATIO = 0.7;
/** Where services answer health checks, for clients that do not call themselves so. */
const HEALTH_PATH = /\/(?:_?health(?:z|check)?|ready(?:z)?|readiness|live(?:z|ness)?|status|ping|heartbeat)$/i;

/**
 * A service is kept busy by being asked whether it is well: health checks hit an endpoint that is dear.
 * Sees who asks for what among the newest requests, what it takes, and CPU. Silent when checks are few or quick, and when nobody is the worse for
 * it; Cloud Run's own probes leave no request log.
 */
export const healthEndpointOverloading = rule({
  layer: 'configuration',
  title: 'Health endpoint overloading',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: [
    'cpu-starved',
    'traffic-surge',
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'database-connections-exhausted',
    'connection-pool-exhausted',
    'database-slow',
  ],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) => {
    const judged = services.flatMap((service) => judge(service, logs, metrics, context));
    return standingOfEach(judged, 'health checks are few among the requests');
  },
});

function judge(
  service: ServiceObservation,
  logs: LogsObservation,
  { services }: MetricsObservation,
  context: Context,
): Conclusion | readonly [] {
  const { shortName, name } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  const { byPath, seconds } = logs.asked;
  const asked = byPath.filter((one) => one.service === shortName);
  const checks = asked.filter(({ checker, path }) => checker !== undefined || HEALTH_PATH.test(path));
  const [total, count] = [sum(asked), sum(checks)];
  const share = count / Math.max(1, total);
  const perSecond = count / Math.max(1, seconds);
  if (total < REQUESTS_MIN || share < CHECKS_SHARE || perSecond < CHECKS_PER_SECOND) return [];
  const latencyMs = checks.reduce((all, one) => all + one.latencyMeanMs * one.count, 0) / count;
  if (latencyMs < DEAR_MS) return ruledOut(`${percent(share)} health checks, at ${Math.round(latencyMs)} ms each`);
  const own = services.find((one) => one.service === shortName);
  const slow = own && slowness(own, context);
  const failing = failingNow(shortName, logs, context);
  if (slow === undefined && failing < FAILED_REQUESTS_MIN)
    return ruledOut(`${percent(share)} health checks, and nobody is the worse for it`);
  const cpu = own === undefined ? [] : recentValues(own.cpuRatio, context);
  const traffic = own && trafficRatio(own, context);
  const who = [...new Set(checks.map(({ checker, path }) => checker ?? path))].slice(0, 2).join(', ');
  return {
    kind: 'cause',
    target: name,
    claim: `Health checks keep ${shortName} busy: ${percent(share)} of its requests, ${perSecond.toFixed(0)} a second, at ${Math.round(latencyMs)} ms each.`,
    confidence: 'certain',
    evidence: [
      {
        text: `${count} of ${total} requests that were read are health checks, from ${who}.`,
        url: servicePage(name, 'logs'),
      },
      ...checks.slice(0, 3).map((one) => ({
        text: `${one.path}: ${one.count} requests, ${Math.round(one.latencyMeanMs)} ms on average.`,
      })),
    ],
    expects: [
      {
        text: 'instances that are busy computing',
        seen: cpu.length === 0 ? 'unknown' : Math.max(...cpu) >= CPU_BUSY_RATIO ? 'yes' : 'no',
      },
      { text: 'more requests than ordinarily', seen: traffic === undefined ? 'unknown' : traffic > 1.2 ? 'yes' : 'no' },
    ],
    services: [shortName],
  };
}

const sum = (asked: readonly AskedFor[]): number => asked.reduce((total, { count }) => total + count, 0);
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
