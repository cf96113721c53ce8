import { describe, expect, it } from 'vitest';
import { connectTo } from '../../../shared/adapters/probe/connect-to.ts';
import { failureKind } from '../../../shared/adapters/probe/failure-kind.ts';

describe('connectTo, as curl’s --connect-to', () => {
  const rules = [
    'staging.acme.test:443:127.0.0.1:44311',
    'api.acme.test:443:[::1]:8443',
    ':9999:sink.test:',
    'all.test::to.test:1',
  ];
  const addressFor = connectTo(rules);

  it.each([
    [
      { host: 'staging.acme.test', port: 443 },
      { host: '127.0.0.1', port: 44311 },
    ],
    [
      { host: 'STAGING.acme.test', port: 443 },
      { host: '127.0.0.1', port: 44311 },
    ],
    [
      { host: 'staging.acme.test', port: 80 },
      { host: 'staging.acme.test', port: 80 },
    ],
    [
      { host: 'other.acme.test', port: 443 },
      { host: 'other.acme.test', port: 443 },
    ],
    [
      { host: 'api.acme.test', port: 443 },
      { host: '::1', port: 8443 },
    ],
    [
      { host: 'anyone', port: 9999 },
      { host: 'sink.test', port: 9999 },
    ],
    [
      { host: 'all.test', port: 7 },
      { host: 'to.test', port: 1 },
    ],
  ])('%j is dialled at %j', (wanted, dialled) => {
    expect(addressFor(wanted)).toEqual(dialled);
  });

  it.each(['staging.acme.test', 'a:443:b', 'a:x:b:1', 'a:1:b:c:2', '::1:443:b:1', ''])('refuses %j', (rule) => {
    expect(() => connectTo([rule])).toThrow(RangeError);
  });
});

describe('failureKind', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ETIMEDOUT', 'timed-out'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'tls'],
    ['ECONNRESET', 'reset'],
    ['HPE_INVALID_CONSTANT', 'reset'],
  ])('%s is %s', (code, kind) => {
    expect(failureKind(code)).toBe(kind);
  });

  it.each(['EMFILE', 'EADDRNOTAVAIL', 'ERR_INVALID_CHAR', ''])('%j says nothing about the target', (code) => {
    expect(failureKind(code)).toBeUndefined();
  });
});
