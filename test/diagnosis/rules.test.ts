import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { KILLS_MIN } from '../../shared/diagnosis/memory-exhausted.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { FAILURES_MIN, ONSET_SECONDS_MAX } from '../../shared/diagnosis/revisions.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import { FAILED_REQUESTS_MIN, symptoms } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  lost,
  nat,
  networkView,
  observed,
  points,
  revision,
  service,
  serviceMetrics,
  serviceName,
  template,
} from '../builders/evidence.ts';
import { everyService, failedBy, released } from '../builders/scenes.ts';

const concludeAll = (rule: RuleName, over: Partial<Evidence>) => judge(ruleNamed(rule), evidence(over), context);

/** What a rule says where it has one thing to say. */
function conclude(rule: RuleName, over: Partial<Evidence>) {
  const [conclusion, ...others] = concludeAll(rule, over);
  if (conclusion === undefined || others.length > 0) throw new Error(`${others.length + 1} conclusions, not one`);
  return conclusion;
}

describe('connector-saturated', () => {
  const at3 = {
    failed: everyService.map((name) => failed(name, 50)),
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

  it('cannot judge one that Monitoring may not be asked about, nor one that could not be read', () => {
    expect(withThroughput([], { unmeasured: 'denied' })).toMatchObject({
      kind: 'inconclusive',
      settles: 'not-by-itself',
    });
    const unread = (reason: 'denied' | 'not-found') =>
      conclude('connector-saturated', {
        'vpc-connector': observed({
          connectors: [],
          unread: [{ name: CONNECTOR, reason, detail: 'x', services: [{ service: 'auth', egress: 'all-traffic' }] }],
        }),
      });
    expect(unread('denied')).toMatchObject({ kind: 'inconclusive', about: { target: CONNECTOR, services: ['auth'] } });
    expect(unread('not-found')).toMatchObject({ kind: 'ruled-out' });
  });

  describe('does not take for a full connector', () => {
    const dropping = observed({
      ways: [],
      networks: [networkView({ gateways: [nat({ droppedPackets: points([900]) })] })],
    });
    const see = (
      unreachable: LogsObservation['unreachable'],
      over: Partial<Evidence> = {},
      signatures = at3.signatures,
    ) =>
      conclude('connector-saturated', {
        'vpc-connector': observed({ connectors: [connector({ throughputMbps: points([290, 290, 290], at(-60)) })] }),
        logs: observed(logs({ ...at3, signatures, unreachable })),
        ...over,
      });
    const everyone = ['auth', 'backend', 'frontend'].map((name) => line(name, 'private-connection-timed-out', 5));
    const partner = [lost('backend', '203.0.113.10'), lost('auth', 'api.pay.example')];

    it.each<[string, LogsObservation['unreachable'], Partial<Evidence>, typeof everyone, string]>([
      ['a NAT gateway that drops', partner, { network: dropping }, everyone, 'ruled-out'],
      [
        'a NAT gateway that drops, beside private places',
        [...partner, lost('auth', '10.20.0.3')],
        { network: dropping },
        everyone,
        'cause',
      ],
      [
        'a NAT gateway that drops nothing',
        partner,
        { network: observed({ ways: [], networks: [networkView()] }) },
        everyone,
        'cause',
      ],
      ['public places alone, network unseen', partner, {}, everyone, 'cause'],
      [
        'one database, while another service gets through',
        [lost('backend', '10.20.0.3'), lost('auth', '10.20.0.3')],
        {},
        at3.signatures,
        'ruled-out',
      ],
      ['one database, while nobody gets through', [lost('backend', '10.20.0.3')], {}, everyone, 'cause'],
      ['two databases', [lost('backend', '10.20.0.3'), lost('auth', '10.20.0.4')], {}, at3.signatures, 'cause'],
      ['one database, named too seldom', [lost('backend', '10.20.0.3', { count: 2 })], {}, at3.signatures, 'cause'],
      ['one that refuses', [lost('backend', '10.20.0.3', { how: 'refused' })], {}, at3.signatures, 'cause'],
      ['one that another connector’s service misses', [lost('mail', '10.20.0.3')], {}, at3.signatures, 'cause'],
    ])('%s', (_, unreachable, over, signatures, kind) => {
      expect(see(unreachable, over, signatures).kind).toBe(kind);
    });
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
          text: 'Monitoring does not say how many of its at most 3 instances run; shared by auth, backend, frontend.',
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
        'Release backend-00003 of backend is broken: 20 containers exited, from 20 s after its deploy on; backend-00002 before it was not seen to fail.',
      confidence: 'certain',
      evidence: [
        {
          text: 'backend-00003 was deployed at 2026-11-23 02:55:00 UTC by deploy@acme-ci.iam.gserviceaccount.com and takes 100 % of the traffic.',
        },
        { text: '20 times: "sample of container-exited"' },
        { text: 'backend-00002 before it ran another image.' },
      ],
    });
  });

  it('says so when the image did not change', () => {
    const found = conclude('release-broken', {
      'cloud-run': observed({
        services: [released('backend')],
      }),
      logs: observed(logs({ failed: [failedBy('backend', 20)] })),
    });
    expect(found).toMatchObject({
      confidence: 'likely',
      evidence: expect.arrayContaining([
        { text: 'backend-00002 before it ran the same image: only settings can differ.' },
      ]),
    });
  });

  it.each([
    ['no service is watched', []],
    ['backend has no revision', [service('backend', { revisions: [] })]],
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
      claim: 'backend runs out of memory: 4 containers were killed at a limit that is not known.',
      evidence: [{ text: '4 times: "killed"' }, { text: 'Monitoring has no points of its memory.' }],
    });
  });

  it.each([
    [KILLS_MIN, 'cause'],
    [KILLS_MIN - 1, 'ruled-out'],
  ])('judges %i times that a heap was full', (count, kind) => {
    const full = line('backend', 'heap-exhausted', count);
    const killed = line('backend', 'memory-limit-exceeded', KILLS_MIN - 1);
    expect(conclude('memory-exhausted', { logs: observed(logs({ signatures: [full, killed] })) }).kind).toBe(kind);
  });

  it('tells a full heap from a full container', () => {
    const full = line('backend', 'heap-exhausted', 12, { sample: 'java.lang.OutOfMemoryError: Java heap space' });
    expect(conclude('memory-exhausted', { logs: observed(logs({ signatures: [full] })) })).toMatchObject({
      claim: 'backend runs out of memory: 12 times the heap of its runtime was full, below the limit of 512 MiB.',
      evidence: [{ text: '12 times in backend-00002: "java.lang.OutOfMemoryError: Java heap space"' }, {}],
    });
  });

  it('names the service that lost most, with its limit and its peak', () => {
    expect(withKills(7)).toMatchObject({
      claim: 'backend runs out of memory: 7 containers were killed at the limit of 512 MiB.',
      evidence: [
        { text: '7 times in backend-00002: "Memory limit of 512 MiB exceeded with 514 MiB used"' },
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

  describe('counts instances as the ceiling does', () => {
    const seen = (over: {
      readonly instancesMax: number | undefined;
      readonly byRevision: readonly (readonly number[])[];
      readonly onset?: number;
    }) => {
      const byRevision = over.byRevision.map((values, index) => ({
        revision: `backend-${index}`,
        points: points(values, at(-60)),
      }));
      const together = byRevision[0]?.points.map(({ at: moment }, index) => ({
        at: moment,
        value: byRevision.reduce((sum, one) => sum + (one.points[index]?.value ?? 0), 0),
      }));
      const metric = serviceMetrics('backend', { instances: together ?? [], instancesByRevision: byRevision });
      const { onset } = over;
      return conclude('instance-ceiling-reached', {
        'cloud-run': observed({
          services: [
            service('backend', { instancesMax: over.instancesMax, template: { ...template, instancesMax: 3 } }),
          ],
        }),
        logs: observed(
          logs({
            signatures: [line('backend', 'no-available-instance', 50)],
            onsets: onset === undefined ? [] : [{ service: 'backend', at: at(onset) }],
          }),
        ),
        metrics: observed({ services: [metric] }),
      });
    };
    const words = (over: Parameters<typeof seen>[0]) => {
      const found = seen(over);
      return found.kind === 'cause' ? found.evidence[1]?.text : found.reason;
    };

    it("each revision by itself where the ceiling is a revision's: two that overlap are at no ceiling", () => {
      const overlapping = [
        [2, 2],
        [2, 2],
      ];
      expect(seen({ instancesMax: undefined, byRevision: overlapping })).toMatchObject({
        kind: 'inconclusive',
        reason: 'backend: 50 requests found no instance while 2 of at most 3 ran: the ceiling is not why',
      });
      expect(words({ instancesMax: 3, byRevision: overlapping })).toBe(
        '4 instances ran at the busiest, above the ceiling of 3 as happens for a short while, in a surge or a rollover, each for up to 80 requests at a time.',
      );
    });

    it('only since the service began to fail: what ran before may have had another ceiling', () => {
      expect(words({ instancesMax: 3, byRevision: [[8, 3, 3]], onset: -120 })).toBe(
        '3 instances ran at the busiest, all that the ceiling of 3 allows, each for up to 80 requests at a time.',
      );
      expect(words({ instancesMax: 3, byRevision: [[8, 3, 3]], onset: -30 })).toBe(
        'backend: 50 requests found no instance, but Monitoring has no instance count of that time',
      );
    });
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
