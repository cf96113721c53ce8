import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { tokenAuth } from '../../../shared/adapters/google/auth.ts';
import type { GoogleOptions } from '../../../shared/adapters/google/google-options.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

/** A server that answers as a test says, over a real socket; it ends with the test. */
export async function tinyServer(answer: Answer) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const one = {
      method: request.method ?? '',
      url: new URL(request.url ?? '', 'http://127.0.0.1'),
      authorization: request.headers.authorization,
      body: body === '' ? undefined : JSON.parse(body),
    };
    asked.push(one);
    answer(one, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Sound: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, port, url: `http://127.0.0.1:${port}`, options: optionsFor(port) };
}

export const optionsFor = (port: number, token = 'token-of-investigate'): GoogleOptions => ({
  auth: tokenAuth(token),
  endpoint: { host: '127.0.0.1', port, protocol: 'http' },
});

export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Google's JSON error: google.rpc.Status. */
export const googleError = (code: number, status: string, message: string, details: readonly unknown[] = []) => ({
  error: { code, message, status, details },
});

export const NEVER = new AbortController().signal;

/** What a call failed of; anything but a PlatformFailure fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<PlatformFailure> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlatformFailure)) throw error;
  return error;
}
