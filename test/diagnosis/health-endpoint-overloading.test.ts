import { describe, expect, it } from 'vitest';
import { healthEndpointOverloading } from '../../shared/diagnosis/health-endpoint-overloading.ts';
import type { AskedFor, LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, failed, logs, points, service, serviceMetrics } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const CHECKS_PER_SECOND = 1;
const CHECKS_SHARE = 0.25;
const DEAR_MS = 100;

const recent = (...values: readonly number[]) => points(values, at(-120));
const SLOW: Partial<ServiceMetrics> = { latencyP95Ms: recent(4000, 5000), cpuRatio: recent(0.9, 0.95) };
const asked = (path: string, count: number, over: Partial<AskedFor> = {}): AskedFor => ({
  service: 'backend',
  path,
  checker: undefined,
  count,
  latencyMeanMs: 300,
  ...over,
});
const checks = (count: number, over: Partial<AskedFor> = {}) =>
  asked('/health', count, { checker: 'Pingdom', ...over });
const see = (
  byPath: readonly AskedFor[],
  over: Partial<ServiceMetrics> = SLOW,
  more: Partial<LogsObservation> = {},
  seconds = 10,
) =>
  healthEndpointOverloading.diagnose(
    {
      'cloud-run': { services: [service('backend')] },
      logs: logs({ asked: { of: 'newest-requests', seconds, byPath }, ...more }),
      metrics: { services: [serviceMetrics('backend', over)] },
    },
    context,
  );

describe('health-endpoint-overloading', () => {
  it('says how many they are and what they take', () =>
    expect(see([checks(200), asked('/api', 300)], { ...SLOW, requests: recent(900, 900) })).toMatchObject([
      {
        kind: 'cause',
        claim: 'Health checks keep backend busy: 40 % of its requests, 20 a second, at 300 ms each.',
        evidence: [
          { text: '200 of 500 requests that were read are health checks, from Pingdom.' },
          { text: '/health: 200 requests, 300 ms on average.' },
        ],
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
        services: ['backend'],
      },
    ]));

  it.each([
    ['a share as large as it takes', [checks(100 * CHECKS_SHARE), asked('/api', 75)], 'cause'],
    ['a smaller share', [checks(24), asked('/api', 76)], 'ruled-out'],
    ['enough requests', [checks(20), asked('/api', 30)], 'cause'],
    ['too few requests', [checks(20), asked('/api', 29)], 'ruled-out'],
    ['dear enough', [checks(60, { latencyMeanMs: DEAR_MS })], 'cause'],
    ['cheap', [checks(60, { latencyMeanMs: DEAR_MS - 1 })], 'ruled-out'],
    ['of another service', [checks(60, { service: 'auth' })], 'ruled-out'],
    ['known by their path', [asked('/readyz', 60)], 'cause'],
    ['a path that only looks like it', [asked('/healthy-food', 60)], 'ruled-out'],
  ])('%s', (_, byPath, kind) => expect(see(byPath)).toMatchObject([{ kind }]));

  it.each([
    [60 / CHECKS_PER_SECOND, 'cause'],
    [60 / CHECKS_PER_SECOND + 1, 'ruled-out'],
  ])('sixty of them in %i s', (seconds, kind) =>
    expect(see([checks(60)], SLOW, {}, seconds)).toMatchObject([{ kind }]),
  );

  it.each([
    [5, 'cause'],
    [4, 'ruled-out'],
  ])('harm nobody unless someone is the worse for it: %i failures', (count, kind) =>
    expect(see([checks(60)], {}, { failed: [failed('backend', count)] })).toMatchObject([{ kind }]),
  );

  it.each([
    [recent(0.7), recent(600, 600), 'yes', 'no'],
    [recent(0.69), recent(721, 721), 'no', 'yes'],
    [[], recent(720, 720), 'unknown', 'no'],
  ])('expects busy instances and more requests', (cpuRatio, requests, busy, more) =>
    expect(see([checks(60)], { ...SLOW, cpuRatio, requests })).toMatchObject([
      { expects: [{ seen: busy }, { seen: more }] },
    ]),
  );

  it('does without metrics of the service', () => {
    const found = healthEndpointOverloading.diagnose(
      {
        'cloud-run': { services: [service('backend')] },
        logs: logs({
          asked: { of: 'failed-requests', seconds: 10, byPath: [checks(60)] },
          failed: [failed('backend', 60)],
        }),
        metrics: { services: [] },
      },
      context,
    );
    expect(found).toMatchObject([{ kind: 'cause', expects: [{ seen: 'unknown' }, { seen: 'unknown' }] }]);
  });

  it('has nothing to judge', () =>
    expect(
      healthEndpointOverloading.diagnose(
        { 'cloud-run': { services: [] }, logs: logs(), metrics: { services: [] } },
        context,
      ),
    ).toEqual([{ kind: 'ruled-out', reason: 'health checks are few among the requests' }]));
});
