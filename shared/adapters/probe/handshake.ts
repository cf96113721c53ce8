import { connect } from 'node:net';
import type { DatabaseLogin } from '../../policy/policy.ts';
import type { DatabaseLook, HandshakeOutcome } from '../../ports/vpc-prober.ts';
import type { Address } from './connect-to.ts';
import { failureKind } from './failure-kind.ts';

/** What every kind of handshake needs. */
export interface Handshake {
  readonly address: Address;
  readonly encryption: 'none' | 'tls';
  /** Fetched before: a secret that cannot be had is no handshake. */
  readonly login: (Omit<DatabaseLogin, 'secret'> & { readonly password: string | undefined }) | undefined;
  /** Aborts at the deadline, or with the caller. */
  readonly end: AbortSignal;
  readonly elapsedMs: () => number;
}

/** How a handshake ended; what is left out of times did not happen. */
export interface Shaken {
  readonly outcome: HandshakeOutcome;
  readonly detail: string;
  readonly tlsMs?: number | undefined;
}

const DETAIL_CHARS_MAX = 200;

/** One TCP connection, opened and closed: the time that it took. Rejects with the socket's error, or the signal's reason. */
export async function knock({ address, end, elapsedMs }: Handshake): Promise<number> {
  const socket = connect(address);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', () => resolve()).once('error', reject);
    if (end.aborted) reject(end.reason);
    end.addEventListener('abort', () => reject(end.reason), { once: true });
    await promise;
    return elapsedMs();
  } finally {
    socket.destroy();
  }
}

/** Of what a connection broke. `undefined`: of something here, or of what nobody knows. */
export function brokenBy(error: unknown, { end, elapsedMs }: Handshake): Shaken {
  const detail = detailOf(error);
  if (end.aborted) return { outcome: 'timed-out', detail: `no answer within ${Math.round(elapsedMs())} ms` };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return { outcome: 'unreachable', detail };
  switch (failureKind(code)) {
    case 'dns':
      return { outcome: 'unreachable', detail };
    case 'refused':
      return { outcome: 'refused', detail };
    case 'timed-out':
      return { outcome: 'timed-out', detail };
    case 'tls':
      return { outcome: 'tls', detail };
    case 'reset':
      return { outcome: 'broken-off', detail };
    case undefined:
      return { outcome: 'not-made', detail };
  }
}

export function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.slice(0, DETAIL_CHARS_MAX);
}

/** Knocks, then shakes hands; whatever comes of it is an answer. */
export async function shakeHands(
  database: string,
  made: Handshake,
  shake: (made: Handshake) => Promise<Shaken>,
): Promise<DatabaseLook> {
  let tcpMs: number | undefined;
  let shaken: Shaken;
  try {
    tcpMs = await knock(made);
    shaken = await shake(made);
  } catch (error) {
    shaken = brokenBy(error, made);
  }
  const { outcome, detail, tlsMs } = shaken;
  return { database, outcome, detail, tcpMs, tlsMs, totalMs: made.elapsedMs() };
}
