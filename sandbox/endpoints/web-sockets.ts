import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Answer } from './answer.ts';

/** What the world says of the WebSockets that are opened here. */
interface SocketRules {
  readonly refusal: (host: string, path: string) => Answer | undefined;
  /** World time. */
  readonly nowMs: () => number;
  /** So long one may stay open, in world time: a WebSocket is a request, and ends with the request timeout. */
  readonly openMsMax: (host: string, path: string) => number;
}

const LOOK_EVERY_MS = 100; // Machine time.

/**
 * Accepts WebSocket upgrades unless `refusal` says otherwise; an accepted one is greeted, every message is echoed, and one that stays too long is
 * cut without a closing frame, as Cloud Run does. A recorded answer of 101 opens the socket too.
 */
export function acceptWebSockets(server: Server, { refusal, nowMs, openMsMax }: SocketRules): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const endsMs = new Map<WebSocket, number>();
  const watch = setInterval(() => {
    const now = nowMs();
    for (const [socket, atMs] of endsMs) if (now >= atMs) socket.terminate();
  }, LOOK_EVERY_MS);
  watch.unref();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {
      socket.destroy();
    });
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = new URL(request.url ?? '/', 'https://host').pathname;
    const answer = refusal(host, path);
    if (answer && answer.status !== 101) {
      setTimeout(refuse, answer.delayMs, socket, answer).unref();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      endsMs.set(opened, nowMs() + openMsMax(host, path));
      opened.on('close', () => {
        endsMs.delete(opened);
      });
      opened.on('message', (data, isBinary) => {
        opened.send(data, { binary: isBinary });
      });
      opened.send(JSON.stringify({ type: 'hello' }));
    });
  });
  return {
    close() {
      clearInterval(watch);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, { status, body, headers }: Answer): void {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': String(Buffer.byteLength(body)) });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
