import { expect, it } from 'vitest';
import type { LoadBalancerObservation } from '../../shared/evidence/load-balancer.ts';
import { conclude, concludeAll } from '../builders/conclude.ts';
import { answers, backend, balancer, line, logs, look, observed, outOfReach } from '../builders/evidence.ts';

const judged = (seen: LoadBalancerObservation, over: Parameters<typeof conclude>[1] = {}) =>
  conclude('backend-missing', { 'load-balancer': observed(seen), ...over });
const empty = backend({ groups: [] });
const lost = backend({ groups: [{ name: 'neg', type: 'SERVERLESS', service: 'backend-v2', target: 'gone' }] });

it('names a backend without a group, and whom that keeps out', () => {
  const refused = look({ httpStatus: 503, detail: '503 in 9 ms' });
  const sample = 'upstream https://api.acme.test failed: HTTP 503';
  expect(
    judged(balancer([empty], [answers()]), {
      http: observed({
        checks: [
          refused,
          look({ name: 'well', verdict: 'passed' }),
          look({ name: 'other', url: 'https://other.test/' }),
        ],
      }),
      logs: observed(logs({ signatures: [line('frontend', 'upstream-failed', 9, { sample })] })),
    }),
  ).toMatchObject({
    kind: 'cause',
    target: 'projects/acme-staging/global/backendServices/api-backend',
    claim: "The load balancer's backend api-backend has no group behind it, and 20 requests got 503.",
    confidence: 'certain',
    checks: ['api'],
    backends: ['api-backend'],
    services: ['frontend'],
    expects: [{ seen: 'yes' }],
  });
});

it('names a service that is not there', () => {
  const own = answers({ status: 404, statusDetails: 'response_sent_by_backend' });
  const turned = look({ verdict: 'turned-away', httpStatus: 404 });
  expect(judged(balancer([lost], [own, answers()]), { http: observed({ checks: [turned] }) })).toMatchObject({
    claim:
      "The load balancer's backend api-backend leads to Cloud Run service backend-v2, which is not there, and 20 requests got 404.",
    checks: ['api'],
  });
});

it.each([
  ['is less sure where nobody was refused', balancer([empty], []), 'likely', 'no'],
  ['cannot tell from logs that it may not read', balancer([empty], [], { answers: outOfReach }), 'certain', 'unknown'],
  ['cannot tell from logs that are off', balancer([{ ...empty, loggedRatio: 0 }], []), 'certain', 'unknown'],
] as const)('%s', (_, seen, confidence, found) => {
  expect(judged(seen)).toMatchObject({
    confidence,
    expects: [{ seen: found }],
    claim: expect.stringMatching(/behind it\.$/),
  });
});

it('is silent where something stands behind', () => {
  const both = backend({ groups: [...lost.groups, ...backend().groups] });
  expect(judged(balancer([both], [answers()]))).toEqual({
    kind: 'ruled-out',
    reason: 'api-backend has 1 of 2 groups with something behind',
  });
  expect(judged(balancer([]))).toMatchObject({ reason: 'no load balancer leads anywhere' });
});

it.each([
  ['a pattern of hosts before any host', 'api.acme.test', ['on the pattern']],
  ['any host, where no pattern fits', 'api.other.test', ['on any host']],
])('lays a check to %s', (_, host, checks) => {
  const routes = [
    { host: '*', path: '/*', backend: 'on any host' },
    { host: '*.acme.test', path: '/*', backend: 'on the pattern' },
  ];
  const seen = balancer(
    routes.map(({ backend: name }) => backend({ name, groups: [] })),
    [],
    { routes },
  );
  const http = observed({ checks: [look({ url: `https://${host}/health` })] });
  const found = concludeAll('backend-missing', { 'load-balancer': observed(seen), http });
  expect(found.flatMap((one) => ('checks' in one && one.checks?.length ? one.backends : []))).toEqual(checks);
});

it('says nothing of a name where the log of a group has none', () => {
  const nameless = backend({ groups: [{ name: 'neg', type: 'SERVERLESS', service: undefined, target: 'gone' }] });
  expect(judged(balancer([nameless])).kind).toBe('cause');
});
