import { describe, expect, it } from 'vitest';
import { cpuStarved } from '../../shared/diagnosis/cpu-starved.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, line, logs, points, service, serviceMetrics } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const CPU_FULL_RATIO = 0.9;
const TRAFFIC_RATIO_MAX = 1.5;

const recent = (...values: readonly number[]) => points(values, at(-120));
const see = (over: Partial<ServiceMetrics> = {}, seen: LogsObservation = logs(), own = service('backend')) =>
  cpuStarved.diagnose(
    {
      'cloud-run': { services: [own] },
      metrics: {
        services: [serviceMetrics('backend', { cpuRatio: recent(0.97, 1), latencyP95Ms: recent(4000, 5000), ...over })],
      },
      logs: seen,
    },
    context,
  );

describe('cpu-starved', () => {
  it('says how full CPU is and how slow answers are', () =>
    expect(see()).toMatchObject([
      {
        kind: 'cause',
        claim:
          'backend has too little CPU: 97 % of 1 vCPU in use, and its slowest twentieth of answers takes 5 s instead of 0.2 s.',
        confidence: 'certain',
        evidence: [{}, { text: '3 instances of at most 20 run, at 1.0 times the ordinary traffic.' }],
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
        services: ['backend'],
      },
    ]));

  it.each([
    ['CPU as full as it takes', { cpuRatio: recent(CPU_FULL_RATIO, 1) }, 'cause'],
    ['CPU not so full in one minute', { cpuRatio: recent(1, CPU_FULL_RATIO - 0.01) }, 'ruled-out'],
    ['one minute alone', { cpuRatio: recent(1) }, 'ruled-out'],
    ['quick answers', { latencyP95Ms: recent(160, 160) }, 'ruled-out'],
    ['more traffic', { requests: recent(600 * TRAFFIC_RATIO_MAX, 600 * TRAFFIC_RATIO_MAX) }, 'ruled-out'],
    ['one request a minute less', { requests: recent(899, 899) }, 'cause'],
  ])('%s', (_, over, kind) => expect(see(over)).toMatchObject([{ kind }]));

  it.each([
    [5, 'no'],
    [4, 'yes'],
  ])('expects no dependency that it waits for: %i lines', (count, seen) =>
    expect(see({}, logs({ signatures: [line('backend', 'outside-host-failed', count)] }))).toMatchObject([
      { expects: [{}, { seen }] },
    ]),
  );

  it('does without what is not known', () => {
    const own = service('backend');
    const before = { requestsPerMinute: undefined, latencyP95Ms: 150, memoryRatio: [] };
    const bare = { ...own, template: { ...own.template, containers: [] } };
    expect(
      cpuStarved.diagnose(
        {
          'cloud-run': { services: [bare] },
          metrics: {
            services: [
              serviceMetrics('backend', {
                cpuRatio: recent(1, 1),
                latencyP95Ms: recent(4000, 5000),
                instances: [],
                before,
              }),
            ],
          },
        },
        context,
      ),
    ).toMatchObject([
      {
        claim: expect.stringContaining('100 % of unknown vCPU'),
        evidence: [{}, { text: 'An unknown number of instances of at most 20 run.' }],
        expects: [{ seen: 'unknown' }, { seen: 'unknown' }],
      },
    ]);
  });

  it('has nothing to judge', () => {
    const nothing = { 'cloud-run': { services: [] }, metrics: { services: [] } };
    expect(cpuStarved.diagnose(nothing, context)).toEqual([
      { kind: 'ruled-out', reason: 'no service uses nearly all of its CPU' },
    ]);
    expect(cpuStarved.diagnose({ ...nothing, 'cloud-run': { services: [service('backend')] } }, context)).toEqual([
      { kind: 'ruled-out', reason: 'no service uses nearly all of its CPU' },
    ]);
  });
});
