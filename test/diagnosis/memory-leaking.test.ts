import { describe, expect, it } from 'vitest';
import { memoryLeaking } from '../../shared/diagnosis/memory-leaking.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { plusSeconds } from '../../shared/ports/clock.ts';
import {
  at,
  context,
  failed,
  line,
  logs,
  NOW,
  points,
  revision,
  service,
  serviceMetrics,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const CLIMB_RATIO = 0.15;
const CLIMBING_WINDOWS = 4;
const LEVEL_RATIO = 0.6;
const TRAFFIC_RATIO_MAX = 1.5;

/** Ten-minute windows that end now. */
const windows = (values: readonly number[]) =>
  values.map((value, index) => ({ at: plusSeconds(NOW, (index - values.length + 1) * 600), value }));
const LEAK = [0.3, 0.4, 0.5, 0.6, 0.7];

/** An hour's steady climb from 0.4375. */
const hourTo = (level: number) => [...Array.from({ length: 6 }, (_, index) => 0.4375 + index * 0.03125), level];

const see = (
  values: readonly number[],
  over: Partial<ServiceMetrics> = {},
  seen: LogsObservation | 'unread' = logs(),
  own = service('backend', { revisions: [revision('backend-00002', at(-86_400))] }),
) =>
  memoryLeaking.diagnose(
    {
      'cloud-run': { services: [own] },
      metrics: {
        services: [
          serviceMetrics('backend', {
            before: { requestsPerMinute: 600, latencyP95Ms: 150, memoryRatio: windows(values) },
            ...over,
          }),
        ],
      },
      ...(seen === 'unread' ? {} : { logs: seen }),
    },
    context,
  );

describe('memory-leaking', () => {
  it('says from where, to where, and when it is at its limit', () => {
    expect(see(LEAK)).toMatchObject([
      {
        kind: 'cause',
        claim: 'backend leaks memory: from 30 % to 70 % of 512 MiB in 40 min, at its limit in about 30 min.',
        confidence: 'likely',
        harm: 'soon',
        services: ['backend'],
      },
    ]);
  });

  it.each([
    ['as many windows as it takes', LEAK.slice(-CLIMBING_WINDOWS), 'cause'],
    ['one window too few', LEAK.slice(-CLIMBING_WINDOWS + 1), 'ruled-out'],
    ['as high as it takes', [0.3, 0.4, 0.5, LEVEL_RATIO], 'cause'],
    ['not so high', [0.3, 0.4, 0.5, LEVEL_RATIO - 0.01], 'ruled-out'],
    ['as far up as it takes', [0.7, 0.75, 0.8, 0.7 + CLIMB_RATIO + 0.001], 'cause'],
    ['not so far up', [0.7, 0.75, 0.8, 0.7 + CLIMB_RATIO - 0.001], 'ruled-out'],
    ['a step back on the way', [0.3, 0.5, 0.45, 0.6, 0.7], 'ruled-out'],
    ['a halt on the way', [0.3, 0.5, 0.5, 0.6, 0.7], 'ruled-out'],
    ['a warm-up that flattens', [0.25, 0.5, 0.625, 0.68, 0.749], 'ruled-out'],
    ['steady enough', [0.25, 0.5, 0.625, 0.6875, 0.75], 'cause'],
    ['a limit two hours away', hourTo(0.625), 'cause'],
    ['a limit that is further off', hourTo(0.62499), 'ruled-out'],
    ['nothing that climbs', [0.7], 'ruled-out'],
    ['nothing measured', [], 'ruled-out'],
  ])('%s', (_, values, kind) => expect(see(values)).toMatchObject([{ kind }]));

  it.each([
    [TRAFFIC_RATIO_MAX, 'ruled-out'],
    [TRAFFIC_RATIO_MAX - 0.01, 'cause'],
  ])('is no leak where traffic is %f times the ordinary', (ratio, kind) =>
    expect(see(LEAK, { requests: points([600 * ratio, 600 * ratio], at(-120)) })).toMatchObject([{ kind }]),
  );

  it('does not know what traffic is ordinary, and says so', () => {
    const before = { requestsPerMinute: undefined, latencyP95Ms: undefined, memoryRatio: windows(LEAK) };
    expect(see(LEAK, { before })).toMatchObject([
      { confidence: 'likely', evidence: [{}], expects: [{ seen: 'unknown' }, { seen: 'yes' }] },
    ]);
  });

  it('leaves it to memory-exhausted once a container was killed', () =>
    expect(see(LEAK, {}, logs({ signatures: [line('backend', 'memory-limit-exceeded', 1)] }))).toEqual([
      { kind: 'ruled-out', reason: 'backend: 1 containers were killed already' },
    ]));

  const high = [0.5, 0.6, 0.7, 0.82];
  it.each([
    ['near its limit and failing', high, {}, logs({ failed: [failed('backend', 5)] }), 'now'],
    ['just near its limit, and failing', [0.5, 0.6, 0.7, 0.8], {}, logs({ failed: [failed('backend', 5)] }), 'now'],
    ['just not near it, and failing', [0.5, 0.6, 0.7, 0.79], {}, logs({ failed: [failed('backend', 5)] }), 'soon'],
    ['near its limit, failing too little', high, {}, logs({ failed: [failed('backend', 4)] }), 'soon'],
    ['near its limit and slow', high, { latencyP95Ms: points([4000, 4000], at(-120)) }, 'unread' as const, 'now'],
    ['near its limit, for all that is known', high, {}, 'unread' as const, 'soon'],
    ['failing far from its limit', LEAK, {}, logs({ failed: [failed('backend', 50)] }), 'soon'],
  ])('harms, %s', (_, values, over, seen, harm) => {
    const before = { requestsPerMinute: 600, latencyP95Ms: 150, memoryRatio: windows(values) };
    expect(see(values, { before, ...over }, seen)).toMatchObject([{ harm }]);
  });

  it('begins afresh with a new revision', () => {
    const young = (seconds: number) => service('backend', { revisions: [revision('backend-00003', at(seconds))] });
    expect(see(LEAK, {}, logs(), young(-1801))).toMatchObject([{ kind: 'cause' }]);
    // The window that ends as it comes is the old one's.
    expect(see(LEAK, {}, logs(), young(-1800))).toMatchObject([{ kind: 'ruled-out' }]);
    expect(see(LEAK, {}, logs(), young(0))).toMatchObject([{ kind: 'ruled-out' }]);
    expect(see(LEAK, {}, logs(), service('backend', { revisions: [] }))).toMatchObject([{ kind: 'cause' }]);
  });

  it('knows a limit that is not told', () => {
    const own = service('backend');
    expect(see(LEAK, {}, logs(), { ...own, template: { ...own.template, containers: [] } })).toMatchObject([
      { claim: expect.stringContaining('of unknown MiB') },
    ]);
  });

  it('has nothing to judge', () => {
    const nothing = { 'cloud-run': { services: [] }, metrics: { services: [] } };
    expect(memoryLeaking.diagnose(nothing, context)).toEqual([
      { kind: 'ruled-out', reason: 'the memory of no service climbs steadily towards its limit' },
    ]);
    const unmeasured = { ...nothing, 'cloud-run': { services: [service('backend')] } };
    expect(memoryLeaking.diagnose(unmeasured, context)).toEqual([
      { kind: 'ruled-out', reason: 'the memory of no service climbs steadily towards its limit' },
    ]);
  });
});
