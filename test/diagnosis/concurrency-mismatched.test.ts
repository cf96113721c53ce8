import { describe, expect, it } from 'vitest';
import { concurrencyMismatched } from '../../shared/diagnosis/concurrency-mismatched.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, line, logs, points, revision, service, serviceMetrics } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const CPU_IDLE_RATIO = 0.8;
const HELD_RATIO = 0.4;
const TRAFFIC_RATIO_MIN = 1.3;

const recent = (...values: readonly number[]) => points(values, at(-120));
const QUEUED: Partial<ServiceMetrics> = {
  requests: recent(1320, 1320),
  latencyP95Ms: recent(4000, 5000),
  concurrency: recent(50, 60),
  cpuRatio: recent(0.3, 0.4),
};
const see = (over: Partial<ServiceMetrics> = {}, seen?: LogsObservation, own = service('backend')) =>
  concurrencyMismatched.diagnose(
    {
      'cloud-run': { services: [own] },
      metrics: { services: [serviceMetrics('backend', { ...QUEUED, ...over })] },
      ...(seen === undefined ? {} : { logs: seen }),
    },
    context,
  );

describe('concurrency-mismatched', () => {
  it('says how many are inside, at which CPU', () =>
    expect(see({}, logs())).toMatchObject([
      {
        kind: 'cause',
        claim:
          'backend admits 80 requests to an instance and works on far fewer: 60 are in one at 40 % CPU, and the slowest twentieth of answers takes 5 s instead of 0.2 s.',
        confidence: 'likely',
        evidence: [{}, { text: 'Traffic is 2.2 times the ordinary; 3 instances of at most 20 run.' }],
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
        services: ['backend'],
      },
    ]));

  it.each([
    ['as many inside as it takes', { concurrency: recent(80 * HELD_RATIO) }, 'cause'],
    ['fewer inside', { concurrency: recent(80 * HELD_RATIO - 0.1) }, 'ruled-out'],
    ['nothing known of what is inside', { concurrency: [] }, 'ruled-out'],
    ['CPU not quite busy', { cpuRatio: recent(CPU_IDLE_RATIO - 0.01, CPU_IDLE_RATIO - 0.01) }, 'cause'],
    ['CPU busy', { cpuRatio: recent(CPU_IDLE_RATIO, CPU_IDLE_RATIO) }, 'ruled-out'],
    ['CPU of one minute', { cpuRatio: recent(0.2) }, 'ruled-out'],
    ['no CPU', { cpuRatio: [] }, 'ruled-out'],
    ['quick answers', { latencyP95Ms: recent(200, 200) }, 'ruled-out'],
    ['enough more traffic', { requests: recent(600 * TRAFFIC_RATIO_MIN, 600 * TRAFFIC_RATIO_MIN) }, 'cause'],
    ['one request a minute less', { requests: recent(779, 779) }, 'ruled-out'],
  ])('%s', (_, over, kind) => expect(see(over)).toMatchObject([{ kind }]));

  it.each([
    [5, 'ruled-out'],
    [4, 'cause'],
  ])('waits for something else by %i lines of its own', (count, kind) =>
    expect(see({}, logs({ signatures: [line('backend', 'private-connection-timed-out', count)] }))).toMatchObject([
      { kind },
    ]),
  );

  const deployed = (seconds: number, percent = 100) =>
    service('backend', {
      revisions: [revision('backend-00003', at(seconds)), revision('backend-00002', at(-86_400))],
      serving: [{ revision: 'backend-00003', percent }],
    });
  it.each([
    ['at the beginning of the look', deployed(-1800), 'cause'],
    ['before the look', deployed(-1801), 'ruled-out'],
    ['without traffic', deployed(-600, 0), 'ruled-out'],
    ['never', service('backend', { revisions: [] }), 'ruled-out'],
  ])('with the traffic of always, and a revision deployed %s', (_, own, kind) =>
    expect(see({ requests: recent(600, 600) }, undefined, own)).toMatchObject([{ kind }]),
  );

  it('is less sure of a release, which is to be gone back on instead', () => {
    const ordinary = see({ requests: recent(600, 600) }, logs(), deployed(-600));
    expect(ordinary).toMatchObject([{ expects: [{}, { seen: 'no' }] }]);
    const before = { requestsPerMinute: undefined, latencyP95Ms: 150, memoryRatio: [] };
    expect(see({ before, instances: [] }, undefined, deployed(-600))).toMatchObject([
      {
        evidence: [{}, { text: expect.stringContaining('an unknown number of instances') }],
        expects: [{ seen: 'unknown' }, { seen: 'unknown' }],
      },
    ]);
  });

  it('has nothing to judge', () => {
    const nothing = { 'cloud-run': { services: [] }, metrics: { services: [] } };
    expect(concurrencyMismatched.diagnose(nothing, context)).toMatchObject([
      { reason: 'no service is slower than ordinarily' },
    ]);
    const unmeasured = { ...nothing, 'cloud-run': { services: [service('backend')] } };
    expect(concurrencyMismatched.diagnose(unmeasured, context)).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
