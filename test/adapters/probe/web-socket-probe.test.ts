import { beforeAll, describe, expect, it } from 'vitest';
import { prober } from '../../../shared/adapters/probe/prober.ts';
import type { WebSocketCheck } from '../../../shared/ports/prober.ts';
import { type Leaf, ownCa } from './own-ca.ts';
import { publicHost, rawHost, webSocketHost } from './public-host.ts';

const NEVER = new AbortController().signal;
const HOST = 'api-staging.acme.test';

const check = (changes: Partial<WebSocketCheck> = {}): WebSocketCheck => ({
  url: `wss://${HOST}/ws`,
  timeoutMs: 5_000,
  auth: { kind: 'none' },
  echo: undefined,
  ...changes,
});

let ca: Awaited<ReturnType<typeof ownCa>>;
let leaf: Leaf;
beforeAll(async () => {
  ca = await ownCa();
  leaf = await ca.leaf(HOST);
});

const lookingAt = (port: number) => prober({ connectTo: [`${HOST}:443:127.0.0.1:${port}`], ca: ca.pem });
const plain = (port: number, changes: Partial<WebSocketCheck> = {}) =>
  prober({ connectTo: [] }).webSocket(check({ url: `ws://127.0.0.1:${port}/ws`, ...changes }), NEVER);

describe('a WebSocket look', () => {
  it('opens by the host’s own name, wherever it is dialled', async () => {
    const host = await webSocketHost(() => undefined, { [HOST]: leaf });
    const result = await lookingAt(host.port).webSocket(check(), NEVER);
    expect(result).toMatchObject({ opened: true, echoed: undefined });
    expect(result.latencyMs).toBeGreaterThan(0);
    expect(host.asked).toMatchObject([{ host: HOST, url: '/ws' }]);
    expect(host.names).toEqual([HOST]);
  });

  it('waits for its own text among others', async () => {
    const host = await webSocketHost((socket) => {
      socket.send('welcome');
      socket.on('message', (data) => socket.send(String(data)));
    });
    expect(await plain(host.port, { echo: 'are you there?' })).toMatchObject({ opened: true, echoed: true });
  });

  it('says when the text does not come back', async () => {
    const host = await webSocketHost((socket) => socket.on('message', () => socket.send('something else')));
    expect(await plain(host.port, { echo: 'hello', timeoutMs: 200 })).toMatchObject({ opened: true, echoed: false });
  });

  it('proves who it is', async () => {
    const host = await webSocketHost(() => undefined);
    const looking = prober({ connectTo: [], idToken: async (audience) => `token for ${audience}` });
    const auth = { kind: 'id-token', audience: 'a' } as const;
    await looking.webSocket(check({ url: `ws://127.0.0.1:${host.port}/ws`, auth }), NEVER);
    expect(host.asked[0]?.authorization).toBe('Bearer token for a');
  });

  it('leaves no connection open', async () => {
    const closed = Promise.withResolvers<void>();
    const host = await webSocketHost((socket) => socket.on('close', () => closed.resolve()));
    await plain(host.port);
    await closed.promise;
  });
});

describe('a WebSocket look that does not open', () => {
  it('gives the status that came instead', async () => {
    const host = await publicHost((_, response) => response.writeHead(503).end('Service Unavailable'), {
      [HOST]: leaf,
    });
    const result = await lookingAt(host.port).webSocket(check(), NEVER);
    expect(result).toMatchObject({ opened: false, status: 503, closeCode: undefined });
  });

  it('follows no redirect', async () => {
    const host = await publicHost((_, response) => response.writeHead(301, { location: 'ws://127.0.0.1:1/' }).end());
    expect(await plain(host.port)).toMatchObject({ opened: false, status: 301 });
  });

  it.each([undefined, 'hello'])('gives the code of a server that opens only to close, echo %s', async (echo) => {
    const host = await webSocketHost((socket) => socket.close(1013, 'try again later'));
    expect(await plain(host.port, { echo })).toMatchObject({
      opened: false,
      closeCode: 1013,
      detail: expect.stringContaining('try again later'),
    });
  });

  it('says why there was no connection', async () => {
    expect(await plain(1)).toMatchObject({ opened: false, detail: expect.stringMatching(/^refused: /) });
    const expired = await webSocketHost(() => undefined, { [HOST]: await ca.leaf(HOST, 0.5) });
    expect(await lookingAt(expired.port).webSocket(check(), NEVER)).toMatchObject({
      opened: false,
      detail: expect.stringMatching(/^tls: certificate has expired/),
    });
    const silent = await rawHost(() => undefined);
    expect(await plain(silent.port, { timeoutMs: 150 })).toMatchObject({
      opened: false,
      detail: expect.stringMatching(/^timed-out: /),
    });
    const broken = await rawHost((socket) => socket.destroy());
    expect(await plain(broken.port)).toMatchObject({ opened: false, detail: expect.stringMatching(/^reset: /) });
  });

  it('does not take any 101 for a WebSocket', async () => {
    const host = await rawHost((socket) =>
      socket.on('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n',
        );
      }),
    );
    expect(await plain(host.port)).toMatchObject({ opened: false, detail: expect.stringContaining('Accept') });
  });

  it('rejects when its caller gives up', async () => {
    const controller = new AbortController();
    const host = await rawHost(() => controller.abort(new Error('enough')));
    const url = `ws://127.0.0.1:${host.port}/ws`;
    const look = prober({ connectTo: [] }).webSocket(check({ url }), controller.signal);
    await expect(look).rejects.toMatchObject({ name: 'PlatformFailure', code: 'timed-out' });
  });

  it('refuses what is no WebSocket URL', () =>
    expect(plain(1, { url: 'https://staging.acme.test/' })).rejects.toMatchObject({ code: 'invalid-argument' }));
});
