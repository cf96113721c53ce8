import { expect, it } from 'vitest';
import { certified, conclude } from '../builders/conclude.ts';
import { certificate, domain, look, outOfReach, presented } from '../builders/evidence.ts';

const waiting = certificate({ name: 'new', state: 'provisioning', expiresAt: undefined });
const bare = (failure: 'tls' | 'reset' | 'refused') => domain({ connected: false, failure, detail: '' });
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-provisioning', certified(...given));

it('says that the only one is on its way, and points to one that lies about', () => {
  const loose = certificate({ name: 'before', use: 'unattached' });
  expect(judged([bare('reset')], [waiting, loose], [look()])).toMatchObject({
    kind: 'cause',
    claim: expect.stringContaining('its only one, new, is still being issued'),
    evidence: [{}, { text: 'before names api.acme.test, is active, and lies unattached.' }],
    checks: ['api'],
    expects: [{ seen: 'yes' }],
  });
  expect(judged([bare('tls')], [waiting])).toMatchObject({ evidence: [{}], expects: [{ seen: 'unknown' }] });
});

it.each([
  ['a host that is shown one', [domain(presented())], [waiting]],
  ['a host that nobody answers for', [bare('refused')], [waiting]],
  ['a host that could not be looked at', [domain(presented(), { handshake: outOfReach })], [waiting]],
  ['a host whose certificate is not on its way', [bare('reset')], [certificate()]],
  ['one that is not attached', [bare('reset')], [{ ...waiting, use: 'unattached' as const }]],
  ['one for another host', [bare('reset')], [{ ...waiting, domains: ['other.test'] }]],
  ['no host', [], []],
])('is silent about %s', (_, domains, held) => {
  expect(judged(domains, held).kind).toBe('ruled-out');
});
