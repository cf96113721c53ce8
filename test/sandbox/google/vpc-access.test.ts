import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { brief, LOCATION, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
const path = `/v1/${LOCATION}/connectors/staging-connector`;
const limits = 'minInstances,maxInstances';
beforeEach(async () => {
  google = await serveGoogle(brief('healthy'));
});
afterEach(() => google.close());

test('a connector has the fields of google.cloud.vpcaccess.v1.Connector', async () => {
  expect((await google.call('investigate', 'GET', path)).body).toEqual({
    name: `${LOCATION}/connectors/staging-connector`,
    network: 'staging',
    ipCidrRange: '10.8.0.0/28',
    state: 'READY',
    minThroughput: 200,
    maxThroughput: 300,
    connectedProjects: ['acme-staging'],
    machineType: 'e2-micro',
    minInstances: 2,
    maxInstances: 3,
  });
});

test('list covers its location and all of them', async () => {
  for (const location of ['us-central1', '-']) {
    const { body } = await google.call(
      'investigate',
      'GET',
      `/v1/projects/acme-staging/locations/${location}/connectors`,
    );
    expect(body.connectors).toHaveLength(1);
  }
  expect(
    (await google.call('investigate', 'GET', '/v1/projects/acme-staging/locations/europe-west1/connectors')).body,
  ).toEqual({});
});

test('an update is an operation: UPDATING for one to two minutes, the old limits until then', async () => {
  const { status, body } = await google.call('remediate', 'PATCH', `${path}?updateMask=${limits}`, {
    minInstances: 3,
    maxInstances: 6,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    metadata: { target: `${LOCATION}/connectors/staging-connector`, createTime: expect.any(String) },
  });
  expect(body.done).toBeUndefined();
  google.after(55);
  expect((await google.call('investigate', 'GET', path)).body).toMatchObject({
    state: 'UPDATING',
    minInstances: 2,
    maxInstances: 3,
  });
  expect((await google.call('remediate', 'GET', `/v1/${body.name}`)).body.done).toBeUndefined();
  google.after(65);
  expect((await google.call('remediate', 'GET', `/v1/${body.name}`)).body).toMatchObject({
    done: true,
    response: { state: 'READY', minInstances: 3, maxInstances: 6, maxThroughput: 600 },
    metadata: { endTime: expect.any(String) },
  });
});

test('while it is UPDATING it takes no other update', async () => {
  await google.call('remediate', 'PATCH', `${path}?updateMask=${limits}`, { minInstances: 3, maxInstances: 6 });
  const second = await google.call('remediate', 'PATCH', `${path}?updateMask=${limits}`, {
    minInstances: 3,
    maxInstances: 7,
  });
  expect(second).toMatchObject({
    status: 400,
    body: { error: { status: 'FAILED_PRECONDITION', message: expect.stringContaining('UPDATING') } },
  });
});

describe('what is refused', () => {
  const refusals: [string, string, Record<string, unknown>, RegExp][] = [
    ['no mask', '', { minInstances: 2, maxInstances: 6 }, /update_mask/],
    ['the minimum alone', 'minInstances', { minInstances: 3 }, /together/],
    ['the maximum alone', 'maxInstances', { maxInstances: 6 }, /together/],
    ['a lower maximum', limits, { minInstances: 2, maxInstances: 2 }, /max_instances must be between 3 and 10/],
    ['a maximum above ten', limits, { minInstances: 2, maxInstances: 11 }, /max_instances must be between 3 and 10/],
    ['a minimum below two', limits, { minInstances: 1, maxInstances: 5 }, /min_instances must be between 2 and 9/],
    ['a minimum that is not below the maximum', limits, { minInstances: 5, maxInstances: 5 }, /less than/],
    ['half an instance', limits, { minInstances: 2.5, maxInstances: 5 }, /min_instances must be between/],
    ['no value', limits, {}, /min_instances must be between/],
    ['another network', 'network', { network: 'other' }, /network of a connector cannot be updated/],
    ['an unknown machine', 'machineType', { machineType: 'n1-highmem-96' }, /machine_type must be one of/],
  ];
  test.each(refusals)('%s', async (_what, mask, body, message) => {
    const reply = await google.call('remediate', 'PATCH', `${path}?updateMask=${mask}`, body);
    expect(reply).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(message) } } });
    expect((await google.call('investigate', 'GET', path)).body).toMatchObject({
      state: 'READY',
      minInstances: 2,
      maxInstances: 3,
    });
  });

  test('limits below the present ones: a connector never shrinks', async () => {
    await google.call('remediate', 'PATCH', `${path}?updateMask=${limits}`, { minInstances: 4, maxInstances: 8 });
    google.after(120);
    const lower = await google.call('remediate', 'PATCH', `${path}?updateMask=${limits}`, {
      minInstances: 3,
      maxInstances: 7,
    });
    expect(lower).toMatchObject({
      status: 400,
      body: { error: { message: 'min_instances cannot be lower than its current value, 4.' } },
    });
  });
});

test('snake_case masks are the same, and a machine type can be changed alone', async () => {
  const { body } = await google.call('remediate', 'PATCH', `${path}?updateMask=machine_type`, {
    machineType: 'e2-standard-4',
  });
  google.after(120);
  expect((await google.call('remediate', 'GET', `/v1/${body.name}`)).body.response).toMatchObject({
    machineType: 'e2-standard-4',
    maxThroughput: 4800,
  });
});

test('what is not there is 404', async () => {
  expect((await google.call('investigate', 'GET', `/v1/${LOCATION}/connectors/none`)).status).toBe(404);
  expect((await google.call('investigate', 'GET', `/v1/${LOCATION}/operations/none`)).status).toBe(404);
});
