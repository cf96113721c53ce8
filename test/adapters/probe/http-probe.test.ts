import { beforeAll, describe, expect, it } from 'vitest';
import type { ProbeOptions } from '../../../shared/adapters/probe/probe-options.ts';
import { prober } from '../../../shared/adapters/probe/prober.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import type { HttpCheck } from '../../../shared/ports/prober.ts';
import { type Leaf, ownCa } from './own-ca.ts';
import { publicHost, rawHost } from './public-host.ts';

const NEVER = new AbortController().signal;
const HOST = 'staging.acme.test';

const check = (changes: Partial<HttpCheck> = {}): HttpCheck => ({
  url: `https://${HOST}/healthz?full=1`,
  method: 'GET',
  headers: {},
  body: undefined,
  timeoutMs: 5_000,
  auth: { kind: 'none' },
  ...changes,
});

let ca: Awaited<ReturnType<typeof ownCa>>;
let leaf: Leaf;
beforeAll(async () => {
  ca = await ownCa();
  leaf = await ca.leaf(HOST);
});

const optionsFor = (port: number, from = `${HOST}:443`): ProbeOptions => ({
  connectTo: [`${from}:127.0.0.1:${port}`],
  ca: ca.pem,
});

describe('an HTTP look', () => {
  it('reaches the host by its own name, wherever it is dialled', async () => {
    const hosts: unknown[] = [];
    const host = await publicHost(
      ({ headers, url, method }, response) => {
        hosts.push(headers.host, url, method);
        response.writeHead(200, { 'x-served-by': 'frontend', 'set-cookie': ['a=1', 'b=2'] }).end('all is well');
      },
      { [HOST]: leaf },
    );
    const result = await prober(optionsFor(host.port)).http(check(), NEVER);
    expect(result).toMatchObject({
      connected: true,
      status: 200,
      body: 'all is well',
      headers: { 'x-served-by': 'frontend', 'set-cookie': 'a=1, b=2' },
    });
    expect(result.latencyMs).toBeGreaterThan(0);
    expect(hosts).toEqual([HOST, '/healthz?full=1', 'GET']);
    expect(host.names).toEqual([HOST]);
  });

  it('sends method, headers and body as a step of a journey says', async () => {
    const host = await publicHost(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { 'content-type': type, 'content-length': length } = request.headers;
      response.end(JSON.stringify({ method: request.method, type, length, body }));
    });
    const result = await prober({ connectTo: [] }).http(
      check({
        url: `http://127.0.0.1:${host.port}/auth/login`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"probe"}',
      }),
      NEVER,
    );
    expect(result).toMatchObject({ connected: true });
    expect(JSON.parse(result.connected ? result.body : '')).toEqual({
      method: 'POST',
      type: 'application/json',
      length: '16',
      body: '{"name":"probe"}',
    });
  });

  it('takes an error for the answer that it is', async () => {
    const host = await publicHost((_, response) => response.writeHead(503).end('Service Unavailable'), {
      [HOST]: leaf,
    });
    const result = await prober(optionsFor(host.port)).http(check(), NEVER);
    expect(result).toMatchObject({ connected: true, status: 503, body: 'Service Unavailable' });
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const host = await publicHost(
      (_, response) => {
        requests += 1;
        response.writeHead(302, { location: '/login' }).end();
      },
      { [HOST]: leaf },
    );
    const result = await prober(optionsFor(host.port)).http(check(), NEVER);
    expect(result).toMatchObject({ connected: true, status: 302, headers: { location: '/login' } });
    expect(requests).toBe(1);
  });

  it('reads 64 KiB of an endless body and hangs up', async () => {
    const closed = Promise.withResolvers<void>();
    const host = await publicHost((_, response) => {
      response.on('close', closed.resolve);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const result = await prober({ connectTo: [] }).http(check({ url: `http://127.0.0.1:${host.port}/` }), NEVER);
    expect(result.connected && result.body.length).toBe(65_536);
    await closed.promise;
  });
});

describe('an HTTP look that does not connect', () => {
  it.each<[string, (leafOf: typeof ca.leaf) => Promise<Leaf>]>([
    ['has run out', (leafOf) => leafOf(HOST, 0.5)],
    ['is another host’s', (leafOf) => leafOf('other.acme.test')],
    ['comes from an authority that nobody trusts', async () => (await ownCa()).leaf(HOST)],
  ])('says tls when the certificate %s', async (_, leafFor) => {
    const host = await publicHost((__, response) => response.end(), { [HOST]: await leafFor(ca.leaf) });
    const result = await prober(optionsFor(host.port)).http(check(), NEVER);
    expect(result).toMatchObject({ connected: false, failure: 'tls' });
    expect(!result.connected && result.detail).toMatch(/certificate|altnames/);
  });

  it('says tls when the other side speaks none', async () => {
    const host = await publicHost((_, response) => response.end());
    expect(await prober(optionsFor(host.port)).http(check(), NEVER)).toMatchObject({ failure: 'tls' });
  });

  it('says refused when nothing listens', async () => {
    expect(await prober(optionsFor(1)).http(check(), NEVER)).toMatchObject({ connected: false, failure: 'refused' });
  });

  it('says dns when there is no such name', async () => {
    // No label has 64 characters (RFC 1035), so that no name server is asked.
    const url = `https://${'x'.repeat(64)}.test/`;
    const result = await prober({ connectTo: [] }).http(check({ url }), NEVER);
    expect(result).toMatchObject({ connected: false, failure: 'dns' });
  });

  it.each<[string, Parameters<typeof rawHost>[0]]>([
    ['hangs up', (socket) => socket.destroy()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['hangs up in the middle of its answer', (s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
    ['does not speak HTTP', (socket) => socket.end('220 mail.acme.test ESMTP\r\n')],
  ])('says reset when the other side %s', async (_, handle) => {
    const host = await rawHost(handle);
    const result = await prober({ connectTo: [] }).http(check({ url: `http://127.0.0.1:${host.port}/` }), NEVER);
    expect(result).toMatchObject({ connected: false, failure: 'reset' });
  });

  it.each<[string, Parameters<typeof rawHost>[0]]>([
    ['says nothing', () => undefined],
    ['never ends', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
  ])('says timed-out when the other side %s', async (_, handle) => {
    const host = await rawHost(handle);
    const look = check({ url: `http://127.0.0.1:${host.port}/`, timeoutMs: 150 });
    const result = await prober({ connectTo: [] }).http(look, NEVER);
    expect(result).toMatchObject({ connected: false, failure: 'timed-out' });
    expect(result.latencyMs).toBeGreaterThanOrEqual(140);
  });
});

describe('an HTTP look that proves who it is', () => {
  async function sent(auth: HttpCheck['auth'], options: Partial<ProbeOptions>) {
    const host = await publicHost(({ headers }, response) => response.end(JSON.stringify(headers)));
    const look = check({ url: `http://127.0.0.1:${host.port}/`, auth });
    const result = await prober({ connectTo: [], ...options }).http(look, NEVER);
    return JSON.parse(result.connected ? result.body : '{}');
  }

  it('carries an ID token, IAP’s too, or a secret in the header that is named', async () => {
    const idToken = async (audience: string) => `token for ${audience}`;
    const secret = async (name: string) => `value of ${name}`;
    const options = { idToken, secret };
    const { authorization } = await sent({ kind: 'id-token', audience: 'https://x' }, options);
    expect(authorization).toBe('Bearer token for https://x');
    expect((await sent({ kind: 'iap', clientId: 'client.apps' }, options)).authorization).toBe(
      'Bearer token for client.apps',
    );
    const headers = await sent({ kind: 'header', name: 'X-Api-Key', secret: 'probe-key' }, options);
    expect(headers['x-api-key']).toBe('value of probe-key');
    expect((await sent({ kind: 'none' }, options)).authorization).toBeUndefined();
  });

  it('is not made, rather than blamed on the target, when there is no token', async () => {
    const idToken = () => Promise.reject(new Error('the metadata server is away'));
    const auth = { kind: 'id-token', audience: 'https://x' } as const;
    await expect(sent(auth, { idToken })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(sent(auth, {})).rejects.toMatchObject({ code: 'failed-precondition' });
    const never = () => new Promise<string>(() => undefined);
    const slow = check({ auth, timeoutMs: 100 });
    await expect(prober({ connectTo: [], idToken: never }).http(slow, NEVER)).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('credentials'),
    });
  });
});

describe('an HTTP look that is not made', () => {
  it('rejects promptly when its caller gives up, and hangs up', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const host = await rawHost((socket) => {
      socket.on('close', closed.resolve);
      controller.abort(new Error('enough'));
    });
    const look = prober({ connectTo: [] }).http(check({ url: `http://127.0.0.1:${host.port}/` }), controller.signal);
    await expect(look).rejects.toMatchObject({ name: 'PlatformFailure', code: 'timed-out' });
    await closed.promise;
  });

  it.each(['staging.acme.test/healthz', 'ftp://staging.acme.test', 'wss://staging.acme.test'])('refuses %s', (url) =>
    expect(prober({ connectTo: [] }).http(check({ url }), NEVER)).rejects.toMatchObject({ code: 'invalid-argument' }),
  );

  it('blames itself for a header that cannot be sent', async () => {
    const look = check({ url: 'http://127.0.0.1:1/', headers: { 'x-a': 'line\nbreak' } });
    await expect(prober({ connectTo: [] }).http(look, NEVER)).rejects.toBeInstanceOf(PlatformFailure);
  });
});
