import { describe, expect, it } from 'vitest';
import type { CertificateObservation } from '../../shared/evidence/certificates.ts';
import type { DnsSeen } from '../../shared/evidence/where-dns-leads.ts';
import { certified, conclude } from '../builders/conclude.ts';
import { API, at, certificate, domain, look, observed, outOfReach, presented, there } from '../builders/evidence.ts';

const failed = (over: Partial<CertificateObservation> = {}): CertificateObservation =>
  certificate({
    state: 'renewal-failed',
    domainStates: [{ domain: API, state: 'rate-limited', detail: 'FAILED_RATE_LIMITED' }],
    expiresAt: at(11 * 86_400),
    ...over,
  });
const well = domain(presented());
const shut = domain(presented({ problem: 'expired', daysLeft: -1 }));
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-renewal-failed', certified(...given));

it('looms while the one before still serves', () => {
  expect(judged([well], [failed()])).toMatchObject({
    kind: 'cause',
    harm: 'soon',
    target: 'projects/acme-staging/global/sslCertificates/api-cert',
    claim:
      'Google could not issue a new certificate for api-cert (api.acme.test): FAILED_RATE_LIMITED; the one it has ends 2026-12-04.',
  });
});

it('harms now what has run out, and says of a new one that it never had any', () => {
  expect(judged([shut], [failed({ state: 'failed', expiresAt: undefined })], [look()])).toMatchObject({
    checks: ['api'],
    claim: expect.stringContaining('it never had one'),
  });
  expect(judged([shut], [failed()])).not.toHaveProperty('harm');
});

it.each<[string, Partial<CertificateObservation>, 'cause' | 'ruled-out']>([
  ['without a word why', { domainStates: [] }, 'cause'],
  ['without a word why, and it never had one', { domainStates: [], state: 'failed' }, 'cause'],
  ['on its way', { domainStates: [], state: 'provisioning' }, 'ruled-out'],
  ['well', { state: 'active' }, 'ruled-out'],
  ['self-managed', { management: 'self-managed' }, 'ruled-out'],
  ['for CAA records', { domainStates: [{ domain: API, state: 'caa', detail: '' }] }, 'ruled-out'],
  ['for DNS', { domainStates: [{ domain: API, state: 'not-visible', detail: '' }] }, 'ruled-out'],
  ['overridden', { use: 'overridden' }, 'ruled-out'],
  ['attached to nothing, its host being well', { use: 'unattached' }, 'ruled-out'],
  ['of another host', { domains: ['other.test'] }, 'cause'],
])('judges one %s', (_, over, kind) => {
  expect(judged([well], [failed(over)]).kind).toBe(kind);
});

it('counts one that nobody attached where its host has nothing to show', () => {
  const bare = domain({ connected: false, failure: 'reset', detail: '' });
  expect(judged([bare], [failed({ use: 'unattached' })]).kind).toBe('cause');
});

describe('a domain that is retired', () => {
  const leading = (leads: DnsSeen['leads']) =>
    domain(presented(), { dns: there({ a: [], aaaa: [], cname: undefined, caa: [], caaAt: undefined, leads }) });

  it.each([
    ['nowhere', 'ruled-out'],
    ['elsewhere', 'ruled-out'],
    ['partly', 'cause'],
  ] as const)('matters to nobody when it leads %s: %s', (leads, kind) => {
    expect(judged([leading(leads)], [failed()]).kind).toBe(kind);
  });

  it('matters when a check goes there, or DNS could not be asked', () => {
    expect(judged([leading('nowhere')], [failed()], [look()]).kind).toBe('cause');
    expect(judged([domain(presented(), { dns: outOfReach })], [failed()]).kind).toBe('cause');
  });
});

it.each(['certificate-renewal-failed', 'certificate-not-visible', 'certificate-caa-forbidden'] as const)(
  '%s does not know where certificates cannot be read',
  (rule) => {
    expect(conclude(rule, { certificates: observed({ domains: [well], held: outOfReach }) })).toEqual({
      kind: 'inconclusive',
      reason: 'no way there',
      settles: 'not-by-itself',
    });
  },
);
