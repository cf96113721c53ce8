import { expect, it } from 'vitest';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { BalancerAnswers, LoadBalancerObservation } from '../../shared/evidence/load-balancer.ts';
import { conclude } from '../builders/conclude.ts';
import { answers, backend, balancer, line, logs, look, observed, outOfReach, there } from '../builders/evidence.ts';

const denied = (over: Partial<BalancerAnswers> = {}) =>
  answers({
    status: 403,
    statusDetails: 'denied_by_security_policy',
    deniedBy: { policy: 'edge', priority: 1000 },
    ...over,
  });
const ours = look({ name: 'log in', verdict: 'turned-away', httpStatus: 403 });
const judged = (seen: LoadBalancerObservation, checks = [ours]) =>
  conclude('armor-denying', { 'load-balancer': observed(seen), journey: observed({ checks }) });
const policy = (priority: number) =>
  there([
    {
      link: 'global/securityPolicies/edge',
      name: 'edge',
      rules: [{ priority, action: 'deny(403)', isPreview: false, match: "evaluatePreconfiguredExpr('sqli')" }],
    },
  ]);

it('names the rule and what it matches, and the check that it denied', () => {
  expect(judged(balancer([backend()], [denied()], { policies: policy(1000) }))).toMatchObject({
    kind: 'cause',
    target: 'projects/acme-staging/global/securityPolicies/edge',
    claim: 'Rule 1000 of Cloud Armor policy edge denied 20 requests to api-backend with 403, ours among them.',
    confidence: 'certain',
    evidence: [{ text: expect.stringContaining("evaluatePreconfiguredExpr('sqli')") }, {}],
    checks: ['log in'],
    expects: [{ seen: 'yes' }],
  });
});

it('is less sure where the policy has no such rule any more, and cannot tell where it may not be read', () => {
  expect(judged(balancer([backend()], [denied()], { policies: policy(900) }))).toMatchObject({
    confidence: 'likely',
    expects: [{ seen: 'no' }],
  });
  expect(judged(balancer([backend()], [denied()], { policies: outOfReach }))).toMatchObject({
    expects: [{ seen: 'unknown' }],
    evidence: [{ text: expect.stringContaining('not readable') }, {}],
  });
});

it('counts services that it denies', () => {
  const signatures = [
    line('frontend', 'upstream-failed', 9, { sample: 'upstream https://api.acme.test failed: HTTP 403' }),
  ];
  expect(
    conclude('armor-denying', {
      'load-balancer': observed(balancer([backend()], [denied()])),
      logs: observed(logs({ signatures })),
    }),
  ).toMatchObject({ kind: 'cause', services: ['frontend'], checks: [] });
});

it('knows a caller by the host that leads to the backend, whatever the backend is called', () => {
  const edge = balancer([backend({ name: 'edge' })], [denied({ backend: 'edge' })], {
    routes: [
      { host: 'api.acme.test', path: '/*', backend: 'edge' },
      { host: 'other.acme.test', path: '/*', backend: 'another' },
    ],
  });
  const calls = (service: string, host: string) =>
    line(service, 'upstream-failed', 9, { sample: `upstream https://${host} failed: HTTP 403` });
  const signatures = [calls('frontend', 'api.acme.test'), calls('auth', 'other.acme.test')];
  expect(
    conclude('armor-denying', { 'load-balancer': observed(edge), logs: observed(logs({ signatures })) }),
  ).toMatchObject({ kind: 'cause', services: ['frontend'] });
});

it.each([
  ['just enough', FAILED_REQUESTS_MIN, 'cause'],
  ['too few to speak of', FAILED_REQUESTS_MIN - 1, 'ruled-out'],
])('judges denials: %s', (_, count, kind) => {
  expect(judged(balancer([backend()], [denied({ count })])).kind).toBe(kind);
});

it.each([
  ['strangers alone', [denied()], []],
  ['a check that failed otherwise', [denied()], [look({ httpStatus: 500 })]],
  ['a check that got no answer', [denied()], [look()]],
  ['another backend', [denied({ backend: 'other' })], [ours]],
  ['nobody', [answers()], [ours]],
])('is silent about denials of %s', (_, kinds, checks) => {
  expect(judged(balancer([backend()], kinds), checks).kind).toBe('ruled-out');
});

it('does not know where the log cannot be read, and there is a policy', () => {
  const unread = (securityPolicy: string | undefined) =>
    judged(balancer([backend({ securityPolicy })], [], { answers: outOfReach })).kind;
  expect([unread('global/securityPolicies/edge'), unread(undefined)]).toEqual(['inconclusive', 'ruled-out']);
});
