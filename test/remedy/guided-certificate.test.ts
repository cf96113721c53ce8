import { describe, expect, it } from 'vitest';
import { API, certificate, domain, outOfReach, presented, there } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const target = 'projects/acme-staging/global/sslCertificates/api-cert';
const own = certificate({ management: 'self-managed' });
const spare = certificate({ link: 'global/sslCertificates/spare', name: 'spare', use: 'unattached' });
const seen = (...held: ReturnType<typeof certificate>[]) => ({
  certificates: { domains: [domain(presented())], held: there(held) },
});

describe('guided-certificate', () => {
  it.each([
    ['a self-managed one that ran out', 'certificate-expired', target, seen(own)],
    [
      'a self-managed one whose end is not known',
      'certificate-chain-incomplete',
      target,
      seen(certificate({ management: 'self-managed', expiresAt: undefined })),
    ],
    ['a managed one for other names', 'certificate-name-uncovered', target, seen(certificate())],
    ['a managed one beside one that would do', 'certificate-expired', target, seen(certificate(), spare)],
    ['one that was never attached', 'certificate-not-visible', target, seen(certificate({ use: 'unattached' }))],
    [
      'one of which only the host is known',
      'certificate-expired',
      API,
      { certificates: { domains: [], held: outOfReach } },
    ],
    ['the one that serves a host', 'certificate-expiring', API, seen(own)],
    [
      'one of a product whose key is ours',
      'certificate-expired',
      target,
      seen(certificate({ product: 'certificate-manager' })),
    ],
    [
      'one for every name',
      'certificate-expired',
      target,
      seen(
        certificate({ management: 'self-managed', domains: ['*.acme.test'] }),
        certificate({ ...spare, state: 'provisioning' }),
      ),
    ],
    ['one for none', 'certificate-expired', target, seen(certificate({ management: 'self-managed', domains: [] }))],
  ] as const)('tells what to do about %s', (_, rule, about, told) =>
    expect(guided('guided-certificate', { rule, target: about, seen: told })).toMatchSnapshot(),
  );

  it.each([
    [
      'one that Google manages',
      'certificate-expired',
      seen(certificate()),
      'Google manages api-cert: nobody has its key to put another in its place',
    ],
    [
      'one that is attached',
      'certificate-not-visible',
      seen(certificate()),
      'a load balancer presents api-cert: it is attached already',
    ],
    [
      'one that was not observed',
      'certificate-not-visible',
      seen(),
      'a load balancer presents api-cert: it is attached already',
    ],
  ] as const)('refuses %s', (_, rule, told, reason) =>
    expect(refusalOf('guided-certificate', { rule, target, seen: told })).toBe(reason),
  );
});
