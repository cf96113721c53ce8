import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { GoogleOptions } from '../../../shared/adapters/google/google-options.ts';
import { googleWriter } from '../../../shared/adapters/google/writer.ts';
import { failureOf, googleError, json, NEVER, tinyServer } from './tiny-server.ts';

const SERVICE = 'projects/p/locations/l/services/backend';
const CONNECTOR = 'projects/p/locations/l/connectors/c';

const template = { containers: [{ image: 'app' }] };

describe('a write that is refused', () => {
  const abort = NEVER;
  const writes: readonly (readonly [string, (options: GoogleOptions) => Promise<unknown>])[] = [
    [
      'updateConnector',
      (options) =>
        googleWriter(options).updateConnector(
          CONNECTOR,
          { machineType: 'e2-micro', instancesMin: 2, instancesMax: 6 },
          abort,
        ),
    ],
    [
      'updateTraffic',
      (options) =>
        googleWriter(options).updateTraffic(
          { name: SERVICE, etag: '"1"' },
          [{ revision: 'LATEST', percent: 100 }],
          abort,
        ),
    ],
    [
      'restartService',
      (options) =>
        googleWriter(options).changeService(
          { name: SERVICE, etag: '"1"' },
          { template: { mark: 'm', images: ['i'] } },
          abort,
        ),
    ],
  ];

  it.each(writes)('%s is never tried twice', async (_, write) => {
    const server = await tinyServer(({ method }, response) =>
      method === 'GET'
        ? json(response, 200, { name: SERVICE, template })
        : json(response, 503, googleError(503, 'UNAVAILABLE', 'perhaps done, perhaps not'), { 'retry-after': '0' }),
    );
    expect((await failureOf(write(server.options))).code).toBe('unavailable');
    expect(server.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it.each(writes)('%s that meets another change is a conflict', async (_, write) => {
    const moved = "Conflict for resource 'backend': version '1' was specified but current version is '2'.";
    const server = await tinyServer(({ method }, response) =>
      method === 'GET' ? json(response, 200, { template }) : json(response, 409, googleError(409, 'ABORTED', moved)),
    );
    const failure = await failureOf(write(server.options));
    expect(failure.code).toBe('conflict');
    expect(failure.message).toContain(moved);
  });

  it('without an etag is refused before it leaves', async () => {
    const server = await tinyServer((_, response) => json(response, 200, { template }));
    const writer = googleWriter(server.options);
    const service = { name: SERVICE, etag: '' };
    expect((await failureOf(writer.updateTraffic(service, [], abort))).code).toBe('failed-precondition');
    expect(
      (await failureOf(writer.changeService(service, { template: { mark: 'm', images: ['i'] } }, abort))).code,
    ).toBe('failed-precondition');
    expect(server.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(0);
  });

  it('that breaks off tells no environment value and no token to whoever logs its failure', async () => {
    const containers = [{ image: 'app', env: [{ name: 'STRIPE_API_KEY', value: 'sk_live_never_to_be_seen' }] }];
    const server = await tinyServer(({ method }, response) =>
      method === 'GET' ? json(response, 200, { template: { containers } }) : response.destroy(),
    );
    const writer = googleWriter(server.options);
    const service = { name: SERVICE, etag: '"1"' };
    const failure = await failureOf(writer.changeService(service, { template: { mark: 'm', images: ['i'] } }, abort));
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining('no answer') });
    expect(JSON.stringify(server.asked[1]?.body), 'it was sent back').toContain('sk_live_never_to_be_seen');
    const logged = inspect(failure, { depth: 20, showHidden: true });
    expect(logged).not.toContain('sk_live_never_to_be_seen');
    expect(logged).not.toContain('token-of-investigate');
  });

  it('that is answered without an operation is not taken for done', async () => {
    const server = await tinyServer(({ method }, response) =>
      json(response, 200, method === 'GET' ? { template } : {}),
    );
    for (const [, write] of writes) expect((await failureOf(write(server.options))).code).toBe('unknown');
  });
});
