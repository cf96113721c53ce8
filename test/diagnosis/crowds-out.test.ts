import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { concludes, deployed, NEWEST } from '../builders/deploys.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  databaseUser,
  evidence,
  failed,
  line,
  logs,
  observed,
  observedDatabase,
  points,
  revision,
  SQL,
  service,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

// 00003 of backend came five minutes ago; minutes of Monitoring end at -480, -420, -360, and since it came at -240, -180.
const OLD = 'backend-00002';
const around = (before: readonly number[], since: readonly number[]) => [
  ...points(before, at(-360)),
  ...points(since, at(-180)),
];
const services = [deployed(), service('auth')];
const timeouts = { signatures: [line('auth', 'private-connection-timed-out', 40, { firstAt: at(-200) })] };
const found = (seen: object, over: Partial<Evidence>, of = services) => concludes('release-broken', of, seen, over);

/** Bytes of a minute that make so many Mbps. */
const bytes = (mbps: number) => (mbps * 1e6 * 60) / 8;
const moving = (before: number, since: number, over: Partial<ServiceMetrics> = {}) =>
  serviceMetrics('backend', {
    byRevision: [
      { revision: OLD, requests: 3000, serverErrors: 0 },
      { revision: NEWEST, requests: 2000, serverErrors: 900 },
    ],
    bytesByRevision: [
      { revision: OLD, points: around([before, before, before], []).map((p) => ({ ...p, value: bytes(p.value) })) },
      { revision: NEWEST, points: around([], [since, since]).map((p) => ({ ...p, value: bytes(p.value) })) },
    ],
    ...over,
  });
const full = (over: Parameters<typeof connector>[0] = {}) =>
  connector({ throughputMbps: around([120, 120, 120], [290, 298]), ...over });
const connected = (of = moving(40, 200), one = full()) => ({
  metrics: observed({ services: [of] }),
  'vpc-connector': observed({ connectors: [one] }),
});

describe('a release that fills a connector', () => {
  it('is certain, with what it moves in a request, and brings the full connector about', () => {
    expect(found(timeouts, connected())).toEqual([
      {
        kind: 'cause',
        target: services[0]?.name,
        claim:
          'Release backend-00003 of backend moves 1500 KB with each request where backend-00002 moved 300, and fills connector staging-connector: 298 of about 300 Mbps, 120 before it.',
        confidence: 'certain',
        expects: [],
        evidence: [
          expect.objectContaining({ text: expect.stringContaining('takes 100 % of the traffic.') }),
          expect.objectContaining({
            text: 'backend moved 40 Mbps before it came and 200 since; all through staging-connector 120 and 298.',
          }),
          expect.objectContaining({ text: 'staging-connector is shared by auth, backend, frontend.' }),
        ],
        services: ['backend'],
        bringsAbout: [{ rule: 'connector-saturated', target: CONNECTOR }],
      },
    ]);
    const own = { ...timeouts, failed: [failed('backend', 40, { revision: NEWEST })] };
    expect(found(own, connected())).toMatchObject([
      { evidence: [{}, {}, {}, { text: 'Of its own, 40 requests failed.' }] },
    ]);
  });

  it('is the root, for all who are harmed through it', () => {
    const seen = logs({
      signatures: [...timeouts.signatures, line('backend', 'private-connection-timed-out', 40)],
      failed: [failed('auth', 40), failed('backend', 40, { revision: NEWEST })],
    });
    const { causes } = diagnose(
      evidence({ ...connected(), 'cloud-run': observed({ services }), logs: observed(seen) }),
      context,
    );
    expect(causes.map(({ rule, standing, services: harmed }) => [rule, standing, harmed])).toEqual([
      ['release-broken', 'root', ['backend', 'auth']],
      ['connector-saturated', 'explained', ['auth', 'backend']],
    ]);
  });

  const perRequest = (ratio: number) =>
    moving(40, 200, {
      byRevision: [
        { revision: OLD, requests: 3000, serverErrors: 0 },
        { revision: NEWEST, requests: (2 * bytes(200)) / (ratio * ((3 * bytes(40)) / 3000)), serverErrors: 0 },
      ],
    });
  const rise = 178 / 2;
  it.each([
    ['as much more in a request as it takes', connected(perRequest(2)), 'cause'],
    ['a little less', connected(perRequest(1.99)), 'ruled-out'],
    ['half of the rise', connected(moving(20, 20 + rise)), 'cause'],
    ['less than half of it', connected(moving(20, 20 + rise - 1)), 'ruled-out'],
    ['nothing yet: no minute of it has arrived', connected(moving(40, 200, { bytesByRevision: [] })), 'ruled-out'],
    ['nobody knows what, as it was not asked for', connected(serviceMetrics('backend')), 'ruled-out'],
    ['with requests that are not counted', connected(moving(40, 200, { byRevision: [] })), 'ruled-out'],
    [
      'with requests of the one before that are not counted',
      connected(moving(40, 200, { byRevision: [{ revision: NEWEST, requests: 9, serverErrors: 0 }] })),
      'ruled-out',
    ],
    ['in another service', connected({ ...moving(40, 200), service: 'auth' }), 'ruled-out'],
    [
      'through a connector of unknown ceiling',
      connected(moving(40, 200), full({ ceilingMbps: undefined })),
      'ruled-out',
    ],
    ['through another connector', connected(moving(40, 200), full({ services: [] })), 'ruled-out'],
    [
      'through one that was full before',
      connected(moving(40, 200), full({ throughputMbps: around([270, 270, 270], [290, 298]) })),
      'ruled-out',
    ],
    [
      'through one that was nearly full before',
      connected(moving(40, 200), full({ throughputMbps: around([269, 269, 269], [290, 298]) })),
      'cause',
    ],
    [
      'through one that is not full',
      connected(moving(40, 200), full({ throughputMbps: around([120, 120, 120], [269, 298]) })),
      'ruled-out',
    ],
    [
      'through one that just is',
      connected(moving(40, 200), full({ throughputMbps: around([120, 120, 120], [270, 298]) })),
      'cause',
    ],
    [
      'through one of which too little is known from before',
      connected(moving(40, 200), full({ throughputMbps: around([120, 120], [290, 298]) })),
      'ruled-out',
    ],
    [
      'through one of which enough is known from before, with the minute that was over as it came',
      connected(
        moving(40, 200),
        full({ throughputMbps: [...points([120, 120, 120], at(-300)), ...points([290, 298], at(-180))] }),
      ),
      'cause',
    ],
    [
      'through one of which nothing is known since',
      connected(moving(40, 200), full({ throughputMbps: around([120, 120, 290, 298], []) })),
      'ruled-out',
    ],
    ['where there are no metrics', { ...connected(), metrics: unavailable('denied') }, 'ruled-out'],
  ] as const)('judges one that moves %s', (_, over, kind) => {
    expect(found(timeouts, over)).toMatchObject([{ kind }]);
  });

  it('harms nobody who does not complain', () => {
    const few = (count: number) => ({ signatures: [line('auth', 'private-connection-timed-out', count)] });
    expect(found(few(3), connected())).toMatchObject([{ kind: 'cause' }]);
    expect(found(few(2), connected())).toMatchObject([{ kind: 'ruled-out' }]);
  });
});

describe('a release that takes the connections of a database', () => {
  const refused = { signatures: [line('auth', 'database-slots-exhausted', 40)] };
  const running = (before: number, since: number) =>
    serviceMetrics('backend', { instances: around([before, before, before], [since, since]) });
  const held = (before: number, since: readonly number[], over: Parameters<typeof observedDatabase>[0] = {}) =>
    observedDatabase({
      connections: around([before, before, before], since),
      users: [databaseUser('backend'), databaseUser('auth'), databaseUser('gone')],
      limit: { connections: 103, source: 'default' },
      ...over,
    });
  const using = (of = held(30, [97, 97]), instances = running(4, 5)) => ({
    metrics: observed({ services: [instances, serviceMetrics('other')] }),
    database: observed({ databases: [of], probes: [], missing: [] }),
  });

  it('is likely, with what is held, and brings the want of connections about', () => {
    expect(found(refused, using())).toMatchObject([
      {
        claim:
          'Release backend-00003 of backend takes the connections of database postgres: 97 of 103 are held, 30 before it, by at most 5 instances where 4 were.',
        confidence: 'likely',
        evidence: [
          {},
          {
            text: 'Of backend, auth, who use postgres, only backend was deployed. Who holds them: SELECT client_addr, count(*) FROM pg_stat_activity GROUP BY 1.',
          },
        ],
        bringsAbout: [{ rule: 'database-connections-exhausted', target: SQL }],
      },
    ]);
  });

  it('says both, where it fills a connector too', () => {
    const metrics = moving(40, 200, { instances: running(4, 5).instances });
    const both = {
      ...connected(metrics),
      database: observed({ databases: [held(30, [97, 97])], probes: [], missing: [] }),
    };
    const [cause] = found({ signatures: [...timeouts.signatures, ...refused.signatures] }, both);
    expect(cause).toMatchObject({
      claim: expect.stringMatching(/, 120 before it; it takes the connections of database postgres: /),
      confidence: 'certain',
      bringsAbout: [{ rule: 'connector-saturated' }, { rule: 'database-connections-exhausted' }],
    });
  });

  const auth = (deployedAt: number) => [
    deployed(),
    service('auth', { revisions: [revision('auth-00002', at(deployedAt))] }),
  ];
  it.each([
    ['half as many again', using(held(66, [99, 99]), running(4, 4)), services, 'cause'],
    ['a little fewer', using(held(67, [100, 100]), running(4, 4)), services, 'ruled-out'],
    ['as many for each instance', using(held(30, [97, 97]), running(4, 10)), services, 'ruled-out'],
    ['with fewer instances than before', using(held(60, [97, 97]), running(8, 4)), services, 'cause'],
    ['where none ran before', using(held(30, [97, 97]), running(0, 2)), services, 'cause'],
    ['as many as are near the limit', using(held(30, [90, 90])), services, 'cause'],
    ['fewer than are near it', using(held(30, [89, 89])), services, 'ruled-out'],
    ['of no known limit', using(held(30, [97, 97], { limit: undefined })), services, 'ruled-out'],
    ['of a database of others', using(held(30, [97, 97], { users: [databaseUser('auth')] })), services, 'ruled-out'],
    [
      'of which little is known from before',
      using(observedDatabase({ connections: around([30, 30], [97, 97]) })),
      services,
      'ruled-out',
    ],
    [
      'by nobody knows how many instances',
      using(held(30, [97, 97]), serviceMetrics('backend', { instances: [] })),
      services,
      'ruled-out',
    ],
    [
      'by nobody knows how many instances since',
      using(held(30, [97, 97]), serviceMetrics('backend', { instances: around([4, 4, 4], []) })),
      services,
      'ruled-out',
    ],
    [
      'by instances of which one minute is known since: that which began as it came',
      using(
        held(30, [97, 97]),
        serviceMetrics('backend', { instances: [...points([4, 4, 4], at(-360)), ...points([4], at(-240))] }),
      ),
      services,
      'cause',
    ],
    [
      'by instances of which only a minute is known that began before',
      using(
        held(30, [97, 97]),
        serviceMetrics('backend', { instances: [...points([4, 4, 4], at(-360)), ...points([4], at(-241))] }),
      ),
      services,
      'ruled-out',
    ],
    ['beside another that came within a quarter of an hour', using(), auth(-1200), 'ruled-out'],
    ['beside another that came before', using(), auth(-1201), 'cause'],
    ['beside one without a revision', using(), [deployed(), service('auth', { revisions: [] })], 'cause'],
  ] as const)('judges one that holds %s', (_, over, of, kind) => {
    expect(found(refused, over, of as typeof services)).toMatchObject([{ kind }]);
  });

  it.each([
    [300, 'cause'],
    [301, 'ruled-out'],
  ])('judges a rise that is measured %i s after it came', (seconds, kind) => {
    const rising = { connections: [...points([30, 30, 30], at(-360)), { at: at(-300 + seconds), value: 97 }] };
    expect(found(refused, using(held(0, [], rising)))).toMatchObject([{ kind }]);
  });

  // The point of -300 tells of the minute that was over as it came.
  it.each([
    ['and as many held since', [97, 97], 'cause'],
    ['and fewer than are near the limit since', [97, 89], 'ruled-out'],
  ])('does not count what was held in the minute before it came: %s', (_, [then = 0, since = 0], kind) => {
    const connections = [...points([30, 30, 30], at(-360)), ...points([then, since], at(-240))];
    expect(found(refused, using(held(0, [], { connections })))).toMatchObject([{ kind }]);
  });

  it('does not take a rise for its own that was there as it came, where the next came too late', () => {
    const next = (seconds: number) => ({ at: at(-300 + seconds), value: 97 });
    const connections = [...points([30, 30, 30], at(-360)), next(0), next(301)];
    expect(found(refused, using(held(0, [], { connections })))).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('harms nobody who is not refused', () => {
    const few = (count: number) => ({ signatures: [line('auth', 'database-slots-exhausted', count)] });
    expect(found(few(3), using())).toMatchObject([{ kind: 'cause' }]);
    expect(found(few(2), using())).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
