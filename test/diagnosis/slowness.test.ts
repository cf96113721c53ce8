import { describe, expect, it } from 'vitest';
import { middleOf, recentValues } from '../../shared/diagnosis/recent.ts';
import { slowness, spokenMs, trafficRatio } from '../../shared/diagnosis/slowness.ts';
import { symptoms } from '../../shared/diagnosis/symptoms.ts';
import {
  at,
  context,
  evidence,
  line,
  logs,
  observed,
  points,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const ANSWERS_MIN = 20;
const SLOW_MS_MIN = 1000;
const SLOW_RATIO = 3;
const RECENT_SECONDS = 300;

const ordinarily = (latencyP95Ms: number | undefined) => ({ requestsPerMinute: 600, latencyP95Ms, memoryRatio: [] });
const p95 = (...values: readonly number[]) => points(values, at(-120));

describe('what is recent', () => {
  it('begins within the look, and ends five minutes back', () => {
    const all = [-RECENT_SECONDS - 1, -RECENT_SECONDS, -60].map((seconds) => ({ at: at(seconds), value: seconds }));
    expect(recentValues(all, context)).toEqual([-RECENT_SECONDS, -60]);
    expect(recentValues(all, { ...context, since: at(-120) })).toEqual([-60]);
    expect(recentValues(all, { ...context, since: at(-119) })).toEqual([]);
  });

  it.each([
    [[], undefined],
    [[3], 3],
    [[9, 1, 3], 3],
    [[1, 9], 9],
  ])('the middle of %j', (values, middle) => expect(middleOf(values)).toBe(middle));
});

describe('slowness', () => {
  it.each([
    ['three times as long', 400, p95(1200, 1200), true],
    ['a little less than three times', 400.1, p95(1200, 1200), false],
    ['a second', 10, p95(SLOW_MS_MIN, SLOW_MS_MIN), true],
    ['less than a second', 10, p95(SLOW_MS_MIN - 1, SLOW_MS_MIN - 1), false],
    ['one minute of it', 100, p95(9000), false],
    ['one of three minutes', 100, p95(100, 9000, 100), false],
    ['nothing measured', 100, [], false],
    ['nothing ordinary', undefined, p95(9000, 9000), false],
  ])('%s', (_, ordinary, latencyP95Ms, isSlow) => {
    const one = serviceMetrics('backend', { latencyP95Ms, before: ordinarily(ordinary) });
    expect(slowness(one, context) !== undefined).toBe(isSlow);
  });

  it.each([
    [ANSWERS_MIN, true],
    [ANSWERS_MIN - 1, false],
  ])('of %i answers', (count, isSlow) => {
    const requests = points([count / 2, count / 2], at(-120));
    const one = serviceMetrics('backend', { requests, latencyP95Ms: p95(SLOW_MS_MIN * SLOW_RATIO, 9000) });
    expect(slowness(one, context) !== undefined).toBe(isSlow);
  });

  it.each([
    [150, '0.2 s'],
    [9_940, '9.9 s'],
    [12_400, '12 s'],
  ])('%i ms is %s', (ms, text) => expect(spokenMs(ms)).toBe(text));

  it.each([
    [undefined, undefined],
    [0, undefined],
    [300, 2],
  ])('with %s requests a minute ordinarily, traffic is %s times that', (requestsPerMinute, ratio) => {
    const ordinary = { requestsPerMinute, latencyP95Ms: 1, memoryRatio: [] };
    expect(trafficRatio(serviceMetrics('backend', { before: ordinary }), context)).toBe(ratio);
  });

  it('without requests of late there is no traffic to compare', () =>
    expect(trafficRatio(serviceMetrics('backend', { requests: [] }), context)).toBeUndefined());
});

describe('symptoms', () => {
  it('of a slow service, in numbers', () => {
    const slow = serviceMetrics('backend', { latencyP95Ms: p95(4000, 5000) });
    const seen = evidence({ metrics: observed({ services: [slow, serviceMetrics('auth')] }) });
    expect(symptoms(seen, context)).toEqual([
      { kind: 'slow', on: 'backend', text: 'backend takes 5 s for its slowest twentieth of answers, ordinarily 0.2 s' },
    ]);
  });

  it.each([
    [5, -5, 1],
    [4, -5, 0],
    [5, -RECENT_SECONDS, 1],
    [5, -RECENT_SECONDS - 1, 0],
  ])('of %i connections cut, the last %i s from now', (count, seconds, expected) => {
    const cut = line('backend', 'response-truncated', count, { lastAt: at(seconds) });
    const felt = symptoms(evidence({ logs: observed(logs({ signatures: [cut] })) }), context);
    expect(felt.filter(({ kind }) => kind === 'connections-cut')).toHaveLength(expected);
  });

  it('are silent where nothing could be read', () => {
    const blind = evidence({ logs: unavailable('denied'), metrics: unavailable('denied') });
    expect(symptoms(blind, context)).toEqual([]);
  });
});
