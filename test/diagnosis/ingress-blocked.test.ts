import { expect, it } from 'vitest';
import { conclude } from '../builders/conclude.ts';
import { answers, backend, balancer, line, logs, look, observed, outOfReach, service } from '../builders/evidence.ts';

const turned = look({ verdict: 'turned-away', httpStatus: 404, turnedAwayBy: 'google', detail: '404 in 9 ms' });
const atOwnAddress = { ...turned, name: 'own', url: 'https://backend-1.us-central1.run.app/health' };
const shut = (ingress: string, over: Parameters<typeof conclude>[1] = {}) =>
  conclude('ingress-blocked', {
    'cloud-run': observed({
      services: [
        service('backend', {
          ingress,
          uri: 'https://backend-1.us-central1.run.app',
          lastModifier: 'security@acme.example',
        }),
      ],
    }),
    'load-balancer': observed(balancer()),
    http: observed({ checks: [turned, atOwnAddress] }),
    ...over,
  });

it('names the setting, who changed it, and whom it keeps out', () => {
  const own = answers({ status: 404, statusDetails: 'response_sent_by_backend' });
  const sample = 'upstream https://api.acme.test failed: HTTP 404';
  expect(
    shut('INGRESS_TRAFFIC_INTERNAL_ONLY', {
      'load-balancer': observed(balancer([backend()], [own])),
      logs: observed(logs({ signatures: [line('frontend', 'upstream-failed', 9, { sample })] })),
    }),
  ).toMatchObject({
    kind: 'cause',
    claim: expect.stringContaining(
      'its ingress is INGRESS_TRAFFIC_INTERNAL_ONLY, and Google answers 404 in its place (20 times',
    ),
    evidence: [
      { text: expect.stringContaining('security@acme.example') },
      { text: expect.stringContaining('The first 404') },
      {},
      {},
    ],
    checks: ['api', 'own'],
    services: ['frontend'],
    expects: [{ seen: 'yes' }],
  });
});

it('keeps out at its own address alone who may come through the load balancer', () => {
  expect(shut('INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER')).toMatchObject({ checks: ['own'] });
});

it('counts what the load balancer was answered also where no check was turned away', () => {
  const own = answers({ status: 404, statusDetails: 'response_sent_by_backend' });
  const over = { http: observed({ checks: [] }), 'load-balancer': observed(balancer([backend()], [own])) };
  expect(shut('INGRESS_TRAFFIC_INTERNAL_ONLY', over)).toMatchObject({
    kind: 'cause',
    checks: [],
    expects: [{ seen: 'unknown' }],
  });
  expect(shut('INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', over).kind).toBe('ruled-out');
});

it.each([
  ['lets everybody in', 'INGRESS_TRAFFIC_ALL', {}],
  ['keeps out nobody whom we know', 'INGRESS_TRAFFIC_INTERNAL_ONLY', { http: observed({ checks: [] }) }],
  [
    'is not why: 403',
    'INGRESS_TRAFFIC_INTERNAL_ONLY',
    { http: observed({ checks: [{ ...turned, httpStatus: 403 }] }) },
  ],
  [
    'is not why: a failure',
    'INGRESS_TRAFFIC_INTERNAL_ONLY',
    { http: observed({ checks: [look({ httpStatus: 404 })] }) },
  ],
])('is silent where the setting %s', (_, ingress, over) => {
  expect(shut(ingress, over).kind).toBe('ruled-out');
});

it('does with checks at its own address alone where load balancers or their log cannot be read', () => {
  const blind = { status: 'not-applicable' } as const;
  expect(shut('INGRESS_TRAFFIC_INTERNAL_ONLY', { 'load-balancer': blind })).toMatchObject({ checks: ['own'] });
  expect(
    shut('INGRESS_TRAFFIC_INTERNAL_ONLY', {
      'load-balancer': observed(balancer([backend()], [], { answers: outOfReach })),
    }),
  ).toMatchObject({ checks: ['api', 'own'] });
});

it('knows a host by its name before a pattern, and of paths the longest', () => {
  const routes = [
    { host: '*', path: '/*', backend: 'other-backend' },
    { host: '*.acme.test', path: '/*', backend: 'other-backend' },
    { host: 'api.acme.test', path: '/*', backend: 'other-backend' },
    { host: 'api.acme.test', path: '/health', backend: 'api-backend' },
    { host: 'api.acme.test', path: '/hea', backend: 'other-backend' },
  ];
  const over = { 'load-balancer': observed(balancer([backend()], [], { routes })) };
  expect(shut('INGRESS_TRAFFIC_INTERNAL_ONLY', { ...over, http: observed({ checks: [turned] }) })).toMatchObject({
    checks: ['api'],
  });
  const elsewhere = { ...turned, url: 'https://api.acme.test/health/deep' };
  expect(
    shut('INGRESS_TRAFFIC_INTERNAL_ONLY', {
      ...over,
      http: observed({ checks: [elsewhere, { ...turned, url: 'nonsense' }] }),
    }).kind,
  ).toBe('ruled-out');
});

it('is ruled out where nothing is watched; a service without an address has none of its own', () => {
  expect(conclude('ingress-blocked', { 'cloud-run': observed({ services: [] }) })).toMatchObject({
    reason: 'no service is watched',
  });
  const bare = service('backend', { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', uri: undefined });
  expect(
    conclude('ingress-blocked', {
      'cloud-run': observed({ services: [bare] }),
      'load-balancer': observed(balancer()),
      http: observed({ checks: [turned] }),
    }),
  ).toMatchObject({ evidence: [{ text: 'Ingress INGRESS_TRAFFIC_INTERNAL_ONLY.' }, {}] });
});
