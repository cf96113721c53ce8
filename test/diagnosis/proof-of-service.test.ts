import { describe, expect, it } from 'vitest';
import { answersRequests, isServed } from '../../shared/diagnosis/proof-of-service.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import type { Context } from '../../shared/diagnosis/rule.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, evidence, look, observed, points, serviceMetrics, unavailable } from '../builders/evidence.ts';

const unwatched = observed({ checks: [] });
const counting = (over: Partial<ServiceMetrics>, name = 'backend') =>
  evidence({ http: unwatched, metrics: observed({ services: [serviceMetrics(name, over)] }) });
const oneAt = (seconds: number) => ({ requests: points([1], at(seconds)) });

describe('somebody was seen to be served', () => {
  it.each([
    [
      'by a check that passed',
      evidence({ http: observed({ checks: [look({ verdict: 'passed' })] }), metrics: unavailable('no') }),
      true,
    ],
    ['not by one that failed', evidence({ http: observed({ checks: [look()] }), metrics: unavailable('no') }), false],
    ['by one request more than errors', counting({ requests: points([6]), serverErrors: points([5]) }), true],
    ['not by as many errors as requests', counting({ requests: points([5]), serverErrors: points([5]) }), false],
    ['not by nobody who asked', counting({ requests: [] }), false],
    ['in a minute that is just recent', counting(oneAt(-RECENT_SECONDS)), true],
    ['not in one that is not', counting(oneAt(-RECENT_SECONDS - 1)), false],
  ])('%s', (_, seen, expected) => {
    expect(isServed(seen, context)).toBe(expected);
  });

  it.each([
    ['began with the look', -60, true],
    ['began a second before it', -59, false],
  ])('where the minute of the count %s', (_, since, expected) => {
    const justNow: Context = { ...context, since: at(since) };
    expect(isServed(counting(oneAt(0)), justNow)).toBe(expected);
  });
});

it.each([
  ['the service itself', counting({}), true],
  ['another service', counting({}, 'auth'), false],
  ['nobody, as Monitoring cannot be asked', evidence({ metrics: unavailable('no') }), false],
])('asks whether one service answers: what does is %s', (_, seen, expected) => {
  expect(answersRequests('backend', seen, context)).toBe(expected);
});
