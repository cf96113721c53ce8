import { describe, expect, it } from 'vitest';
import type { GoogleOptions } from '../../../shared/adapters/google/google-options.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { instant } from '../../../shared/ports/clock.ts';
import type { CloudReader } from '../../../shared/ports/cloud.ts';
import { failureOf, googleError, json, NEVER, optionsFor, tinyServer } from './tiny-server.ts';

const SERVICE = 'projects/p/locations/l/services/backend';
const CONNECTOR = 'projects/p/locations/l/connectors/c';
const from = instant('2026-11-23T03:00:00Z');
const to = instant('2026-11-23T03:10:00Z');

/** One call of each way in which requests leave: three generations of Google's clients, and plain REST. */
const ways: readonly (readonly [string, string, (cloud: CloudReader, abort: AbortSignal) => Promise<unknown>])[] = [
  ['run', SERVICE, (cloud, abort) => cloud.service(SERVICE, abort)],
  ['vpcaccess', CONNECTOR, (cloud, abort) => cloud.connector(CONNECTOR, abort)],
  [
    'monitoring',
    'projects/p',
    (cloud, abort) =>
      cloud.series(
        {
          project: 'p',
          filter: 'metric.type="m"',
          from,
          to,
          alignSeconds: 60,
          aligner: 'ALIGN_RATE',
          reducer: 'REDUCE_SUM',
          groupBy: [],
        },
        abort,
      ),
  ],
  [
    'logging',
    'projects/p',
    (cloud, abort) => cloud.logs({ project: 'p', filter: 'x', from, to, entriesMax: 10, order: 'newest-first' }, abort),
  ],
];

const ask = (options: GoogleOptions, [, , call]: (typeof ways)[number], abort = NEVER) =>
  failureOf(call(googleReader(options), abort));

/** Reads of Logging are counted by whoever asks (evidence/log-budget.ts): none is repeated behind its back. */
const askedAgain = ways.filter(([api]) => api !== 'logging');

describe.each(askedAgain)('a call of %s', (...way) => {
  const [, resource] = way;

  it('asks again when it may, and then has its answer', async () => {
    const server = await tinyServer((_, response) =>
      server.asked.length < 3
        ? json(response, 503, googleError(503, 'UNAVAILABLE', 'try again'))
        : json(response, 200, { name: resource }),
    );
    const [, , call] = way;
    await expect(call(googleReader(server.options), NEVER)).resolves.toBeDefined();
    expect(server.asked).toHaveLength(3);
  });

  it('asks three times and no more', async () => {
    const server = await tinyServer((_, response) => json(response, 503, googleError(503, 'UNAVAILABLE', 'no')));
    const failure = await ask(server.options, way);
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining('(tried 3 times)') });
    expect(server.asked).toHaveLength(3);
  });

  it('waits as long as it is asked to', async () => {
    const at: number[] = [];
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.600s' };
    const server = await tinyServer((_, response) => {
      at.push(performance.now());
      if (at.length > 1) return json(response, 200, { name: resource });
      return json(response, 429, googleError(429, 'RESOURCE_EXHAUSTED', 'quota', [info]));
    });
    const [, , call] = way;
    await call(googleReader(server.options), NEVER);
    // Unasked it would have waited 200 ms at most.
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(590);
  });
});

describe('a read of logs', () => {
  it.each([
    [503, 'UNAVAILABLE', 'unavailable'],
    [429, 'RESOURCE_EXHAUSTED', 'rate-limited'],
  ])('is asked once, whatever comes back: %s', async (status, name, code) => {
    const server = await tinyServer((_, response) => json(response, status, googleError(status, name, 'no')));
    for (const way of ways.filter(([api]) => api === 'logging'))
      expect(await ask(server.options, way)).toMatchObject({ code });
    expect(server.asked).toHaveLength(1);
  });
});

describe.each(ways)('a refusal by %s', (...way) => {
  const [api, resource] = way;

  it.each([
    [400, 'INVALID_ARGUMENT', 'invalid-argument'],
    [400, 'FAILED_PRECONDITION', 'failed-precondition'],
    [401, 'UNAUTHENTICATED', 'unauthenticated'],
    [403, 'PERMISSION_DENIED', 'permission-denied'],
    [404, 'NOT_FOUND', 'not-found'],
    [409, 'ABORTED', 'conflict'],
    [409, 'ALREADY_EXISTS', 'conflict'],
    [500, 'INTERNAL', 'unknown'],
    [504, 'DEADLINE_EXCEEDED', 'timed-out'],
  ])('%i %s is %s, asked once', async (status, name, code) => {
    const server = await tinyServer((_, response) =>
      json(response, status, googleError(status, name, 'as it is said')),
    );
    const failure = await ask(server.options, way);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(`on ${resource}: ${status} ${name}: as it is said`);
    expect(failure.message).toContain(api);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.authorization).toBe('Bearer token-of-investigate');
  });

  it('names the permission where only ErrorInfo does', async () => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'IAM_PERMISSION_DENIED',
      domain: 'iam.googleapis.com',
      metadata: { permission: 'run.services.get' },
    };
    const error = googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission', [info]);
    const server = await tinyServer((_, response) => json(response, 403, error));
    const failure = await ask(server.options, way);
    expect(failure.code).toBe('permission-denied');
    expect(failure.message).toContain('The caller does not have permission (needs run.services.get)');
  });

  it('gives up at once when Retry-After is past its deadline, and hands it on', async () => {
    const error = googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for ReadRequestsPerMinutePerProject');
    const server = await tinyServer((_, response) => json(response, 429, error, { 'retry-after': '60' }));
    expect(await ask(server.options, way)).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 60 });
    expect(server.asked).toHaveLength(1);
  });

  it('reads RetryInfo where there is no header', async () => {
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '31.5s' };
    const error = googleError(429, 'RESOURCE_EXHAUSTED', 'quota', [info]);
    const server = await tinyServer((_, response) => json(response, 429, error));
    expect(await ask(server.options, way)).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 31.5 });
  });

  it('judges a page that is not Google’s by its HTTP status', async () => {
    const server = await tinyServer((_, response) => response.writeHead(403).end('<html>blocked by a proxy</html>'));
    const failure = await ask(server.options, way);
    expect(failure.code).toBe('permission-denied');
    expect(failure.message).toContain('403: <html>blocked by a proxy');
  });

  it('does not take half an answer for an answer', async () => {
    const server = await tinyServer((_, response) => response.writeHead(200).end('{"name":'));
    expect((await ask(server.options, way)).code).toBe('unknown');
  });

  it('rejects promptly when its caller gives up, and hangs up', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const server = await tinyServer((_, response) => {
      response.on('close', closed.resolve);
      controller.abort(new Error('enough'));
    });
    const failure = await ask(server.options, way, controller.signal);
    expect(failure).toMatchObject({ code: 'timed-out', message: expect.stringContaining('given up by its caller') });
    await closed.promise;
    expect(server.asked).toHaveLength(1);
  });

  it('asks nothing for a caller that gave up before', async () => {
    const server = await tinyServer((_, response) => json(response, 200, { name: resource }));
    expect((await ask(server.options, way, AbortSignal.abort())).code).toBe('timed-out');
    expect(server.asked).toHaveLength(0);
  });

  it('says that nobody answered', async () => {
    // Port 1 of the machine itself: nothing listens there.
    const failure = await ask(optionsFor(1), way);
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('an identity that has no token', () => {
  it('is unauthenticated, whichever client asks, and says so', async () => {
    const server = await tinyServer((_, response) => json(response, 200, {}));
    const { options } = server;
    (await options.auth).getRequestHeaders = () => Promise.reject(new Error('the key is gone'));
    for (const way of ways) {
      const failure = await ask(options, way);
      expect(failure.code, way[0]).toBe('unauthenticated');
      expect(failure.message).toContain('the key is gone');
    }
    expect(server.asked).toHaveLength(0);
  });
});
