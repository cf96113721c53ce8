import { describe, expect, it } from 'vitest';
import { trafficSurge } from '../../shared/diagnosis/traffic-surge.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, failed, logs, points, service, serviceMetrics } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const REQUESTS_PER_MINUTE_MIN = 120;
const SURGE_RATIO = 2;

const recent = (...values: readonly number[]) => points(values, at(-120));
const SURGE: Partial<ServiceMetrics> = { requests: recent(600, 2400, 2400), latencyP95Ms: recent(4000, 5000) };
const ordinarily = (requestsPerMinute: number | undefined) => ({
  requestsPerMinute,
  latencyP95Ms: 150,
  memoryRatio: [],
});
const see = (over: Partial<ServiceMetrics> = {}, seen?: LogsObservation) =>
  trafficSurge.diagnose(
    {
      'cloud-run': { services: [service('backend')] },
      metrics: { services: [serviceMetrics('backend', { ...SURGE, ...over })] },
      ...(seen === undefined ? {} : { logs: seen }),
    },
    context,
  );

describe('traffic-surge', () => {
  it('says how many times the ordinary, and what it does', () =>
    expect(see({ instances: recent(3, 9, 12) })).toMatchObject([
      {
        kind: 'cause',
        claim:
          'backend has 4.0 times its ordinary traffic: 2400 requests a minute served, ordinarily 600, and its slowest twentieth of answers takes 5 s instead of 0.2 s.',
        confidence: 'likely',
        evidence: [{}, { text: 'Instances of the last minutes: 3, 9, 12, of at most 20.' }],
        expects: [{ seen: 'yes' }],
      },
    ]));

  it.each([
    ['twice the ordinary', { requests: recent(600 * SURGE_RATIO) }, 'cause'],
    ['less than twice', { requests: recent(600 * SURGE_RATIO - 1) }, 'ruled-out'],
    ['twice, most of which fails', { requests: recent(1200), serverErrors: recent(1) }, 'ruled-out'],
    ['enough to matter', { requests: recent(REQUESTS_PER_MINUTE_MIN), before: ordinarily(2) }, 'cause'],
    ['too little to matter', { requests: recent(REQUESTS_PER_MINUTE_MIN - 1), before: ordinarily(2) }, 'ruled-out'],
    ['nothing known of the ordinary', { before: ordinarily(undefined) }, 'ruled-out'],
    ['nothing known of now', { requests: [] }, 'ruled-out'],
    ['served as ever', { latencyP95Ms: recent(150, 150) }, 'ruled-out'],
  ])('%s', (_, over, kind) => {
    const seen = logs({ failed: 'latencyP95Ms' in over ? [] : [failed('backend', 9)] });
    expect(see(over, seen)).toMatchObject([{ kind }]);
  });

  it.each([
    [5, 'cause'],
    [4, 'ruled-out'],
  ])('harms where %i requests fail', (count, kind) =>
    expect(see({ latencyP95Ms: [] }, logs({ failed: [failed('backend', count)] }))).toMatchObject([{ kind }]),
  );

  it('says no more of slowness than was seen', () =>
    expect(see({ latencyP95Ms: [] }, logs({ failed: [failed('backend', 9)] }))).toMatchObject([
      { claim: 'backend has 4.0 times its ordinary traffic: 2400 requests a minute served, ordinarily 600.' },
    ]));

  it.each([
    [recent(3, 3, 3), 'no', '3, 3, 3'],
    [[], 'unknown', 'not known'],
  ])('expects more instances than before', (instances, seen, text) =>
    expect(see({ instances })).toMatchObject([
      { evidence: [{}, { text: expect.stringContaining(text) }], expects: [{ seen }] },
    ]),
  );

  it('has nothing to judge', () => {
    const nothing = { 'cloud-run': { services: [] }, metrics: { services: [] } };
    expect(trafficSurge.diagnose(nothing, context)).toMatchObject([
      { reason: 'no service has twice its ordinary traffic' },
    ]);
    expect(
      trafficSurge.diagnose({ ...nothing, 'cloud-run': { services: [service('backend')] } }, context),
    ).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
