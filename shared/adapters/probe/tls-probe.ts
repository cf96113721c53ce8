import { once } from 'node:events';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { instant } from '../../ports/clock.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { TlsLook, TlsResult } from '../../ports/prober.ts';
import { brokenConnection } from './broken-connection.ts';
import { type Instruments, look } from './look.ts';

const NAMES_MAX = 100;
/** A chain is a server's, an intermediate's or two, and perhaps a root's. */
const CHAIN_MAX = 10;

/** Shakes hands, and looks at what was presented, taken or not. */
export function tlsProbe(
  { host, timeoutMs }: TlsLook,
  instruments: Instruments,
  abort: AbortSignal,
): Promise<TlsResult> {
  const check = { url: `https://${host}/`, timeoutMs, auth: { kind: 'none' } } as const;
  return look(check, ['https:'], instruments, abort, async (made) => {
    const socket = instruments.connect(made.url, 'reported');
    try {
      await once(socket, 'secureConnect', { signal: made.end });
      if (!(socket instanceof TLSSocket)) throw new PlatformFailure('unknown', `${host}: no TLS was spoken`);
      return seen(socket);
    } catch (error) {
      if (error instanceof PlatformFailure) throw error;
      const { failure, detail } = brokenConnection(error, made);
      return { connected: false, failure, detail };
    } finally {
      // What comes after the look is of no interest.
      socket.on('error', () => undefined).destroy();
    }
  });
}

function seen(socket: TLSSocket): TlsResult {
  const certificate = socket.getPeerCertificate(true);
  // Typed as an Error, and in truth its code: nodejs.org/api/tls.html, tlsSocket.authorizationError, read 2026-11-23.
  const problem = socket.authorizationError === null ? undefined : String(socket.authorizationError);
  return {
    connected: true,
    names: namesOf(certificate),
    issuer: [certificate.issuer?.O, certificate.issuer?.CN].flat().filter(Boolean).join(', '),
    expiresAt: instant(certificate.valid_to),
    sent: chainLength(certificate),
    problem: problem === undefined || problem === 'undefined' ? undefined : (PROBLEMS[problem] ?? 'other'),
    detail: problem ?? '',
  };
}

/** `DNS:a.test, DNS:b.test` -> names. */
const namesOf = ({ subjectaltname }: PeerCertificate): string[] =>
  (subjectaltname ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice('DNS:'.length)] : []))
    .slice(0, NAMES_MAX);

function chainLength(
  certificate: ReturnType<TLSSocket['getPeerCertificate']> & { issuerCertificate?: unknown },
): number {
  let length = 1;
  let at: unknown = certificate;
  while (length < CHAIN_MAX && isIssued(at) && at.issuerCertificate !== at) {
    at = at.issuerCertificate;
    length += 1;
  }
  return length;
}

const isIssued = (value: unknown): value is { readonly issuerCertificate: unknown } =>
  typeof value === 'object' && value !== null && 'issuerCertificate' in value && value.issuerCertificate !== undefined;

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const PROBLEMS: Readonly<Record<string, NonNullable<Extract<TlsResult, { connected: true }>['problem']>>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
  HOSTNAME_MISMATCH: 'other-name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'chain',
  UNABLE_TO_GET_ISSUER_CERT: 'chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'chain',
  SELF_SIGNED_CERT_IN_CHAIN: 'chain',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'chain',
};
