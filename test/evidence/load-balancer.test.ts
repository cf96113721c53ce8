import { describe, expect, it } from 'vitest';
import { invokers } from '../../shared/evidence/invokers.ts';
import { loadBalancer } from '../../shared/evidence/load-balancer.ts';
import { type TurnedAwayBy, turnedAway } from '../../shared/evidence/turned-away.ts';
import type { BalancedRequest, CloudReader, Series } from '../../shared/ports/cloud.ts';
import type { BackendService } from '../../shared/ports/load-balancing.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, serviceName } from '../builders/evidence.ts';
import { entry, inspection, metricOf, page, plainService, type Region, reading, unhurried } from '../builders/ports.ts';

const backendService = (name: string, over: Partial<BackendService> = {}): BackendService => ({
  link: `global/backendServices/${name}`,
  name,
  groups: ['regions/us-central1/networkEndpointGroups/api-neg'],
  healthChecks: [],
  securityPolicy: undefined,
  identityAwareProxy: 'off',
  loggedRatio: 1,
  outlierDetection: undefined,
  ...over,
});
const group = (name: string, service: string | undefined, region = 'us-central1') => ({
  link: `regions/${region}/networkEndpointGroups/${name}`,
  name,
  type: 'SERVERLESS',
  region,
  service,
});

/** api.test to `api`, its /live to `live`, everything else to `page`. */
const project = (over: Partial<CloudReader> = {}): Partial<CloudReader> => ({
  forwardingRules: async () => [{ name: 'web', address: '34.1.1.1', target: 'global/targetHttpsProxies/web' }],
  targetProxies: async () => [
    {
      link: 'global/targetHttpsProxies/web',
      name: 'web',
      urlMap: 'global/urlMaps/web',
      certificates: [],
      certificateMap: undefined,
    },
  ],
  urlMaps: async () => [
    {
      link: 'global/urlMaps/web',
      name: 'web',
      defaultBackends: ['global/backendServices/page'],
      rules: [
        {
          hosts: ['api.test'],
          defaultBackends: ['global/backendServices/api'],
          paths: [{ paths: ['/live', '/live/*'], backends: ['global/backendServices/live'] }],
        },
        { hosts: ['bare.test'], defaultBackends: [], paths: [] },
      ],
    },
  ],
  backendServices: async () => [
    backendService('api'),
    backendService('page', { groups: [] }),
    backendService('live', {
      groups: ['zones/z/instanceGroups/live', 'zones/z/networkEndpointGroups/lost'],
      healthChecks: ['global/healthChecks/live'],
    }),
    backendService('unrouted'),
  ],
  endpointGroups: async () => [group('api-neg', 'backend')],
  ...over,
});
const see = (also: Partial<CloudReader>, region: Region = {}) => {
  const { cloud, asked } = reading({ services: [plainService('backend')], also, ...region });
  return loadBalancer.inspect(inspection({ cloud }), unhurried).then((seen) => ({ seen, asked }));
};

describe('load-balancer', () => {
  it('applies everywhere, and asks nothing more where there is none', async () => {
    expect(loadBalancer.appliesTo(inspection())).toBe(true);
    const { seen, asked } = await see({});
    expect(seen).toMatchObject({ routes: [], backends: [], answers: { value: { kinds: [] } } });
    expect(asked).toEqual([]);
  });

  it('says which host and path lead where', async () => {
    const { seen } = await see(project());
    expect(seen.routes).toEqual([
      { host: 'api.test', path: '/*', backend: 'api' },
      { host: 'api.test', path: '/live', backend: 'live' },
      { host: 'api.test', path: '/live/*', backend: 'live' },
      { host: '*', path: '/*', backend: 'page' },
    ]);
    expect(seen.backends.map(({ name }) => name)).toEqual(['api', 'page', 'live']);
  });

  it.each([
    ['there', 'backend', 'us-central1', 'there'],
    ['gone', 'backend-v2', 'us-central1', 'gone'],
    ['in another region', 'backend-v2', 'europe-west1', 'unknown'],
    ['nothing that it names', undefined, 'us-central1', 'unknown'],
  ] as const)('looks whether what stands behind a group is there: %s', async (_, service, region, target) => {
    const groups = [`regions/${region}/networkEndpointGroups/api-neg`];
    const { seen } = await see(
      project({
        backendServices: async () => [backendService('api', { groups })],
        endpointGroups: async () => [group('api-neg', service, region)],
      }),
    );
    expect(seen.backends[0]?.groups).toEqual([{ name: 'api-neg', type: 'SERVERLESS', service, target }]);
  });

  it('asks for health only where there are health checks, and adds up the verdicts of all groups', async () => {
    const check = {
      link: 'global/healthChecks/live',
      name: 'live',
      path: '/healthz',
      intervalSeconds: 5,
      timeoutSeconds: 1,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    };
    const { seen } = await see(
      project({
        healthChecks: async () => [check],
        groupHealth: async () => ({
          states: [
            { state: 'UNHEALTHY', count: 2 },
            { state: 'HEALTHY', count: 1 },
          ],
        }),
      }),
    );
    expect(seen.backends.map(({ health }) => health)).toEqual([
      { status: 'observed', value: { kind: 'none' } },
      { status: 'observed', value: { kind: 'none' } },
      {
        status: 'observed',
        value: {
          kind: 'checked',
          check,
          states: [
            { state: 'HEALTHY', count: 2 },
            { state: 'UNHEALTHY', count: 4 },
          ],
        },
      },
    ]);
    expect(seen.backends[2]?.groups).toEqual([
      { name: 'live', type: 'INSTANCE_GROUP', service: undefined, target: 'unknown' },
      { name: 'lost', type: 'unknown', service: undefined, target: 'unknown' },
    ]);
  });

  it('says who shares what by weight, and which rule comes first', async () => {
    const [api, live] = ['global/backendServices/api', 'global/backendServices/live'];
    const rules = [
      { paths: ['/live/*'], backends: [api, live], priority: 1 },
      { paths: ['/live*'], backends: [live], priority: 2, isConditional: true },
    ] as const;
    const map = { link: 'global/urlMaps/web', name: 'web', defaultBackends: [] };
    const { seen } = await see(
      project({
        urlMaps: async () => [{ ...map, rules: [{ hosts: ['api.test'], defaultBackends: [api], paths: rules }] }],
      }),
    );
    expect(seen.routes).toEqual([
      { host: 'api.test', path: '/*', backend: 'api' },
      { host: 'api.test', path: '/live/*', backend: 'api', priority: 1 },
      { host: 'api.test', path: '/live/*', backend: 'live', priority: 1 },
      { host: 'api.test', path: '/live*', backend: 'live', priority: 2, isConditional: true },
    ]);
  });

  it('counts requests, 5xx and latency by backend, minute by minute', async () => {
    const series = (labels: Series['labels'], values: readonly (readonly [number, number])[]): Series => ({
      labels,
      points: values.map(([seconds, value]) => ({ at: at(seconds), value })),
    });
    const { seen } = await see(project(), {
      series: (query) =>
        metricOf(query) === 'https/request_count'
          ? [
              series({ backend_target_name: 'api', response_code_class: '200' }, [
                [-120, 90],
                [-60, 80],
              ]),
              series({ backend_target_name: 'api', response_code_class: '500' }, [
                [-180, 1],
                [-60, 10],
              ]),
              series({ backend_target_name: 'page', response_code_class: '500' }, [[-60, 1]]),
            ]
          : [series({ backend_target_name: 'api' }, [[-60, 700]])],
    });
    expect(seen.backends[0]?.traffic).toEqual({
      status: 'observed',
      value: {
        requests: [
          { at: at(-180), value: 1 },
          { at: at(-120), value: 90 },
          { at: at(-60), value: 90 },
        ],
        serverErrors: [
          { at: at(-180), value: 1 },
          { at: at(-60), value: 10 },
        ],
        latencyP99Ms: [{ at: at(-60), value: 700 }],
      },
    });
    expect(seen.backends[1]?.traffic).toMatchObject({ value: { latencyP99Ms: [] } });
  });

  it('has no points where a metric was never written, which is no failure', async () => {
    const series = () => Promise.reject(new PlatformFailure('not-found', 'Cannot find metric(s)'));
    const { cloud } = reading({ services: [plainService('backend')], also: project() });
    const seen = await loadBalancer.inspect(inspection({ cloud: { ...cloud, series } }), unhurried);
    expect(seen.backends[0]?.traffic).toEqual({
      status: 'observed',
      value: { requests: [], serverErrors: [], latencyP99Ms: [] },
    });
  });

  it('goes on without what it may not read', async () => {
    const denied = () => Promise.reject(new PlatformFailure('permission-denied', 'denied'));
    const { seen } = await see(
      project({ healthChecks: denied, securityPolicies: denied, logs: denied, series: denied, groupHealth: denied }),
    );
    expect(seen.policies).toEqual({ status: 'unavailable', detail: 'denied' });
    expect(seen.backends[2]?.health).toEqual({ status: 'unavailable', detail: 'denied' });
  });

  it('carries what stood against metrics and logs', async () => {
    const { cloud } = reading({ services: [plainService('backend')], also: project() });
    const denied = () => Promise.reject(new PlatformFailure('permission-denied', 'denied'));
    const seen = await loadBalancer.inspect(
      inspection({ cloud: { ...cloud, logs: denied, series: denied } }),
      unhurried,
    );
    expect(seen.answers).toEqual({ status: 'unavailable', detail: 'denied' });
    expect(seen.backends[0]?.traffic).toEqual({ status: 'unavailable', detail: 'denied' });
  });

  it('asks once for failed requests, and counts those that ended alike', async () => {
    const balanced = (over: Partial<BalancedRequest> = {}): BalancedRequest => ({
      backend: 'api',
      statusDetails: 'failed_to_pick_backend',
      host: 'api.test',
      path: '/b',
      deniedBy: undefined,
      ...over,
    });
    const denied = { deniedBy: { policy: 'edge', priority: 9 }, statusDetails: 'denied_by_security_policy' };
    const { seen, asked } = await see(project(), {
      logs: () =>
        page(
          [
            entry(-10, { balanced: balanced() }),
            entry(-30, { balanced: balanced({ path: '/reset/AbCdEf' }) }),
            entry(-20, { balanced: balanced({ path: undefined }) }),
            entry(-40, { httpStatus: 403, balanced: balanced(denied) }),
            entry(-50, { httpStatus: undefined, balanced: balanced() }),
            entry(-60),
          ],
          true,
        ),
    });
    expect(asked.filter((call) => call.startsWith('logs'))).toHaveLength(1);
    expect(seen.answers).toMatchObject({
      value: {
        truncated: true,
        kinds: [
          { backend: 'api', status: 503, count: 3, firstAt: at(-30), lastAt: at(-10), paths: ['/b', '/reset/#'] },
          { status: 403, count: 1, deniedBy: { policy: 'edge', priority: 9 } },
          { status: 0, count: 1 },
        ],
      },
    });
  });
});

describe('invokers', () => {
  it('applies everywhere', () => expect(invokers.appliesTo(inspection())).toBe(true));

  it('says whether everybody may call, how many are named, and whose policy could not be read', async () => {
    const members: Readonly<Record<string, readonly string[]>> = {
      [serviceName('auth')]: ['allUsers', 'user:ann@acme.example'],
      [serviceName('backend')]: ['serviceAccount:frontend@acme.example'],
    };
    const { cloud } = reading({
      services: ['auth', 'backend', 'frontend'].map((name) => plainService(name)),
      also: {
        invokers: async ({ service }) => {
          const found = members[service];
          if (found === undefined) throw new PlatformFailure('permission-denied', 'run.services.getIamPolicy');
          return { members: found };
        },
      },
    });
    expect((await invokers.inspect(inspection({ cloud }), unhurried)).services).toEqual([
      { service: 'auth', callers: { status: 'observed', value: { everybody: 'admitted', named: 1 } } },
      { service: 'backend', callers: { status: 'observed', value: { everybody: 'refused', named: 1 } } },
      { service: 'frontend', callers: { status: 'unavailable', detail: 'run.services.getIamPolicy' } },
    ]);
  });
});

describe('an answer that turns away', () => {
  it.each<[string, number, string, Record<string, string>, TurnedAwayBy | undefined]>([
    ['200', 200, '', {}, undefined],
    ['503', 503, '', {}, undefined],
    ['the application’s 401', 401, '{"detail":"Invalid credentials"}', {}, 'unknown'],
    ['Google’s 403', 403, 'Your client does not have permission to get URL /x from this server.', {}, 'google'],
    ['Google’s 404', 404, 'The requested URL <code>/x</code> was not found on this server.', {}, 'google'],
    ['Cloud Armor', 403, '<!doctype html><meta charset="utf-8"><title>403</title>403 Forbidden', {}, 'cloud-armor'],
    ['a 404 that says the same', 404, '<title>403</title>403 Forbidden', {}, 'unknown'],
    ['a redirection of IAP', 302, '', { 'x-goog-iap-generated-response': 'true' }, 'identity-aware-proxy'],
    ['IAP without a token', 401, 'Invalid IAP credentials: empty token', {}, 'identity-aware-proxy'],
    ['another redirection', 302, '', { location: '/login' }, undefined],
  ])('%s', (_, status, body, headers, expected) => {
    expect(turnedAway({ connected: true, status, body, headers, latencyMs: 1 })).toBe(expected);
  });
});
