import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, LOCATION, type Served, serveGoogle } from './serve-google.ts';

const RUN = `/v1/${LOCATION}/triggers/end-to-end:run`;

let served: Served;
beforeAll(async () => {
  served = await serveGoogle(brief('healthy'));
});
afterAll(() => served.close());

describe('Cloud Build', () => {
  it('runs a trigger by name or id, and answers an operation that holds the build', async () => {
    const { status, body } = await served.call('retest', 'POST', RUN, {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: expect.stringMatching(/^operations\/build\/acme-staging\//),
      metadata: {
        '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata',
        build: { status: 'QUEUED', projectId: 'acme-staging', substitutions: { TRIGGER_NAME: 'end-to-end' } },
      },
    });
    const { id, buildTriggerId } = body.metadata.build;
    expect((await served.call('retest', 'POST', `/v1/${LOCATION}/triggers/${buildTriggerId}:run`, {})).status).toBe(
      200,
    );
    served.after(120);
    const build = await served.call('retest', 'GET', `/v1/${LOCATION}/builds/${id}`);
    expect(build.body).toMatchObject({ id, status: 'SUCCESS', finishTime: expect.any(String) });
    const filter = encodeURIComponent('create_time>="2026-11-23T00:00:00.000Z"');
    expect((await served.call('retest', 'GET', `/v1/${LOCATION}/builds?filter=${filter}`)).body.builds).toHaveLength(2);
  });

  it('does not know other triggers, builds and filters', async () => {
    const status = async (method: string, path: string) => (await served.call('retest', method, path, {})).status;
    expect(await status('POST', `/v1/${LOCATION}/triggers/other:run`)).toBe(404);
    expect((await served.call('retest', 'GET', `/v1/${LOCATION}/builds/7e4d1c90-1`)).status).toBe(404);
    expect((await served.call('retest', 'GET', `/v1/${LOCATION}/builds?filter=status%3DX`)).status).toBe(400);
  });

  it('starts nothing for anybody else, the one that can change services among them', async () => {
    for (const identity of ['investigate', 'remediate', 'alert'] as const)
      expect((await served.call(identity, 'POST', RUN, {})).status).toBe(403);
    expect((await served.call(undefined, 'POST', RUN, {})).status).toBe(401);
    for (const path of [`/v2/${LOCATION}/services`, `/v2/${LOCATION}/services/backend`])
      expect((await served.call('retest', 'GET', path)).status).toBe(403);
  });
});
