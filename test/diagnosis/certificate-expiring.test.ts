import { expect, it } from 'vitest';
import { certified, conclude } from '../builders/conclude.ts';
import { certificate, domain, outOfReach, presented, there } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const EXPIRING_DAYS = 15;

const judged = (...given: Parameters<typeof certified>) => conclude('certificate-expiring', certified(...given));

it.each([
  [EXPIRING_DAYS + 0.01, 'ruled-out'],
  [EXPIRING_DAYS, 'cause'],
  [0.01, 'cause'],
  [0, 'ruled-out'],
])('judges one of %d days', (daysLeft, kind) => {
  expect(judged([domain(presented({ daysLeft }))]).kind).toBe(kind);
});

const soon = domain(presented({ daysLeft: 9.5 }));

it('looms, surely where nobody renews it, likely where Google should have', () => {
  expect(judged([soon], [certificate({ management: 'self-managed' })])).toMatchObject({
    harm: 'soon',
    services: [],
    confidence: 'certain',
    claim: expect.stringContaining('runs out in 9 days'),
  });
  expect(judged([soon], [certificate()])).toMatchObject({ confidence: 'likely' });
  expect(judged([soon])).toMatchObject({ confidence: 'certain', target: 'api.acme.test' });
});

it('leaves a renewal that failed to the rules that say why', () => {
  const domainStates = [{ domain: 'api.acme.test', state: 'caa' as const, detail: 'FAILED_CAA_FORBIDDEN' }];
  expect(judged([soon], [certificate({ state: 'renewal-failed', domainStates })]).kind).toBe('ruled-out');
});

it('tells of one that Google does not see itself where a front is before it: why is not known', () => {
  const unseen = { domain: 'api.acme.test', state: 'not-visible' as const, detail: 'FAILED_NOT_VISIBLE' };
  const behind = (leads: 'cdn' | 'partly') =>
    domain(presented({ daysLeft: 9.5 }), {
      dns: there({ a: ['104.16.0.1'], aaaa: [], cname: undefined, caa: [], caaAt: undefined, leads }),
    });
  const held = certificate({ state: 'renewal-failed', domainStates: [unseen] });
  expect(judged([behind('cdn')], [held])).toMatchObject({
    kind: 'cause',
    confidence: 'likely',
    evidence: [{}, { text: expect.stringContaining('(FAILED_NOT_VISIBLE)') }],
  });
  expect(judged([behind('partly')], [held]).kind).toBe('ruled-out');
});

it('is silent about a host that DNS leads nowhere, and not where DNS could not be asked', () => {
  const dns = { a: [], aaaa: [], cname: undefined, caa: [], caaAt: undefined, leads: 'nowhere' } as const;
  expect(judged([domain(presented({ daysLeft: 3 }), { dns: there(dns) })]).kind).toBe('ruled-out');
  expect(judged([domain(presented({ daysLeft: 3 }), { dns: outOfReach })]).kind).toBe('cause');
});

it('does not know of a host that could not be looked at', () => {
  expect(judged([domain(presented(), { handshake: outOfReach })]).kind).toBe('inconclusive');
  expect(judged([domain({ connected: false, failure: 'reset', detail: '' })]).kind).toBe('ruled-out');
});
