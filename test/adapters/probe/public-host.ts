import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Leaf } from './own-ca.ts';

/** An HTTP server, over TLS where it is given certificates by name; its port. */
export async function publicHost(answer: RequestListener, leaves?: Readonly<Record<string, Leaf>>): Promise<Listening> {
  if (leaves === undefined) return listening(createHttpServer(answer));
  const { createSecureContext } = await import('node:tls');
  const names: (string | undefined)[] = [];
  const server = createHttpsServer(
    {
      ...Object.values(leaves)[0],
      SNICallback: (name, done) => {
        names.push(name);
        done(null, createSecureContext(leaves[name] ?? {}));
      },
    },
    answer,
  );
  // What a client finds wrong with a certificate is the client's to say.
  server.on('tlsClientError', () => undefined);
  return { ...(await listening(server)), names };
}

export interface Listening {
  readonly port: number;
  readonly server: Server | TcpServer;
  /** The names that were asked for by SNI. */
  readonly names?: readonly (string | undefined)[];
}

/** A TCP server that does with a connection as the test says. */
export const rawHost = (handle: (socket: Socket) => void): Promise<Listening> =>
  listening(createTcpServer((socket) => handle(socket.on('error', () => undefined))));

/** A WebSocket server on a path of its own. */
export async function webSocketHost(
  onConnection: (socket: WebSocket) => void,
  leaves?: Readonly<Record<string, Leaf>>,
) {
  const host = await publicHost((_, response) => response.writeHead(503).end('no upgrade'), leaves);
  const sockets = new WebSocketServer({ noServer: true });
  const asked: { url: string | undefined; host: string | undefined; authorization: string | undefined }[] = [];
  host.server.on('upgrade', (request, socket: Duplex, head) => {
    const { host: name, authorization } = request.headers;
    asked.push({ url: request.url, host: name, authorization });
    sockets.handleUpgrade(request, socket, head, onConnection);
  });
  return { ...host, asked };
}

async function listening(server: Server | TcpServer): Promise<Listening> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  // Sound: it listens on TCP.
  return { port: (server.address() as AddressInfo).port, server };
}
