import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Answer } from './answer.ts';

/**
 * Accepts WebSocket upgrades unless `refusal` says otherwise; an accepted one is greeted and every message is echoed.
 * A recorded answer of 101 opens the socket too.
 */
export function acceptWebSockets(
  server: Server,
  refusal: (host: string, path: string) => Answer | undefined,
): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {
      socket.destroy();
    });
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const answer = refusal(host, new URL(request.url ?? '/', 'https://host').pathname);
    if (answer && answer.status !== 101) {
      setTimeout(refuse, answer.delayMs, socket, answer).unref();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('message', (data, isBinary) => {
        opened.send(data, { binary: isBinary });
      });
      opened.send(JSON.stringify({ type: 'hello' }));
    });
  });
  return {
    close() {
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
