import type { HandshakeOutcome } from '../../ports/vpc-prober.ts';
import { brokenBy, detailOf, type Handshake, type Shaken } from './handshake.ts';

/** How Redis says no, by the words it begins with. @see https://redis.io/docs/latest/develop/reference/protocol-spec/ (simple errors) and src/server.c of Redis 7 */
const OUTCOMES: readonly (readonly [RegExp, HandshakeOutcome])[] = [
  [/^NOAUTH/, 'asks-for-password'],
  [/^WRONGPASS|invalid password|without any password configured/, 'wrong-password'],
  [/max number of clients/, 'too-many-connections'],
  [/^(LOADING|MASTERDOWN)/, 'not-ready'],
];

/** Logs in where there is a password and sends PING, with Redis's own client. */
export async function redisHandshake(made: Handshake): Promise<Shaken> {
  const { address, encryption, login, end, elapsedMs } = made;
  const { createClient, ErrorReply } = await import('redis');
  const socket = { ...address, reconnectStrategy: false as const };
  const client = createClient({
    // RESP 2 and no CLIENT SETINFO: Memorystore still serves Redis 4 and 5, which know neither.
    RESP: 2,
    disableClientInfo: true,
    socket: encryption === 'tls' ? { ...socket, tls: true, rejectUnauthorized: false } : socket,
    ...(login?.password === undefined ? {} : { password: login.password, username: login.user }),
  });
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // Whichever comes first is the answer; what comes after it is of no use, and must only not be unheard.
  broken.catch(() => undefined);
  client.on('error', reject);
  const cut = () => reject(end.reason);
  end.addEventListener('abort', cut, { once: true });
  let tlsMs: number | undefined;
  client.on('connect', () => {
    if (encryption === 'tls') tlsMs = elapsedMs();
  });
  try {
    await Promise.race([client.connect(), broken]);
    await Promise.race([client.ping(), broken]);
    return { outcome: 'answered', detail: `PING answered in ${Math.round(elapsedMs())} ms`, tlsMs };
  } catch (error) {
    return { ...judged(error, made, error instanceof ErrorReply), tlsMs };
  } finally {
    end.removeEventListener('abort', cut);
    if (client.isOpen) client.destroy();
  }
}

function judged(error: unknown, made: Handshake, saidIt: boolean): Shaken {
  if (made.end.aborted) return brokenBy(error, made);
  const detail = detailOf(error);
  const known = OUTCOMES.find(([pattern]) => pattern.test(detail));
  if (known !== undefined) return { outcome: known[1], detail };
  if (saidIt) return { outcome: 'denied', detail };
  if (/Socket closed unexpectedly/.test(detail)) return { outcome: 'broken-off', detail };
  return brokenBy(error, made);
}
