import { expect, it } from 'vitest';
import { EXPIRING_DAYS } from '../../shared/diagnosis/certificate-expiring.ts';
import type { CertificateObservation } from '../../shared/evidence/certificates.ts';
import type { DnsSeen } from '../../shared/evidence/where-dns-leads.ts';
import { certified, conclude } from '../builders/conclude.ts';
import { API, at, certificate, domain, look, outOfReach, presented, there } from '../builders/evidence.ts';

const unseen = (over: Partial<CertificateObservation> = {}): CertificateObservation =>
  certificate({
    state: 'renewal-failed',
    domainStates: [
      { domain: API, state: 'rate-limited', detail: '' },
      { domain: API, state: 'not-visible', detail: 'FAILED_NOT_VISIBLE' },
    ],
    ...over,
  });
const dns = (over: Partial<DnsSeen>) =>
  there({
    a: ['34.1.1.1'],
    aaaa: [],
    cname: undefined,
    caa: [],
    caaAt: undefined,
    leads: 'load-balancer' as const,
    ...over,
  });
const stray = dns({ aaaa: ['2001:db8::17'], leads: 'partly' });
const over = presented({ problem: 'expired', daysLeft: -1 });
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-not-visible', certified(...given));

it('names the stray address; what it has still serves', () => {
  expect(judged([domain(presented(), { dns: stray })], [unseen()])).toMatchObject({
    kind: 'cause',
    confidence: 'certain',
    harm: 'soon',
    claim:
      "Google cannot issue api-cert: api.acme.test has 1 of 2 addresses in DNS (2001:db8::17) that are not the load balancer's 34.1.1.1.",
    evidence: [{}, { text: 'DNS of api.acme.test: A 34.1.1.1; AAAA 2001:db8::17.' }],
    expects: [{ seen: 'yes' }],
  });
});

it('harms now the checks of a host whose certificate has run out', () => {
  const found = judged([domain(over, { dns: stray })], [unseen()], [look()]);
  expect(found).toMatchObject({ checks: ['api'] });
  expect(found).not.toHaveProperty('harm');
});

it('is less sure where DNS is right by now', () => {
  expect(judged([domain(over)], [unseen()])).toMatchObject({
    confidence: 'likely',
    claim: expect.stringContaining('though DNS is right by now'),
    evidence: [{}, { text: 'DNS of api.acme.test: A 34.1.1.1; AAAA none.' }],
    expects: [{ seen: 'no' }],
  });
});

it('says where a host has no address although a check goes there', () => {
  expect(judged([domain(over, { dns: dns({ a: [], leads: 'nowhere' }) })], [unseen()], [look()])).toMatchObject({
    claim: expect.stringContaining('has no address in DNS'),
    expects: [{ seen: 'yes' }],
    evidence: [{}, { text: 'DNS of api.acme.test: A none; AAAA none.' }],
  });
  expect(
    judged([domain(over, { dns: dns({ a: ['34.9.9.9'], leads: 'elsewhere' }) })], [unseen()], [look()]),
  ).toMatchObject({
    expects: [{ seen: 'yes' }],
  });
});

it('tells one that was never attached', () => {
  const bare = domain({ connected: false, failure: 'reset', detail: '' });
  expect(judged([bare], [unseen({ use: 'unattached' })])).toMatchObject({
    claim: 'Google cannot issue api-cert: api.acme.test is on a load balancer that it was never attached to.',
    expects: [{ seen: 'unknown' }],
  });
});

it('keeps to what Google says where DNS could not be asked, or the host is not among those looked at', () => {
  expect(judged([domain(presented(), { dns: outOfReach })], [unseen()])).toMatchObject({
    claim: expect.stringContaining('is not visible to it at the load balancer'),
    expects: [{ seen: 'unknown' }],
  });
  expect(judged([], [unseen()])).toMatchObject({ kind: 'cause', harm: 'soon' });
});

it('cannot tell behind a CDN', () => {
  expect(judged([domain(presented(), { dns: dns({ a: ['104.16.0.1'], leads: 'cdn' }) })], [unseen()])).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('leads to a CDN'),
    settles: 'not-by-itself',
  });
});

it('is less sure at addresses that it does not know, and cannot tell where the host presents a certificate there', () => {
  const elsewhere = dns({ a: ['34.9.9.9'], leads: 'elsewhere' });
  const at = (...given: Parameters<typeof presented>) =>
    judged([domain(presented(...given), { dns: elsewhere })], [unseen()], [look()]);
  expect(at({ isNamed: false })).toMatchObject({ kind: 'cause', confidence: 'likely' });
  expect(at({ problem: 'expired' })).toMatchObject({ kind: 'cause', confidence: 'likely' });
  const shut = domain({ connected: false, failure: 'reset', detail: '' }, { dns: elsewhere });
  expect(judged([shut], [unseen()], [look()])).toMatchObject({ kind: 'cause', confidence: 'likely' });
  const blind = domain(presented(), { dns: elsewhere, handshake: outOfReach });
  expect(judged([blind], [unseen()], [look()])).toMatchObject({ kind: 'cause', confidence: 'likely' });
  expect(at()).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('addresses that we do not know'),
    nextCheck: expect.stringContaining('api.acme.test'),
  });
});

it.each([
  [EXPIRING_DAYS * 86_400, 'soon'],
  [EXPIRING_DAYS * 86_400 + 1, undefined],
  [-60, 'soon'],
])('behind a CDN it cannot be left as it is when the certificate ends in %d s', (seconds, harm) => {
  const fronted = domain(presented(), { dns: dns({ a: ['104.16.0.1'], leads: 'cdn' }) });
  const found = judged([fronted], [unseen({ expiresAt: at(seconds) })]);
  expect([found.kind, 'harm' in found ? found.harm : undefined]).toEqual(['inconclusive', harm]);
});

it('behind a CDN it says no more of one whose end is not known', () => {
  const fronted = domain(presented(), { dns: dns({ a: ['104.16.0.1'], leads: 'cdn' }) });
  expect(judged([fronted], [unseen({ expiresAt: undefined })])).not.toHaveProperty('harm');
});

it('is silent where the certificate is well, or fails for another reason', () => {
  expect(judged([domain(presented())], [certificate()])).toEqual({
    kind: 'ruled-out',
    reason: 'Google sees the domains of all 1 certificates that matter',
  });
  const domainStates = [{ domain: API, state: 'caa' as const, detail: '' }];
  expect(judged([domain(over)], [unseen({ domainStates })]).kind).toBe('ruled-out');
});
