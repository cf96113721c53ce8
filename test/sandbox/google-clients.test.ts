import { MetricServiceClient } from '@google-cloud/monitoring';
import { RevisionsClient, ServicesClient } from '@google-cloud/run';
import { VpcAccessServiceClient } from '@google-cloud/vpc-access';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import { LOCATION, type Served, serveGoogle, tokens } from './google/serve-google.ts';

// Google's own clients, unmodified, in their REST mode against the sandbox.

let google: Served;
beforeAll(async () => {
  google = await serveGoogle(loadScenario('staging-503'));
});
afterAll(() => google.close());

function options(identity: keyof typeof tokens) {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: tokens[identity], expiry_date: Date.now() + 3_600_000 });
  return { apiEndpoint: '127.0.0.1', port: google.port, protocol: 'http', fallback: true, authClient } as const;
}

// Sound: vpc-access 4.1.0 types its authClient by an older google-auth-library than the one at the root; the object serves both.
const vpcOptions = (identity: keyof typeof tokens) =>
  options(identity) as unknown as NonNullable<ConstructorParameters<typeof VpcAccessServiceClient>[0]>;

const service = `${LOCATION}/services/backend`;

test('ServicesClient reads a service, its enums, durations and conditions', async () => {
  const [found] = await new ServicesClient(options('investigate')).getService({ name: service });
  expect(found).toMatchObject({
    name: service,
    generation: '2',
    terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED' },
    traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
    template: {
      timeout: { seconds: '300' },
      vpcAccess: { connector: `${LOCATION}/connectors/staging-connector`, egress: 'ALL_TRAFFIC' },
      containers: [{ resources: { limits: { memory: '512Mi' } } }],
    },
  });
  expect(found.latestReadyRevision).toBe(`${service}/revisions/backend-00041-pob`);
});

test('lists of services and revisions come through the clients’ own paging', async () => {
  const [services] = await new ServicesClient(options('investigate')).listServices({ parent: LOCATION, pageSize: 1 });
  expect(services.map((s) => s.name?.split('/').at(-1))).toEqual(['backend', 'auth', 'frontend']);
  const [revisions] = await new RevisionsClient(options('investigate')).listRevisions({ parent: service });
  expect(revisions.map((r) => r.name?.split('/').at(-1))).toEqual(['backend-00041-pob', 'backend-00040-kip']);
});

test('updateService moves traffic by its mask and its operation ends with the service', async () => {
  const client = new ServicesClient(options('remediate'));
  const [present] = await client.getService({ name: service });
  const [operation] = await client.updateService({
    service: {
      name: service,
      etag: present.etag ?? '',
      traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 'backend-00040-kip', percent: 100 }],
    },
    updateMask: { paths: ['traffic'] },
  });
  google.after(10);
  const [after] = await operation.promise();
  expect(after.trafficStatuses).toMatchObject([{ revision: 'backend-00040-kip', percent: 100 }]);
  await expect(
    client.updateService({ service: { name: service, etag: present.etag ?? '' }, updateMask: { paths: ['traffic'] } }),
  ).rejects.toThrow(/Conflict for resource 'backend': version '\d+' was specified but current version is '\d+'/);
});

test('VpcAccessServiceClient reads the connector; what is not there is NOT_FOUND, what is not allowed PERMISSION_DENIED', async () => {
  const client = new VpcAccessServiceClient(vpcOptions('investigate'));
  const [connector] = await client.getConnector({ name: `${LOCATION}/connectors/staging-connector` });
  expect(connector).toMatchObject({ state: 'READY', machineType: 'e2-micro', minInstances: 2, maxInstances: 3 });
  // With an OAuth2Client the clients' REST mode rejects with the HTTP status as its code, not with the gRPC one.
  await expect(client.getConnector({ name: `${LOCATION}/connectors/none` })).rejects.toMatchObject({ code: 404 });
  const nobody = new VpcAccessServiceClient(vpcOptions('alert'));
  await expect(nobody.getConnector({ name: connector.name ?? '' })).rejects.toMatchObject({
    code: 403,
    message: expect.stringContaining("Permission 'vpcaccess.connectors.get' denied"),
  });
});

test('MetricServiceClient aligns and reduces, and sees nothing younger than the ingest delay', async () => {
  const client = new MetricServiceClient(options('investigate'));
  const now = google.world.nowMs;
  const [series] = await client.listTimeSeries({
    name: 'projects/acme-staging',
    filter:
      'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="backend"',
    interval: { startTime: { seconds: now / 1000 - 900 }, endTime: { seconds: now / 1000 } },
    aggregation: {
      alignmentPeriod: { seconds: 60 },
      perSeriesAligner: 'ALIGN_RATE',
      crossSeriesReducer: 'REDUCE_SUM',
      groupByFields: ['resource.label.service_name', 'metric.label.response_code_class'],
    },
    view: 'FULL',
  });
  expect(series).toHaveLength(1);
  expect(series[0]?.metric?.labels).toEqual({ response_code_class: '2xx' });
  expect(series[0]?.points?.[0]?.value?.doubleValue).toBeCloseTo(30, -1);
  const newest = Number(series[0]?.points?.[0]?.interval?.endTime?.seconds) * 1000;
  expect(now - newest).toBeGreaterThanOrEqual(120_000);
  const [descriptor] = await client.getMetricDescriptor({
    name: 'projects/acme-staging/metricDescriptors/vpcaccess.googleapis.com/connector/instances',
  });
  expect(descriptor.metadata).toMatchObject({ ingestDelay: { seconds: '240' }, samplePeriod: { seconds: '60' } });
});
