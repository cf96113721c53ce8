import { expect, it } from 'vitest';
import { certified, conclude } from '../builders/conclude.ts';
import { at, certificate, domain, line, logs, look, observed, outOfReach, presented } from '../builders/evidence.ts';

const over = presented({ problem: 'expired', daysLeft: -20, expiresAt: at(-20 * 86_400) });
const judged = (...given: Parameters<typeof certified>) => conclude('certificate-expired', certified(...given));

it('names the checks that get no answer there, and the certificate that is presented', () => {
  const others = [
    look({ name: 'elsewhere', url: 'https://other.test/' }),
    look({ name: 'answered', httpStatus: 503 }),
    look({ name: 'well', verdict: 'passed' }),
    look({ name: 'no url', url: 'nonsense' }),
  ];
  expect(judged([domain(over)], [certificate({ management: 'self-managed' })], [look(), ...others])).toMatchObject({
    kind: 'cause',
    target: 'projects/acme-staging/global/sslCertificates/api-cert',
    claim: 'The certificate of api.acme.test ran out 20 days ago, on 2026-11-03, and clients refuse it.',
    checks: ['api'],
    services: [],
    expects: [{ seen: 'yes' }],
  });
});

it('harms services that log that they refuse it', () => {
  const sample = 'upstream https://api.acme.test failed: certificate has expired';
  const lines = [
    line('frontend', 'certificate-refused', 9, { sample }),
    line('auth', 'certificate-refused', 9, { sample: 'other.test: certificate has expired' }),
    line('backend', 'upstream-failed', 9, { sample }),
  ];
  expect(
    conclude('certificate-expired', { ...certified([domain(over)]), logs: observed(logs({ signatures: lines })) }),
  ).toMatchObject({ services: ['frontend'], target: 'api.acme.test', expects: [{ seen: 'unknown' }] });
});

it('harms nobody on a host that nobody looks at', () => {
  expect(judged([domain(over, { host: 'old.acme.test' })])).toMatchObject({ kind: 'cause', checks: [], services: [] });
});

it.each([
  ['at its end', 0, undefined, 'cause'],
  ['a moment before', 0.0001, undefined, 'ruled-out'],
  ['by what a client says, whatever our clock', 1, 'expired', 'cause'],
] as const)('judges one %s', (_, daysLeft, problem, kind) => {
  expect(judged([domain(presented({ daysLeft, problem }))]).kind).toBe(kind);
});

it.each([
  [-0.02, '28 min'],
  [-0.0833, '119 min'],
  [-1 / 12, '2 h'],
  [-1, '24 h'],
  [-1.999, '47 h'],
  [-2, '2 days'],
  [-2.5, '2 days'],
])('says for how long: %d days', (daysLeft, words) => {
  expect(judged([domain(presented({ daysLeft }))])).toMatchObject({
    claim: expect.stringContaining(`ran out ${words} ago`),
  });
});

it('does not know of a host that could not be looked at, and is silent about one that did not shake hands', () => {
  expect(judged([domain(over, { handshake: outOfReach })], [certificate()])).toMatchObject({
    kind: 'inconclusive',
    reason: 'api.acme.test: no way there',
    nextCheck: expect.stringContaining('openssl s_client'),
  });
  const refused = { connected: false, failure: 'refused', detail: 'no' } as const;
  expect(judged([domain(refused)])).toEqual({
    kind: 'ruled-out',
    reason: 'of 1 hosts none presents a certificate that has run out',
  });
});

it('sees the handshake also where neither certificates nor logs can be read', () => {
  expect(
    conclude('certificate-expired', {
      certificates: observed({ domains: [domain(over)], held: outOfReach }),
      logs: { status: 'not-applicable' },
    }),
  ).toMatchObject({ kind: 'cause', target: 'api.acme.test', services: [] });
});

it('knows a certificate of Certificate Manager by its own name', () => {
  const link = 'projects/acme-staging/locations/global/certificates/api';
  expect(judged([domain(over)], [certificate({ link, product: 'certificate-manager' })])).toMatchObject({
    target: link,
  });
});
