import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { BackendObservation, LoadBalancerObservation } from '../evidence/load-balancer.ts';
import { type FromOutside, troubledOn } from './at-the-door.ts';
import { backendPage, healthChecksPage } from './console-links.ts';
import { judgeLiveness } from './liveness-too-strict.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';

/** What Google proposes: defaults of HealthCheck in compute v1's discovery document, read 2026-11-23. A check that asks for more than that is strict. */
const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_UNHEALTHY_THRESHOLD = 2;
/** What the load balancer says of machines that did not answer when it tried them: then no health check made that up. */
const UNREACHED: readonly string[] = ['failed_to_connect_to_backend', 'backend_timeout'];

/**
 * What works is taken out of service by a check that gives up too soon: machines by a load balancer's health check that is stricter than Google's own
 * defaults, instances of Cloud Run by their liveness probe, which ends them.
 * Sees the check's thresholds and verdicts, and the load balancer's log; liveness probes, what a deploy changed of them, instances that they shut down,
 * and how long answers take. Silent about serverless groups, which have no health check, where machines that were tried did not answer, and where
 * instances began to fail a probe with a deploy that left it as it was.
 */
export const healthCheckTooStrict = rule({
  layer: 'configuration',
  title: 'Health check too strict',
  needs: [],
  considers: ['load-balancer', 'http', 'websocket', 'journey', 'cloud-run', 'logs', 'metrics'],
  explains: [
    'release-broken',
    'configuration-broken',
    'instance-ceiling-reached',
    'external-dependency-failing',
    'traffic-surge',
  ],
  diagnose: ({ 'load-balancer': balancer, 'cloud-run': run, logs, metrics, ...outside }, context) => {
    const backends = balancer?.backends.map((backend) => judge(backend, balancer, outside, context)) ?? [];
    const services =
      logs === undefined
        ? []
        : (run?.services ?? []).filter(hasLiveness).map((one) => judgeLiveness(one, { logs, metrics }, context));
    return standingOfEach(
      [...backends, ...services],
      'no load balancer leads anywhere, and no service has a liveness probe',
    );
  },
});

const hasLiveness = ({ revisions }: ServiceObservation): boolean =>
  revisions.some(({ template }) => template.containers.some(({ livenessProbe }) => livenessProbe !== undefined));

function judge(
  { name, link, health }: BackendObservation,
  balancer: LoadBalancerObservation,
  outside: FromOutside,
  { subject }: Context,
): Conclusion {
  const about = { target: `projects/${subject.project}/${link}`, services: [], backends: [name] };
  if (health.status === 'unavailable')
    return { kind: 'inconclusive', reason: `${name}: ${health.detail}`, settles: 'not-by-itself', about };
  if (health.value.kind === 'none')
    return { kind: 'ruled-out', reason: `${name} has no health check: serverless groups have none` };
  const { check, states } = health.value;
  const total = states.reduce((sum, { count }) => sum + count, 0);
  const healthy = states.filter(({ state }) => state === 'HEALTHY').reduce((sum, { count }) => sum + count, 0);
  if (healthy > 0 || total === 0)
    return { kind: 'ruled-out', reason: `${name}: ${healthy} of ${total} machines are healthy` };
  const tried = balancer.answers.status === 'observed' ? balancer.answers.value.kinds : [];
  const unreached = tried.filter((kind) => kind.backend === name && UNREACHED.includes(kind.statusDetails));
  if (unreached.length > 0)
    return {
      kind: 'ruled-out',
      reason: `${name}: machines that were tried did not answer (${unreached.map(({ statusDetails }) => statusDetails).join(', ')})`,
    };
  if (check === undefined || !isStrict(check))
    return {
      kind: 'inconclusive',
      reason: `${name}: none of ${total} machines is healthy, and its health check is no stricter than Google's defaults, or not known`,
      settles: 'not-by-itself',
      about,
      nextCheck: `Ask one of the machines of ${name} for its health path itself, and time the answer.`,
    };
  const checks = troubledOn(name, outside, balancer);
  const refused = tried
    .filter((kind) => kind.backend === name && kind.statusDetails === 'failed_to_pick_backend')
    .reduce((sum, { count }) => sum + count, 0);
  return {
    kind: 'cause',
    target: about.target,
    claim: `Health check ${check.name} takes all ${total} machines of ${name} out of service: it gives up after ${check.timeoutSeconds} s, ${check.unhealthyThreshold} times in a row, every ${check.intervalSeconds} s.`,
    confidence: 'likely',
    evidence: [
      {
        text: `${states.map(({ state, count }) => `${count} ${state}`).join(', ')} by ${check.name} on ${check.path ?? 'its port'}.`,
        url: healthChecksPage(subject.project),
      },
      {
        text: `${refused} requests found no machine to go to; Google's defaults are ${DEFAULT_TIMEOUT_SECONDS} s and ${DEFAULT_UNHEALTHY_THRESHOLD} failures.`,
        url: backendPage(subject.project, name),
      },
    ],
    expects: [
      {
        text: 'requests that find no machine, and none that a machine left unanswered',
        seen: balancer.answers.status !== 'observed' ? 'unknown' : refused > 0 ? 'yes' : 'no',
      },
    ],
    services: [],
    checks: checks.map(({ name: check }) => check),
    backends: [name],
  };
}

const isStrict = ({
  timeoutSeconds,
  unhealthyThreshold,
}: {
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
}) => timeoutSeconds < DEFAULT_TIMEOUT_SECONDS || unhealthyThreshold < DEFAULT_UNHEALTHY_THRESHOLD;
