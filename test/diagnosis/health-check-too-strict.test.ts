import { expect, it } from 'vitest';
import type { BackendHealth, BalancerAnswers } from '../../shared/evidence/load-balancer.ts';
import type { HealthCheck } from '../../shared/ports/load-balancing.ts';
import { conclude } from '../builders/conclude.ts';
import { answers, backend, balancer, look, observed, outOfReach, there } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_UNHEALTHY_THRESHOLD = 2;

const check = (over: Partial<HealthCheck> = {}): HealthCheck => ({
  link: 'global/healthChecks/live',
  name: 'live',
  path: '/healthz',
  intervalSeconds: 10,
  timeoutSeconds: 1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  ...over,
});
const verdict = (UNHEALTHY: number, HEALTHY: number, by: HealthCheck | undefined = check()): BackendHealth => ({
  kind: 'checked',
  check: by,
  states: Object.entries({ HEALTHY, UNHEALTHY }).flatMap(([state, count]) => (count === 0 ? [] : [{ state, count }])),
});
const judged = (
  health: BackendHealth,
  kinds: readonly BalancerAnswers[] = [answers()],
  over: Parameters<typeof balancer>[2] = {},
) =>
  conclude('health-check-too-strict', {
    'load-balancer': observed(balancer([backend({ health: there(health) })], kinds, over)),
    websocket: observed({ checks: [look({ name: 'live', httpStatus: 503 })] }),
  });

it('names the thresholds, and whom that keeps out', () => {
  expect(judged(verdict(2, 0))).toMatchObject({
    kind: 'cause',
    confidence: 'likely',
    claim:
      'Health check live takes all 2 machines of api-backend out of service: it gives up after 1 s, 2 times in a row, every 10 s.',
    checks: ['live'],
    backends: ['api-backend'],
    expects: [{ seen: 'yes' }],
  });
});

it.each([
  ['its timeout is just under the default', { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS - 1 }, 'cause'],
  ['both are the defaults', { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS }, 'inconclusive'],
  [
    'one failure is enough',
    { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS, unhealthyThreshold: DEFAULT_UNHEALTHY_THRESHOLD - 1 },
    'cause',
  ],
])('judges a check when %s', (_, over, kind) => {
  expect(judged(verdict(2, 0, check(over))).kind).toBe(kind);
});

it.each([
  ['one machine is healthy', verdict(1, 1), 'ruled-out'],
  ['there is no machine', verdict(0, 0), 'ruled-out'],
  ['there are no health checks', { kind: 'none' }, 'ruled-out'],
] as const)('is silent where %s', (_, health, kind) => {
  expect(judged(health).kind).toBe(kind);
});

it('cannot tell where the check or its verdict could not be read', () => {
  const unread: BackendHealth = { kind: 'checked', check: undefined, states: [{ state: 'UNHEALTHY', count: 2 }] };
  expect(judged(unread)).toMatchObject({ kind: 'inconclusive', nextCheck: expect.any(String) });
  expect(
    conclude('health-check-too-strict', { 'load-balancer': observed(balancer([backend({ health: outOfReach })])) }),
  ).toMatchObject({ kind: 'inconclusive', reason: 'api-backend: no way there' });
  expect(conclude('health-check-too-strict', { 'load-balancer': observed(balancer([])) }).kind).toBe('ruled-out');
});

it('believes the machines that did not answer when they were tried', () => {
  expect(judged(verdict(2, 0), [answers({ statusDetails: 'backend_timeout' })])).toMatchObject({
    kind: 'ruled-out',
    reason: expect.stringContaining('backend_timeout'),
  });
});

it('is less sure where nobody was refused, and cannot tell from logs that it may not read', () => {
  expect(judged(verdict(2, 0), [])).toMatchObject({ confidence: 'possible' });
  expect(judged(verdict(2, 0, check({ path: undefined as never })), [], { answers: outOfReach })).toMatchObject({
    expects: [{ seen: 'unknown' }],
    evidence: [{ text: expect.stringContaining('on its port') }, {}],
  });
});
