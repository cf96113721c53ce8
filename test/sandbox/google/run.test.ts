import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { brief, type Json, LOCATION, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
const name = `${LOCATION}/services/backend`;
const path = `/v2/${name}`;
const get = async (): Promise<Json> => (await google.call('remediate', 'GET', path)).body;
const patch = (query: string, body: Json) => google.call('remediate', 'PATCH', `${path}?${query}`, body);
const to = (revision: string, percent = 100) => ({
  type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
  revision,
  percent,
});
const latest = { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 };

beforeEach(async () => {
  google = await serveGoogle(brief('healthy'));
});
afterEach(() => google.close());

describe('reading', () => {
  test('a service has the shape of real replies, environment values in clear', async () => {
    const service = await get();
    expect(service).toMatchObject({
      name,
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      generation: '2',
      observedGeneration: '2',
      ingress: 'INGRESS_TRAFFIC_ALL',
      launchStage: 'GA',
      etag: expect.stringMatching(/^".+\/.+"$/),
      terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED' },
      conditions: [
        { type: 'RoutesReady', state: 'CONDITION_SUCCEEDED' },
        { type: 'ConfigurationsReady', state: 'CONDITION_SUCCEEDED' },
      ],
      latestReadyRevision: `${name}/revisions/backend-00041-pob`,
      latestCreatedRevision: `${name}/revisions/backend-00041-pob`,
      traffic: [latest],
      trafficStatuses: [latest],
      uri: 'https://backend-415104041262.us-central1.run.app',
    });
    expect(service.reconciling).toBeUndefined();
    expect(service.template.containers[0].env).toContainEqual({
      name: 'STRIPE_API_KEY',
      value: expect.stringContaining('sk_test_'),
    });
    expect(service.terminalCondition).not.toHaveProperty('reason');
  });

  test('services.list refuses the wildcard location and pages', async () => {
    expect(await google.call('investigate', 'GET', '/v2/projects/acme-staging/locations/-/services')).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT' } },
    });
    const first = (await google.call('investigate', 'GET', `/v2/${LOCATION}/services?pageSize=2`)).body;
    const second = (
      await google.call('investigate', 'GET', `/v2/${LOCATION}/services?pageSize=2&pageToken=${first.nextPageToken}`)
    ).body;
    expect([...first.services, ...second.services].map((s: Json) => s.name.split('/').at(-1))).toEqual([
      'backend',
      'auth',
      'frontend',
    ]);
    expect(second.nextPageToken).toBeUndefined();
    expect((await google.call('investigate', 'GET', `/v2/${LOCATION}/services?pageToken=x`)).status).toBe(400);
  });

  test('revisions: newest first, what serves is active, the others are retired but ready', async () => {
    const { revisions } = (await google.call('investigate', 'GET', `${path}/revisions`)).body;
    const active = (r: Json) => r.conditions.find((c: Json) => c.type === 'Active');
    expect(revisions.map((r: Json) => r.name.split('/').at(-1))).toEqual(['backend-00041-pob', 'backend-00040-kip']);
    expect(revisions.map((r: Json) => r.conditions[0].state)).toEqual(['CONDITION_SUCCEEDED', 'CONDITION_SUCCEEDED']);
    expect(active(revisions[0]).state).toBe('CONDITION_SUCCEEDED');
    expect(active(revisions[1])).toMatchObject({ revisionReason: 'RETIRED', severity: 'INFO' });
    expect((await google.call('investigate', 'GET', `${path}/revisions/backend-00040-kip`)).body).toMatchObject({
      service: 'backend',
      containers: [{ image: expect.stringContaining('@sha256:') }],
    });
  });

  test('what is not there is 404', async () => {
    for (const missing of [
      `/v2/${LOCATION}/services/none`,
      `${path}/revisions/none`,
      `/v2/${LOCATION}/operations/none`,
    ]) {
      expect((await google.call('investigate', 'GET', missing)).status).toBe(404);
    }
  });
});

describe('a write', () => {
  test('of traffic keeps the template and makes no revision; the operation ends with the service', async () => {
    const before = await get();
    const { body: operation } = await patch('updateMask=traffic', {
      etag: before.etag,
      traffic: [to('backend-00040-kip')],
    });
    expect(operation).toMatchObject({
      metadata: { '@type': 'type.googleapis.com/google.cloud.run.v2.Service', reconciling: true },
    });
    expect(operation.done).toBeUndefined();
    const during = await get();
    expect(during).toMatchObject({
      generation: '3',
      observedGeneration: '2',
      reconciling: true,
      terminalCondition: { state: 'CONDITION_RECONCILING' },
      trafficStatuses: [latest],
    });
    google.after(6);
    const done = (await google.call('remediate', 'GET', `/v2/${operation.name}`)).body;
    expect(done).toMatchObject({
      done: true,
      response: { generation: '3', observedGeneration: '3', trafficStatuses: [to('backend-00040-kip')] },
    });
    expect((await get()).template).toEqual(before.template);
  });

  test('with a stale etag is refused, in Google’s words; without one it is not', async () => {
    const { etag } = await get();
    await patch('updateMask=traffic', { etag, traffic: [latest] });
    expect(await patch('updateMask=traffic', { etag, traffic: [latest] })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 409,
          status: 'ABORTED',
          message: expect.stringMatching(
            /^Conflict for resource 'backend': version '\d+' was specified but current version is '\d+'\.$/,
          ),
        },
      },
    });
    expect((await patch('updateMask=traffic', { traffic: [latest] })).status).toBe(200);
  });

  test('with validateOnly changes nothing', async () => {
    const before = await get();
    expect(
      (await patch('updateMask=traffic&validateOnly=true', { etag: before.etag, traffic: [to('backend-00040-kip')] }))
        .body,
    ).toMatchObject({ done: true, response: { traffic: [to('backend-00040-kip')] } });
    google.after(10);
    expect(await get()).toEqual(before);
  });

  test('ignores output-only and unknown fields, and takes enums as numbers', async () => {
    const { status } = await patch('updateMask=traffic&$alt=json;enum-encoding=int', {
      uid: 'x',
      generation: '99',
      uri: 'x',
      nonsense: true,
      conditions: [],
      traffic: [{ type: 2, revision: 'backend-00040-kip', percent: 100 }],
    });
    expect(status).toBe(200);
    expect(await get()).toMatchObject({
      generation: '3',
      traffic: [to('backend-00040-kip')],
      uid: expect.not.stringMatching('x'),
    });
  });

  test('without a mask replaces everything, and so needs a whole template', async () => {
    expect(await patch('', { traffic: [latest] })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('service.template') } },
    });
    const { template } = await get();
    await patch('', { template, traffic: [latest] });
    expect((await get()).labels).toBeUndefined();
  });
});

describe('a new revision', () => {
  const restarted = async () => {
    const { template } = await get();
    return { ...template, annotations: { 'runmedic.dev/restarted-at': '2026-11-23T12:00:00Z' } };
  };

  test('comes with every change of the template; traffic on LATEST moves over when it is ready', async () => {
    const { body: operation } = await patch('updateMask=template', { template: await restarted() });
    expect((await get()).latestCreatedRevision).toMatch(/backend-00042-[a-z]{3}$/);
    expect((await get()).latestReadyRevision).toMatch(/backend-00041-pob$/);
    google.after(40);
    expect((await google.call('remediate', 'GET', `/v2/${operation.name}`)).body).toMatchObject({ done: true });
    const after = await get();
    expect(after.latestReadyRevision).toBe(after.latestCreatedRevision);
    expect(google.world.state.services.get('backend')?.routed).toEqual([
      { revision: expect.stringMatching(/^backend-00042/), percent: 100, by: 'latest' },
    ]);
  });

  test('comes not with an unchanged template, but with forceNewRevision', async () => {
    const { template } = await get();
    await patch('updateMask=template', { template });
    expect((await get()).latestCreatedRevision).toMatch(/backend-00041-pob$/);
    await patch('updateMask=template&forceNewRevision=true', { template });
    expect((await get()).latestCreatedRevision).toMatch(/backend-00042/);
  });

  test('takes no traffic where that is pinned to a revision by name', async () => {
    await patch('updateMask=traffic', { traffic: [to('backend-00040-kip')] });
    google.after(10);
    await patch('updateMask=template', { template: await restarted() });
    google.after(40);
    expect((await get()).trafficStatuses).toEqual([to('backend-00040-kip')]);
    expect((await get()).latestReadyRevision).toMatch(/backend-00042/);
  });

  test('with the name of one that is there is refused, in Google’s words; with a fresh one it gets that', async () => {
    const template = await restarted();
    expect(
      await patch('updateMask=template', { template: { ...template, revision: 'backend-00041-pob' } }),
    ).toMatchObject({
      status: 409,
      body: { error: { message: "Revision named 'backend-00041-pob' with different configuration already exists." } },
    });
    await patch('updateMask=template', { template: { ...template, revision: 'backend-restart-1' } });
    expect((await get()).latestCreatedRevision).toBe(`${name}/revisions/backend-restart-1`);
  });

  test('a named one echoed back with another change is a conflict until the name is cleared', async () => {
    await patch('updateMask=template', { template: { ...(await restarted()), revision: 'backend-restart-1' } });
    google.after(40);
    const { template } = await get();
    expect(template.revision).toBe('backend-restart-1');
    const again = { ...template, annotations: { 'runmedic.dev/restarted-at': 'later' } };
    expect((await patch('updateMask=template.annotations', { template: again })).status).toBe(409);
    expect(
      (await patch('updateMask=template.annotations,template.revision', { template: { ...again, revision: '' } }))
        .status,
    ).toBe(200);
  });
});

describe('traffic that cannot be served', () => {
  test('to a revision that does not exist: accepted, then the operation fails and what served serves on', async () => {
    const { status, body } = await patch('updateMask=traffic', { traffic: [to('backend-00099-xyz')] });
    expect(status).toBe(200);
    google.after(10);
    expect((await google.call('remediate', 'GET', `/v2/${body.name}`)).body.error).toEqual({
      code: 13,
      message:
        "Revision 'backend-00099-xyz' does not exist or is deleted. Update all traffic to route to currently available revisions.",
    });
    expect(await get()).toMatchObject({
      terminalCondition: { state: 'CONDITION_FAILED' },
      trafficStatuses: [{ percent: 100 }],
    });
    expect(google.world.state.services.get('backend')?.routed).toEqual([
      { revision: 'backend-00041-pob', percent: 100, by: 'latest' },
    ]);
  });

  test.each([
    ['not 100 percent', [to('backend-00040-kip', 90)], /add up to 100, found 90/],
    [
      'a revision without a name',
      [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', percent: 100 }],
      /traffic.revision: must be set/,
    ],
    ['LATEST with a name', [{ ...latest, revision: 'backend-00040-kip' }], /must not be set/],
    ['negative', [to('backend-00040-kip', -10), to('backend-00041-pob', 110)], /between 0 and 100/],
  ])('%s is refused', async (_what, traffic, message) => {
    expect(await patch('updateMask=traffic', { traffic })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(message) } },
    });
  });

  test('a tag without traffic keeps its own address', async () => {
    await patch('updateMask=traffic', {
      traffic: [
        latest,
        { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 'backend-00040-kip', tag: 'before' },
      ],
    });
    google.after(10);
    expect((await get()).trafficStatuses).toContainEqual(
      expect.objectContaining({ tag: 'before', uri: 'https://before---backend-415104041262.us-central1.run.app' }),
    );
  });
});

describe('a template that is refused', () => {
  const cases: [string, (template: Json) => Json, RegExp][] = [
    ['a reserved annotation', (t) => ({ ...t, annotations: { 'run.googleapis.com/x': '1' } }), /reserved namespace/],
    ['no containers', (t) => ({ ...t, containers: [] }), /at least one container/],
    ['no image', (t) => ({ ...t, containers: [{ ...t.containers[0], image: '' }] }), /containers.image/],
    [
      'both kinds of VPC access',
      (t) => ({ ...t, vpcAccess: { ...t.vpcAccess, networkInterfaces: [{ network: 'x' }] } }),
      /one and only one of connector and network_interfaces must be set/,
    ],
    [
      'a connector that is not there',
      (t) => ({ ...t, vpcAccess: { connector: `${LOCATION}/connectors/none` } }),
      /VPC connector .* does not exist, or Cloud Run does not have permission to use it/,
    ],
    ...(
      [
        [
          'periodSeconds: 241, failureThreshold: 1',
          { periodSeconds: 241, failureThreshold: 1 },
          /\* period_seconds .* 240/,
        ],
        ['periodSeconds: 81', { periodSeconds: 81 }, /failure_threshold \* period_seconds must not be above 240/],
        ['failureThreshold: 25', { failureThreshold: 25 }, /failure_threshold \* period_seconds must not be above 240/],
        ['initialDelaySeconds: 241', { initialDelaySeconds: 241 }, /initial_delay_seconds must not be above 240/],
        ['timeoutSeconds: 11', { timeoutSeconds: 11 }, /timeout_seconds must not be above period_seconds/],
      ] as const
    ).map(([what, startupProbe, message]): (typeof cases)[number] => [
      `a startup probe with ${what}`,
      (t) => ({ ...t, containers: [{ ...t.containers[0], startupProbe }] }),
      message,
    ]),
    ['a timeout over an hour', (t) => ({ ...t, timeout: '3601s' }), /timeout: must be between 0 and 3600 seconds/],
    ['a negative timeout', (t) => ({ ...t, timeout: '-1s' }), /timeout: must be between/],
    ['more requests at once', (t) => ({ ...t, maxInstanceRequestConcurrency: 1001 }), /between 0 and 1000/],
    ['fewer requests at once', (t) => ({ ...t, maxInstanceRequestConcurrency: -1 }), /between 0 and 1000/],
    [
      'a minimum above the maximum',
      (t) => ({ ...t, scaling: { minInstanceCount: 9, maxInstanceCount: 3 } }),
      /min_instance_count/,
    ],
    ...(
      [
        ['3 CPU', { cpu: '3', memory: '4Gi' }, /Must be equal to one of \[\.08-1\], 1\.0, 2\.0, 4\.0, 6\.0, 8\.0/],
        ['1.5 CPU', { cpu: '1500m', memory: '4Gi' }, /Must be equal to one of/],
        ['0.07 CPU', { cpu: '70m', memory: '128Mi' }, /Must be equal to one of/],
        [
          '0.5 CPU for 80 requests',
          { cpu: '500m', memory: '512Mi' },
          /Total cpu < 1 is not supported with concurrency > 1/,
        ],
        ['1 CPU', { cpu: '1', memory: '4097Mi' }, /For 1\.0 CPU, memory must be between 128Mi and 4Gi inclusive/],
        ['1 CPU and less', { cpu: '1', memory: '127Mi' }, /between 128Mi and 4Gi/],
        ['2 CPU', { cpu: '2', memory: '8193Mi' }, /For 2\.0 CPU, memory must be between 128Mi and 8Gi/],
        ['4 CPU', { cpu: '4', memory: '16385Mi' }, /For 4\.0 CPU, memory must be between 2Gi and 16Gi/],
        ['4 CPU and less', { cpu: '4', memory: '2047Mi' }, /between 2Gi and 16Gi/],
        ['6 CPU', { cpu: '6', memory: '24577Mi' }, /For 6\.0 CPU, memory must be between 4Gi and 24Gi/],
        ['6 CPU and less', { cpu: '6', memory: '4095Mi' }, /between 4Gi and 24Gi/],
        ['8 CPU', { cpu: '8', memory: '32769Mi' }, /For 8\.0 CPU, memory must be between 4Gi and 32Gi/],
      ] as const
    ).map(([what, limits, message]): (typeof cases)[number] => [
      `${what} with ${limits.memory}`,
      (t) => ({ ...t, containers: [{ ...t.containers[0], resources: { limits, cpuIdle: true } }] }),
      message,
    ]),
    ...(
      [
        ['0.49 CPU with 513Mi', { cpu: '490m', memory: '513Mi' }, true, /memory must be between 128Mi and 512Mi/],
        ['0.5 CPU with 1025Mi', { cpu: '500m', memory: '1025Mi' }, true, /memory must be between 128Mi and 1Gi/],
        ['0.5 CPU always', { cpu: '500m', memory: '512Mi' }, false, /not supported with cpu always allocated/],
      ] as const
    ).map(([what, limits, cpuIdle, message]): (typeof cases)[number] => [
      `${what}, for one request at a time`,
      (t) => ({
        ...t,
        maxInstanceRequestConcurrency: 1,
        containers: [{ ...t.containers[0], resources: { limits, cpuIdle } }],
      }),
      message,
    ]),
    [
      'a name of another service',
      (t) => ({ ...t, timeout: '60s', revision: 'auth-00001-abc' }),
      /must start with "backend-"/,
    ],
  ];
  test.each(cases)('%s', async (_what, change, message) => {
    const { template } = await get();
    expect(await patch('updateMask=template', { template: change(template) })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(message) } },
    });
    expect((await get()).generation).toBe('2');
  });

  test.each([
    ['0.08 CPU with 512Mi', { cpu: '80m', memory: '512Mi' }, 1],
    ['0.5 CPU with 1Gi', { cpu: '500m', memory: '1Gi' }, 1],
    ['1 CPU with 128Mi', { cpu: '1', memory: '128Mi' }, 1000],
    ['1 CPU with 4Gi', { cpu: '1', memory: '4Gi' }, 1000],
    ['2 CPU with 8Gi', { cpu: '2', memory: '8Gi' }, 1000],
    ['4 CPU with 2Gi', { cpu: '4000m', memory: '2Gi' }, 1000],
    ['4 CPU with 16Gi', { cpu: '4000m', memory: '16Gi' }, 1000],
    ['6 CPU with 4Gi', { cpu: '6', memory: '4Gi' }, 1000],
    ['6 CPU with 24Gi', { cpu: '6', memory: '24Gi' }, 1000],
    ['8 CPU with 4Gi', { cpu: '8', memory: '4Gi' }, 1000],
    ['8 CPU with 32Gi', { cpu: '8', memory: '32Gi' }, 1000],
  ])('but not one with %s, and the last of everything else', async (_what, limits, concurrency) => {
    const { template } = await get();
    const [container] = template.containers;
    const last = {
      ...template,
      timeout: '3600s',
      maxInstanceRequestConcurrency: concurrency,
      containers: [
        {
          ...container,
          resources: { limits, cpuIdle: true },
          startupProbe: { initialDelaySeconds: 240, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 48 },
        },
      ],
    };
    expect((await patch('updateMask=template', { template: last })).status).toBe(200);
  });

  test('and a mask of a field that is not there', async () => {
    expect(await patch('updateMask=tempalte', {})).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('tempalte') } },
    });
  });
});

test('the service’s ceiling changes without a new revision, and the lower ceiling holds', async () => {
  await patch('updateMask=scaling.maxInstanceCount', { scaling: { maxInstanceCount: 2 } });
  google.after(30);
  expect(await get()).toMatchObject({
    scaling: { maxInstanceCount: 2 },
    latestCreatedRevision: `${name}/revisions/backend-00041-pob`,
  });
  expect(google.world.snapshot().services[0]).toMatchObject({ instancesMax: 2 });
});

test('a revision that never becomes ready: the operation fails with the reason, what served serves on', async () => {
  const scenario = brief('release-broken');
  for (const cause of scenario.causes) if (cause.type === 'release') cause.code.fails = 'before-ready';
  const broken = await serveGoogle(scenario);
  broken.after(60);
  const { body } = await broken.call('investigate', 'GET', path);
  expect(body).toMatchObject({
    terminalCondition: {
      state: 'CONDITION_FAILED',
      revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR',
      message: expect.stringContaining(
        'is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port',
      ),
    },
    latestReadyRevision: `${name}/revisions/backend-00041-pob`,
  });
  const to42 = body.latestCreatedRevision.split('/').at(-1);
  const shift = await broken.call('remediate', 'PATCH', `${path}?updateMask=traffic`, { traffic: [to(to42)] });
  broken.after(10);
  expect((await broken.call('remediate', 'GET', `/v2/${shift.body.name}`)).body.error).toMatchObject({
    code: 9,
    message: expect.stringContaining('is not ready and cannot serve traffic'),
  });
  await broken.close();
});
