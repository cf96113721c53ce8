import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What answers a request; what it throws becomes a 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves on a free port of this machine only: functions-framework by itself would listen on every interface (facts). */
export async function listenHere(handler: Handler): Promise<Listening> {
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answerError(response, 500, 'INTERNAL', error instanceof Error ? error.message : String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Sound: a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const end = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await end;
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** An error in Google's form. */
export const answerError = (response: ServerResponse, code: number, status: string, message: string): void =>
  answerJson(response, code, { error: { code, status, message } });

/** The body as text; undefined when it is longer than `bytesMax`. */
export async function bodyOf(message: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** POSTs and waits for the answer's status as long as it takes, which fetch does not: it gives up on headers after 300 s. */
export async function post(
  url: string,
  {
    headers,
    body,
    abort,
  }: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly abort: AbortSignal },
): Promise<number> {
  const sent = request(url, { method: 'POST', headers, signal: abort });
  sent.end(body);
  const [response] = (await once(sent, 'response', { signal: abort })) as [IncomingMessage];
  response.resume();
  await once(response, 'end', { signal: abort });
  return response.statusCode ?? 0;
}
