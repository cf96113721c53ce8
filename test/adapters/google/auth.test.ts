import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Runs a module's text in a process of its own, so that what is imported and asked is this module's alone. */
function run(source: string, environment: Record<string, string> = {}) {
  const { METADATA_SERVER_DETECTION: _, GOOGLE_APPLICATION_CREDENTIALS: __, ...inherited } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: root,
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...inherited, NODE_NO_WARNINGS: '1', ...environment },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

/** A metadata server that counts who asks it. */
const METADATA = `
  import { createServer } from 'node:http';
  let asked = 0;
  const metadata = createServer((request, response) => { asked += 1; response.writeHead(404).end(); });
  await new Promise((resolve) => metadata.listen(0, '127.0.0.1', resolve));
  process.env.GCE_METADATA_HOST = '127.0.0.1:' + metadata.address().port;
`;

describe('an identity by token', () => {
  it('asks no metadata server, whichever client calls', () => {
    const found = run(`${METADATA}
      const { tokenAuth } = await import('./shared/adapters/google/auth.ts');
      const { googleReader } = await import('./shared/adapters/google/reader.ts');
      const api = createServer((request, response) => response.end(JSON.stringify({ name: request.headers.authorization })));
      await new Promise((resolve) => api.listen(0, '127.0.0.1', resolve));
      const endpoint = { host: '127.0.0.1', port: api.address().port, protocol: 'http' };
      const reader = googleReader({ auth: tokenAuth('abc'), endpoint });
      const never = new AbortController().signal;
      const service = await reader.service('projects/p/locations/l/services/s', never);
      await reader.connector('projects/p/locations/l/connectors/c', never);
      const from = '2026-11-23T03:00:00.000Z';
      await reader.logs({ project: 'p', filter: 'a', from, to: from, entriesMax: 1, order: 'newest-first' }, never);
      await reader.series({ project: 'p', filter: 'a', from, to: from, alignSeconds: 60, aligner: 'ALIGN_MAX', reducer: 'REDUCE_MAX', groupBy: [] }, never);
      console.log(JSON.stringify({ asked, name: service.name }));
      process.exit();
    `);
    expect(found).toEqual({ asked: 0, name: 'Bearer abc' });
  });
});

describe('the machine’s identity', () => {
  it('is unauthenticated, and says what to do, where there is none', () => {
    const found = run(
      `
      const { defaultAuth } = await import('./shared/adapters/google/auth.ts');
      const failure = await defaultAuth().catch((error) => error);
      console.log(JSON.stringify({ name: failure.name, code: failure.code, message: failure.message }));
    `,
      { METADATA_SERVER_DETECTION: 'none', HOME: '/nonexistent', CLOUDSDK_CONFIG: '/nonexistent' },
    );
    expect(found).toMatchObject({ name: 'PlatformFailure', code: 'unauthenticated' });
    expect(found.message).toContain('gcloud auth application-default login');
  });

  it('is what a key file says, where one is named', () => {
    const found = run(
      `
      const { writeFileSync, mkdtempSync } = await import('node:fs');
      const file = mkdtempSync('/tmp/runmedic-auth-') + '/key.json';
      writeFileSync(file, JSON.stringify({ type: 'authorized_user', client_id: 'a', client_secret: 'b', refresh_token: 'c' }));
      process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
      const { defaultAuth } = await import('./shared/adapters/google/auth.ts');
      const auth = await defaultAuth();
      console.log(JSON.stringify({ type: auth.constructor.name }));
    `,
      { METADATA_SERVER_DETECTION: 'none' },
    );
    expect(found).toEqual({ type: 'UserRefreshClient' });
  });
});

describe('starting', () => {
  it('loads no client of Google’s before one is needed', () => {
    const found = run(`
      const { createRequire } = await import('node:module');
      const { googleReader } = await import('./shared/adapters/google/reader.ts');
      const { googleWriter } = await import('./shared/adapters/google/writer.ts');
      const { defaultIdTokens } = await import('./shared/adapters/google/auth.ts');
      const { prober } = await import('./shared/adapters/probe/prober.ts');
      const options = { auth: {}, endpoint: undefined };
      googleReader(options);
      googleWriter(options);
      prober({ connectTo: [], idToken: defaultIdTokens() });
      const loaded = Object.keys(createRequire(import.meta.url).cache ?? {}).concat(process.moduleLoadList);
      console.log(JSON.stringify(loaded.filter((name) => /google|gaxios|protobuf/.test(name))));
    `);
    expect(found).toEqual([]);
  });
});
