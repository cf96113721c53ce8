import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Evidence, inspectorNames, inspectors } from '../../shared/evidence/evidence.ts';
import { gather } from '../../shared/evidence/gather.ts';
import { inBatches } from '../../shared/evidence/in-batches.ts';
import { remember } from '../../shared/evidence/remember.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import type { CloudReader } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { CONNECTOR, NOW, serviceName } from '../builders/evidence.ts';
import {
  answered,
  emptyProject,
  inspection,
  looking,
  plainConnector,
  plainService,
  reading,
  unhurried,
} from '../builders/ports.ts';

const statuses = (evidence: Evidence) =>
  Object.fromEntries(Object.entries(evidence).map(([name, reading]) => [name, reading.status]));

const common = { auth: { kind: 'none' }, vantage: 'public', timeoutMs: 5000 } as const;
const step = { name: 'GET', method: 'GET', headers: {}, body: undefined, expectBody: undefined, capture: {} };
const oneOfEach: Environment['checks'] = [
  { kind: 'http', name: 'page', url: 'https://a.test/', expectStatus: 200, expectBody: undefined, ...common },
  { kind: 'websocket', name: 'live', url: 'wss://a.test/ws', echo: undefined, ...common },
  { kind: 'journey', name: 'log in', steps: [{ ...step, url: 'https://a.test/', expectStatus: 200 }], ...common },
];
/** A reader that always does the same: for what fails or hangs. */
const always = (what: () => Promise<never>): CloudReader =>
  // Sound: every method of a reader, each answering alike.
  Object.fromEntries(Object.keys(emptyProject).map((method) => [method, what])) as unknown as CloudReader;
const never = () => new Promise<never>(() => undefined);

afterEach(() => vi.useRealTimers());

describe('gather', () => {
  it('takes one reading of every inspector; what the policy has no check of does not apply', async () => {
    const { cloud } = reading({ services: [plainService('backend')], connectors: [plainConnector()] });
    const evidence = await gather(inspection({ cloud }), unhurried);
    const ofChecks = ['http', 'websocket', 'journey'];
    expect(statuses(evidence)).toEqual(
      Object.fromEntries(inspectorNames.map((name) => [name, ofChecks.includes(name) ? 'not-applicable' : 'observed'])),
    );
    expect(evidence['cloud-run']).toMatchObject({ at: NOW, value: { services: [{ shortName: 'backend' }] } });
  });

  it('looks at every check that the policy has', async () => {
    const { prober } = looking({
      http: { 'https://a.test/': answered(200) },
      webSocket: { 'wss://a.test/ws': { opened: true, echoed: undefined, latencyMs: 3 } },
    });
    const { http, websocket, journey } = await gather(
      inspection({ prober, environment: { checks: oneOfEach } }),
      unhurried,
    );
    for (const found of [http, websocket, journey])
      expect(found).toMatchObject({ status: 'observed', value: { checks: [{ verdict: 'passed' }] } });
  });

  it('takes those that are wanted, and asks nothing for the others', async () => {
    const { cloud, asked } = reading({ services: [plainService('backend')], connectors: [plainConnector()] });
    const evidence = await gather(inspection({ cloud }), unhurried, ['logs']);
    expect(statuses(evidence)).toEqual(
      Object.fromEntries(inspectorNames.map((name) => [name, name === 'logs' ? 'observed' : 'not-applicable'])),
    );
    expect([...new Set(asked.map((call) => call.split(' ')[0]))].sort()).toEqual(['logs', 'series']);
  });

  it('asks for the services once, though two inspectors want them', async () => {
    const { cloud, asked } = reading({ services: [plainService('backend')], connectors: [plainConnector()] });
    await gather(inspection({ cloud }), unhurried);
    expect(asked.filter((call) => call.startsWith('services'))).toEqual(['services acme-staging/us-central1']);
  });

  it.each([
    ['permission-denied', new PlatformFailure('permission-denied', 'run.services.list'), 'denied', 'run.services.list'],
    ['unauthenticated', new PlatformFailure('unauthenticated', 'no token'), 'denied', 'no token'],
    ['unavailable', new PlatformFailure('unavailable', '503 from Run'), 'failed', '503 from Run'],
    ['a secret in its words', new Error('password=hunter2 refused'), 'failed', 'password=[redacted] refused'],
    ['no error at all', 'gone away', 'failed', 'gone away'],
  ] as const)('makes a reading of what was thrown: %s', async (_, thrown, reason, detail) => {
    const cloud = always(() => Promise.reject(thrown));
    const evidence = await gather(inspection({ cloud }), unhurried);
    for (const name of ['cloud-run', 'vpc-connector', 'metrics', 'logs'] as const)
      expect(evidence[name]).toEqual({ status: 'unavailable', at: NOW, reason, detail });
  });

  it('goes on with the others when one cannot look', async () => {
    const { cloud } = reading({});
    const denied = { ...cloud, logs: () => Promise.reject(new PlatformFailure('permission-denied', 'logging')) };
    expect(statuses(await gather(inspection({ cloud: denied }), unhurried))).toMatchObject({
      'cloud-run': 'observed',
      metrics: 'observed',
      logs: 'unavailable',
    });
  });

  it('ends each look at its own deadline, and says which', async () => {
    vi.useFakeTimers();
    const prober = { http: never, webSocket: never, tls: never, dns: never };
    const gathering = gather(
      inspection({ cloud: always(never), prober, history: { ended: never }, environment: { checks: oneOfEach } }),
      unhurried,
    );
    await vi.advanceTimersByTimeAsync(Math.max(...inspectorNames.map((name) => inspectors[name].deadlineMs)));
    const evidence = await gathering;
    for (const name of inspectorNames)
      expect(evidence[name], name).toEqual({
        status: 'unavailable',
        at: NOW,
        reason: 'timed-out',
        detail: `no answer within ${inspectors[name].deadlineMs / 1000} s`,
      });
  });

  it('hands the deadline on: what hangs is told to stop', async () => {
    vi.useFakeTimers();
    const told: boolean[] = [];
    const logs: CloudReader['logs'] = (_, abort) =>
      new Promise((_resolve, reject) => {
        abort.addEventListener('abort', () => {
          told.push(true);
          reject(abort.reason);
        });
      });
    const { cloud } = reading({});
    const gathering = gather(inspection({ cloud: { ...cloud, logs } }), unhurried);
    await vi.advanceTimersByTimeAsync(15_000);
    const evidence = await gathering;
    expect(evidence.logs).toMatchObject({ reason: 'timed-out', detail: 'no answer within 15 s' });
    expect(new Set(told)).toEqual(new Set([true]));
  });

  it.each([
    ['before it began', (stop: AbortController) => stop.abort('the delivery ended')],
    ['while it looks', (stop: AbortController) => queueMicrotask(() => stop.abort('the delivery ended'))],
  ])('ends when it is told to stop, %s', async (_, tell) => {
    const stop = new AbortController();
    tell(stop);
    const evidence = await gather(inspection({ cloud: always(never) }), stop.signal);
    expect(evidence.metrics).toEqual({
      status: 'unavailable',
      at: NOW,
      reason: 'failed',
      detail: 'the delivery ended',
    });
  });
});

describe('remember', () => {
  it('asks once for the same thing within a look', async () => {
    const { cloud, asked } = reading({ services: [plainService('backend')], connectors: [plainConnector()] });
    const remembering = remember(cloud);
    const other = { project: 'acme-staging', region: 'europe-west1' };
    for (const _ of ['one', 'two']) {
      await remembering.services({ project: 'acme-staging', region: 'us-central1' }, unhurried);
      await remembering.services(other, unhurried);
      await remembering.connector(CONNECTOR, unhurried);
      await remembering.service(serviceName('backend'), unhurried);
      await remembering.revisions(serviceName('backend'), unhurried);
    }
    expect(asked).toEqual([
      'services acme-staging/us-central1',
      'services acme-staging/europe-west1',
      `connector ${CONNECTOR}`,
      `service ${serviceName('backend')}`,
      `revisions ${serviceName('backend')}`,
    ]);
  });

  it('gives all who wait the same answer, a failure as well', async () => {
    const { cloud, asked } = reading({});
    const remembering = remember(cloud);
    const answers = await Promise.allSettled([1, 2].map(() => remembering.connector(CONNECTOR, unhurried)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toEqual([`connector ${CONNECTOR}`]);
  });
});

describe('in batches', () => {
  it('keeps the order with at most ten under way', async () => {
    let [underWay, most] = [0, 0];
    const out = await inBatches(
      Array.from({ length: 25 }, (_, index) => index),
      async (index) => {
        underWay += 1;
        most = Math.max(most, underWay);
        for (let turns = 0; turns < 30 - index; turns += 1) await Promise.resolve();
        underWay -= 1;
        return index * 2;
      },
    );
    expect(out).toEqual(Array.from({ length: 25 }, (_, index) => index * 2));
    expect(most).toBe(10);
  });

  it('rejects with the first rejection, and begins nothing more', async () => {
    const begun: number[] = [];
    const work = async (index: number) => {
      begun.push(index);
      if (index === 3) throw new Error('third');
    };
    await expect(
      inBatches(
        Array.from({ length: 25 }, (_, index) => index),
        work,
      ),
    ).rejects.toThrow('third');
    expect(begun).toHaveLength(10);
  });

  it('has nothing to do for nothing', async () => {
    expect(await inBatches([], () => Promise.reject(new Error('asked')))).toEqual([]);
  });
});
