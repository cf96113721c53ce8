import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Client } from 'pg';
import type { HandshakeOutcome } from '../../ports/vpc-prober.ts';
import { brokenBy, detailOf, type Handshake, type Shaken } from './handshake.ts';

/** As whom a probe without credentials comes, for long enough to be asked who it is. */
const NOBODY = 'runmedic';

/** SQLSTATEs of a refused login. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const OUTCOMES: Readonly<Record<string, HandshakeOutcome>> = {
  '28P01': 'wrong-password',
  '28000': 'wrong-password',
  '53300': 'too-many-connections',
  // Starting up, shutting down, in recovery; ended by an administrator.
  '57P03': 'not-ready',
  '57P01': 'not-ready',
};

/** Thrown into the client the moment that the server asks for a password and there is none. */
class AskedForPassword extends Error {}

/** Logs in and runs SELECT 1, with PostgreSQL's own client. */
export async function postgresqlHandshake(made: Handshake): Promise<Shaken> {
  const { address, encryption, login, end, elapsedMs } = made;
  const socket = new Socket();
  const cut = () => void socket.destroy(end.reason instanceof Error ? end.reason : undefined);
  end.addEventListener('abort', cut, { once: true });
  // Imported when it is first wanted: the laptop's one process need not wait for it.
  const { Client: PostgresClient } = await import('pg');
  const client = new PostgresClient({
    ...address,
    stream: () => socket,
    user: login?.user ?? NOBODY,
    database: login?.database ?? login?.user ?? NOBODY,
    // A function, so that the client never looks for a password of its own in files and environment.
    password: async () => login?.password ?? Promise.reject(new AskedForPassword()),
    // Cloud SQL's authority is the instance's own, so there is nothing to verify against; SCRAM does not give the password away.
    ssl: encryption === 'tls' ? { rejectUnauthorized: false } : false,
    application_name: 'runmedic probe',
  });
  // An error that comes after the answer must only not be unheard.
  client.on('error', () => undefined);
  let tlsMs: number | undefined;
  whenEncrypted(client, () => {
    tlsMs = elapsedMs();
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
    return { outcome: 'answered', detail: `SELECT 1 answered in ${Math.round(elapsedMs())} ms`, tlsMs };
  } catch (error) {
    return { ...judged(error, made), tlsMs };
  } finally {
    end.removeEventListener('abort', cut);
    socket.destroy();
  }
}

function judged(error: unknown, made: Handshake): Shaken {
  if (made.end.aborted) return brokenBy(error, made);
  const detail = detailOf(error);
  if (error instanceof AskedForPassword) return { outcome: 'asks-for-password', detail: 'it asks for a password' };
  if (error instanceof Error && 'severity' in error) return { outcome: OUTCOMES[codeOf(error)] ?? 'denied', detail };
  // The client's own words, which carry no code.
  if (/does not support SSL|SSL connection/.test(detail)) return { outcome: 'tls', detail };
  if (detail.startsWith('Connection terminated')) return { outcome: 'broken-off', detail };
  return brokenBy(error, made);
}

// Only what the server said has a severity.
const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

function whenEncrypted(client: Client, encrypted: () => void): void {
  // Sound: pg's Client holds its Connection, an emitter whose stream becomes the TLS socket at 'sslconnect' (lib/connection.js of pg 8.23.1).
  const { connection } = client as unknown as { connection: EventEmitter & { stream: EventEmitter } };
  connection.once('sslconnect', () => connection.stream.once('secureConnect', encrypted));
}
