import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { secretFiles } from '../../../shared/adapters/probe/secret-files.ts';
import { vpcProbe } from '../../../shared/adapters/probe/vpc-probe.ts';
import type { Check, Database } from '../../../shared/policy/policy.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import type { DatabaseLook, ProbeReport } from '../../../shared/ports/vpc-prober.ts';
import { environment } from '../../builders/evidence.ts';
import {
  freePort,
  PASSWORD,
  type Running,
  redisServer,
  startBlackHole,
  startPostgres,
  startRedis,
} from './real-databases.ts';

const folder = mkdtempSync(join(tmpdir(), 'runmedic-secrets-'));
writeFileSync(join(folder, 'right'), `${PASSWORD}\n`);
writeFileSync(join(folder, 'wrong'), 'wrong');
afterAll(() => rmSync(folder, { recursive: true }));

/** What the probe knows its way by, and whatever else a test opens. */
const open: { close(): unknown }[] = [];
let knownGood: number;
beforeAll(async () => {
  knownGood = (await listening((socket) => socket.end())).port;
});
const forThisTest: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of forThisTest.splice(0)) one.close();
});
afterAll(() => {
  for (const one of open) one.close();
});

async function listening(onSocket: (socket: Socket) => void): Promise<{ port: number }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return { port: (server.address() as AddressInfo).port };
}

const database = (over: Partial<Database>): Database => ({
  name: 'db',
  kind: 'postgresql',
  address: '10.20.0.3:5432',
  instance: undefined,
  services: undefined,
  login: undefined,
  encryption: 'none',
  timeoutMs: 5_000,
  ...over,
});

const login = (secret: string | undefined, user = 'probe') => ({ user, secret, database: 'postgres' });

interface Asked {
  readonly port: number;
  readonly over?: Partial<Database>;
  readonly checks?: readonly Check[];
  readonly way?: number;
}

function probeTo({ port, over = {}, checks = [], way = knownGood }: Asked) {
  return vpcProbe({
    environments: [
      {
        ...environment,
        checks,
        databases: [database(over), database({ name: 'not probed', address: undefined })],
        probes: [{ name: 'direct', url: 'https://p.test/', through: 'direct-vpc', knownGood: '10.20.0.2:443' }],
      },
    ],
    only: undefined,
    connectTo: { 'direct-vpc': [`10.20.0.2:443:127.0.0.1:${way}`, `10.20.0.3::127.0.0.1:${port}`] },
    secret: secretFiles(folder),
  });
}

const DATABASES = { environment: 'staging', probe: 'direct', look: 'databases' } as const;
const unhurried = new AbortController().signal;

async function lookAt(asked: Asked): Promise<DatabaseLook> {
  const { databases } = await probeTo(asked).look(DATABASES, unhurried);
  const [look] = databases;
  if (look === undefined || databases.length > 1) throw new Error(`${databases.length} looks`);
  return look;
}

describe('PostgreSQL, a real one', () => {
  let server: Running;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server.stop());

  it('answers SELECT 1, in times that add up', async () => {
    const look = await lookAt({ port: server.port, over: { login: login('right') } });
    expect(look).toMatchObject({ database: 'db', outcome: 'answered', tlsMs: undefined });
    expect(look.tcpMs).toBeGreaterThan(0);
    expect(look.totalMs).toBeGreaterThan(look.tcpMs ?? Number.POSITIVE_INFINITY);
  });

  it('tells a wrong password from all else', async () => {
    const look = await lookAt({ port: server.port, over: { login: login('wrong') } });
    expect(look).toMatchObject({
      outcome: 'wrong-password',
      detail: expect.stringContaining('password authentication'),
    });
  });

  it('is known to answer also by a probe that has no credentials', async () => {
    expect(await lookAt({ port: server.port })).toMatchObject({ outcome: 'asks-for-password' });
    expect(await lookAt({ port: server.port, over: { login: login(undefined) } })).toMatchObject({
      outcome: 'asks-for-password',
    });
  });

  it('has no TLS: said, and not taken for down', async () => {
    const look = await lookAt({ port: server.port, over: { login: login('right'), encryption: 'tls' } });
    expect(look).toMatchObject({ outcome: 'tls', detail: expect.stringContaining('SSL') });
  });

  it('turns away who asks for a database that is not there', async () => {
    const over = { login: { user: 'probe', secret: 'right', database: 'nowhere' } };
    expect(await lookAt({ port: server.port, over })).toMatchObject({
      outcome: 'denied',
      detail: expect.stringContaining('does not exist'),
    });
  });

  it('has too many connections, whether the last ones are kept or all are gone', async () => {
    const connected = async (user: string) => {
      const client = new Client({
        host: '127.0.0.1',
        port: server.port,
        user,
        database: 'postgres',
        password: PASSWORD,
      });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };
    // The server takes a moment to give up what the look before had; until then there is one slot less.
    const hold = async (user: string, count: number) => {
      const clients: Client[] = [];
      while (clients.length < count) clients.push(await vi.waitFor(() => connected(user), { timeout: 10_000 }));
      return clients;
    };
    const held = await hold('probe', 3);
    const reserved = await lookAt({ port: server.port, over: { login: login('right') } });
    held.push(...(await hold('postgres', 3)));
    const full = await lookAt({ port: server.port });
    for (const client of held) await client.end();
    // Whoever looks next finds room again.
    for (const client of await hold('probe', 2)) await client.end();
    expect(reserved).toMatchObject({
      outcome: 'too-many-connections',
      detail: expect.stringContaining('remaining connection slots are reserved'),
    });
    expect(full).toMatchObject({
      outcome: 'too-many-connections',
      detail: expect.stringContaining('too many clients'),
    });
  });

  it('is not looked at without the secret that is named, and the others are', async () => {
    expect(await lookAt({ port: server.port, over: { login: login('absent') } })).toMatchObject({
      outcome: 'not-made',
      detail: 'the secret absent is not mounted',
    });
  });
});

describe.skipIf(redisServer === undefined)('Redis, a real one', () => {
  const redis = (over: Partial<Database> = {}): Partial<Database> => ({ kind: 'redis', ...over });
  let plain: Running;
  let guarded: Running;
  beforeAll(async () => {
    plain = await startRedis('--maxclients', '3');
    guarded = await startRedis('--requirepass', PASSWORD);
  });
  afterAll(async () => {
    await plain.stop();
    await guarded.stop();
  });

  it('answers PING', async () => {
    expect(await lookAt({ port: plain.port, over: redis() })).toMatchObject({ outcome: 'answered' });
    const over = redis({ login: { user: 'default', secret: 'right', database: undefined } });
    expect(await lookAt({ port: guarded.port, over })).toMatchObject({ outcome: 'answered' });
  });

  it('tells a wrong password from none', async () => {
    const wrong = redis({ login: { user: 'default', secret: 'wrong', database: undefined } });
    expect(await lookAt({ port: guarded.port, over: wrong })).toMatchObject({ outcome: 'wrong-password' });
    expect(await lookAt({ port: guarded.port, over: redis() })).toMatchObject({ outcome: 'asks-for-password' });
  });

  it('has too many clients', async () => {
    const clients = Array.from({ length: 3 }, () => createClient({ socket: { host: '127.0.0.1', port: plain.port } }));
    for (const client of clients) await client.on('error', () => undefined).connect();
    const look = await lookAt({ port: plain.port, over: redis() });
    for (const client of clients) client.destroy();
    expect(look).toMatchObject({ outcome: 'too-many-connections' });
  });

  it('that does not speak TLS waits for the end of a line that never comes', async () => {
    const look = await lookAt({ port: plain.port, over: redis({ encryption: 'tls', timeoutMs: 400 }) });
    expect(look).toMatchObject({ outcome: 'timed-out', tcpMs: expect.any(Number) });
  });
});

describe('MySQL, by the packets of its protocol', () => {
  const packet = (...body: readonly (number | string)[]): Buffer => {
    const said = Buffer.concat(
      body.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))),
    );
    return Buffer.concat([Buffer.from([said.length, 0, 0, 0]), said]);
  };

  it.each([
    ['greets', packet(0x0a, '8.0.26-google\0'), 'asks-for-password'],
    ['has too many connections', packet(0xff, 0x10, 0x04, '#08004Too many connections'), 'too-many-connections'],
    ['lets nobody in from here', packet(0xff, 0x6a, 0x04, 'Host is not allowed'), 'denied'],
    ['speaks something else', Buffer.from('HTTP/1.1 400\r\n'), 'denied'],
  ])('%s', async (_, greeting, outcome) => {
    const { port } = await listening((socket) => socket.end(greeting));
    expect(await lookAt({ port, over: { kind: 'mysql' } })).toMatchObject({ outcome });
  });

  it('closes without a word, or says none at all', async () => {
    const { port: closes } = await listening((socket) => socket.end());
    expect(await lookAt({ port: closes, over: { kind: 'mysql' } })).toMatchObject({ outcome: 'broken-off' });
    const { port: silent } = await listening(() => undefined);
    expect(await lookAt({ port: silent, over: { kind: 'mysql', timeoutMs: 200 } })).toMatchObject({
      outcome: 'timed-out',
    });
  });
});

describe.each(['postgresql', 'redis', 'mysql'] as const)('a %s that is not there', (kind) => {
  it('refuses', async () => {
    expect(await lookAt({ port: await freePort(), over: { kind } })).toMatchObject({
      outcome: 'refused',
      tcpMs: undefined,
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('swallows every packet: given up in time', async () => {
    const hole = await startBlackHole();
    const look = await lookAt({ port: hole.port, over: { kind, timeoutMs: 400 } });
    await hole.stop();
    expect(look).toMatchObject({ outcome: 'timed-out', tcpMs: undefined });
    expect(look.totalMs).toBeLessThan(3_000);
  });

  it('accepts and says nothing: given up in time, and TCP was seen', async () => {
    const { port } = await listening(() => undefined);
    const look = await lookAt({ port, over: { kind, timeoutMs: 400 } });
    expect(look).toMatchObject({ outcome: 'timed-out', tcpMs: expect.any(Number) });
    expect(look.totalMs).toBeLessThan(3_000);
  });

  it('breaks off', async () => {
    const { port } = await listening((socket) => socket.once('data', () => socket.resetAndDestroy()).resume());
    const look = await lookAt({ port, over: { kind, timeoutMs: 400 } });
    // MySQL speaks first, so that nothing was there to break it off with.
    expect(look.outcome).toBe(kind === 'mysql' ? 'timed-out' : 'broken-off');
  });
});

describe('a probe', () => {
  const answering = async () =>
    (await listening((socket) => void socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n')))).port;
  const check: Check = {
    kind: 'http',
    name: 'inside',
    url: 'http://10.20.0.3/',
    vantage: 'vpc',
    expectStatus: 204,
    expectBody: undefined,
    timeoutMs: 2_000,
    auth: { kind: 'none' },
  };

  it('looks at the http checks that are to be made from the VPC', async () => {
    const port = await answering();
    const outside: Check = { ...check, name: 'outside', vantage: 'public' };
    const report = await probeTo({ port, checks: [check, outside] }).look({ ...DATABASES, look: 'checks' }, unhurried);
    expect(report).toMatchObject({
      knownGood: { answered: true },
      databases: [],
      checks: [{ check: 'inside', result: { connected: true, status: 204 } }],
    });
  });

  it('believes nothing until something that always answers does; a refusal is an answer', async () => {
    const hole = await startBlackHole();
    const cut = await probeTo({ port: 1, way: hole.port }).look(DATABASES, unhurried);
    await hole.stop();
    const nothing: ProbeReport = {
      knownGood: { answered: false, detail: expect.stringMatching(/^timed-out: no answer within/) },
      databases: [],
      checks: [],
    };
    expect(cut).toEqual(nothing);
    const refused = await probeTo({ port: await freePort(), way: await freePort() }).look(DATABASES, unhurried);
    expect(refused).toMatchObject({ knownGood: { answered: true }, databases: [{ outcome: 'refused' }] });
  });

  it('knows nothing but its own configuration', async () => {
    const look = (environmentName: string, probe: string, only?: string) =>
      vpcProbe({
        environments: [
          { ...environment, probes: [{ name: 'direct', url: '', through: 'direct-vpc', knownGood: '10.0.0.1:1' }] },
        ],
        only,
        connectTo: {},
      }).look({ environment: environmentName, probe, look: 'databases' }, unhurried);
    await expect(look('staging', 'other')).rejects.toThrow(PlatformFailure);
    await expect(look('production', 'direct')).rejects.toThrow('no probe direct of environment production here');
    await expect(look('staging', 'direct', 'behind')).rejects.toThrow(PlatformFailure);
  });

  it('without a source of secrets makes no handshake that needs one', async () => {
    const probe = vpcProbe({
      environments: [
        {
          ...environment,
          databases: [database({ login: login('right') })],
          probes: [{ name: 'direct', url: '', through: 'direct-vpc', knownGood: `127.0.0.1:${knownGood}` }],
        },
      ],
      only: 'direct',
      connectTo: {},
    });
    const { databases } = await probe.look(DATABASES, unhurried);
    expect(databases).toMatchObject([{ outcome: 'not-made', detail: 'nothing here gives the secret right' }]);
  });
});

describe('secrets as files', () => {
  it('are found by their short name, and never leave the folder', async () => {
    const secret = secretFiles(folder);
    expect(await secret('projects/p/secrets/right/versions/latest')).toBe(PASSWORD);
    await expect(secret('../../etc/passwd')).rejects.toThrow('is no name of a secret');
    await expect(secret('projects/p/secrets/absent')).rejects.toThrow('is not mounted');
  });
});
