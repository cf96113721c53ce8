import { expect, it } from 'vitest';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import type { InvokersObservation } from '../../shared/evidence/invokers.ts';
import { conclude } from '../builders/conclude.ts';
import {
  answers,
  backend,
  balancer,
  line,
  logs,
  look,
  observed,
  outOfReach,
  service,
  there,
} from '../builders/evidence.ts';

const turned = (over: Partial<CheckResult> = {}) =>
  look({ verdict: 'turned-away', httpStatus: 403, turnedAwayBy: 'google', ...over });
const policy = (everybody: 'admitted' | 'refused'): InvokersObservation => ({
  services: [{ service: 'backend', callers: there({ everybody, named: 2 }) }],
});
const own403 = answers({ status: 403, statusDetails: 'response_sent_by_backend' });
const judged = (over: Parameters<typeof conclude>[1] = {}) =>
  conclude('authentication-changed', {
    'cloud-run': observed({ services: [service('backend')] }),
    'load-balancer': observed(balancer()),
    invokers: observed(policy('refused')),
    http: observed({ checks: [turned()] }),
    ...over,
  });

it('says that the policy does not let everybody call, and whom it keeps out', () => {
  const sample = 'upstream https://api.acme.test failed: HTTP 403';
  expect(
    judged({
      'load-balancer': observed(balancer([backend()], [own403])),
      logs: observed(logs({ signatures: [line('frontend', 'upstream-failed', 9, { sample })] })),
    }),
  ).toMatchObject({
    kind: 'cause',
    claim: 'backend refuses callers without a right to call it: allUsers may not, and 20 requests got 403.',
    confidence: 'certain',
    evidence: [{ text: 'The policy of backend does not admit everybody, and names 2 callers.' }, {}, {}],
    checks: ['api'],
    services: ['frontend'],
    expects: [{ seen: 'yes' }],
  });
});

it('counts what the load balancer was answered also where no check was turned away', () => {
  const over = { http: observed({ checks: [] }), 'load-balancer': observed(balancer([backend()], [own403])) };
  expect(judged(over)).toMatchObject({ kind: 'cause', checks: [] });
  expect(judged({ ...over, invokers: observed(policy('admitted')) })).toMatchObject({
    kind: 'ruled-out',
    reason: 'backend: nobody was turned away for want of a right; everybody may call it',
  });
});

it('names the proxy that was put before it', () => {
  const guarded = observed(balancer([backend({ identityAwareProxy: 'on' })]));
  const checks = [turned({ httpStatus: 302, turnedAwayBy: 'identity-aware-proxy' })];
  expect(
    judged({ 'load-balancer': guarded, invokers: observed(policy('admitted')), http: observed({ checks }) }),
  ).toMatchObject({
    claim: 'Identity-Aware Proxy on api-backend lets nobody through to backend who has not logged in.',
    confidence: 'certain',
    expects: [{ seen: 'yes' }],
  });
});

it('is likely where the policy could not be read, and less so where it lets everybody call', () => {
  const unread = { services: [{ service: 'backend', callers: outOfReach }] };
  expect(judged({ invokers: observed(unread) })).toMatchObject({
    confidence: 'likely',
    evidence: [{ text: 'Who may call backend could not be read.' }, {}],
    expects: [{ seen: 'unknown' }],
  });
  expect(judged({ invokers: observed(policy('admitted')) })).toMatchObject({
    confidence: 'possible',
    evidence: [{ text: 'The policy of backend admits everybody, and names 2 callers.' }, {}],
    expects: [{ seen: 'no' }],
  });
});

it.each<[string, Partial<CheckResult>, 'admitted' | 'refused', string]>([
  ['Google’s 401', { httpStatus: 401 }, 'admitted', 'cause'],
  ['Google’s 404', { httpStatus: 404 }, 'refused', 'ruled-out'],
  ['a 403 that does not say whose it is, and the policy refuses', { turnedAwayBy: 'unknown' }, 'refused', 'cause'],
  ['a 403 that does not say whose it is, and the policy admits', { turnedAwayBy: 'unknown' }, 'admitted', 'ruled-out'],
  ['Cloud Armor’s 403', { turnedAwayBy: 'cloud-armor' }, 'refused', 'ruled-out'],
  ['a failure', { verdict: 'failed' }, 'refused', 'ruled-out'],
])('judges %s', (_, over, everybody, kind) => {
  expect(judged({ http: observed({ checks: [turned(over)] }), invokers: observed(policy(everybody)) }).kind).toBe(kind);
});

it('does without load balancers, and is ruled out where nothing is watched', () => {
  expect(judged({ 'load-balancer': { status: 'not-applicable' } }).kind).toBe('ruled-out');
  expect(judged({ 'cloud-run': observed({ services: [] }) })).toMatchObject({ reason: 'no service is watched' });
});
