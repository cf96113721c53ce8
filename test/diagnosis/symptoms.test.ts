import { describe, expect, it } from 'vitest';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { symptoms } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import {
  answers,
  at,
  backend as backendOf,
  balancer,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  service,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const FAILED_REQUESTS_MIN = 5;

const DEPLOYED = 'backend-00003';
const backend = service('backend');
const felt = (
  of: ReturnType<typeof service> | undefined,
  revision: string | undefined,
  over: Parameters<typeof evidence>[0] = {},
) =>
  symptoms(
    evidence({
      'cloud-run': observed({ services: of === undefined ? [] : [of] }),
      logs: observed(logs({ signatures: [line('backend', 'startup-probe-failed', 4, { revision })] })),
      ...over,
    }),
    context,
  ).map(({ text }) => text);
const FELT = ['backend: 4 starts failed'];

describe('starts that fail', () => {
  it.each([
    ['of a revision that takes no traffic, while another does', backend, DEPLOYED, []],
    ['of the one that takes it', backend, 'backend-00002', FELT],
    ['where nothing takes traffic', { ...backend, serving: [] }, DEPLOYED, FELT],
    ['of no revision that is told', backend, undefined, FELT],
    ['of a service that was not seen', undefined, DEPLOYED, FELT],
  ] as const)('%s', (_, of, revision, expected) => {
    expect(felt(of, revision)).toEqual(expected);
  });

  it('are felt where traffic cannot be seen', () => {
    expect(felt(backend, DEPLOYED, { 'cloud-run': unavailable('denied') })).toEqual(FELT);
  });
});

describe('symptoms', () => {
  const felt = (over: Partial<Evidence>) => symptoms(evidence(over), context);

  it.each([
    [FAILED_REQUESTS_MIN, 0, 1],
    [FAILED_REQUESTS_MIN - 1, 0, 0],
    [50, -RECENT_SECONDS, 1],
    [50, -RECENT_SECONDS - 1, 0],
  ])('counts %i failed requests, the last %i s ago, as %i', (count, lastAt, expected) => {
    expect(felt({ logs: observed(logs({ failed: [failed('backend', count, { lastAt: at(lastAt) })] })) })).toHaveLength(
      expected,
    );
  });

  it('tells refused requests from failed ones', () => {
    expect(
      felt({ logs: observed(logs({ failed: [failed('backend', 30, { reachedContainer: false, status: 429 })] })) }),
    ).toEqual([{ kind: 'requests-refused', on: 'backend', text: 'backend: 30 requests failed with 429' }]);
  });

  it.each([
    [25, 'serving-errors'],
    [26, 'requests-refused'],
  ])('of 50 failed requests, %i of which reached no container: %s', (refused, kind) => {
    const all = [failed('backend', refused, { reachedContainer: false }), failed('backend', 50 - refused)];
    expect(felt({ logs: observed(logs({ failed: all })) })).toMatchObject([{ kind }]);
  });

  it.each([
    [5, 1],
    [4, 0],
  ])('counts %i errors that Monitoring alone knows as %i', (count, expected) => {
    const errors = serviceMetrics('backend', { serverErrors: points([count]) });
    expect(felt({ metrics: observed({ services: [errors] }) })).toHaveLength(expected);
  });

  it.each([
    ['nothing', [], 1],
    ['failures of another service', [failed('auth', 50, { lastAt: at(-RECENT_SECONDS - 1) })], 1],
    ['failures that end before its minute', [failed('backend', 50, { lastAt: at(-RECENT_SECONDS - 2) })], 1],
    ['failures that end as it begins', [failed('backend', 50, { lastAt: at(-RECENT_SECONDS - 1) })], 0],
    ['few that go on', [failed('backend', 1, { lastAt: at(-RECENT_SECONDS) })], 1],
    [
      'failures of which the newest end as it begins',
      [
        failed('backend', 50, { status: 503, lastAt: at(-RECENT_SECONDS - 1) }),
        failed('backend', 50, { status: 500, lastAt: at(-RECENT_SECONDS - 90) }),
      ],
      0,
    ],
  ] as const)('counts the errors of a minute that Monitoring knows while the log has %s', (_, known, expected) => {
    const errors = serviceMetrics('backend', { serverErrors: [{ at: at(-RECENT_SECONDS + 59), value: 50 }] });
    const seen = { metrics: observed({ services: [errors] }), logs: observed(logs({ failed: known })) };
    expect(felt(seen)).toHaveLength(expected);
  });

  it.each([
    ['enough', {}, 1],
    ['just enough', { count: 5 }, 1],
    ['too few', { count: 4 }, 0],
    ['the least of server errors', { status: 500 }, 1],
    ['the most of others', { status: 499 }, 0],
    ['just recent', { lastAt: at(-RECENT_SECONDS) }, 1],
    ['no more', { lastAt: at(-RECENT_SECONDS - 1) }, 0],
    ['of the backend itself', { statusDetails: 'response_sent_by_backend' }, 0],
    ['of nobody', { backend: undefined }, 0],
  ])('counts what a load balancer answers by itself: %s', (_, over, expected) => {
    expect(felt({ 'load-balancer': observed(balancer([backendOf()], [answers(over)])) })).toHaveLength(expected);
  });

  it('says of each backend what it failed', () => {
    const kinds = [answers(), answers({ backend: 'other', count: 7, statusDetails: 'no_route' })];
    expect(felt({ 'load-balancer': observed(balancer([backendOf()], kinds)) })).toMatchObject([
      { on: 'api-backend', text: 'the load balancer failed 20 requests for api-backend: failed_to_pick_backend' },
      { on: 'other', text: 'the load balancer failed 7 requests for other: no_route' },
    ]);
  });

  it('counts connections of each service that were cut', () => {
    const signatures = [line('auth', 'response-truncated', 4), line('backend', 'response-truncated', 5)];
    expect(felt({ logs: observed(logs({ signatures })) })).toMatchObject([
      { on: 'backend', text: 'backend had 5 connections cut while they were open' },
    ]);
  });

  it('says which check fails and how', () => {
    const http = observed({
      checks: [
        {
          name: 'front page',
          url: 'https://x',
          verdict: 'failed' as const,
          detail: '503 in 9 ms, expected 200',
          httpStatus: 503,
          latencyMs: 9,
        },
      ],
    });
    expect(felt({ http })).toEqual([
      { kind: 'check-failing', on: 'front page', text: 'front page: 503 in 9 ms, expected 200' },
    ]);
  });

  it('counts start-ups from two failures on', () => {
    expect(felt({ logs: observed(logs({ signatures: [line('auth', 'startup-probe-failed', 2)] })) })).toHaveLength(1);
    expect(felt({ logs: observed(logs({ signatures: [line('auth', 'startup-probe-failed', 1)] })) })).toHaveLength(0);
  });
});
