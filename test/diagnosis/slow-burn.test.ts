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
const LEVEL: readonly number[] = [0.41, 0.4, 0.41];
const CLIMB: readonly number[] = [0.5, 0.65, 0.8, 0.96];
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

  it('is dated by when it got there first, where it stays there', () => {
    expect(burn(LEVEL, [...CLIMB, 0.96])).toMatchObject({ reachedRatio: 0.96, seconds: 2400 });
  });

  it('may rest on its way', () => {
    expect(burn(LEVEL, [0.5, 0.5, 0.8, 0.96])).toMatchObject({ reachedRatio: 0.96 });
  });

  /** As `metrics`, with a window more, that was over at the moment of the deploy. */
  const withWindowAtDeploy = (before: readonly number[], value: number, after: readonly number[]) => {
    const own = serviceMetrics('backend');
    const memoryRatio = [...windows(before, []), { at: at(DEPLOYED), value }, ...windows([], after)];
    return slowBurn('backend', newest, { services: [{ ...own, before: { ...own.before, memoryRatio } }] }, context);
  };
  it('counts the window that was over with its deploy to what was before, and not to the climb', () => {
    expect(withWindowAtDeploy([0.41, 0.4], 0.42, CLIMB)).toMatchObject({ heldRatio: 0.42 });
    expect(withWindowAtDeploy(LEVEL, 0.42, [0.6, 0.96])).toBeUndefined();
  });

  it('is one after what was nearly level before', () => {
    expect(burn([2 * CLIMB_RATIO - 0.01, 0.2, CLIMB_RATIO])).toMatchObject({ heldRatio: 0.29 });
  });

  it.each<[string, Parameters<typeof metrics>]>([
    ['too little is known of before', [LEVEL.slice(1)]],
    ['nothing is known of after', [LEVEL, []]],
    ['it climbed before', [[CLIMB_RATIO, 0.2, 2 * CLIMB_RATIO]]],
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

  it.each([
    ['the quarter of an hour that every failure has', 900, 'certain', 'from 15 min after its deploy on; backend-00002'],
    ['a second longer', 901, 'likely', 'from 15 min after its deploy on, and its memory climbed to 96 %'],
  ])('needs no climb where it failed within %s', (_, seconds, confidence, words) => {
    const seen = {
      signatures: [line('backend', 'container-exited', 9, { revision: NEWEST, firstAt: at(DEPLOYED + seconds) })],
    };
    expect(judged(seen)).toMatchObject([{ confidence, claim: expect.stringContaining(words) }]);
  });

  it('is none without such a climb, nor without failures', () => {
    expect(judged(late, metrics(LEVEL, LEVEL))).toMatchObject([
      { kind: 'ruled-out', reason: expect.stringContaining('40 min after its deploy') },
    ]);
    expect(judged({})).toMatchObject([{ kind: 'ruled-out', reason: expect.stringContaining('did not fail') }]);
  });
});
