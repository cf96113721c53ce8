import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import {
  toCertificateMapEntry,
  toManagerCertificate,
} from '../../../shared/adapters/google/map-certificate-manager.ts';
import {
  toBackendService,
  toComputeCertificate,
  toEndpointGroup,
  toHealthCheck,
  toSecurityPolicy,
  toUrlMap,
} from '../../../shared/adapters/google/map-load-balancing.ts';
import { toLogEntry } from '../../../shared/adapters/google/map-log-entry.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { fields, list } from '../../../shared/adapters/google/values.ts';
import { recorded } from './fixtures.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { failureOf, googleError, json, NEVER, tinyServer } from './tiny-server.ts';

const project = 'gcpdiag-lb3-aaaa';
const ACME = { project: 'acme-staging' };

/** Answers each path's last part with a recorded reply. */
const replies = async (byPath: Readonly<Record<string, unknown>>) => {
  const server = await tinyServer(({ url }, response) =>
    json(response, 200, byPath[url.pathname.split('/').at(-1) ?? '']),
  );
  return { ...server, reader: googleReader(server.options) };
};

describe('real replies of compute', () => {
  it('are read over all scopes; a scope without anything is a warning', async () => {
    const { reader, asked } = await replies({
      forwardingRules: recorded('load-balancer/aggregated-forwarding-rules.json'),
      targetHttpsProxies: recorded('load-balancer/aggregated-target-https-proxies.json'),
      backendServices: recorded('load-balancer/aggregated-backend-services.json'),
      getHealth: recorded('load-balancer/backend-service-get-health.json'),
    });
    expect((await reader.forwardingRules({ project }, NEVER))[0]).toEqual({
      name: 'https-content-rule',
      address: '1.2.3.4',
      target: 'global/targetHttpsProxies/https-lb-proxy',
    });
    expect(await reader.targetProxies({ project }, NEVER)).toMatchObject([
      {
        certificates: ['global/sslCertificates/cert1'],
        certificateMap: 'cert-map',
        urlMap: 'global/urlMaps/web-map-https',
      },
      { name: 'https-lb-proxy-working', certificateMap: undefined },
    ]);
    expect((await reader.backendServices({ project }, NEVER))[1]).toEqual({
      link: 'global/backendServices/web-backend-service',
      name: 'web-backend-service',
      groups: ['zones/us-east1-b/instanceGroups/lb-backend-example'],
      healthChecks: ['global/healthChecks/http-basic-check'],
      securityPolicy: undefined,
      identityAwareProxy: 'off',
      loggedRatio: 0,
      outlierDetection: undefined,
    });
    const health = { project, backend: 'global/backendServices/web', group: 'zones/z/instanceGroups/g' };
    expect(await reader.groupHealth(health, NEVER)).toEqual({ states: [{ state: 'UNHEALTHY', count: 2 }] });
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      body: { group: `https://www.googleapis.com/compute/v1/projects/${project}/zones/z/instanceGroups/g` },
    });
  });

  it('say why a managed certificate has not been issued', () => {
    const items = list(recorded('load-balancer/ssl-certificates.json')['items']).map(toComputeCertificate);
    expect(items[0]).toEqual({
      link: 'global/sslCertificates/cert1',
      name: 'cert1',
      product: 'compute',
      management: 'managed',
      domains: ['natka123.com', 'second.natka123.com'],
      state: 'provisioning',
      domainStates: [
        { domain: 'natka123.com', state: 'not-visible', detail: 'FAILED_NOT_VISIBLE' },
        { domain: 'second.natka123.com', state: 'not-visible', detail: 'FAILED_NOT_VISIBLE' },
      ],
      expiresAt: undefined,
    });
    expect(items[3]?.domainStates).toMatchObject([{ state: 'provisioning' }]);
  });

  it('say how patient a health check is', () => {
    const [http, , tcp] = list(recorded('load-balancer/health-checks.json')['items']).map(toHealthCheck);
    expect(http).toMatchObject({ name: 'http-basic-check', path: '/', timeoutSeconds: 5, unhealthyThreshold: 2 });
    expect(tcp).toMatchObject({ name: 'tcp-basic-check-1', path: undefined });
  });
});

describe('what replies may leave out', () => {
  it('is read as what it means', () => {
    const selfManaged = {
      name: 'mine',
      type: 'SELF_MANAGED',
      subjectAlternativeNames: ['a.test'],
      expireTime: '2026-12-01T00:00:00Z',
    };
    expect(toComputeCertificate(selfManaged)).toMatchObject({
      management: 'self-managed',
      state: 'active',
      domains: ['a.test'],
    });
    expect(
      toComputeCertificate({ type: 'MANAGED', managed: { status: 'NEW', domainStatus: { 'a.test': 'NEW' } } }),
    ).toMatchObject({
      state: 'unknown',
      domainStates: [{ state: 'unknown' }],
    });
    expect(toHealthCheck({})).toMatchObject({
      intervalSeconds: 5,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    });
    expect(
      toEndpointGroup({ networkEndpointType: 'SERVERLESS', cloudRun: { urlMask: '<service>.test' } }),
    ).toMatchObject({
      type: 'SERVERLESS',
      region: undefined,
      service: undefined,
    });
    expect(
      toBackendService({
        iap: { enabled: true },
        logConfig: { enable: true },
        outlierDetection: { consecutiveErrors: 5 },
      }),
    ).toMatchObject({
      identityAwareProxy: 'on',
      loggedRatio: 1,
      outlierDetection: { consecutiveErrors: 5, maxEjectionPercent: undefined },
    });
    const ranges = { rules: [{ action: 'allow', match: { config: { srcIpRanges: ['10.0.0.0/8', '*'] } } }] };
    expect(toSecurityPolicy(ranges).rules).toEqual([
      { priority: 0, action: 'allow', isPreview: false, match: '10.0.0.0/8, *' },
    ]);
    const map = {
      hostRules: [{ hosts: ['a.test'], pathMatcher: 'lost' }],
      defaultService: 'x/projects/p/global/backendServices/b',
    };
    expect(toUrlMap(map)).toMatchObject({
      defaultBackends: ['global/backendServices/b'],
      rules: [{ hosts: ['a.test'], defaultBackends: [], paths: [] }],
    });
  });

  it('of a URL map by priority and weight', () => {
    const backend = (name: string) => `https://www.googleapis.com/compute/v1/projects/p/global/backendServices/${name}`;
    const shared = {
      weightedBackendServices: [
        { backendService: backend('a'), weight: 90 },
        { backendService: backend('b'), weight: 10 },
        { backendService: backend('drained'), weight: 0 },
        { backendService: backend('unsaid') },
      ],
    };
    const routeRules = [
      { priority: 1, matchRules: [{ fullPathMatch: '/a' }, { prefixMatch: '/a/' }], routeAction: shared },
      { priority: 2, matchRules: [{ prefixMatch: '/b', headerMatches: [{ headerName: 'x' }] }], service: backend('b') },
      { priority: 3, matchRules: [{ regexMatch: '/c.*' }], service: backend('b') },
      { priority: 4, matchRules: [{ pathTemplateMatch: '/d/{id}' }], service: backend('b') },
      { matchRules: [{ queryParameterMatches: [{ name: 'q' }] }], service: backend('b') },
      { priority: 6, service: backend('b') },
      { priority: 7, matchRules: [{ prefixMatch: '/old' }], urlRedirect: { pathRedirect: '/new' } },
    ];
    const map = toUrlMap({
      defaultRouteAction: shared,
      hostRules: [{ hosts: ['a.test'], pathMatcher: 'm' }],
      pathMatchers: [{ name: 'm', defaultRouteAction: shared, routeRules }],
    });
    const [a, b] = ['global/backendServices/a', 'global/backendServices/b'];
    expect(map.defaultBackends).toEqual([a, b]);
    expect(map.rules).toEqual([
      {
        hosts: ['a.test'],
        defaultBackends: [a, b],
        paths: [
          { paths: ['/a'], backends: [a, b], priority: 1 },
          { paths: ['/a/*'], backends: [a, b], priority: 1 },
          { paths: ['/b*'], backends: [b], priority: 2, isConditional: true },
          { paths: ['/c.*'], backends: [b], priority: 3, isConditional: true },
          { paths: ['/d/{id}'], backends: [b], priority: 4, isConditional: true },
          { paths: ['/*'], backends: [b], priority: 0, isConditional: true },
          { paths: ['/*'], backends: [b], priority: 6 },
          { paths: ['/old*'], backends: [], priority: 7 },
        ],
      },
    ]);
    const pathRules = [{ paths: ['/x'], routeAction: shared }];
    const older = toUrlMap({
      hostRules: [{ hosts: ['a.test'], pathMatcher: 'm' }],
      pathMatchers: [{ name: 'm', pathRules }],
    });
    expect(older.rules[0]?.paths).toEqual([{ paths: ['/x'], backends: [a, b] }]);
  });

  it.each([
    [{ state: 'ACTIVE' }, undefined, 'active'],
    [{ state: 'PROVISIONING' }, undefined, 'provisioning'],
    [{ state: 'FAILED' }, undefined, 'failed'],
    [{ state: 'FAILED' }, '2026-12-01T00:00:00Z', 'renewal-failed'],
    [{}, undefined, 'unknown'],
  ])('of Certificate Manager: %j that ends %s is %s', (managed, expireTime, state) => {
    const name = 'projects/p/locations/global/certificates/c';
    expect(toManagerCertificate({ name, managed, expireTime })).toMatchObject({ name: 'c', link: name, state });
  });

  it.each([
    [{ state: 'AUTHORIZED' }, 'active', 'AUTHORIZED'],
    [{ state: 'AUTHORIZING' }, 'provisioning', 'AUTHORIZING'],
    [{ state: 'FAILED', failureReason: 'CAA' }, 'caa', 'CAA'],
    [{ state: 'FAILED', failureReason: 'CONFIG', details: 'no A record' }, 'not-visible', 'no A record'],
    [{ state: 'FAILED' }, 'failed', 'FAILED'],
    [{}, 'unknown', ''],
  ])('of an attempt at authorisation: %j', (attempt, state, detail) => {
    const managed = { authorizationAttemptInfo: [{ domain: 'a.test', ...attempt }] };
    expect(toManagerCertificate({ managed }).domainStates).toEqual([{ domain: 'a.test', state, detail }]);
  });

  it('of an entry for every other host, and of a self-managed certificate', () => {
    expect(toCertificateMapEntry({ matcher: 'PRIMARY', certificates: ['c'] })).toEqual({
      hostname: undefined,
      certificates: ['c'],
    });
    expect(toManagerCertificate({ selfManaged: {}, sanDnsnames: ['a.test'] })).toMatchObject({
      management: 'self-managed',
      domains: ['a.test'],
      state: 'active',
    });
  });

  it('of an API that the project never enabled: there is nothing of it', async () => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'SERVICE_DISABLED',
      domain: 'googleapis.com',
    };
    const forms = [
      googleError(
        403,
        'PERMISSION_DENIED',
        'Compute Engine API has not been used in project 1 before or it is disabled.',
        [info],
      ),
      { error: { code: 403, message: 'not configured', errors: [{ reason: 'accessNotConfigured' }] } },
    ];
    for (const form of forms) {
      const server = await tinyServer((_, response) => json(response, 403, form));
      expect(await googleReader(server.options).forwardingRules({ project }, NEVER)).toEqual([]);
    }
    const denied = await tinyServer((_, response) => json(response, 403, googleError(403, 'PERMISSION_DENIED', 'no')));
    expect((await failureOf(googleReader(denied.options).urlMaps({ project }, NEVER))).code).toBe('permission-denied');
  });

  it('of the end of a list that is longer than anybody reads', async () => {
    const server = await tinyServer((_, response) =>
      json(response, 200, { items: {}, certificates: [], nextPageToken: 'more' }),
    );
    const reader = googleReader(server.options);
    expect((await failureOf(reader.urlMaps({ project }, NEVER))).message).toContain('more than 2000');
    expect((await failureOf(reader.managerCertificates({ project }, NEVER))).message).toContain('more than 2000');
  });
});

describe('a load balancer’s own log entry', () => {
  const entry = (jsonPayload: unknown, httpRequest: unknown = { requestUrl: 'https://a.test/x?y=1', status: 403 }) =>
    toLogEntry({
      resource: { type: 'http_load_balancer', labels: { backend_service_name: 'web' } },
      jsonPayload,
      httpRequest,
      timestamp: '2026-11-23T03:00:00Z',
    }).balanced;

  it('says which rule of Cloud Armor denied it; one in preview denies nothing', () => {
    const rule = { name: 'edge', priority: 1000, configuredAction: 'DENY', outcome: 'DENY' };
    expect(entry({ statusDetails: 'denied_by_security_policy', enforcedSecurityPolicy: rule })).toEqual({
      backend: 'web',
      statusDetails: 'denied_by_security_policy',
      host: 'a.test',
      path: '/x',
      deniedBy: { policy: 'edge', priority: 1000 },
    });
    expect(entry({ statusDetails: 'response_sent_by_backend', previewSecurityPolicy: rule })?.deniedBy).toBeUndefined();
    expect(entry({ statusDetails: 'x', enforcedSecurityPolicy: { outcome: 'DENY' } })?.deniedBy).toEqual({
      policy: 'unknown',
      priority: 0,
    });
  });

  it('is no such entry without statusDetails, and may lack a URL', () => {
    expect(entry({})).toBeUndefined();
    expect(entry({ statusDetails: 'x' }, {})).toMatchObject({ host: undefined, path: undefined });
    const [other] = list(recorded('logging/load-balancer-entries.json')['entries']);
    expect(toLogEntry(fields(other))).not.toHaveProperty('balanced');
  });
});

describe('the reader, on a Google Cloud project with load balancers', () => {
  it('finds the way from an address to a service', async () => {
    const { reader } = await googleInSandbox('healthy');
    const [rule] = await reader.forwardingRules(ACME, NEVER);
    const proxies = await reader.targetProxies(ACME, NEVER);
    const proxy = proxies.find(({ link }) => link === rule?.target);
    const map = (await reader.urlMaps(ACME, NEVER)).find(({ link }) => link === proxy?.urlMap);
    expect(map).toMatchObject({ rules: [{ hosts: ['staging.acme.test'], paths: [] }] });
    const backend = (await reader.backendServices(ACME, NEVER)).find(({ link }) => link === map?.defaultBackends[0]);
    const group = (await reader.endpointGroups(ACME, NEVER)).find(({ link }) => link === backend?.groups[0]);
    expect(group).toMatchObject({ type: 'SERVERLESS', region: 'us-central1', service: 'frontend' });
    expect(await reader.healthChecks(ACME, NEVER)).toEqual([]);
    expect(await reader.securityPolicies(ACME, NEVER)).toEqual([]);
    expect(await reader.computeCertificates(ACME, NEVER)).toMatchObject([{ state: 'active' }, { state: 'active' }]);
  });

  it('asks machines for their health, and who may call', async () => {
    const { reader, afterSeconds } = await googleInSandbox('health-check-too-strict');
    afterSeconds(120);
    const backend = 'global/backendServices/live-backend';
    const group = 'zones/us-central1-a/instanceGroups/live-group';
    expect(await reader.groupHealth({ ...ACME, backend, group }, NEVER)).toEqual({
      states: [{ state: 'UNHEALTHY', count: 2 }],
    });
    const service = 'projects/acme-staging/locations/us-central1/services/backend';
    expect(await reader.invokers({ service }, NEVER)).toEqual({ members: ['allUsers'] });
  });

  it('sees the binding gone', async () => {
    const { reader, afterSeconds } = await googleInSandbox('invoker-removed');
    afterSeconds(60);
    const service = 'projects/acme-staging/locations/us-central1/services/backend';
    expect(await reader.invokers({ service }, NEVER)).toEqual({ members: [] });
  });

  it('reads Certificate Manager where a map is in use', async () => {
    const scenario = loadScenario('certificate-caa-letsencrypt-only');
    const hosts = scenario.estate.hosts.map((host) =>
      host.name === 'staging.acme.test'
        ? { ...host, certificate: { ...host.certificate, product: 'certificate-manager' as const } }
        : host,
    );
    const { reader, afterSeconds } = await googleInSandbox('healthy', { estate: { ...scenario.estate, hosts } });
    afterSeconds(120);
    const [mapped] = (await reader.targetProxies(ACME, NEVER)).flatMap(({ certificateMap }) => certificateMap ?? []);
    expect(mapped).toBe('staging-certs');
    const [entry] = await reader.certificateMapEntries({ ...ACME, map: 'staging-certs' }, NEVER);
    const [certificate] = await reader.managerCertificates(ACME, NEVER);
    expect(entry).toEqual({ hostname: 'staging.acme.test', certificates: [certificate?.link] });
    expect(certificate).toMatchObject({ state: 'renewal-failed', domainStates: [{ state: 'caa' }] });
  });
});
