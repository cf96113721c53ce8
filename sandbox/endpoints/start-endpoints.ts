import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostEstate } from '../scenarios/estate.ts';
import { doorFor, machineAt } from '../world/edge/door.ts';
import { findRevision } from '../world/revisions.ts';
import { timeoutMsOf } from '../world/template.ts';
import type { World } from '../world/world.ts';
import { type Answer, delayNow, failureNow, recordedAnswer, serviceAt } from './answer.ts';
import { applicationAnswer } from './application.ts';
import { createAuthority } from './certificates.ts';
import { doorAnswer } from './door-answer.ts';
import { servedContexts } from './served-contexts.ts';
import { acceptWebSockets } from './web-sockets.ts';

export interface Endpoints {
  readonly port: number;
  /** `name:443:127.0.0.1:port`, as curl's --connect-to takes it. */
  readonly connectTo: string[];
  readonly caFile: string;
  readonly caPem: string;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024;

/** The public hosts of the world on one HTTPS port of 127.0.0.1, each with its own certificate; they fare as the world does at the moment. */
export async function startEndpoints(world: World): Promise<Endpoints> {
  const hosts = publicHosts(world);
  const authority = await createAuthority(Date.now());
  const isRuns = (name: string) => !world.state.edge.hosts.has(name);
  const contextOf = servedContexts(world, authority, [...hosts.keys()].filter(isRuns));
  const directory = await mkdtemp(join(tmpdir(), 'runmedic-sandbox-'));
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, authority.pem);
  const server = createServer({
    SNICallback: (name, done) => {
      contextOf(name).then(
        (context) => done(null, context),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  const next = counter();
  server.on('request', (request, response) => {
    respond(world, hosts, next, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  const sockets = acceptWebSockets(server, {
    refusal: (host, path) => decide(world, hosts.get(host), path, next),
    nowMs: () => world.nowMs,
    openMsMax: (host, path) => timeoutMs(world, hosts.get(host), path),
  });
  await listen(server);
  const { port } = server.address() as AddressInfo; // Sound: a TCP server that listens.
  return {
    port,
    connectTo: [...hosts.keys()].map((name) => `${name}:443:127.0.0.1:${port}`),
    caFile,
    caPem: authority.pem,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

type PublicHost = Pick<HostEstate, 'name' | 'routes' | 'user'>;

/** The scenario's hosts, and the address that Cloud Run itself gives every service. */
function publicHosts(world: World): Map<string, PublicHost> {
  const { hosts, services, projectNumber, region } = world.scenario.estate;
  const own = services.map((service) => ({
    name: `${service.name}-${projectNumber}.${region}.run.app`,
    routes: [{ path: '/', service: service.name }],
  }));
  return new Map([...hosts, ...own].map((host): [string, PublicHost] => [host.name, host]));
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

/** What keeps a request from the application at this moment; `undefined` when nothing does. */
function decide(world: World, host: PublicHost | undefined, path: string, next: () => number): Answer | undefined {
  const service = host && serviceAt(host, path);
  if (!host || service === undefined) return { status: 404, headers: {}, body: 'Not Found', delayMs: 0 };
  const draw = next();
  const recorded = recordedAnswer(world.state, host.name, path);
  if (recorded !== undefined) return recorded;
  const door = doorFor(world.state, { host: host.name, path, service, draw });
  if (door !== undefined) return doorAnswer(door);
  // Machines of their own fare apart from the service that has the rest of the host.
  return machineAt(world.state, host.name, path) === undefined ? failureNow(world.state, service, draw) : undefined;
}

/** How long a request to this path may last, by the revision that serves it, milliseconds of world time. */
function timeoutMs(world: World, host: PublicHost | undefined, path: string): number {
  const service = world.state.services.get((host && serviceAt(host, path)) ?? '');
  const serving = service?.routed.toSorted((a, b) => b.percent - a.percent)[0]?.revision;
  const revision = service && serving !== undefined ? findRevision(service, serving) : undefined;
  return revision === undefined ? Number.POSITIVE_INFINITY : timeoutMsOf(revision.template);
}

async function respond(
  world: World,
  hosts: ReadonlyMap<string, PublicHost>,
  next: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = hosts.get((request.headers.host ?? '').replace(/:\d+$/, ''));
  const path = new URL(request.url ?? '/', 'https://host').pathname;
  const body = await read(request);
  const kept = decide(world, host, path, next);
  const service = host && serviceAt(host, path);
  const asked = { method: request.method ?? 'GET', path, authorization: request.headers.authorization, body };
  const answer = kept ?? (host && service ? applicationAnswer(host, service, asked) : undefined);
  if (!answer) return;
  const delayMs = kept || service === undefined ? answer.delayMs : delayNow(world.state, service, next());
  if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
  response.writeHead(answer.status, { server: 'Google Frontend', ...answer.headers });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > BODY_BYTES_MAX) break;
  }
  return body;
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve();
    });
  });
