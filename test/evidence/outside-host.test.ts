import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../shared/evidence/line-shape.ts';
import { signatureOf } from '../../shared/evidence/log-signatures.ts';
import { outsideFailureOf } from '../../shared/evidence/outside-host.ts';

describe('a call to a public host that failed', () => {
  // As python-requests, axios, undici and Go's net/http print it.
  it.each([
    [
      "HTTPSConnectionPool(host='api.stripe.example', port=443): Read timed out. (read timeout=13)",
      'api.stripe.example',
      'timed-out',
    ],
    [
      "HTTPSConnectionPool(host='api.stripe.example', port=443): Max retries exceeded with url: /v1 (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))",
      'api.stripe.example',
      'refused',
    ],
    [
      "HTTPSConnectionPool(host='api.stripe.example', port=443): Max retries exceeded (Caused by NameResolutionError: Name or service not known)",
      'api.stripe.example',
      'name-not-found',
    ],
    [
      '503 Server Error: Service Unavailable for url: https://API.payments.example.com/v1/charges',
      'api.payments.example.com',
      'server-error',
    ],
    [
      '429 Client Error: Too Many Requests for url: https://huggingface.co/api/models',
      'huggingface.co',
      'rate-limited',
    ],
    [
      'AxiosError: Request failed with status code 502 (POST https://search.example.net/query)',
      'search.example.net',
      'server-error',
    ],
    [
      'AxiosError: timeout of 13000ms exceeded (POST https://search.example.net/query)',
      'search.example.net',
      'timed-out',
    ],
    ['connect ETIMEDOUT 203.0.113.7:443', '203.0.113.7', 'timed-out'],
    ['read ECONNRESET 203.0.113.7:443', '203.0.113.7', 'reset'],
    ['getaddrinfo ENOTFOUND api.gone.example', 'api.gone.example', 'name-not-found'],
    ['dial tcp: lookup api.gone.example: no such host', 'api.gone.example', 'name-not-found'],
    ['Post "https://geo.example.com/v2": dial tcp 198.51.100.24:443: i/o timeout', 'geo.example.com', 'timed-out'],
    ['dial tcp x.x.x.x:443: i/o timeout', 'x.x.x.x', 'timed-out'],
    ['Connection to geo.example.com timed out', 'geo.example.com', 'timed-out'],
    ['GET https://jane.doe:pw@geo.example.com/v2 timed out', 'geo.example.com', 'timed-out'],
  ] as const)('%s', (text, host, how) => {
    expect(outsideFailureOf(text)).toEqual({ host, how });
    // A name that does not resolve may be a private one that looks public: what prints of it is left to the rules of names.
    expect(signatureOf(text)).toBe(how === 'name-not-found' ? 'name-not-resolved' : 'outside-host-failed');
  });

  it.each([
    'connect ETIMEDOUT 10.20.0.3:5432',
    'dial tcp 172.16.0.9:443: i/o timeout',
    'dial tcp 172.31.255.9:443: i/o timeout',
    'dial tcp 192.168.1.1:443: i/o timeout',
    'dial tcp 100.64.0.1:443: i/o timeout',
    'dial tcp 169.254.169.254:80: i/o timeout',
    'dial tcp 127.0.0.1:8080: connect: connection refused',
    'connect ECONNREFUSED db.example.com:5432',
    'getaddrinfo ENOTFOUND postgres',
    'GET http://metadata.google.internal/computeMetadata: 503 Service Unavailable',
    'fetched https://api.stripe.example in 12 ms',
    'an ordinary line',
  ])('is not what this says: %s', (text) => expect(outsideFailureOf(text)).toBeUndefined());

  it.each([
    ['dial tcp 172.32.0.1:443: i/o timeout', '172.32.0.1'],
    ['dial tcp 100.128.0.1:443: i/o timeout', '100.128.0.1'],
  ])('beyond the private ranges: %s', (text, host) => expect(outsideFailureOf(text)?.host).toBe(host));
});

describe('the shape of a line', () => {
  it.each([
    ['order 4711 of 2026-11-23T03:00:00.000Z failed', 'order # of #-#-#T#Z failed'],
    ['KeyError: \'name\' in "cart"', 'KeyError: "…" in "…"'],
    ['trace 105445aa7843bc8bf206b12000100000/1', 'trace #/#'],
    ['id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 gone', 'id # gone'],
    ['a   line\n  over two', 'a line over two'],
    ['deadbeef is no number, facade0 is short', 'deadbeef is no number, facade# is short'],
  ])('%j', (text, shape) => expect(shapeOf(text)).toBe(shape));

  it('is cut where it is long', () => expect(shapeOf('x '.repeat(200))).toHaveLength(120));
});
