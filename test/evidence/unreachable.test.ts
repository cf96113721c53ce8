import { describe, expect, it } from 'vitest';
import { unreachable } from '../../shared/evidence/unreachable.ts';
import { at } from '../builders/evidence.ts';

const line = (text: string, seconds = -60, service = 'backend') => ({
  at: at(seconds),
  text,
  service,
  revision: `${service}-1`,
});

describe('places that lines say are out of reach', () => {
  // As the clients of Node, Go, Java and libpq print them; sources in test/fixtures/logs/README.md and the public threads of golang/go#52545.
  it.each([
    ['Error: connect ETIMEDOUT 203.0.113.10:443', 'timed-out', '203.0.113.10', 443],
    ['dial tcp 10.110.0.3:3307: i/o timeout', 'timed-out', '10.110.0.3', 3307],
    ['dial tcp 10.0.0.3:3307: connect: connection timed out', 'timed-out', '10.0.0.3', 3307],
    ['Get "https://x": dial tcp api.github.com:443: i/o timeout', 'timed-out', 'api.github.com', 443],
    [
      'connection to server at "db" (10.20.0.3), port 5432 failed: Connection timed out',
      'timed-out',
      '10.20.0.3',
      5432,
    ],
    ['connection to server at "10.20.0.3", port 5432 failed: timeout expired', 'timed-out', '10.20.0.3', 5432],
    ['Connection to db.acme.internal:5432 timed out', 'timed-out', 'db.acme.internal', 5432],
    ["Can't reach database server at `10.20.0.3`:`5432`", 'timed-out', '10.20.0.3', 5432],
    ["Can't reach database server at 10.20.0.3:5432", 'timed-out', '10.20.0.3', 5432],
    [
      'connection to Cloud SQL instance at 10.103.0.3:3307 failed: timed out after 10s',
      'timed-out',
      '10.103.0.3',
      3307,
    ],
    [`(2003, "Can't connect to MySQL server on '10.60.1.7' (timed out)")`, 'timed-out', '10.60.1.7', undefined],
    ["Can't connect to MySQL server on '10.60.1.7:3306' (110)", 'timed-out', '10.60.1.7', 3306],
    ["Can't connect to MySQL server on 'db.acme.internal:3306' (111)", 'refused', 'db.acme.internal', 3306],
    ['Connection to 10.20.0.3:5432 refused. Check that the hostname', 'refused', '10.20.0.3', 5432],
    ['connect ECONNREFUSED 10.20.0.3:5432', 'refused', '10.20.0.3', 5432],
    ['dial tcp 10.20.0.3:5432: connect: connection refused', 'refused', '10.20.0.3', 5432],
    ['Error: connect EHOSTUNREACH 198.51.100.24:443', 'no-route', '198.51.100.24', 443],
    ['dial tcp 10.20.0.3:5432: connect: no route to host', 'no-route', '10.20.0.3', 5432],
    ['Error: getaddrinfo ENOTFOUND db.acme.internal', 'not-resolved', 'db.acme.internal', undefined],
    ['getaddrinfo EAI_AGAIN DB.acme.internal', 'not-resolved', 'db.acme.internal', undefined],
    [
      'dial tcp: lookup db.acme.internal on 169.254.169.254:53: no such host',
      'not-resolved',
      'db.acme.internal',
      undefined,
    ],
    [
      'could not translate host name "db.acme.internal" to address: Name or service not known',
      'not-resolved',
      'db.acme.internal',
      undefined,
    ],
    ['java.net.UnknownHostException: db.acme.internal', 'not-resolved', 'db.acme.internal', undefined],
  ])('%s', (text, how, host, port) => {
    expect(unreachable([line(text)])).toEqual([
      { service: 'backend', revision: 'backend-1', host, port, how, count: 1, firstAt: at(-60), lastAt: at(-60) },
    ]);
  });

  it('are counted by service and place, those that fail most first', () => {
    const found = unreachable([
      line('connect ETIMEDOUT 10.0.0.1:1', -50),
      line('connect ETIMEDOUT 10.0.0.2:2', -40),
      line('connect ETIMEDOUT 10.0.0.2:2', -90),
      line('connect ETIMEDOUT 10.0.0.2:2', -10, 'auth'),
      line('Redis ping timeout after 10.0s'),
    ]);
    expect(found.map(({ service, host, count, firstAt, lastAt }) => [service, host, count, firstAt, lastAt])).toEqual([
      ['backend', '10.0.0.2', 2, at(-90), at(-40)],
      ['backend', '10.0.0.1', 1, at(-50), at(-50)],
      ['auth', '10.0.0.2', 1, at(-10), at(-10)],
    ]);
  });

  it('are at most fifty', () => {
    const many = Array.from({ length: 60 }, (_, index) => line(`connect ETIMEDOUT 10.0.0.${index}:1`));
    expect(unreachable(many)).toHaveLength(50);
  });
});
