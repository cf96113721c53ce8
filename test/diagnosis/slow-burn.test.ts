import { describe, expect, it } from 'vitest';
import { MEMORY_NEAR_LIMIT_RATIO } from '../../shared/diagnosis/load-levels.ts';
import { CLIMB_RATIO, TRAFFIC_RATIO_MAX } from '../../shared/diagnosis/memory-leaking.ts';
import { slowBurn, WINDOWS_MIN } from '../../shared/diagnosis/slow-burn.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { concludes, deployed, NEWEST } from '../builders/deploys.ts';
import { at, context, failed, line, observed, points, revision, serviceMetrics } from '../builders/evidence.ts';

const DEPLOYED = -3000;
/** By windows of ten minutes: what was before the deploy, and what came after it. */
const windows = (before: readonly number[], after: readonly number[]) => [
  ...before.map((value, index) => ({ at: at(DEPLOYED - (before.length - index) * 600), value })),
  ...after.map((value, index) => ({ at: at(DEPLOYED + (index + 1) * 600), value })),
];
const LEVEL = [0.41, 0.4, 0.41];
const CLIMB = [0.5, 0.65, 0.8, 0.96];
const metrics = (before = LEVEL, after = CLIMB, over: Partial<ServiceMetrics> = {}) => {
  const own = serviceMetrics('backend', over);
  return { services: [{ ...own, before: { ...own.before, memoryRatio: windows(before, after) } }] };
};
const newest = revision(NEWEST, at(DEPLOYED));
const burn = (...given: Parameters<typeof metrics>) => slowBurn('backend', newest, metrics(...given), context);

describe('memory that climbs from a deploy on', () => {
  it('is told with what it was before', () => {
    expect(burn()).toEqual({ heldRatio: 0.41, reachedRatio: 0.96, seconds: 2400 });
  });

  it('is judged up to where it was highest: what is killed begins afresh', () => {
    expect(burn(LEVEL, [...CLIMB, 0.7])).toMatchObject({ seconds: 2400 });
  });

  it.each<[string, Parameters<typeof metrics>]>([
    ['too little is known of before', [LEVEL.slice(1)]],
    ['nothing is known of after', [LEVEL, []]],
    ['it climbed before', [[0.4, 0.45, 0.4 + CLIMB_RATIO]]],
    ['it climbed in one leap', [LEVEL, [0.5, 0.96]]],
    ['it came down in between', [LEVEL, [0.5, 0.45, 0.8, 0.96]]],
    [
      'it climbed a little',
      [
        [0.8, 0.8, 0.8],
        [0.8, 0.82, 0.94],
      ],
    ],
    ['it is far from its limit', [LEVEL, [0.5, 0.6, MEMORY_NEAR_LIMIT_RATIO - 0.01]]],
    ['traffic grew as well', [LEVEL, CLIMB, { requests: points([600 * TRAFFIC_RATIO_MAX, 600 * TRAFFIC_RATIO_MAX]) }]],
  ])('is no burn where %s', (_, given) => {
    expect(burn(...given)).toBeUndefined();
  });

  it('is known from as many windows as it takes, at the very edge of its limit', () => {
    expect(burn(LEVEL.slice(0, WINDOWS_MIN), [0.5, 0.6, MEMORY_NEAR_LIMIT_RATIO])).toMatchObject({ reachedRatio: 0.8 });
  });

  it('is known where traffic cannot be compared, and where it can', () => {
    expect(burn(LEVEL, CLIMB, { requests: [] })).toMatchObject({ reachedRatio: 0.96 });
    expect(burn(LEVEL, CLIMB, { requests: points([600, 600, 600]) })).toMatchObject({ reachedRatio: 0.96 });
  });

  it('is not known without metrics of the service', () => {
    expect(slowBurn('backend', newest, undefined, context)).toBeUndefined();
    expect(slowBurn('auth', newest, metrics(), context)).toBeUndefined();
  });
});

describe('a release that breaks by and by', () => {
  const service = deployed({}, { revisions: [newest, revision('backend-00002', at(-86_400))] });
  const late = { failed: [failed('backend', 40, { revision: NEWEST, firstAt: at(-600) })] };
  const judged = (seen: Parameters<typeof concludes>[2], over = metrics()) =>
    concludes('release-broken', [service], seen, { metrics: observed(over) });

  it('is likely, though its failures came long after the deploy', () => {
    expect(judged(late)).toMatchObject([
      {
        kind: 'cause',
        claim:
          'Release backend-00003 of backend is broken: 40 requests failed, from 40 min after its deploy on, and its memory climbed to 96 % within 40 min of it, where 41 % was the most before; backend-00002 before it was not seen to fail.',
        confidence: 'likely',
        expects: [{ seen: 'unknown' }, { seen: 'yes' }],
      },
    ]);
    const said = {
      ...late,
      signatures: [line('backend', 'container-exited', 9, { revision: NEWEST, firstAt: at(-500) })],
    };
    expect(judged(said)).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'yes' }, { seen: 'yes' }] }]);
  });

  it('is none without such a climb, nor without failures', () => {
    expect(judged(late, metrics(LEVEL, LEVEL))).toMatchObject([
      { kind: 'ruled-out', reason: expect.stringContaining('40 min after its deploy') },
    ]);
    expect(judged({})).toMatchObject([{ kind: 'ruled-out', reason: expect.stringContaining('did not fail') }]);
  });
});
