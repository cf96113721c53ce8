import { describe, expect, it } from 'vitest';
import { shapeOfPath } from '../../shared/evidence/path-shape.ts';
import { redact } from '../../shared/evidence/redact.ts';

/** Put together here, so that nobody's scanner takes a made-up key in this file for a real one. */
const stripe = (kind: string) => `${kind}_live_51Hxyzabcdefghij`;
const AWS = `${'AKIA'}IOSFODNN7EXAMPLE`;
const GITHUB = `${'ghp'}_abcdefghijklmnopqrstuvwxyz0123456789`;
const SLACK = `${'xoxb'}-123456789012-abcdefghijkl`;
const GOOGLE = `${'AIza'}SyA1234567890abcdefghijklmnopqrstuv`;
const JWT = `${'eyJ'}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc`;

describe('redact takes out', () => {
  it.each([
    // Values by their names.
    ['password=hunter2 for user', 'password=[redacted] for user'],
    ['{"api_key":"abc123","host":"db"}', '{"api_key":[redacted],"host":"db"}'],
    ['{"user":"x","accessToken":"abc.def"}', '{"user":"x","accessToken":[redacted]}'],
    ["('secret', 'value123')", "('secret', [redacted])"],
    ['DB_PASS=hunter2', 'DB_PASS=[redacted]'],
    ['DATABASE_PASS: hunter2', 'DATABASE_PASS: [redacted]'],
    ["{ dbPass: 'hunter2' }", '{ dbPass: [redacted] }'],
    ['jwt=abc and sig=def', 'jwt=[redacted] and sig=[redacted]'],
    // Headers.
    ['Authorization: Bearer abcdef0123456789', 'Authorization: [redacted]'],
    ['{"cookie":"sid=abc","host":"db"}', '{"cookie":[redacted],"host":"db"}'],
    ['Set-Cookie: sid=abc; HttpOnly', 'Set-Cookie: [redacted]'],
    ['sent bearer abcdef0123456789', 'sent bearer [redacted]'],
    // Addresses with a user, with none, with none but a key, and with a password that a URL may not hold.
    ['postgres://app:s3cret@10.20.0.3/shop failed', 'postgres://app:[redacted]@10.20.0.3/shop failed'],
    ['redis://:Sup3rS3cret!pw@redis:6379/0', 'redis://:[redacted]@redis:6379/0'],
    ['https://0123456789abcdef@o1.ingest.example/7', 'https://[redacted]@o1.ingest.example/7'],
    ['postgres://app:p/a@ss@10.0.0.3:5432/db', 'postgres://app:[redacted]@10.0.0.3:5432/db'],
    // Signed links.
    ['GET https://maps.example/json?key=abc&q=1 403', 'GET https://maps.example/json?[redacted] 403'],
    ['"/b/o?X-Goog-Signature=0a1b2c"', '"/b/o?[redacted]"'],
    ['https://acme.example/x?sv=2022&sig=abcdEFGH%2Bxyz123%3D', 'https://acme.example/x?[redacted]'],
    // Arguments.
    ['mysql -uroot -phunter2 failed', 'mysql -uroot -p[redacted] failed'],
    ['redis-cli -h redis -a hunter2 ping', 'redis-cli -h redis -a [redacted] ping'],
    ['AUTH hunter2: invalid', 'AUTH [redacted] invalid'],
    ["command: { name: 'auth', args: [ 'hunter2' ] }", "command: { name: 'auth', args: [[redacted]] }"],
    // Keys by how they begin.
    [`Invalid API Key provided: ${stripe('sk')}`, 'Invalid API Key provided: [redacted]'],
    [`Expired API Key provided: ${stripe('rk')}`, 'Expired API Key provided: [redacted]'],
    [`using ${GITHUB}`, 'using [redacted]'],
    [`slack ${SLACK} revoked`, 'slack [redacted] revoked'],
    [`x-goog-api-key ${GOOGLE}`, 'x-goog-api-key [redacted]'],
    [`AWS ${AWS} wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY denied`, 'AWS [redacted] denied'],
    [`token ${JWT} rejected`, 'token [redacted] rejected'],
    ['got ya29.a0AfH6SMBx from metadata', 'got [redacted] from metadata'],
    ['key -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- read', 'key [redacted] read'],
    ['key -----BEGIN RSA PRIVATE KEY-----\nMIIE', 'key [redacted]'],
    // Whatever else is long and looks like a key.
    ['unknown key q7ZtP0sXw4Lk9VbN2mHd8RfYc3JgT6Ea', 'unknown key [redacted]'],
    // Numbers and addresses of people.
    ['card 4242 4242 4242 4242 declined', 'card [number] declined'],
    ['card 378282246310005 declined', 'card [number] declined'],
    ['account DE89370400440532013000', 'account [number]'],
    ['mail to jane.doe@example.com bounced', 'mail to [address] bounced'],
  ])('%s', (text, clean) => expect(redact(text)).toBe(clean));
});

describe('redact leaves', () => {
  it.each([
    'connect ETIMEDOUT 10.20.0.3:5432',
    'auth: connection refused',
    "KeyError: 'currency'",
    'Error: jwt malformed',
    'compass: north',
    'Default STARTUP TCP probe failed 1 time consecutively for container "worker" on port 8080.',
    'no answer from https://acme.example:8080/orders in 3 s',
    'what? a = b',
    'image us-docker.pkg.dev/acme/apps/backend@sha256:7777bbbbccccddddeeeeffff0000111122223333444455556666777788889999',
    'trace 0af7651916cd43dd8448eb211c80319c',
    'at org.hibernate.engine.jdbc.connections.internal.DatasourceConnectionProviderImpl.getConnection(Impl.java:122)',
    'took 1764100000000 ms, order 9999000011112222',
  ])('%s', (text) => expect(redact(text)).toBe(text));
});

describe('redact', () => {
  it('cuts what is long', () => {
    expect(redact('x'.repeat(400))).toHaveLength(300);
    expect(redact('x'.repeat(300))).toBe('x'.repeat(300));
  });

  it.each(['aZ0', 'a-b-', 'a.b.', 'token', 'pass_'])(
    'walks through a word as long as an entry once: %s over and over',
    (part) => {
      // Patterns that began anew at each letter took minutes for this, and all of Node with them.
      expect(redact(part.repeat(20_000)).length).toBeLessThanOrEqual(300);
    },
    5000,
  );
});

describe('the shape of a path', () => {
  it.each([
    ['/', '/'],
    ['/healthz', '/healthz'],
    ['/.well-known/index.html', '/.well-known/index.html'],
    ['/api/v1/orders/9', '/api/v#/orders/#'],
    ['/u/ann@acme.example/reset', '/u/#/reset'],
    ['/u/ann%40acme.example', '/u/#'],
    ['/users/550e8400-e29b-41d4-a716-446655440000', '/users/#'],
    ['/reset/AbCdEf', '/reset/#'],
    ['/reset/', '/reset/'],
    [`/x/${'a'.repeat(24)}`, `/x/${'a'.repeat(24)}`],
    [`/x/${'a'.repeat(25)}`, '/x/#'],
    ['token', 'token'],
  ])('%s', (path, shape) => expect(shapeOfPath(path)).toBe(shape));
});
