import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpCheck, HttpResult } from '../../ports/prober.ts';
import { brokenConnection } from './broken-connection.ts';
import { type Instruments, type Look, look } from './look.ts';

/** Enough for a health answer and a token; an endless body must not fill the memory. */
const BODY_BYTES_MAX = 64 * 1024;

/** One request, its answer as it came: no redirect is followed, nothing is unpacked. */
export function httpProbe(check: HttpCheck, instruments: Instruments, abort: AbortSignal): Promise<HttpResult> {
  return look(check, ['http:', 'https:'], instruments, abort, async (made) => {
    try {
      const response = await responseTo(send(check, instruments, made));
      const body = await bodyOf(response);
      const headers = flat(response.headers);
      return { connected: true, status: response.statusCode ?? 0, latencyMs: made.elapsedMs(), body, headers };
    } catch (error) {
      return brokenConnection(error, made);
    }
  });
}

function send({ method, headers, body }: HttpCheck, { connect }: Instruments, { url, authHeaders, end }: Look) {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return request(url, {
    method,
    // The host by name and without a default port: what is dialled may be another.
    headers: { host: url.host, 'user-agent': 'runmedic', ...headers, ...authHeaders },
    createConnection: () => connect(url),
    signal: end,
  }).end(body);
}

async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  // An error that comes after the answer reaches the reader of its body; here it must only not be unheard.
  request.on('error', () => undefined);
  const [response] = await once(request, 'response');
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= BODY_BYTES_MAX) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX));
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return Object.fromEntries(entries);
}
