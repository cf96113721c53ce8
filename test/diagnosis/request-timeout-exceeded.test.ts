import { describe, expect, it } from 'vitest';
import { requestTimeoutExceeded } from '../../shared/diagnosis/request-timeout-exceeded.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { MetricsObservation } from '../../shared/evidence/metrics.ts';
import {
  at,
  context,
  failed,
  line,
  logs,
  points,
  revision,
  service,
  serviceMetrics,
  template,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const TIMEOUT_SECONDS_MAX = 3600;

const cutOff = (count: number, over: Partial<LogsObservation> = {}) =>
  logs({
    signatures: [line('backend', 'request-timed-out', count)],
    failed: [failed('backend', count, { status: 504 })],
    ...over,
  });
const see = (seen: LogsObservation, own = service('backend'), metrics?: MetricsObservation) =>
  requestTimeoutExceeded.diagnose(
    { 'cloud-run': { services: [own] }, logs: seen, ...(metrics === undefined ? {} : { metrics }) },
    context,
  );
const measured = (over = {}) => ({ services: [serviceMetrics('backend', over)] });

describe('request-timeout-exceeded', () => {
  it('says how many were cut off, and after how long', () =>
    expect(see(cutOff(40), undefined, measured())).toMatchObject([
      {
        kind: 'cause',
        claim: '40 requests of backend needed longer than the 300 s that it lets them, and were cut off with 504.',
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
        services: ['backend'],
      },
    ]));

  it.each([
    [5, 'cause'],
    [4, 'ruled-out'],
    [0, 'ruled-out'],
  ])('%i of them', (count, kind) => expect(see(cutOff(count))).toMatchObject([{ kind }]));

  it('expects the rest to be as quick as ever, and not to fail', () => {
    const slow = measured({ latencyP95Ms: points([5000, 5000], at(-120)) });
    expect(see(cutOff(40), undefined, slow)).toMatchObject([{ expects: [{ seen: 'no' }, {}] }]);
    expect(see(cutOff(40))).toMatchObject([{ expects: [{ seen: 'unknown' }, {}] }]);
    const others = cutOff(40, { failed: [failed('backend', 80)] });
    expect(see(others)).toMatchObject([{ expects: [{}, { seen: 'no' }] }]);
    expect(see(cutOff(40, { failed: [failed('backend', 79)] }))).toMatchObject([{ expects: [{}, { seen: 'yes' }] }]);
  });

  const timeouts = (now: number, before: number, over = {}) =>
    service('backend', {
      template: { ...template, timeoutSeconds: now },
      revisions: [
        revision('backend-00002', at(-600)),
        revision('backend-00001', at(-9000), { template: { ...template, timeoutSeconds: before } }),
      ],
      ...over,
    });
  it.each([
    ['a shorter timeout than before', timeouts(60, 61), 'backend-00001 allowed 61 s'],
    ['the timeout of always', timeouts(60, 60), undefined],
    ['the longest there is', timeouts(TIMEOUT_SECONDS_MAX, TIMEOUT_SECONDS_MAX), 'the longest that Cloud Run allows'],
    ['nearly the longest there is', timeouts(TIMEOUT_SECONDS_MAX - 1, 60), undefined],
    ['no revision that serves', timeouts(60, 90, { serving: [] }), undefined],
  ])('tells of %s', (_, own, text) => {
    const [found] = see(cutOff(40), own);
    const texts = found?.kind === 'cause' ? found.evidence.map((one) => one.text) : [];
    expect(texts.slice(1)).toEqual(text === undefined ? [] : [expect.stringContaining(text)]);
  });

  it('tells where they were asked for, where failed requests were read', () => {
    const path = (service_: string, name: string, count: number) =>
      ({ service: service_, path: name, checker: undefined, count, latencyMeanMs: 60_000 }) as const;
    const byPath = [path('backend', '/export', 30), path('auth', '/login', 9)];
    const texts = (of: 'failed-requests' | 'newest-requests', paths: readonly (typeof byPath)[number][]) => {
      const [found] = see(cutOff(40, { asked: { of, seconds: 60, byPath: paths } }));
      return found?.kind === 'cause' ? found.evidence.map((one) => one.text).slice(1) : [];
    };
    expect(texts('failed-requests', byPath)).toEqual(['Failed requests by path: /export 30.']);
    const many = ['/a', '/b', '/c', '/d'].map((name, index) => path('backend', name, 9 - index));
    expect(texts('failed-requests', many)).toEqual(['Failed requests by path: /a 9, /b 8, /c 7.']);
    expect(texts('failed-requests', byPath.slice(1))).toEqual([]);
    expect(texts('newest-requests', byPath)).toEqual([]);
  });

  it('has nothing to judge', () =>
    expect(requestTimeoutExceeded.diagnose({ 'cloud-run': { services: [] }, logs: logs() }, context)).toEqual([
      { kind: 'ruled-out', reason: 'no request reached its request timeout' },
    ]));
});
