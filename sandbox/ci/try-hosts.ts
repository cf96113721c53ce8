import { request } from 'node:https';
import type { Endpoints } from '../endpoints/start-endpoints.ts';
import type { HostEstate } from '../scenarios/estate.ts';

/** Machine time; slower than this is broken for whoever waits before a page. */
const TIMEOUT_MS = 5000;

interface Asked {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As a user would, over TLS: every route of every host, and the way from logging in to one's own page. What fails, each in a line. */
export async function tryHosts(
  hosts: readonly Pick<HostEstate, 'name' | 'routes' | 'user'>[],
  { port, caPem }: Pick<Endpoints, 'port' | 'caPem'>,
): Promise<readonly string[]> {
  const ask = (asked: Asked) => answered(asked, port, caPem);
  const tried = await Promise.all(
    hosts.flatMap(({ name, routes, user }) => [
      ...routes.map(async ({ path }) => faultOf({ host: name, path }, await ask({ host: name, path }))),
      ...(user === undefined ? [] : [journey(name, user, ask)]),
    ]),
  );
  return tried.filter((fault) => fault !== undefined);
}

async function journey(
  host: string,
  { name, password }: NonNullable<HostEstate['user']>,
  ask: (asked: Asked) => Promise<Answered>,
): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json' };
  const login = { host, path: '/auth/login', method: 'POST', headers, body: JSON.stringify({ user: name, password }) };
  const entered = await ask(login);
  const fault = faultOf(login, entered);
  if (fault !== undefined) return fault;
  const token = /"token":"([^"]+)"/.exec(entered.body)?.[1] ?? '';
  const me = { host, path: '/api/me', headers: { authorization: `Bearer ${token}` } };
  return faultOf(me, await ask(me));
}

interface Answered {
  /** 0: none came. */
  readonly status: number;
  readonly body: string;
}

const faultOf = ({ host, path, method = 'GET' }: Asked, { status, body }: Answered): string | undefined =>
  status > 0 && status < 400 ? undefined : `${method} https://${host}${path}: ${status === 0 ? body : status}`;

const answered = ({ host, path, method = 'GET', headers = {}, body }: Asked, port: number, ca: string) =>
  new Promise<Answered>((resolve) => {
    const none = (error: Error) => resolve({ status: 0, body: error.message });
    const options = { host: '127.0.0.1', port, servername: host, ca, path, method, headers: { host, ...headers } };
    const asked = request({ ...options, agent: false, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', none);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    asked.on('error', none);
    asked.end(body);
  });
