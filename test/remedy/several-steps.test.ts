import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { lastOnEach } from '../../shared/remedy/plan.ts';
import { planFor } from '../../shared/remedy/plan-for.ts';
import {
  API,
  at,
  certificate,
  domain,
  environment,
  evidence,
  observed,
  presented,
  proxy,
  there,
} from '../builders/evidence.ts';
import { planOf } from '../builders/incident.ts';

const old = certificate({ state: 'renewal-failed' });
const target = `projects/${environment.project}/${old.link}`;
const root: Cause = {
  rule: 'certificate-renewal-failed',
  layer: 'infrastructure',
  explains: [],
  target,
  claim: 'it is not renewed',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: [],
};
const planned = (over: Partial<Parameters<typeof planFor>[0]> = {}, attached: readonly string[] = [old.link]) =>
  planFor({
    incident: 'inc-1',
    round: 1,
    root,
    evidence: evidence({
      certificates: observed({
        domains: [domain(presented())],
        held: there([old]),
        proxies: there([proxy({ certificates: attached })]),
      }),
    }),
    environment,
    ownProject: 'acme-runmedic',
    at: at(0),
    made: [],
    tried: [],
    ...over,
  });

describe('a plan of several steps', () => {
  it('has them in their order', () => {
    const plan = planned();
    if (plan.kind !== 'plan') throw new Error(JSON.stringify(plan));
    expect(plan.plan.steps.map(({ prospect }) => prospect.summary.title)).toEqual([
      `Create a new certificate for ${API}`,
      'Attach api-cert-rinc1 to api-proxy, and wait until it is issued',
      'Take api-cert off api-proxy',
    ]);
    expect(lastOnEach(plan.plan)).toEqual([true, false, true]);
  });

  it('is not offered where a guardrail is against any of them', () => {
    const full = [old.link, ...Array.from({ length: 14 }, (_, index) => `global/sslCertificates/c${index}`)];
    expect(planned({}, full)).toEqual({
      kind: 'none',
      refusals: ['Have the certificate issued anew: a load balancer takes 15 certificates at most, not 16'],
    });
  });

  it('is not offered again for the same cause, whatever its steps were on', () => {
    const tried = [{ action: 'reissue-certificate', target: 'elsewhere', because: target } as const];
    expect(planned({ tried })).toEqual({
      kind: 'none',
      refusals: ['Have the certificate issued anew: was tried in this incident already'],
    });
    expect(planned({ tried: [{ action: 'reissue-certificate', target: 'elsewhere' }] }).kind).toBe('plan');
  });

  it('of one step leaves that', () => expect(lastOnEach(planOf('inc-1'))).toEqual([true]));
});
