import { describe, expect, it } from 'vitest';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { FAILED_REQUESTS_MIN, symptoms } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import { at, context, evidence, failed, line, logs, observed, service, unavailable } from '../builders/evidence.ts';

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
