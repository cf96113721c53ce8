import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import { conclude } from '../builders/conclude.ts';
import {
  at,
  CONNECTOR,
  connector,
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
} from '../builders/evidence.ts';
import { everyService } from '../builders/scenes.ts';

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

  it.each([
    ['since just before', -131, 'inconclusive'],
    ['from the very moment on', -130, 'ruled-out'],
  ])('takes the minutes for those of the trouble only if they began with it: %s', (_, oldest, kind) => {
    const quiet = { throughputMbps: points([60, 60, 60], at(oldest + 60)) };
    expect(withThroughput([], quiet).kind).toBe(kind);
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
        {
          network: observed({
            ways: [],
            networks: [networkView({ gateways: [nat({ droppedPackets: points([0]) })] })],
          }),
        },
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
      [
        'one database, named just often enough',
        [lost('backend', '10.20.0.3', { count: 3 })],
        {},
        at3.signatures,
        'ruled-out',
      ],
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

  it.each([
    ['just enough requests', 5, everyService, 'likely'],
    ['one too few', 4, [], 'possible'],
  ])('counts a service as failing from %s on', (_, count, services, confidence) => {
    const failures = everyService.map((name) => failed(name, count));
    expect(withThroughput([290, 290, 290], {}, { failed: failures, signatures: [] })).toMatchObject({
      services,
      confidence,
    });
  });

  it('harms nobody, and is seen to harm nobody, where nobody uses it', () => {
    expect(withThroughput([290, 290, 290], { services: [] })).toMatchObject({
      claim: expect.stringMatching(/about 300\.$/),
      services: [],
      expects: [{ seen: 'no' }],
    });
  });

  describe('beside a release of backend while it was full', () => {
    const of = { revision: 'backend-00003', firstAt: at(-30) };
    const own = line('backend', 'private-connection-timed-out', 5, of);
    const others = [
      line('auth', 'private-connection-timed-out', 5),
      line('frontend', 'private-connection-timed-out', 5),
    ];
    const harmed = (values: readonly number[], deployedAt: number, signatures = [own, ...others]) => {
      const revisions = [revision('backend-00003', at(deployedAt)), revision('backend-00002', at(-86_400))];
      return conclude('connector-saturated', {
        'cloud-run': observed({ services: [service('auth'), service('backend', { revisions }), service('frontend')] }),
        'vpc-connector': observed({ connectors: [connector({ throughputMbps: points(values, at(-60)) })] }),
        logs: observed(logs({ ...at3, signatures })),
      });
    };
    const withoutIt = ['auth', 'frontend'];

    it.each([
      ['full for two minutes before it, to the hair', [270, 270, 290, 290], -150, withoutIt],
      ['a hair less than full in one of them', [270, 269.9, 290, 290], -150, everyService],
      ['measured for one minute before it', [290, 290, 290], -150, everyService],
      ['full in the minute of the deploy, which is not before it', [60, 290, 290], -60, everyService],
    ])('%s', (_, values, deployedAt, services) => {
      expect(harmed(values, deployedAt)).toMatchObject({ services });
    });

    it('does not lay to the release what nobody says', () => {
      expect(harmed([290, 290, 290, 290], -90, [])).toMatchObject({ services: everyService });
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

  it.each<[string, Partial<LogsObservation>, readonly string[]]>([
    ['nothing behind it times out', {}, []],
    ['one connection timed out', { signatures: [line('auth', 'private-connection-timed-out', 1)] }, everyService],
    ['all who share it fail', { failed: everyService.map((name) => failed(name, 50)) }, everyService],
    ['all but one fail', { failed: everyService.slice(1).map((name) => failed(name, 50)) }, []],
    ['not all lines were read', { truncated: { requests: false, system: false, application: true } }, everyService],
  ])('keeps nothing waiting for what it carries that it cannot explain: %s', (_, said, services) => {
    const late = (throughputMbps: ReturnType<typeof points>) =>
      conclude('connector-saturated', {
        'vpc-connector': observed({ connectors: [connector({ throughputMbps })] }),
        logs: observed(logs({ onsets: [{ service: 'backend', at: at(-130) }], ...said })),
      });
    expect(late(points([60, 60, 60], at(-240)))).toMatchObject({ kind: 'inconclusive', about: { services } });
    expect(late(points([60], at(-240)))).toMatchObject({ kind: 'inconclusive', about: { services } });
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
