import { describe, expect, it } from 'vitest';
import { instanceCeilingReached } from '../../shared/diagnosis/instance-ceiling-reached.ts';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { conclude } from '../builders/conclude.ts';
import { at, context, line, logs, observed, points, service, serviceMetrics, template } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const MEASURED_SECONDS = 120;
const NEAR_CEILING_RATIO = 0.9;
const TRAFFIC_RATIO_MIN = 1.5;

const recent = (...values: readonly number[]) => points(values, at(-120));
const see = (over: Partial<ServiceMetrics>, refused = 0, firstAt = at(-240)) =>
  instanceCeilingReached.diagnose(
    {
      'cloud-run': { services: [service('backend', { instancesMax: 10 })] },
      logs: logs({
        onsets: refused === 0 ? [] : [{ service: 'backend', at: firstAt }],
        signatures: refused === 0 ? [] : [line('backend', 'no-available-instance', refused, { firstAt })],
      }),
      metrics: { services: [serviceMetrics('backend', over)] },
    },
    context,
  );

const FULL: Partial<ServiceMetrics> = {
  requests: recent(1500, 1500),
  latencyP95Ms: recent(4000, 5000),
  cpuRatio: recent(0.95, 1),
  instances: recent(10, 10),
};

describe('instance-ceiling-reached, before anything is refused', () => {
  it('is felt where all instances compute as much as they can under more traffic', () =>
    expect(see(FULL)).toMatchObject([
      {
        kind: 'cause',
        claim:
          'backend runs all 10 instances that it may, at 2.5 times its ordinary traffic, and its slowest twentieth of answers takes 5 s instead of 0.2 s.',
        confidence: 'likely',
        services: ['backend'],
      },
    ]));

  it.each([
    ['enough more traffic', { requests: recent(600 * TRAFFIC_RATIO_MIN, 900) }, 'cause'],
    ['one request a minute less', { requests: recent(600 * TRAFFIC_RATIO_MIN - 1, 899) }, 'ruled-out'],
    ['the traffic of always', { requests: recent(890, 890) }, 'ruled-out'],
    ['traffic that nobody measured', { requests: recent() }, 'ruled-out'],
    ['CPU as full as it takes', { cpuRatio: recent(0.9, 0.9) }, 'cause'],
    ['CPU to spare', { cpuRatio: recent(0.89, 1) }, 'ruled-out'],
    ['CPU of one minute', { cpuRatio: recent(1) }, 'ruled-out'],
    ['an instance below its ceiling', { instances: recent(9, 10) }, 'ruled-out'],
    ['quick answers', { latencyP95Ms: recent(150, 150) }, 'ruled-out'],
  ])('%s', (_, over, kind) => expect(see({ ...FULL, ...over })).toMatchObject([{ kind }]));
});

describe('instance-ceiling-reached, with requests refused below the ceiling', () => {
  it.each([
    ['just below it, for long enough', 10 * NEAR_CEILING_RATIO - 0.05, -120 - MEASURED_SECONDS, 'ruled-out'],
    ['just below it, not for long', 10 * NEAR_CEILING_RATIO - 0.05, -119 - MEASURED_SECONDS, 'inconclusive'],
    ['close to it', 10 * NEAR_CEILING_RATIO, -120 - MEASURED_SECONDS, 'inconclusive'],
  ])('%s', (_, instances, began, kind) =>
    expect(see({ instances: recent(instances) }, 40, at(began))).toMatchObject([{ kind }]),
  );
});

describe('instance-ceiling-reached, where requests are refused', () => {
  const withRefusals = (refused: number, instances: readonly number[], ceiling = 5) =>
    conclude('instance-ceiling-reached', {
      'cloud-run': observed({ services: [service('backend', { instancesMax: ceiling })] }),
      logs: observed(logs({ signatures: [line('backend', 'no-available-instance', refused)] })),
      metrics: observed({ services: [serviceMetrics('backend', { instances: points(instances) })] }),
    });

  it.each([
    ['refusals at the ceiling', FAILED_REQUESTS_MIN, [4, 5], 5, 'cause'],
    ['one refusal too few', FAILED_REQUESTS_MIN - 1, [5, 5], 5, 'ruled-out'],
    ['refusals below the ceiling', 50, [3, 4], 5, 'inconclusive'],
    ['refusals without an instance count', 50, [], 5, 'inconclusive'],
    ['the revision ceiling, where it is the lower one', 50, [20], 100, 'cause'],
  ])('judges %s', (_, refused, instances, ceiling, kind) => {
    expect(withRefusals(refused, instances, ceiling).kind).toBe(kind);
  });

  it('goes by the revision where the service sets no ceiling, and waits where Monitoring does not know the service', () => {
    const of = (services: readonly ReturnType<typeof serviceMetrics>[]) =>
      conclude('instance-ceiling-reached', {
        'cloud-run': observed({ services: [service('backend', { instancesMax: undefined })] }),
        logs: observed(logs({ signatures: [line('backend', 'no-available-instance', 50)] })),
        metrics: observed({ services }),
      });
    expect(of([serviceMetrics('backend', { instances: points([20]) })])).toMatchObject({
      kind: 'cause',
      claim: 'backend runs all 20 instances that it may, and 50 requests found none free.',
    });
    expect(of([serviceMetrics('auth')])).toMatchObject({ kind: 'inconclusive', settles: 'soon' });
  });

  describe('counts instances as the ceiling does', () => {
    const seen = (over: {
      readonly instancesMax: number | undefined;
      readonly byRevision: readonly (readonly number[])[];
      readonly onset?: number;
    }) => {
      const byRevision = over.byRevision.map((values, index) => ({
        revision: `backend-${index}`,
        points: points(values, at(-60)),
      }));
      const together = byRevision[0]?.points.map(({ at: moment }, index) => ({
        at: moment,
        value: byRevision.reduce((sum, one) => sum + (one.points[index]?.value ?? 0), 0),
      }));
      const metric = serviceMetrics('backend', { instances: together ?? [], instancesByRevision: byRevision });
      const { onset } = over;
      return conclude('instance-ceiling-reached', {
        'cloud-run': observed({
          services: [
            service('backend', { instancesMax: over.instancesMax, template: { ...template, instancesMax: 3 } }),
          ],
        }),
        logs: observed(
          logs({
            signatures: [line('backend', 'no-available-instance', 50)],
            onsets: onset === undefined ? [] : [{ service: 'backend', at: at(onset) }],
          }),
        ),
        metrics: observed({ services: [metric] }),
      });
    };
    const words = (over: Parameters<typeof seen>[0]) => {
      const found = seen(over);
      return found.kind === 'cause' ? found.evidence[1]?.text : found.reason;
    };

    it("each revision by itself where the ceiling is a revision's: two that overlap are at no ceiling", () => {
      const overlapping = [
        [2, 2],
        [2, 2],
      ];
      expect(seen({ instancesMax: undefined, byRevision: overlapping })).toMatchObject({
        kind: 'inconclusive',
        reason: 'backend: 50 requests found no instance while 2 of at most 3 ran: the ceiling is not why',
      });
      expect(words({ instancesMax: 3, byRevision: overlapping })).toBe(
        '4 instances ran at the busiest, above the ceiling of 3 as happens for a short while, in a surge or a rollover, each for up to 80 requests at a time.',
      );
    });

    it('only since the service began to fail: what ran before may have had another ceiling', () => {
      expect(words({ instancesMax: 3, byRevision: [[8, 3, 3]], onset: -120 })).toBe(
        '3 instances ran at the busiest, all that the ceiling of 3 allows, each for up to 80 requests at a time.',
      );
      expect(seen({ instancesMax: 3, byRevision: [[2, 3, 2]], onset: -120 }).kind).toBe('cause');
      expect(seen({ instancesMax: 3, byRevision: [[2, 3, 2]], onset: -119 }).kind).toBe('inconclusive');
      expect(words({ instancesMax: 3, byRevision: [[8, 3, 3]], onset: -30 })).toBe(
        'backend: 50 requests found no instance, but Monitoring has no instance count of that time',
      );
    });
  });
});
