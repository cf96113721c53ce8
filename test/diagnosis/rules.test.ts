import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { KILLS_MIN } from '../../shared/diagnosis/memory-exhausted.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { FAILURES_MIN, ONSET_SECONDS_MAX } from '../../shared/diagnosis/revisions.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import { FAILED_REQUESTS_MIN, symptoms } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import {
  at,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  revision,
  service,
  serviceMetrics,
  serviceName,
  template,
} from '../builders/evidence.ts';

const concludeAll = (rule: RuleName, over: Partial<Evidence>) => judge(ruleNamed(rule), evidence(over), context);

/** What a rule says where it has one thing to say. */
function conclude(rule: RuleName, over: Partial<Evidence>) {
  const [conclusion, ...others] = concludeAll(rule, over);
  if (conclusion === undefined || others.length > 0) throw new Error(`${others.length + 1} conclusions, not one`);
  return conclusion;
}

describe('connector-saturated', () => {
  const at3 = {
    failed: ['auth', 'backend', 'frontend'].map((name) => failed(name, 50)),
    signatures: [line('auth', 'private-connection-timed-out', 5), line('backend', 'private-connection-timed-out', 5)],
  };
  const withThroughput = (values: readonly number[], over = {}, seen = at3) =>
    conclude('connector-saturated', {
      'vpc-connector': observed({ connectors: [connector({ throughputMbps: points(values, at(-60)), ...over })] }),
      logs: observed(logs({ ...seen, onsets: [{ service: 'backend', at: at(-130) }] })),
    });

  it.each([
    ['two minutes at 90 %', [60, 270, 270], 'cause'],
    ['one minute a hair below', [270, 269.9, 270], 'ruled-out'],
    ['well above', [299, 300, 300], 'cause'],
    ['calm', [60, 61, 62], 'ruled-out'],
    ['one minute only', [299], 'inconclusive'],
    ['none at all', [], 'inconclusive'],
  ])('judges %s', (_, values, kind) => {
    expect(withThroughput(values).kind).toBe(kind);
  });

  it('does not hold throughput from before the trouble against it', () => {
    const early = withThroughput([60, 60, 60], { throughputMbps: points([60, 60, 60], at(-240)) });
    expect(early).toMatchObject({ kind: 'inconclusive', reason: expect.stringContaining('has not arrived yet') });
  });

  it('cannot judge a machine type whose ceiling is not known', () => {
    expect(withThroughput([299, 299, 299], { ceilingMbps: undefined, machineType: 'n4-huge' })).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('n4-huge'),
    });
  });

  it('harms nobody while one service alone times out, and all that fail when several do', () => {
    const alone = withThroughput(
      [290, 290, 290],
      {},
      { failed: [failed('backend', 50)], signatures: [line('backend', 'private-connection-timed-out', 90)] },
    );
    expect(alone).toMatchObject({ kind: 'cause', services: [], confidence: 'possible' });
    expect(withThroughput([290, 290, 290])).toMatchObject({ services: ['auth', 'backend'], confidence: 'certain' });
  });

  it('is likely, not certain, when everything behind it fails without a word about connections', () => {
    expect(withThroughput([290, 290, 290], {}, { ...at3, signatures: [] })).toMatchObject({
      services: ['auth', 'backend', 'frontend'],
      confidence: 'likely',
    });
  });

  it('is not kept open by trouble of a service that sends nothing through it', () => {
    const quiet = connector({ throughputMbps: points([60, 60, 60], at(-240)) });
    const judged = (service: string) =>
      conclude('connector-saturated', {
        'vpc-connector': observed({ connectors: [quiet] }),
        logs: observed(logs({ onsets: [{ service, at: at(-130) }] })),
      }).kind;
    expect([judged('cron'), judged('backend')]).toEqual(['ruled-out', 'inconclusive']);
  });

  it('says plainly that it does not know how many instances there are', () => {
    expect(withThroughput([290, 290, 290], { instances: [] })).toMatchObject({
      evidence: expect.arrayContaining([
        expect.objectContaining({
          text: 'It has an unknown number of instances of at most 3; shared by auth, backend, frontend.',
        }),
      ]),
    });
  });

  it('is ruled out where there is no connector', () => {
    expect(conclude('connector-saturated', { 'vpc-connector': observed({ connectors: [] }) })).toEqual({
      kind: 'ruled-out',
      reason: 'no watched service uses a connector',
    });
  });
});

describe('release-broken', () => {
  const withRelease = (over: {
    readonly count?: number;
    readonly firstAt?: number;
    readonly share?: number;
    readonly before?: number;
    readonly earlier?: boolean;
  }) => {
    const { count = 20, firstAt = -280, share = 100, before = 0, earlier = true } = over;
    const newest = revision('backend-00003', at(-300), {
      template: {
        ...template,
        containers: template.containers.map((container) => ({ ...container, image: 'app@sha256:bbbb' })),
      },
    });
    return conclude('release-broken', {
      'cloud-run': observed({
        services: [
          service('backend', {
            lastModifier: 'deploy@acme-ci.iam.gserviceaccount.com',
            serving: [{ revision: newest.shortName, percent: share }],
            revisions: earlier ? [newest, revision('backend-00002', at(-86_400))] : [newest],
          }),
        ],
      }),
      logs: observed(
        logs({
          failed: [failed('backend', before, { revision: 'backend-00002', firstAt: at(-900) })].filter(
            ({ count: n }) => n > 0,
          ),
          signatures:
            count === 0
              ? []
              : [line('backend', 'container-exited', count, { revision: 'backend-00003', firstAt: at(firstAt) })],
        }),
      ),
    });
  };

  it.each([
    ['as many failures as it takes', { count: FAILURES_MIN }, 'cause'],
    ['one too few', { count: FAILURES_MIN - 1 }, 'ruled-out'],
    ['failures from the latest onset on', { firstAt: -300 + ONSET_SECONDS_MAX }, 'cause'],
    ['failures that came later', { firstAt: -300 + ONSET_SECONDS_MAX + 1 }, 'ruled-out'],
    ['failures within the skew of clocks before the deploy', { firstAt: -360 }, 'cause'],
    ['failures older than the deploy', { firstAt: -361 }, 'ruled-out'],
    ['a sliver of traffic', { share: 1 }, 'cause'],
    ['no traffic', { share: 0 }, 'ruled-out'],
    ['an earlier revision that failed as well', { before: FAILURES_MIN }, 'ruled-out'],
    ['an earlier revision with a hiccup', { before: FAILURES_MIN - 1 }, 'cause'],
    ['nothing to compare with', { earlier: false }, 'ruled-out'],
  ])('judges %s', (_, over, kind) => {
    expect(withRelease(over).kind).toBe(kind);
  });

  it('says who deployed what, when, and what it printed', () => {
    expect(withRelease({})).toMatchObject({
      claim:
        'Release backend-00003 of backend is broken: 20 failures from 0 min after its deploy, none in backend-00002 before it.',
      confidence: 'certain',
      evidence: [
        { text: expect.stringContaining('by deploy@acme-ci.iam.gserviceaccount.com and takes 100 %') },
        { text: '20 x "sample of container-exited"' },
        { text: 'Before it, backend-00002 served another image.' },
      ],
    });
  });

  it('says so when the image did not change', () => {
    const found = conclude('release-broken', {
      'cloud-run': observed({
        services: [
          service('backend', {
            serving: [{ revision: 'backend-00003', percent: 100 }],
            revisions: [revision('backend-00003', at(-300)), revision('backend-00002', at(-86_400))],
          }),
        ],
      }),
      logs: observed(logs({ failed: [failed('backend', 20, { revision: 'backend-00003' })] })),
    });
    expect(found).toMatchObject({
      confidence: 'likely',
      evidence: expect.arrayContaining([
        { text: 'Before it, backend-00002 served the same image with other settings.' },
      ]),
    });
  });

  it.each([
    ['no service is watched', []],
    ['backend: no revision', [service('backend', { revisions: [] })]],
  ])('is ruled out where %s', (reason, services) => {
    expect(conclude('release-broken', { 'cloud-run': observed({ services }) })).toEqual({ kind: 'ruled-out', reason });
  });

  it('is silent when the newest revision never became ready: the old one serves', () => {
    const newest = revision('backend-00003', at(-300), {
      ready: { state: 'failed', reason: 'HEALTH_CHECK_CONTAINER_ERROR', message: '', at: at(-60) },
    });
    const found = conclude('release-broken', {
      'cloud-run': observed({
        services: [service('backend', { revisions: [newest, revision('backend-00002', at(-86_400))] })],
      }),
    });
    expect(found).toMatchObject({ kind: 'ruled-out', reason: expect.stringContaining('takes no traffic') });
  });
});

describe('memory-exhausted', () => {
  const withKills = (count: number) =>
    conclude('memory-exhausted', {
      logs: observed(
        logs({
          signatures: [
            line('backend', 'memory-limit-exceeded', count, {
              sample: 'Memory limit of 512 MiB exceeded with 514 MiB used',
            }),
          ],
        }),
      ),
      metrics: observed({ services: [serviceMetrics('backend', { memoryRatio: points([0.8, 0.99]) })] }),
    });

  it.each([
    [KILLS_MIN, 'cause'],
    [KILLS_MIN - 1, 'ruled-out'],
  ])('judges %i kills', (count, kind) => {
    expect(withKills(count).kind).toBe(kind);
  });

  it('names every service that lost containers, the one that lost most first', () => {
    const kills = (name: string, count: number) => line(name, 'memory-limit-exceeded', count);
    const found = concludeAll('memory-exhausted', {
      logs: observed(logs({ signatures: [kills('auth', 3), kills('backend', 9), kills('frontend', 1)] })),
    });
    expect(found).toMatchObject([
      { target: serviceName('backend'), services: ['backend'] },
      { target: serviceName('auth'), services: ['auth'] },
    ]);
    expect(found).toHaveLength(2);
  });

  it('does without what it does not know: the limit, the revision, the points', () => {
    const found = conclude('memory-exhausted', {
      'cloud-run': observed({ services: [service('backend', { template: { ...template, containers: [] } })] }),
      logs: observed(
        logs({ signatures: [line('backend', 'memory-limit-exceeded', 4, { revision: undefined, sample: 'killed' })] }),
      ),
      metrics: observed({ services: [] }),
    });
    expect(found).toMatchObject({
      claim: 'backend runs out of memory: 4 containers were killed at the limit of unknown MiB.',
      evidence: [{ text: '4 x "killed" (no revision)' }, { text: 'Monitoring has no points of its memory.' }],
    });
  });

  it('names the service that lost most, with its limit and its peak', () => {
    expect(withKills(7)).toMatchObject({
      claim: 'backend runs out of memory: 7 containers were killed at the limit of 512 MiB.',
      evidence: [
        { text: '7 x "Memory limit of 512 MiB exceeded with 514 MiB used" (backend-00002)' },
        { text: 'Memory reached 99 % of the limit (99th percentile).' },
      ],
    });
  });
});

describe('instance-ceiling-reached', () => {
  const withRefusals = (refused: number, instances: readonly number[], ceiling = 5) =>
    conclude('instance-ceiling-reached', {
      'cloud-run': observed({ services: [service('backend', { instancesMax: ceiling })] }),
      logs: observed(logs({ signatures: [line('backend', 'no-available-instance', refused)] })),
      metrics: observed({ services: [serviceMetrics('backend', { instances: points(instances) })] }),
    });

  it.each([
    ['refusals at the ceiling', FAILED_REQUESTS_MIN, [4, 5], 5, 'cause'],
    ['one refusal too few', FAILED_REQUESTS_MIN - 1, [5, 5], 5, 'ruled-out'],
    ['refusals below the ceiling', 50, [3, 4], 5, 'inconclusive'],
    ['refusals without an instance count', 50, [], 5, 'inconclusive'],
    ['the revision ceiling, where it is the lower one', 50, [20], 100, 'cause'],
  ])('judges %s', (_, refused, instances, ceiling, kind) => {
    expect(withRefusals(refused, instances, ceiling).kind).toBe(kind);
  });

  it('goes by the revision where the service sets no ceiling, and waits where Monitoring does not know the service', () => {
    const of = (services: readonly ReturnType<typeof serviceMetrics>[]) =>
      conclude('instance-ceiling-reached', {
        'cloud-run': observed({ services: [service('backend', { instancesMax: undefined })] }),
        logs: observed(logs({ signatures: [line('backend', 'no-available-instance', 50)] })),
        metrics: observed({ services }),
      });
    expect(of([serviceMetrics('backend', { instances: points([20]) })])).toMatchObject({
      kind: 'cause',
      claim: 'backend runs all 20 instances that it may, and 50 requests found none free.',
    });
    expect(of([serviceMetrics('auth')])).toMatchObject({ kind: 'inconclusive', settles: 'soon' });
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
    ).toEqual([{ kind: 'requests-refused', on: 'backend', text: 'backend failed 30 requests with 429' }]);
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
