import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { metadataToken } from '../../../shared/adapters/pubsub/metadata-token.ts';
import { RestPublisher } from '../../../shared/adapters/pubsub/publish-rest.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers as `answers` says, the last one for ever. */
async function serving(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  // Sound: it listens on TCP.
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const status =
  (code: number, body = '{}') =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(code).end(body);
const hangUp = (request: IncomingMessage) => void request.socket.destroy();
const silent = () => {};

const publisher = (endpoint: string, deadlineMs = 5_000) =>
  new RestPublisher({ project: 'p', endpoint, token: async () => 'secret-token', deadlineMs });
const one = [{ data: 'secret data', attributes: {} }];

describe('publishing by REST', () => {
  it('carries the identity, and asks nothing of anybody when there is nothing to publish', async () => {
    const { endpoint, requests } = await serving(status(200));
    await publisher(endpoint).publish('clicks', []);
    await publisher(endpoint).publish('clicks', one);
    expect(requests.map(({ url }) => url)).toEqual(['/v1/projects/p/topics/clicks:publish']);
    expect(requests[0]?.headers.authorization).toBe('Bearer secret-token');
  });

  it.each([
    ['503', status(503)],
    ['500', status(500)],
    ['429', status(429)],
    ['a connection that broke', hangUp],
  ])('tries again after %s', async (_, failing) => {
    const { endpoint, requests } = await serving(failing, failing, status(200));
    await publisher(endpoint).publish('clicks', one);
    expect(requests).toHaveLength(3);
  });

  it.each([
    [400, 'invalid-argument'],
    [401, 'unauthenticated'],
    [403, 'permission-denied'],
    [404, 'not-found'],
  ])('does not try again after %i', async (code, failure) => {
    const { endpoint, requests } = await serving(status(code, '{"error":{"message":"why"}}'));
    await expect(publisher(endpoint).publish('clicks', one)).rejects.toMatchObject({
      name: 'PlatformFailure',
      code: failure,
      message: expect.stringMatching(/projects\/p\/topics\/clicks: \d+ .*why/),
    });
    expect(requests).toHaveLength(1);
  });

  it('gives up after five attempts, telling neither token nor data', async () => {
    const { endpoint, requests } = await serving(status(503));
    const failure = await publisher(endpoint)
      .publish('clicks', one)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure)).not.toMatch(/secret/);
    expect(requests).toHaveLength(5);
  });

  it('gives up when its time is over, also while nothing answers', async () => {
    const { endpoint } = await serving(silent);
    await expect(publisher(endpoint, 50).publish('clicks', one)).rejects.toMatchObject({ code: 'timed-out' });
    await expect(publisher(endpoint).publish('clicks', one, 50)).rejects.toMatchObject({ code: 'timed-out' });
    await expect(publisher(endpoint).publish('clicks', one, -1)).rejects.toMatchObject({ code: 'timed-out' });
    await expect(publisher(endpoint, 50).publish('clicks', one, 60_000)).rejects.toMatchObject({ code: 'timed-out' });
    const failing = await serving(status(503));
    await expect(publisher(failing.endpoint, 150).publish('clicks', one)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('a token that does not come', () => {
  const token = () => new Promise<string>(() => {});

  it('takes no longer than publishing may', async () => {
    const { endpoint, requests } = await serving(status(200));
    const waiting = new RestPublisher({ project: 'p', endpoint, token, deadlineMs: 5_000 });
    await expect(waiting.publish('clicks', one, 50)).rejects.toMatchObject({ code: 'timed-out' });
    expect(requests).toEqual([]);
  });
});

describe('tokens from the metadata server', () => {
  const token = (value: string) => status(200, JSON.stringify({ access_token: value, expires_in: 3_600 }));

  it('asks as it must, keeps the token, and asks again shortly before it runs out', async () => {
    const { endpoint, requests } = await serving(token('first'), token('second'));
    const nowMs = vi.fn(() => 0);
    const tokenOf = metadataToken({ nowMs, host: endpoint });
    expect([await tokenOf(), await tokenOf()]).toEqual(['first', 'first']);
    nowMs.mockReturnValue(3_600_000 - 240_001);
    expect(await tokenOf()).toBe('first');
    nowMs.mockReturnValue(3_600_000 - 240_000);
    expect(await tokenOf()).toBe('second');
    expect(requests).toHaveLength(2);
    expect(requests[0]?.headers['metadata-flavor']).toBe('Google');
  });

  it.each([
    ['refuses', status(404)],
    ['answers something else', status(200, '{"token":"x"}')],
    ['is not there', hangUp],
  ])('says that there is none when the server %s', async (_, answer) => {
    const { endpoint } = await serving(answer);
    await expect(metadataToken({ nowMs: Date.now, host: endpoint })()).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('gave no token'),
    });
  });
});
