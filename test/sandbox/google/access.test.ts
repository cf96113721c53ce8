import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { brief, LOCATION, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
const service = `/v2/${LOCATION}/services/backend`;
const connector = `/v1/${LOCATION}/connectors/staging-connector`;

describe('who may do what', () => {
  beforeEach(async () => {
    google = await serveGoogle(brief('healthy'));
  });
  afterEach(() => google.close());

  test('without a token and with an unknown one: 401, as Google says it', async () => {
    expect(await google.call(undefined, 'GET', service)).toMatchObject({
      status: 401,
      body: { error: { code: 401, status: 'UNAUTHENTICATED', details: [{ reason: 'CREDENTIALS_MISSING' }] } },
    });
    const response = await fetch(`http://127.0.0.1:${google.port}${service}`, {
      headers: { authorization: 'Bearer nobody' },
    });
    expect(response.status).toBe(401);
  });

  test('investigate reads and cannot change; the refusal names permission and resource', async () => {
    expect((await google.call('investigate', 'GET', service)).status).toBe(200);
    expect(
      await google.call('investigate', 'PATCH', `${service}?updateMask=traffic&validateOnly=true`, { traffic: [] }),
    ).toMatchObject({
      status: 403,
      body: {
        error: {
          status: 'PERMISSION_DENIED',
          message: `Permission 'run.services.update' denied on resource '//run.googleapis.com/${LOCATION}/services/backend' (or resource may not exist).`,
          details: [{ reason: 'IAM_PERMISSION_DENIED', metadata: { permission: 'run.services.update' } }],
        },
      },
    });
    expect(
      (await google.call('investigate', 'PATCH', `${connector}?updateMask=minInstances,maxInstances`, {})).status,
    ).toBe(403);
  });

  test('remediate changes, and reads neither metrics nor logs', async () => {
    expect((await google.call('remediate', 'GET', connector)).status).toBe(200);
    expect((await google.call('remediate', 'GET', '/v3/projects/acme-staging/timeSeries')).status).toBe(403);
    expect(
      (await google.call('remediate', 'POST', '/v2/entries:list', { resourceNames: ['projects/acme-staging'] })).status,
    ).toBe(403);
  });

  test('every other identity may do nothing', async () => {
    for (const path of [service, connector, '/v3/projects/acme-staging/timeSeries']) {
      expect((await google.call('alert', 'GET', path)).status).toBe(403);
    }
  });

  test('another project is not there for anyone', async () => {
    const elsewhere = await google.call(
      'investigate',
      'GET',
      '/v2/projects/acme-runmedic/locations/us-central1/services',
    );
    expect(elsewhere).toMatchObject({ status: 403, body: { error: { status: 'PERMISSION_DENIED' } } });
    const logs = await google.call('investigate', 'POST', '/v2/entries:list', {
      resourceNames: ['projects/acme-runmedic'],
    });
    expect(logs.status).toBe(403);
  });

  test('every call is written down with its identity, permission and status', async () => {
    await google.call('investigate', 'GET', service);
    await google.call('alert', 'GET', `${connector}?x=1`);
    await google.call(undefined, 'GET', service);
    const at = new Date(google.world.nowMs).toISOString();
    expect(google.calls.list()).toEqual([
      {
        sequence: 1,
        at,
        identity: 'investigate@acme-runmedic.iam.gserviceaccount.com',
        method: 'GET',
        path: service,
        status: 200,
        permission: 'run.services.get',
      },
      {
        sequence: 2,
        at,
        identity: 'alert@acme-runmedic.iam.gserviceaccount.com',
        method: 'GET',
        path: `${connector}?x=1`,
        status: 403,
        permission: 'vpcaccess.connectors.get',
      },
      {
        sequence: 3,
        at,
        identity: 'anonymous',
        method: 'GET',
        path: service,
        status: 401,
        permission: 'run.services.get',
      },
    ]);
    expect(google.calls.since(2).map((c) => c.sequence)).toEqual([3]);
  });

  test('an unknown method is 404; what is not Google’s is left to others', async () => {
    expect(await google.call('investigate', 'DELETE', service)).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND' } },
    });
    expect(await (await fetch(`http://127.0.0.1:${google.port}/page`)).text()).toBe('not Google');
  });

  test('a body that is no JSON is 400', async () => {
    const response = await fetch(`http://127.0.0.1:${google.port}${service}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer token-of-remediate', 'content-type': 'application/json' },
      body: '{',
    });
    expect(response.status).toBe(400);
  });
});

test('a scenario may deny a permission for a while', async () => {
  const scenario = brief('healthy');
  scenario.iam.deny.push({ identity: 'investigate', permission: 'run.services.get', from: 60, until: 120 });
  google = await serveGoogle(scenario);
  const statuses: number[] = [];
  for (const seconds of [0, 60, 60]) {
    google.after(seconds);
    statuses.push((await google.call('investigate', 'GET', service)).status);
  }
  expect(statuses).toEqual([200, 403, 200]);
  expect((await google.call('remediate', 'GET', service)).status).toBe(200);
  await google.close();
});

test('a scenario may make an API fail and slow, and the others not', async () => {
  const scenario = brief('healthy');
  scenario.apis.push({
    api: 'run',
    latencyMs: 30,
    fail: { httpStatus: 503, status: 'UNAVAILABLE', message: 'The service is currently unavailable.' },
  });
  google = await serveGoogle(scenario);
  const began = performance.now();
  expect(await google.call('investigate', 'GET', service)).toMatchObject({
    status: 503,
    body: { error: { status: 'UNAVAILABLE' } },
  });
  expect(performance.now() - began).toBeGreaterThan(28);
  expect((await google.call('investigate', 'GET', connector)).status).toBe(200);
  await google.close();
});

test('a recorded reply is given back word for word, in its time, to whoever may ask', async () => {
  const scenario = brief('healthy');
  scenario.recorded.replies.push({
    method: 'GET',
    path: connector,
    status: 200,
    body: { name: 'as recorded', state: 'ERROR' },
    from: 60,
  });
  google = await serveGoogle(scenario);
  expect((await google.call('investigate', 'GET', connector)).body.state).toBe('READY');
  google.after(60);
  expect((await google.call('investigate', 'GET', connector)).body).toEqual({ name: 'as recorded', state: 'ERROR' });
  expect((await google.call('alert', 'GET', connector)).status).toBe(403);
  await google.close();
});
