import { afterEach, describe, expect, test } from 'vitest';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';
import { brief, type Json, type Served, serveGoogle } from './serve-google.ts';

// What people do to the way in, and what the APIs show of it. Each scenario is given with the least past that it may have.

const COMPUTE = '/compute/v1/projects/acme-staging';
let google: Served;
afterEach(() => google.close());

async function minutesInto(scenario: string | Scenario, seconds: number): Promise<void> {
  google = await serveGoogle(typeof scenario === 'string' ? brief(scenario) : scenario);
  google.after(seconds);
}
const get = async (path: string): Promise<Json> => (await google.call('investigate', 'GET', path)).body;
const listed = async (collection: string): Promise<Json[]> => {
  const { items } = await get(`${COMPUTE}/aggregated/${collection}`);
  return Object.values<Json>(items).flatMap((scope) => scope[collection] ?? []);
};
const logged = async (filter: string): Promise<Json[]> => {
  const asked = { resourceNames: ['projects/acme-staging'], filter, orderBy: 'timestamp desc', pageSize: 200 };
  return (await google.call('investigate', 'POST', '/v2/entries:list', asked)).body.entries ?? [];
};
const since = () => `timestamp>="${new Date(google.world.startMs).toISOString()}"`;
const audited = (method: string) => logged(`protoPayload.methodName="${method}" AND ${since()}`);
const failed = (backend: string) =>
  logged(
    `resource.type="http_load_balancer" AND resource.labels.backend_service_name="${backend}" AND httpRequest.status>=300 AND ${since()}`,
  );
const inRunLog = (service: string, status: number) =>
  logged(
    `logName:"run.googleapis.com%2Frequests" AND resource.labels.service_name="${service}" AND httpRequest.status=${status} AND ${since()}`,
  );

describe('a list over all scopes', () => {
  test('has a warning for every scope without any, and pages', async () => {
    await minutesInto('healthy', 0);
    const { items, kind } = await get(`${COMPUTE}/aggregated/networkEndpointGroups`);
    expect(kind).toBe('compute#networkEndpointGroupAggregatedList');
    expect(items.global.warning.code).toBe('NO_RESULTS_ON_PAGE');
    expect(items['regions/us-central1'].networkEndpointGroups).toHaveLength(3);
    const first = await get(`${COMPUTE}/aggregated/urlMaps?maxResults=1`);
    const second = await get(`${COMPUTE}/aggregated/urlMaps?maxResults=1&pageToken=${first.nextPageToken}`);
    expect([first, second].map((page) => page.items.global.urlMaps[0].name)).toEqual([
      'staging-map',
      'api-staging-map',
    ]);
  });

  test('is for whoever may read it', async () => {
    await minutesInto('healthy', 0);
    expect((await google.call('remediate', 'GET', `${COMPUTE}/aggregated/urlMaps`)).status).toBe(403);
  });

  test('no health is known of a serverless group, nor of what is not there', async () => {
    await minutesInto('healthy', 0);
    const health = (name: string) =>
      google.call('investigate', 'POST', `${COMPUTE}/global/backendServices/${name}/getHealth`, { group: 'x' });
    expect((await health('backend-backend')).body.error.message).toContain('SERVERLESS has no health');
    expect((await health('nothing')).status).toBe(404);
  });

  test('a certificate map that is not there', async () => {
    await minutesInto('healthy', 0);
    const path = '/v1/projects/acme-staging/locations/global/certificateMaps/none/certificateMapEntries';
    expect((await google.call('investigate', 'GET', path)).status).toBe(404);
    expect(await get('/v1/projects/acme-staging/locations/us-central1/certificates')).toEqual({});
  });
});

describe('requests that never reach their service', () => {
  test('Cloud Armor: 403 with the rule in the load balancer’s log alone', async () => {
    await minutesInto('armor-blocks-login', 90);
    const [entry] = await failed('auth-backend');
    expect(entry).toMatchObject({
      httpRequest: { status: 403, requestUrl: 'https://api-staging.acme.test/auth/login' },
      jsonPayload: {
        statusDetails: 'denied_by_security_policy',
        enforcedSecurityPolicy: { name: 'edge-policy', priority: 1000, configuredAction: 'DENY', outcome: 'DENY' },
      },
    });
    expect(await inRunLog('auth', 403)).toEqual([]);
    expect(await audited('v1.compute.securityPolicies.addRule')).toHaveLength(1);
    const [policy] = await listed('securityPolicies');
    expect(policy.rules.map((rule: Json) => [rule.priority, rule.action])).toEqual([
      [1000, 'deny(403)'],
      [2147483647, 'allow'],
    ]);
  });

  test('no group: 503 by the load balancer itself', async () => {
    await minutesInto('backend-emptied', 90);
    expect((await failed('backend-backend'))[0]).toMatchObject({
      httpRequest: { status: 503 },
      jsonPayload: { statusDetails: 'failed_to_pick_backend' },
    });
    expect((await listed('backendServices')).find(({ name }) => name === 'backend-backend')).not.toHaveProperty(
      'backends',
    );
    const [change] = await audited('v1.compute.backendServices.patch');
    expect(change).toMatchObject({
      resource: { type: 'gce_backend_service' },
      protoPayload: { authenticationInfo: { principalEmail: 'ann@acme.example' } },
    });
  });

  test('a service that is not there, and an ingress that is shut: 404 from Google, and no entry of Cloud Run', async () => {
    await minutesInto('backend-renamed', 90);
    expect((await failed('auth-backend'))[0]).toMatchObject({
      httpRequest: { status: 404 },
      jsonPayload: { statusDetails: 'response_sent_by_backend' },
    });
    await google.close();
    await minutesInto('ingress-internal', 90);
    expect((await failed('backend-backend'))[0]).toMatchObject({ httpRequest: { status: 404 } });
    expect(await inRunLog('backend', 404)).toEqual([]);
    const service = await get('/v2/projects/acme-staging/locations/us-central1/services/backend');
    expect(service).toMatchObject({ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', lastModifier: 'security@acme.example' });
  });

  test('no invoker: 403 with Cloud Run’s own words, and a policy without a binding', async () => {
    await minutesInto('invoker-removed', 90);
    const [entry] = await inRunLog('backend', 403);
    expect(entry.textPayload).toMatch(/^The request was not authenticated/);
    expect(entry.labels).not.toHaveProperty('instanceId');
    const policy = '/v2/projects/acme-staging/locations/us-central1/services/backend:getIamPolicy';
    expect(await get(policy)).not.toHaveProperty('bindings');
    expect(await audited('google.cloud.run.v1.Services.SetIamPolicy')).toHaveLength(1);
  });

  test('Identity-Aware Proxy: sent to log in', async () => {
    await minutesInto('iap-enabled', 90);
    expect((await failed('auth-backend'))[0]).toMatchObject({
      httpRequest: { status: 302 },
      jsonPayload: { statusDetails: 'handled_by_identity_aware_proxy' },
    });
  });

  test('their caller fails of them, in its own log', async () => {
    await minutesInto('ingress-internal', 120);
    const lines = await logged(
      `logName:"run.googleapis.com%2Fstderr" AND resource.labels.service_name="frontend" AND ${since()}`,
    );
    expect(lines[0]?.textPayload).toBe('upstream https://api-staging.acme.test failed: HTTP 404');
  });

  test('what the load balancer answered by itself is in request_count, and not in backend_request_count', async () => {
    await minutesInto('backend-emptied', 400);
    const count = async (metric: string) => {
      const filter = encodeURIComponent(
        `metric.type="loadbalancing.googleapis.com/https/${metric}" AND metric.labels.response_code="503" AND resource.labels.backend_target_name="backend-backend"`,
      );
      const iso = (ms: number) => new Date(ms).toISOString();
      const { world } = google;
      const query = `interval.startTime=${iso(world.startMs)}&interval.endTime=${iso(world.nowMs)}`;
      return ((await get(`/v3/projects/acme-staging/timeSeries?filter=${filter}&${query}`)).timeSeries ?? []).length;
    };
    expect([await count('request_count'), await count('backend_request_count')]).toEqual([1, 0]);
  });
});

describe('certificates', () => {
  test('one that nobody takes ends requests before anything is logged', async () => {
    await minutesInto('certificate-expired', 300);
    const entries = await logged(
      `resource.type="http_load_balancer" AND resource.labels.backend_service_name="backend-backend" AND timestamp>="${new Date(google.world.startMs + 70_000).toISOString()}"`,
    );
    expect(entries).toEqual([]);
  });

  test('a managed one is renewed a month before its end where DNS lets it be', async () => {
    const scenario = brief('certificate-caa-letsencrypt-only');
    scenario.estate.edge.zones = [];
    await minutesInto(scenario, 0);
    const renewed = (await listed('sslCertificates')).find(({ name }) => name === 'staging-cert');
    expect(Date.parse(renewed.expireTime)).toBeGreaterThan(google.world.startMs + 89 * 86_400_000);
    expect(renewed.managed).toMatchObject({ status: 'ACTIVE', domainStatus: { 'staging.acme.test': 'ACTIVE' } });
  });

  test.each([
    ['certificate-caa-letsencrypt-only', 'staging', 'FAILED_CAA_FORBIDDEN'],
    ['certificate-renewal-rate-limited', 'api-staging', 'FAILED_RATE_LIMITED'],
    ['certificate-stray-aaaa', 'api-staging', 'FAILED_NOT_VISIBLE'],
  ])('%s: the renewal of %s fails with %s', async (scenario, host, status) => {
    await minutesInto(scenario, 0);
    const found = (await listed('sslCertificates')).find(({ name }) => name === `${host}-cert`);
    expect(found.managed).toMatchObject({ status: 'RENEWAL_FAILED', domainStatus: { [`${host}.acme.test`]: status } });
  });

  test('DNS that is put right heals the renewal', async () => {
    const scenario = brief('certificate-renewal-rate-limited');
    const [, api] = scenario.estate.hosts;
    if (api === undefined) throw new Error('no such host');
    api.certificate.issuance = 'works';
    api.dns.aaaa = ['2001:db8::1'];
    scenario.causes.push({ type: 'dns-changed', at: 30, name: api.name, aaaa: [] });
    await minutesInto(scenario, 20);
    const managed = async () =>
      (await listed('sslCertificates')).find(({ name }) => name === 'api-staging-cert').managed;
    expect(await managed()).toMatchObject({ status: 'RENEWAL_FAILED' });
    google.after(100);
    expect(await managed()).toMatchObject({ status: 'ACTIVE', domainStatus: { [api.name]: 'ACTIVE' } });
  });

  test('a new one is provisioned in fifty minutes', async () => {
    await minutesInto('certificate-replaced-before-active', 90);
    const newest = async () => (await listed('sslCertificates')).at(-1);
    expect(await newest()).toMatchObject({ type: 'MANAGED', managed: { status: 'PROVISIONING' } });
    expect(await newest()).not.toHaveProperty('expireTime');
    google.after(3100);
    expect(await newest()).toMatchObject({ managed: { status: 'ACTIVE' } });
  });
});

describe('a health check', () => {
  test('that gives up too soon takes machines out, and one that is patient again brings them back', async () => {
    const scenario = brief('health-check-too-strict');
    scenario.causes.push({
      type: 'health-check-changed',
      at: 150,
      backend: 'live',
      timeoutSeconds: 5,
      intervalSeconds: 10,
      by: 'ann@acme.example',
    });
    await minutesInto(scenario, 120);
    const health = async () =>
      (
        await google.call('investigate', 'POST', `${COMPUTE}/global/backendServices/live-backend/getHealth`, {
          group: 'x',
        })
      ).body.healthStatus.map((one: Json) => one.healthState);
    expect(await health()).toEqual(['UNHEALTHY', 'UNHEALTHY']);
    expect((await failed('live-backend'))[0]).toMatchObject({
      httpRequest: { status: 503, requestUrl: 'https://api-staging.acme.test/ws' },
      jsonPayload: { statusDetails: 'failed_to_pick_backend' },
    });
    expect((await listed('healthChecks'))[0]).toMatchObject({
      timeoutSec: 1,
      httpHealthCheck: { requestPath: '/healthz' },
    });
    google.after(90);
    expect(await health()).toEqual(['HEALTHY', 'HEALTHY']);
  });

  test('fails machines whose health endpoint has become slow', async () => {
    const scenario = brief('health-check-too-strict');
    scenario.causes = [{ type: 'health-endpoint-slower', at: 10, backend: 'live', seconds: 9 }];
    await minutesInto(scenario, 120);
    expect((await failed('live-backend')).length).toBeGreaterThan(0);
  });
});

describe('uptime checks', () => {
  const points = async (metric: string): Promise<Json[]> => {
    const iso = (ms: number) => new Date(ms).toISOString();
    const filter = encodeURIComponent(
      `metric.type="monitoring.googleapis.com/uptime_check/${metric}" AND metric.labels.check_id="staging-api"`,
    );
    const { world } = google;
    const path = `/v3/projects/acme-staging/timeSeries?filter=${filter}&interval.startTime=${iso(world.startMs)}&interval.endTime=${iso(world.nowMs)}`;
    return ((await get(path)).timeSeries ?? []).flatMap((series: Json) => series.points[0].value);
  };

  test('fail from every place where the certificate has run out, and count the days before', async () => {
    await minutesInto('certificate-expired', 300);
    expect(await points('check_passed')).toEqual([{ boolValue: false }, { boolValue: false }, { boolValue: false }]);
    expect((await points('time_until_ssl_cert_expires'))[0].doubleValue).toBeLessThan(0);
  });

  test('pass on an ordinary day', async () => {
    const scenario = brief('certificate-expiring');
    await minutesInto(scenario, 300);
    expect(await points('check_passed')).toEqual([{ boolValue: true }, { boolValue: true }, { boolValue: true }]);
  });
});

test('a machine, a host and a name that are not there are faults of the scenario', async () => {
  const { parseScenario } = await import('../../../sandbox/scenarios/load-scenario.ts');
  const bad = brief('healthy');
  bad.causes.push({ type: 'health-endpoint-slower', at: 1, backend: 'live', seconds: 1 });
  bad.causes.push({
    type: 'certificate-replaced',
    at: 1,
    host: 'x.test',
    days: 1,
    product: 'managed',
    chain: 'complete',
    previous: 'deleted',
    by: 'a',
  });
  expect(() => parseScenario(bad, 'x')).toThrow(
    /causes\[0\]\.backend: found "live", allowed: none[\s\S]*causes\[1\]\.host: found "x\.test"/,
  );
  google = await serveGoogle(brief('healthy'));
});
