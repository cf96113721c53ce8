import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createRandom } from '../world/random.ts';
import { speakMysql, speakPostgresql, speakRedis } from './database-protocols.ts';
import type { Fare } from './databases.ts';

// The thread that answers for the world's databases. It is told how each fares, and tells its ports first.

// Sound: databases.ts starts this thread, with these.
const { seed, fares } = workerData as { readonly seed: number; readonly fares: readonly Fare[] };
const random = createRandom(seed);
const now = [...fares];
const ports: number[] = [];
const servers: Server[] = [];

for (const index of fares.keys()) {
  const server = createServer((socket) => answer(now[index], socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports.push((server.address() as AddressInfo).port); // Sound: a TCP server that listens.
  servers.push(server);
}
follow();
parentPort?.postMessage(ports);
parentPort?.on('message', (told: readonly Fare[]) => {
  now.splice(0, now.length, ...told);
  follow();
});

function follow(): void {
  for (const [index, server] of servers.entries()) {
    const listens = now[index]?.listens ?? true;
    if (!listens && server.listening) server.close();
    if (listens && !server.listening) server.listen(ports[index], '127.0.0.1');
  }
}

function answer(fare: Fare | undefined, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  if (fare === undefined || random.chance(fare.lostRatio)) return;
  switch (fare.kind) {
    case 'known-good':
    case 'other':
      // What always answers needs no words.
      socket.end();
      return;
    case 'postgresql':
      speakPostgresql(socket, fare);
      return;
    case 'mysql':
      speakMysql(socket, fare);
      return;
    case 'redis':
      speakRedis(socket, fare);
      return;
  }
}
