import { expect, it } from 'vitest';
import { certified, conclude } from '../builders/conclude.ts';
import { domain, look, outOfReach, presented } from '../builders/evidence.ts';

const judged = (...given: Parameters<typeof certified>) =>
  conclude('certificate-chain-incomplete', certified(...given));
const broken = { problem: 'chain', sent: 1, detail: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } as const;

it('says how many were sent, and whom that keeps out', () => {
  expect(judged([domain(presented(broken))], [], [look()])).toMatchObject({
    kind: 'cause',
    claim: expect.stringContaining(
      'api.acme.test sends 1 certificate and none that leads from Google Trust Services, WR3',
    ),
    checks: ['api'],
    expects: [{ seen: 'yes' }],
  });
  expect(judged([domain(presented({ ...broken, sent: 2 }))])).toMatchObject({
    claim: expect.stringContaining('sends 2 certificates'),
    expects: [{ seen: 'unknown' }],
  });
});

it.each([
  ['whole', {}, 'ruled-out'],
  ['one that has run out', { ...broken, daysLeft: 0 }, 'ruled-out'],
  ['one that has nearly', { ...broken, daysLeft: 0.01 }, 'cause'],
  ['one for others', { ...broken, isNamed: false }, 'ruled-out'],
] as const)('judges %s', (_, over, kind) => {
  expect(judged([domain(presented(over))]).kind).toBe(kind);
});

it('does not know of a host that could not be looked at, and is silent about one that shakes no hands', () => {
  expect(judged([domain(presented(), { handshake: outOfReach })]).kind).toBe('inconclusive');
  expect(judged([domain({ connected: false, failure: 'tls', detail: '' })]).kind).toBe('ruled-out');
});
