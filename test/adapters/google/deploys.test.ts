import { describe, expect, it } from 'vitest';
import { instant } from '../../../shared/ports/clock.ts';
import { googleInSandbox, START_MS } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const LOCATION = { project: 'acme-staging', region: 'us-central1' };
const KEY = 'projects/acme-staging/secrets/payment-key/versions';
const at = (seconds: number) => instant(START_MS + seconds * 1000);

describe('the reader, on what was deployed', () => {
  it('sees the revisions of every service in one call, newest first', async () => {
    const { reader, calls } = await googleInSandbox('staging-503');
    const { revisions, truncated } = await reader.regionRevisions(LOCATION, NEVER);
    expect(truncated).toBe(false);
    expect(revisions.map(({ shortName }) => shortName)).toEqual([
      'backend-00041-pob',
      'frontend-00053-dul',
      'auth-00018-qet',
      'backend-00040-kip',
      'frontend-00052-zam',
      'auth-00017-vix',
    ]);
    expect(revisions[0]).toMatchObject({ createdBy: 'deploy@acme-ci.iam.gserviceaccount.com' });
    expect(calls.list().map(({ path }) => path)).toEqual([expect.stringContaining('/services/-/revisions?')]);
  });

  it('sees whether a secret may be used, and not what it holds', async () => {
    const { reader, calls } = await googleInSandbox('secret-unavailable');
    const states = ['1', '2', '4', 'latest'].map((version) => reader.secretVersion(`${KEY}/${version}`, NEVER));
    expect((await Promise.all(states)).map(({ name, state }) => [name.split('/').at(-1), state])).toEqual([
      ['1', 'destroyed'],
      ['2', 'disabled'],
      ['4', 'enabled'],
      ['4', 'enabled'],
    ]);
    await expect(reader.secretVersion(`${KEY}/9`, NEVER)).rejects.toMatchObject({ code: 'not-found' });
    expect(new Set(calls.list().map(({ permission }) => permission))).toEqual(new Set(['secretmanager.versions.get']));
  });

  it('reads who asked for what in the audit log, without the request itself', async () => {
    const { reader, afterSeconds } = await googleInSandbox('protocol-mismatched');
    afterSeconds(60);
    const { entries } = await reader.logs(
      {
        project: 'acme-staging',
        filter:
          'logName:"cloudaudit.googleapis.com%2Factivity" AND protoPayload.serviceName=("run.googleapis.com" OR "x")',
        from: at(0),
        to: at(60),
        entriesMax: 10,
        order: 'newest-first',
      },
      NEVER,
    );
    expect(entries.map(({ audit }) => audit)).toEqual([
      {
        api: 'run.googleapis.com',
        method: 'google.cloud.run.v2.Services.UpdateService',
        resource: 'projects/acme-staging/locations/us-central1/services/frontend',
        by: 'ben@acme.example',
        part: 'whole',
        errorCode: undefined,
        fields: ['template'],
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('API_URL');
  });
});
