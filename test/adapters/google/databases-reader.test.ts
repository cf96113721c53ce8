import { describe, expect, it } from 'vitest';
import { toTemplate } from '../../../shared/adapters/google/map-template.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { memoryOfTier } from '../../../shared/adapters/google/sql-tiers.ts';
import { recorded } from './fixtures.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { failureOf, googleError, json, NEVER, tinyServer } from './tiny-server.ts';

const LOCATION = { project: 'acme-staging', region: 'us-central1' };
const down = (database: string, how: 'stopped' | 'maintenance' | 'failover') => ({
  causes: [{ type: 'database-down' as const, at: 10, database, how, by: 'ann@acme.example' }],
});

describe('Cloud SQL instances', () => {
  it('as a real project has them', async () => {
    const { options, asked } = await tinyServer((_, response) =>
      json(response, 200, recorded('cloud-sql/instances.json')),
    );
    const listing = await googleReader(options).sqlInstances('gcpdiag-cloudsql2-aaaa', NEVER);
    expect(asked[0]?.url.pathname).toBe('/v1/projects/gcpdiag-cloudsql2-aaaa/instances');
    if (listing.kind !== 'listed') throw new Error('nothing is listed');
    expect(listing.items).toHaveLength(6);
    expect(listing.items[0]).toEqual({
      name: 'sql1',
      region: 'us-central1',
      connectionName: 'gcpdiag-cloudsql2-aaaa:us-central1:sql1',
      engine: 'mysql',
      version: 'MYSQL_8_0',
      state: 'RUNNABLE',
      suspensionReasons: [],
      activationPolicy: 'ALWAYS',
      tier: 'db-f1-micro',
      memoryMib: 614,
      maxConnectionsFlag: undefined,
      privateAddress: '172.17.0.3',
      hasPublicAddress: false,
      highlyAvailable: false,
      storageAutoResize: true,
    });
    expect(listing.items[2]).toMatchObject({ tier: 'db-n1-standard-1', memoryMib: 3840, highlyAvailable: true });
  });

  it('page after page, and no further than is stated', async () => {
    const { options, asked } = await tinyServer(({ url }, response) => {
      const at = Number(url.searchParams.get('pageToken') ?? 0);
      json(response, 200, { items: [{ name: `sql${at}` }], ...(at < 2 && { nextPageToken: String(at + 1) }) });
    });
    expect(await googleReader(options).sqlInstances('p', NEVER)).toMatchObject({ items: [{}, {}, {}] });
    expect(asked).toHaveLength(3);
    const endless = await tinyServer((_, response) => json(response, 200, { items: [], nextPageToken: 'more' }));
    expect((await failureOf(googleReader(endless.options).sqlInstances('p', NEVER))).message).toContain(
      'more than can be looked at',
    );
    expect(endless.asked).toHaveLength(10);
  });

  it.each([
    [
      'by its reason',
      [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
      'disabled',
    ],
    ['by its sentence', [], 'Cloud SQL Admin API has not been used in project 1 before or it is disabled.'],
  ])('of an API that is not enabled are a fact, known %s', async (_, details, message) => {
    const { options } = await tinyServer((__, response) =>
      json(response, 403, googleError(403, 'PERMISSION_DENIED', message, details)),
    );
    expect(await googleReader(options).sqlInstances('p', NEVER)).toEqual({ kind: 'api-disabled' });
    expect(await googleReader(options).redisInstances(LOCATION, NEVER)).toEqual({ kind: 'api-disabled' });
  });

  it('denied are denied', async () => {
    const { options } = await tinyServer((_, response) =>
      json(response, 403, googleError(403, 'PERMISSION_DENIED', 'no')),
    );
    expect((await failureOf(googleReader(options).sqlInstances('p', NEVER))).code).toBe('permission-denied');
  });

  it.each([
    ['db-custom-4-15360', 15_360],
    ['db-g1-small', 1740],
    ['db-n1-highmem-2', 13_312],
    ['db-perf-optimized-N-2', 16_384],
    ['db-new-kind-2', undefined],
    ['', undefined],
  ])('tier %s has %s MiB', (tier, memoryMib) => {
    expect(memoryOfTier(tier)).toBe(memoryMib);
  });
});

describe('against the sandbox', () => {
  it('an instance and what was done with it', async () => {
    const google = await googleInSandbox('healthy', down('postgres', 'stopped'));
    expect(await google.reader.sqlInstances('acme-staging', NEVER)).toMatchObject({
      items: [
        {
          name: 'postgres',
          engine: 'postgresql',
          activationPolicy: 'ALWAYS',
          privateAddress: '10.20.0.3',
          memoryMib: 7680,
        },
      ],
    });
    expect(await google.reader.sqlOperations({ project: 'acme-staging', instance: 'postgres' }, NEVER)).toEqual([]);
    google.afterSeconds(60);
    expect(await google.reader.sqlInstances('acme-staging', NEVER)).toMatchObject({
      items: [{ state: 'RUNNABLE', activationPolicy: 'NEVER' }],
    });
    expect(await google.reader.sqlOperations({ project: 'acme-staging', instance: 'postgres' }, NEVER)).toEqual([
      {
        type: 'UPDATE',
        status: 'done',
        by: 'ann@acme.example',
        startedAt: '2026-11-23T03:00:10.000Z',
        endedAt: '2026-11-23T03:00:30.000Z',
        error: undefined,
      },
    ]);
  });

  it('a Redis and its state', async () => {
    const google = await googleInSandbox('healthy', down('redis', 'failover'));
    google.afterSeconds(60);
    expect(await google.reader.redisInstances(LOCATION, NEVER)).toEqual({
      kind: 'listed',
      items: [
        {
          name: 'projects/acme-staging/locations/us-central1/instances/redis',
          host: '10.20.0.4',
          port: 6379,
          state: 'FAILING_OVER',
          statusMessage: undefined,
          tier: 'BASIC',
          memorySizeGb: 1,
          evictionPolicy: 'noeviction',
        },
      ],
    });
    expect(await google.reader.redisInstances({ ...LOCATION, region: 'europe-west1' }, NEVER)).toMatchObject({
      items: [],
    });
  });

  it('under an identity that may not, nothing', async () => {
    const { readerAs } = await googleInSandbox('healthy');
    expect((await failureOf(readerAs('token-of-chat').sqlInstances('acme-staging', NEVER))).code).toBe(
      'permission-denied',
    );
  });
});

describe('a template that mounts Cloud SQL sockets', () => {
  it('names their instances, and one that mounts none says nothing of it', () => {
    const volumes = [
      { name: 'cloudsql', cloudSqlInstance: { instances: ['p:r:a', 'p:r:b'] } },
      { name: 'secret', secret: {} },
    ];
    expect(toTemplate({ volumes }).cloudSqlInstances).toEqual(['p:r:a', 'p:r:b']);
    expect('cloudSqlInstances' in toTemplate({})).toBe(false);
  });
});
