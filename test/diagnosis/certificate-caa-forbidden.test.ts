import { describe, expect, it } from 'vitest';
import type { CertificateObservation, HandshakeSeen } from '../../shared/evidence/certificates.ts';
import { certified, conclude } from '../builders/conclude.ts';
import { API, certificate, domain, look, outOfReach, presented, there } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const RENEWAL_DAYS = 30;

const refused = certificate({
  state: 'renewal-failed',
  domainStates: [{ domain: API, state: 'caa', detail: 'FAILED_CAA_FORBIDDEN' }],
});
const only = (
  caa: readonly string[],
  handshake: HandshakeSeen = presented(),
  caaAt: string | undefined = 'acme.test',
) =>
  domain(handshake, {
    dns: there({ a: ['34.1.1.1'], aaaa: [], cname: undefined, caa, caaAt, leads: 'load-balancer' }),
  });
const others = ['issue letsencrypt.org', 'iodef mailto:ops'];
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-caa-forbidden', certified(...given));

it('shows the records that leave the authority out', () => {
  expect(judged([only(others)], [refused])).toMatchObject({
    kind: 'cause',
    harm: 'soon',
    confidence: 'certain',
    claim:
      'The CAA records of api.acme.test do not let pki.goog issue api-cert: issue letsencrypt.org; iodef mailto:ops.',
    evidence: [{}, { text: 'CAA at acme.test: issue letsencrypt.org; iodef mailto:ops.' }],
    expects: [{ seen: 'yes' }],
  });
});

it('harms now what has run out', () => {
  expect(judged([only(others, presented({ problem: 'expired', daysLeft: -1 }))], [refused], [look()])).toMatchObject({
    checks: ['api'],
  });
});

it('is less sure where the records allow it by now, and keeps to what Google says where DNS could not be asked', () => {
  expect(judged([only(['issue pki.goog'])], [refused])).toMatchObject({
    confidence: 'likely',
    expects: [{ seen: 'no' }],
  });
  expect(judged([domain(presented(), { dns: outOfReach })], [refused])).toMatchObject({
    claim: 'The CAA records of api.acme.test do not let pki.goog issue api-cert.',
    expects: [{ seen: 'unknown' }],
    evidence: [{}],
  });
});

it('is silent where something else is in the way', () => {
  const domainStates = [{ domain: API, state: 'rate-limited' as const, detail: 'FAILED_RATE_LIMITED' }];
  expect(judged([only([])], [{ ...refused, domainStates }]).kind).toBe('ruled-out');
});

describe('a renewal that is to come', () => {
  const near = presented({ daysLeft: RENEWAL_DAYS });
  const byOther = presented({ daysLeft: 9, issuer: "Let's Encrypt, R11" });

  it.each<[string, readonly string[], HandshakeSeen, Partial<CertificateObservation>, 'cause' | 'ruled-out']>([
    ['is forbidden', others, near, {}, 'cause'],
    ['is further off', others, presented({ daysLeft: RENEWAL_DAYS + 0.01 }), {}, 'ruled-out'],
    ['is allowed', ['issue pki.goog; cansignhttpexchanges=yes'], near, {}, 'ruled-out'],
    ['is nobody’s to forbid', [], near, {}, 'ruled-out'],
    ['is nobody’s to forbid without issue', ['iodef mailto:ops'], near, {}, 'ruled-out'],
    ['is another authority’s, which is allowed', others, byOther, {}, 'ruled-out'],
    ['is another authority’s, which is not', ['issue digicert.com'], byOther, {}, 'cause'],
    ['is of Certificate Manager', others, byOther, { product: 'certificate-manager' }, 'cause'],
    ['is nobody’s', others, near, { management: 'self-managed' }, 'ruled-out'],
    ['is of one that lies about', others, near, { use: 'unattached' }, 'ruled-out'],
    ['is of a host that shakes no hands', others, { connected: false, failure: 'reset', detail: '' }, {}, 'ruled-out'],
  ])('%s', (_, caa, handshake, over, kind) => {
    expect(judged([only(caa, handshake)], [certificate(over)]).kind).toBe(kind);
  });

  it('looms, and says where the records stand', () => {
    expect(judged([only(others, presented({ daysLeft: 9.5 }))], [certificate()])).toMatchObject({
      harm: 'soon',
      confidence: 'likely',
      claim: expect.stringContaining('will not let pki.goog renew api-cert, which runs out in 9 days'),
    });
    const bare = only(others, near, undefined);
    const nowhere = {
      ...bare,
      dns: there({ a: [], aaaa: [], cname: undefined, caa: others, caaAt: undefined, leads: 'unknown' as const }),
    };
    expect(judged([nowhere], [certificate()])).toMatchObject({
      evidence: [{}, { text: expect.stringMatching(/^CAA at api\.acme\.test/) }],
    });
    expect(judged([domain(near, { handshake: outOfReach })], [certificate()]).kind).toBe('ruled-out');
  });

  it('says none where there are none', () => {
    expect(judged([only([])], [refused])).toMatchObject({ evidence: [{}, { text: expect.stringContaining('none') }] });
  });
});
