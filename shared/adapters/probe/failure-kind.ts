import type { HttpResult } from '../../ports/prober.ts';

type FailureKind = Extract<HttpResult, { connected: false }>['failure'];

/**
 * What a connection failed of, by its error code alone. undefined: it failed of us, not of the target.
 * @see https://nodejs.org/api/errors.html, https://nodejs.org/api/dns.html#error-codes, https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function failureKind(code: string): FailureKind | undefined {
  if (OURS.has(code)) return undefined;
  if (DNS.has(code) || code.startsWith('EAI_')) return 'dns';
  if (UNREACHABLE.has(code)) return 'refused';
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'timed-out';
  if (X509.has(code) || TLS_PREFIXES.some((prefix) => code.startsWith(prefix))) return 'tls';
  if (BROKEN_OFF.has(code) || code.startsWith('HPE_') || code.startsWith('WS_ERR_')) return 'reset';
  return undefined;
}

const DNS = new Set(['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP', 'EBADRESP']);
const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);
/** No more sockets, ports or memory here; a local rule forbids the connection. */
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']);

const TLS_PREFIXES = ['ERR_TLS_', 'ERR_SSL_', 'CERT_', 'CRL_', 'UNABLE_TO_', 'ERROR_IN_CERT_', 'ERROR_IN_CRL_'];
const X509 = new Set([
  'EPROTO',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
]);
