import { describe, expect, it } from 'vitest';
import { externalDependencyFailing } from '../../shared/diagnosis/external-dependency-failing.ts';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import type { LogsObservation, OutsideCount } from '../../shared/evidence/logs.ts';
import type { ConnectorObservation } from '../../shared/evidence/vpc-connector.ts';
import { at, connector, context, failed, line, logs, points, service } from '../builders/evidence.ts';

const outside = (
  host: string,
  how: OutsideCount['how'],
  count: number,
  over: Partial<OutsideCount> = {},
): OutsideCount => ({
  host,
  how,
  service: 'backend',
  revision: 'backend-00002',
  count,
  firstAt: at(-240),
  lastAt: at(-5),
  sample: `${host} ${how}`,
  ...over,
});
const HARMED = [failed('backend', 40)];
const see = (
  failures: readonly OutsideCount[],
  over: Partial<LogsObservation> = {},
  more: { readonly connectors?: readonly ConnectorObservation[]; readonly urls?: readonly string[] } = {},
) =>
  externalDependencyFailing.diagnose(
    {
      'cloud-run': {
        services: [
          service('backend', { uri: 'https://backend-415.us-central1.run.app' }),
          service('auth', { uri: 'none' }),
        ],
      },
      logs: logs({ outside: failures, failed: HARMED, ...over }),
      ...(more.connectors === undefined ? {} : { 'vpc-connector': { connectors: more.connectors } }),
      ...(more.urls === undefined
        ? {}
        : { http: { checks: more.urls.map((url) => ({ name: url, url }) as unknown as CheckResult) } }),
    },
    context,
  );

describe('external-dependency-failing', () => {
  it('names who answers what to whom', () =>
    expect(see([outside('api.payments.example.com', 'server-error', 40)])).toMatchObject([
      {
        kind: 'cause',
        target: 'https://api.payments.example.com',
        claim: 'api.payments.example.com, which backend calls, answers with errors of its own: 40 calls failed.',
        confidence: 'certain',
        expects: [],
        services: ['backend'],
      },
    ]));

  it('adds up all that fails of one host, in the way that most of it does', () => {
    const [found] = see([
      outside('hub.example.com', 'timed-out', 3),
      outside('hub.example.com', 'rate-limited', 9),
      outside('hub.example.com', 'rate-limited', 2, { service: 'auth' }),
      outside('hub.example.com', 'rate-limited', 1, { service: 'unwatched' }),
    ]);
    expect(found).toMatchObject({
      claim:
        'hub.example.com, which auth, backend, unwatched call, refuses with 429: it is asked too much: 15 calls failed.',
      services: ['backend'],
    });
  });

  it.each<[string, readonly (readonly [OutsideCount['how'], number])[], string, string]>([
    [
      'first',
      [
        ['rate-limited', 9],
        ['timed-out', 3],
      ],
      'refuses with 429',
      'certain',
    ],
    [
      'last',
      [
        ['timed-out', 3],
        ['rate-limited', 9],
      ],
      'refuses with 429',
      'certain',
    ],
    [
      'in two ways as often, by the first',
      [
        ['timed-out', 5],
        ['server-error', 5],
      ],
      'does not answer in time',
      'likely',
    ],
  ])('goes by the way that most of it fails in: %s', (_, ways, claim, confidence) => {
    const failures = ways.map(([how, count]) => outside('hub.example.com', how, count));
    expect(see(failures)).toMatchObject([{ claim: expect.stringContaining(claim), confidence }]);
  });

  it('says how many lines there were, if any', () => {
    expect(see([])).toEqual([{ kind: 'ruled-out', reason: 'no line speaks of a public host that failed' }]);
    expect(see([outside('a.example.com', 'refused', 4)])).toEqual([
      { kind: 'ruled-out', reason: '4 lines speak of a public host that failed' },
    ]);
  });

  it('links what can be opened', () => {
    const [found] = see([
      outside('a.example.com', 'refused', 9),
      outside('a.example.com', 'refused', 2, { service: 'gone' }),
    ]);
    expect(found?.kind === 'cause' ? found.evidence.map(({ url }) => url !== undefined) : []).toEqual([true, false]);
  });

  it.each([
    ['enough lines', [outside('a.example.com', 'refused', 5)], 'cause'],
    ['too few lines', [outside('a.example.com', 'refused', 4)], 'ruled-out'],
    ['lines of a while ago', [outside('a.example.com', 'refused', 9, { lastAt: at(-301) })], 'ruled-out'],
    ['lines of five minutes ago', [outside('a.example.com', 'refused', 9, { lastAt: at(-300) })], 'cause'],
    ['a service of Run', [outside('other-1.us-central1.run.app', 'refused', 9)], 'ruled-out'],
    ['an API of Google', [outside('storage.googleapis.com', 'server-error', 9)], 'ruled-out'],
    ['nothing', [], 'ruled-out'],
  ])('%s', (_, failures, kind) => expect(see(failures)).toMatchObject([{ kind }]));

  it.each([
    ['the project’s own host', 'api.acme.test', ['https://staging.acme.test/'], 'ruled-out'],
    ['a host of its own under a country’s suffix', 'api.acme.co.uk', ['https://www.acme.co.uk/'], 'ruled-out'],
    ['a stranger under the same suffix', 'api.pay.co.uk', ['https://www.acme.co.uk/'], 'cause'],
  ])('%s', (_, host, urls, kind) =>
    expect(see([outside(host, 'server-error', 9)], {}, { urls })).toMatchObject([{ kind }]),
  );

  it('knows the project’s own hosts by its request log', () =>
    expect(see([outside('api.acme.test', 'server-error', 9)], { hosts: ['staging.acme.test'] })).toMatchObject([
      { kind: 'ruled-out' },
    ]));

  const silent = [outside('geo.example.com', 'timed-out', 40)];
  it.each([
    [
      'the private ones too',
      silent,
      { signatures: [line('backend', 'private-connection-timed-out', 5)] },
      ['no', 'yes', 'unknown'],
    ],
    [
      'few private ones',
      silent,
      { signatures: [line('backend', 'private-connection-timed-out', 4)] },
      ['yes', 'yes', 'unknown'],
    ],
    ['other hosts too', [...silent, outside('b.example.com', 'timed-out', 1)], {}, ['yes', 'no', 'unknown']],
  ])('doubts the way out where connections fail to %s', (_, failures, over, seen) => {
    const [found] = see(failures, over);
    expect(found?.kind === 'cause' ? found.expects.map((one) => one.seen) : []).toEqual(seen);
  });

  it.each([
    ['full', connector({ throughputMbps: points([270]) }), 'no'],
    ['nearly full', connector({ throughputMbps: points([269]) }), 'yes'],
    ['unmeasured', connector({ throughputMbps: [] }), 'yes'],
    ['of a size that nobody knows', connector({ ceilingMbps: undefined }), 'yes'],
    [
      'not on the way',
      connector({ throughputMbps: points([300]), services: [{ service: 'backend', egress: 'private-ranges-only' }] }),
      'yes',
    ],
  ])('looks at the connector on the way: %s', (_, one, seen) =>
    expect(see(silent, {}, { connectors: [one] })).toMatchObject([{ expects: [{}, {}, { seen }] }]),
  );

  it.each([
    [5, ['backend']],
    [4, []],
  ])('harms a caller that fails %i requests: %j', (count, services) =>
    expect(see(silent, { failed: [failed('backend', count)] })).toMatchObject([{ kind: 'cause', services }]),
  );
});
