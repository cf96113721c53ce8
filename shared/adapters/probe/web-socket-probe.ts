import { WebSocket } from 'ws';
import type { WebSocketCheck, WebSocketResult } from '../../ports/prober.ts';
import { brokenConnection } from './broken-connection.ts';
import { type Instruments, type Look, look } from './look.ts';

const MESSAGE_BYTES_MAX = 64 * 1024;
/** After opening: a server that opens only to close at once has said so by then. */
const PONG_WAIT_MS = 1_000;

/** Opens, sends what is to be echoed or else a ping, and reports what came of it. A redirect is an answer other than 101. */
export function webSocketProbe(
  check: WebSocketCheck,
  instruments: Instruments,
  abort: AbortSignal,
): Promise<WebSocketResult> {
  return look(check, ['ws:', 'wss:'], instruments, abort, (made) => watch(check, instruments, made));
}

async function watch({ echo }: WebSocketCheck, { connect }: Instruments, made: Look): Promise<WebSocketResult> {
  const { url, authHeaders, end, elapsedMs } = made;
  const { promise, resolve, reject } = Promise.withResolvers<WebSocketResult>();
  const refused = (detail: string, { status, closeCode }: { status?: number | undefined; closeCode?: number } = {}) =>
    resolve({ opened: false, status, closeCode, detail, latencyMs: elapsedMs() });
  const socket = new WebSocket(url, {
    headers: { 'user-agent': 'runmedic', ...authHeaders },
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    createConnection: () => connect(url),
  });

  let openedMs: number | undefined;
  const opened = (echoed: boolean | undefined) => resolve({ opened: true, echoed, latencyMs: openedMs ?? elapsedMs() });

  socket.on('open', () => {
    openedMs = elapsedMs();
    if (echo !== undefined) return socket.send(echo);
    socket.ping();
    setTimeout(() => opened(undefined), PONG_WAIT_MS).unref();
  });
  socket.on('pong', () => echo === undefined && opened(undefined));
  socket.on('message', (data) => {
    if (echo === undefined) opened(undefined);
    else if (String(data) === echo) opened(true);
  });
  socket.on('unexpected-response', (request, response) => {
    refused(`${response.statusCode} instead of 101`, { status: response.statusCode });
    request.destroy();
  });
  socket.on('close', (code, reason) => refused(`closed: ${reason || 'no reason given'}`, { closeCode: code }));
  socket.on('error', (error) => {
    try {
      const { failure, detail } = brokenConnection(error, made);
      refused(`${failure}: ${detail}`);
    } catch (failure) {
      // ws refuses a handshake that keeps not to the protocol with an error that has no code: that is the target's doing.
      if ('code' in error) reject(failure);
      else refused(error.message);
    }
  });
  end.addEventListener('abort', () => {
    if (openedMs !== undefined) opened(echo === undefined ? undefined : false);
    else refused(`timed-out: no answer within ${Math.round(elapsedMs())} ms`);
  });
  return promise.finally(() => socket.terminate());
}
