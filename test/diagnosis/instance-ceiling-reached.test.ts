import { describe, expect, it } from 'vitest';
import { TRAFFIC_RATIO_MIN } from '../../shared/diagnosis/ceiling-felt.ts';
import {
  instanceCeilingReached,
  MEASURED_SECONDS,
  NEAR_CEILING_RATIO,
} from '../../shared/diagnosis/instance-ceiling-reached.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, line, logs, points, service, serviceMetrics } from '../builders/evidence.ts';

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
    ['well below it, for long enough', 10 * NEAR_CEILING_RATIO - 1, -120 - MEASURED_SECONDS, 'ruled-out'],
    ['well below it, not for long', 10 * NEAR_CEILING_RATIO - 1, -119 - MEASURED_SECONDS, 'inconclusive'],
    ['close to it', 10 * NEAR_CEILING_RATIO, -120 - MEASURED_SECONDS, 'inconclusive'],
  ])('%s', (_, instances, began, kind) =>
    expect(see({ instances: recent(instances) }, 40, at(began))).toMatchObject([{ kind }]),
  );
});
