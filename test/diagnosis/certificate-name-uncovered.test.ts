import { expect, it } from 'vitest';
import { certified, conclude } from '../builders/conclude.ts';
import { API, certificate, domain, look, outOfReach, presented } from '../builders/evidence.ts';

const foreign = presented({ names: ['*.shop.acme.test'], isNamed: false, problem: 'other-name' });
const bare = domain({ connected: false, failure: 'reset', detail: 'socket hang up' });
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-name-uncovered', certified(...given));

it('says which names it has instead, and whom that keeps out', () => {
  expect(judged([domain(foreign)], [], [look()])).toMatchObject({
    kind: 'cause',
    target: API,
    claim: 'api.acme.test presents a certificate for *.shop.acme.test, which does not name it.',
    checks: ['api'],
    expects: [{ seen: 'yes' }],
  });
  expect(judged([domain(presented({ names: [], isNamed: false }))])).toMatchObject({
    claim: expect.stringContaining('for no name'),
    expects: [{ seen: 'unknown' }],
  });
});

it('points to one that would do', () => {
  const loose = certificate({ name: 'right', use: 'unattached' });
  expect(judged([domain(foreign)], [loose])).toMatchObject({
    evidence: [{}, { text: 'right names it and is unattached.' }],
  });
  expect(judged([domain(foreign)], [certificate({ use: 'overridden' })])).toMatchObject({
    evidence: [{}, { text: 'api-cert names it and is overridden: a certificate map counts in its place.' }],
  });
});

it('sees a map without an entry for a host whose own certificate no longer counts', () => {
  expect(judged([bare], [certificate({ use: 'overridden' })], [look()])).toMatchObject({
    kind: 'cause',
    target: 'projects/acme-staging/global/sslCertificates/api-cert',
    checks: ['api'],
    expects: [{ seen: 'yes' }],
  });
  expect(judged([bare], [certificate({ use: 'overridden' })])).toMatchObject({ expects: [{ seen: 'unknown' }] });
  expect(judged([bare], [certificate({ use: 'overridden' }), certificate()]).kind).toBe('ruled-out');
  expect(judged([bare], [certificate({ use: 'overridden', domains: ['other.test'] })]).kind).toBe('ruled-out');
});

it.each([
  ['one that names it', presented(), 'ruled-out'],
  ['one for others that has run out', presented({ isNamed: false, daysLeft: 0 }), 'ruled-out'],
  ['one for others that has not', presented({ isNamed: false, daysLeft: 0.01 }), 'cause'],
] as const)('judges %s', (_, handshake, kind) => {
  expect(judged([domain(handshake)], [certificate()]).kind).toBe(kind);
});

it('does not know of a host that could not be looked at', () => {
  expect(judged([domain(foreign, { handshake: outOfReach })]).kind).toBe('inconclusive');
});
