import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { CertificatesObservation } from '../../shared/evidence/certificates.ts';
import type { DnsSeen } from '../../shared/evidence/where-dns-leads.ts';
import { reissueCertificate } from '../../shared/remedy/reissue-certificate.ts';
import { API, certificate, domain, environment, outOfReach, presented, proxy, there } from '../builders/evidence.ts';
import { reading, recording, unhurried } from '../builders/ports.ts';

const IN_PROJECT = `projects/${environment.project}`;
const MARK = 'inc-20261130t2113-5276d5-1';
const NEW = 'global/sslCertificates/api-cert-r5276d5';
const old = certificate({ state: 'renewal-failed' });
const TARGET = `${IN_PROJECT}/${old.link}`;
const cause = (target: string): Cause => ({
  rule: 'certificate-renewal-failed',
  layer: 'infrastructure',
  explains: [],
  target,
  claim: 'it is not renewed',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: [],
});
const dns = (over: Partial<DnsSeen>) =>
  domain(presented(), {
    dns: there({
      a: ['34.1.1.1'],
      aaaa: [],
      cname: undefined,
      caa: [],
      caaAt: undefined,
      leads: 'load-balancer',
      ...over,
    }),
  });
const seen = (over: Partial<CertificatesObservation> = {}): CertificatesObservation => ({
  domains: [domain(presented())],
  held: there([old]),
  proxies: there([proxy()]),
  ...over,
});
const propose = (certificates: CertificatesObservation, { target = TARGET, mark = MARK } = {}) =>
  reissueCertificate.propose({ cause: cause(target), seen: { certificates }, environment, mark });
const refusal = (certificates: CertificatesObservation, target = TARGET): string => {
  const proposal = propose(certificates, { target });
  return proposal.kind === 'refused' ? proposal.reason : `proposed ${proposal.change.target}`;
};
const issued = (...links: string[]) => links.map((link) => ({ link, state: 'issued' }));
const onProxy = (...links: string[]) => ({ kind: 'proxy', certificates: issued(...links), certificateMap: null });

describe('a certificate is issued anew', () => {
  it('before the old one is taken off: created, attached beside and waited for, alone', () => {
    expect(propose(seen())).toEqual({
      kind: 'proposed',
      change: {
        target: `${IN_PROJECT}/${NEW}`,
        etag: undefined,
        before: { kind: 'certificate', domains: null },
        after: { kind: 'certificate', domains: [API] },
      },
      prospect: {
        fit: 'mends',
        risk: 'low',
        costUsdPerMonth: 0,
        summary: {
          title: `Create a new certificate for ${API}`,
          before: 'api-cert',
          after: 'api-cert, and api-cert-r5276d5 from Google',
        },
        expectedEffect: `Google can issue a new certificate; ${API} presents api-cert as before`,
        expectedSeconds: 30,
        whatCouldGoWrong: 'Nothing that is presented changes by this step. Google may refuse for its own rate limits.',
        undo: { kind: 'none', why: 'api-cert-r5276d5 serves nobody by itself and costs nothing; it may be deleted' },
        permanent: {
          first:
            'have the new certificate and its load balancer in your own configuration, or the next deployment puts api-cert back.',
          gcloud: `gcloud compute ssl-certificates create api-cert-r5276d5 --project=${environment.project} --global --domains=${API}`,
          terraform: `resource "google_compute_managed_ssl_certificate" "api_cert_r5276d5" {
  name = "api-cert-r5276d5"
  managed {
    domains = ["${API}"]
  }
}`,
        },
      },
      followedBy: [
        {
          action: 'reissue-certificate',
          target: `${IN_PROJECT}/${proxy().link}`,
          etag: undefined,
          before: onProxy(old.link),
          after: onProxy(old.link, NEW),
          prospect: {
            fit: 'mends',
            risk: 'low',
            costUsdPerMonth: 0,
            summary: {
              title: 'Attach api-cert-r5276d5 to api-proxy, and wait until it is issued',
              before: 'api-cert',
              after: 'api-cert, api-cert-r5276d5',
            },
            expectedEffect: `Google issues api-cert-r5276d5; ${API} presents api-cert until then`,
            expectedSeconds: 3600,
            patience: {
              seconds: 26 * 3600,
              waitsFor: 'Google to issue api-cert-r5276d5, which takes up to an hour and may take a day,',
            },
            whatCouldGoWrong:
              'Nothing is taken away. Should Google not issue it within 26 h, people are called, and both stay attached.',
            undo: { kind: 'restore-before' },
            permanent: {
              gcloud: `gcloud compute target-https-proxies update api-proxy --project=${environment.project} --global --ssl-certificates=api-cert,api-cert-r5276d5`,
              terraform: expect.stringContaining(NEW),
            },
          },
        },
        {
          action: 'reissue-certificate',
          target: `${IN_PROJECT}/${proxy().link}`,
          etag: undefined,
          before: onProxy(old.link, NEW),
          after: onProxy(NEW),
          prospect: {
            fit: 'mends',
            risk: 'low',
            costUsdPerMonth: 0,
            summary: {
              title: 'Take api-cert off api-proxy',
              before: 'api-cert, api-cert-r5276d5',
              after: 'api-cert-r5276d5',
            },
            expectedEffect: `${API} presents api-cert-r5276d5`,
            expectedSeconds: 30,
            whatCouldGoWrong:
              'Clients that pinned api-cert or its authority refuse the new one. api-cert stays in the project.',
            undo: { kind: 'restore-before' },
            permanent: {
              gcloud: `gcloud compute target-https-proxies update api-proxy --project=${environment.project} --global --ssl-certificates=api-cert-r5276d5`,
              terraform: expect.not.stringContaining(`${old.link}"`),
            },
          },
        },
      ],
    });
  });

  it('on every proxy that has it, in its place among the others', () => {
    const other = certificate({
      link: 'global/sslCertificates/own',
      name: 'own',
      management: 'self-managed',
      expiresAt: undefined,
    });
    const failed = certificate({ link: 'global/sslCertificates/bad', state: 'failed', expiresAt: undefined });
    const links = [old.link, other.link, failed.link, 'global/sslCertificates/gone'];
    const two = proxy({ link: 'global/targetHttpsProxies/second', name: 'second' });
    const unconcerned = proxy({ link: 'global/targetHttpsProxies/third', certificates: [other.link] });
    const proposal = propose(
      seen({
        held: there([old, other, failed]),
        proxies: there([proxy({ certificates: links }), unconcerned, two]),
      }),
    );
    if (proposal.kind === 'refused') throw new Error(proposal.reason);
    const rest = [
      { link: other.link, state: 'issued' },
      { link: failed.link, state: 'failed' },
      { link: 'global/sslCertificates/gone', state: 'gone' },
    ];
    expect(proposal.followedBy?.map(({ target, after }) => [target.split('/').at(-1), after])).toEqual([
      ['api-proxy', { ...onProxy(), certificates: [...issued(old.link), ...rest, ...issued(NEW)] }],
      ['second', onProxy(old.link, NEW)],
      ['api-proxy', { ...onProxy(), certificates: [...issued(NEW), ...rest] }],
      ['second', onProxy(NEW)],
    ]);
  });

  it.each([
    ['api-cert-r0123ab', MARK, 'api-cert-r5276d5'],
    [`${'a'.repeat(54)}-${'b'.repeat(8)}`, MARK, `${'a'.repeat(54)}-r5276d5`],
    ['a', 'inc-1-12', 'a-rinc1'],
  ])('under a name of its own: %s, %s', (name, mark, made) => {
    const named = certificate({ name, link: `global/sslCertificates/${name}` });
    const given = seen({ held: there([named]), proxies: there([proxy({ certificates: [named.link] })]) });
    expect(propose(given, { target: `${IN_PROJECT}/${named.link}`, mark })).toMatchObject({
      change: { target: `${IN_PROJECT}/global/sslCertificates/${made}` },
    });
    expect(made.length).toBeLessThanOrEqual(63);
  });
});

describe('refuses', () => {
  const anew = (over: Parameters<typeof certificate>[0]) => seen({ held: there([certificate(over)]) });
  const newer = certificate({ link: NEW, name: 'newer', state: 'provisioning', expiresAt: undefined });

  it.each([
    ['what could not be read', seen({ held: outOfReach }), 'certificates could not be read: no way there'],
    [
      'what a person has the key of',
      anew({ management: 'self-managed', domains: [API, 'b.test'] }),
      `api-cert is self-managed: whoever has its key renews it, and runmedic has none. One that Google manages may take its place: gcloud compute ssl-certificates create NAME --global --domains=${API},b.test`,
    ],
    [
      'what a map presents',
      anew({ product: 'certificate-manager' }),
      "api-cert is Certificate Manager's, which a certificate map presents: it is issued anew there",
    ],
    [
      'a wildcard',
      anew({ domains: [API, '*.acme.test'] }),
      'Google issues no classic certificate for a wildcard (*.acme.test): that takes Certificate Manager, and a DNS authorization',
    ],
    [
      'a name that was not looked at, and says so of every one',
      anew({ domains: [API, 'b.test', 'c.test'] }),
      'b.test was not looked at, so that Google may not be able to issue for it; c.test was not looked at, so that Google may not be able to issue for it',
    ],
    [
      'a name whose DNS could not be seen',
      seen({ domains: [domain(presented(), { dns: outOfReach })] }),
      `where ${API} leads could not be seen: no way there`,
    ],
    [
      'a name that leads elsewhere too',
      seen({ domains: [dns({ aaaa: ['2001:db8::1'], leads: 'partly' })] }),
      `Google would not see ${API} at the load balancer (34.1.1.1): DNS leads to 34.1.1.1, 2001:db8::1`,
    ],
    [
      'a name that leads nowhere',
      seen({ domains: [{ ...dns({ a: [], leads: 'nowhere' }), addresses: [] }] }),
      `Google would not see ${API} at the load balancer (none): DNS leads to no address`,
    ],
    [
      'a name that CAA keeps to others',
      seen({ domains: [dns({ caa: ['issue letsencrypt.org'], caaAt: 'acme.test' })] }),
      `CAA at acme.test (issue letsencrypt.org) does not let pki.goog issue for ${API}`,
    ],
    [
      'what nobody presents',
      seen({ proxies: there([proxy({ certificates: [] })]) }),
      'no load balancer presents api-cert',
    ],
    [
      'what presents it unseen',
      seen({ proxies: outOfReach }),
      'what load balancers present could not be read: no way there',
    ],
    [
      'what a map overrides',
      seen({ proxies: there([proxy({ certificateMap: 'certs' })]) }),
      'certificate map certs counts for api-proxy, whatever is attached beside it: a new certificate belongs into the map',
    ],
    [
      'a regional proxy',
      seen({ proxies: there([proxy({ link: 'regions/r/targetHttpsProxies/p' })]) }),
      'api-proxy is regional: runmedic changes the certificates of global load balancers alone',
    ],
    [
      'to begin the wait again',
      seen({ held: there([old, newer]), proxies: there([proxy({ certificates: [old.link, NEW] })]) }),
      'newer is being issued already: another would only begin the wait again',
    ],
  ] as const)('%s', (_, given, reason) => expect(refusal(given)).toBe(reason));

  it('a host of which no certificate is known, a regional one, and evidence from before proxies were seen', () => {
    expect(refusal(seen(), API)).toBe(`Google keeps no certificate that is known to be presented for ${API}`);
    const regional = certificate({ link: 'regions/r/sslCertificates/api-cert' });
    expect(refusal(seen({ held: there([regional]) }), `${IN_PROJECT}/${regional.link}`)).toBe(
      'api-cert is regional: runmedic changes the certificates of global load balancers alone',
    );
    const { proxies: _, ...before } = seen();
    expect(refusal(before)).toBe('what load balancers present could not be read');
  });

  it('does not take what lies about, or what another is waited for, for trouble', () => {
    expect(refusal(seen({ domains: [dns({ caa: ['issue pki.goog'] })], held: there([old, newer]) }))).toContain(
      'proposed',
    );
  });

  const certificateOf = (domains: readonly string[] | null) => ({ kind: 'certificate', domains }) as const;
  it.each([
    ['one domain', certificateOf([API]), undefined],
    ['a hundred', certificateOf(Array.from({ length: 100 }, (_, n) => `a${n}.test`)), undefined],
    [
      'a hundred and one',
      certificateOf(Array.from({ length: 101 }, (_, n) => `a${n}.test`)),
      'for 1 to 100 domains, not for 101',
    ],
    ['none', certificateOf([]), 'not for 0'],
    ['nothing', certificateOf(null), 'not for 0'],
    ['a wildcard', certificateOf(['*.acme.test']), 'Google issues no classic certificate for a wildcard'],
    ['64 characters', certificateOf([`${'a'.repeat(59)}.test`]), undefined],
    ['65 characters', certificateOf([`${'a'.repeat(60)}.test`]), 'more than 64 characters: aaa'],
    ['15 on a proxy', { kind: 'proxy', certificates: Array(15).fill({}), certificateMap: null }, undefined],
    [
      '16 on a proxy',
      { kind: 'proxy', certificates: Array(16).fill({}), certificateMap: null },
      '15 certificates at most, not 16',
    ],
  ] as const)('what the API takes no more of: %s', (_, after, fault) => {
    const { bounds } = environment;
    const said = reissueCertificate.outOfLimits?.({ after, present: after, bounds, boundsAt: 'b' });
    if (fault === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(fault);
  });
});

describe('reads and writes', () => {
  const link = proxy().link;
  const cloud = (certificates: readonly string[], certificateMap?: string) =>
    reading({
      also: {
        targetProxies: async () => [{ link, name: 'api-proxy', urlMap: 'u', certificates, certificateMap }],
        computeCertificates: async () => [
          old,
          certificate({ link: NEW, state: 'provisioning', expiresAt: undefined }),
          certificate({ link: 'own', management: 'self-managed', expiresAt: undefined }),
          certificate({ link: 'bad', state: 'failed', expiresAt: undefined }),
        ],
      },
    }).cloud;

  it.each([
    [TARGET, [API]],
    [`${TARGET}-gone`, null],
  ])('what a certificate is for: %s', async (target, domains) => {
    expect(await reissueCertificate.read(target, cloud([]), unhurried)).toEqual({
      settings: { kind: 'certificate', domains },
      etag: undefined,
      settled: true,
    });
  });

  it('what a proxy presents, and waits while one is being issued', async () => {
    const target = `${IN_PROJECT}/${link}`;
    expect(await reissueCertificate.read(target, cloud([old.link, 'own', 'bad', 'gone'], 'certs'), unhurried)).toEqual({
      settings: {
        kind: 'proxy',
        certificates: [...issued(old.link, 'own'), { link: 'bad', state: 'failed' }, { link: 'gone', state: 'gone' }],
        certificateMap: 'certs',
      },
      etag: undefined,
      settled: true,
    });
    expect(await reissueCertificate.read(target, cloud([old.link, NEW]), unhurried)).toMatchObject({
      settings: { certificates: [{}, { link: NEW, state: 'provisioning' }], certificateMap: null },
      settled: false,
    });
    await expect(reissueCertificate.read(`${target}-gone`, cloud([]), unhurried)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it.each([
    [{ kind: 'certificate', domains: [API] }, ['createManagedCertificate', 'target', [API]]],
    [{ kind: 'certificate', domains: null }, ['createManagedCertificate', 'target', []]],
    [
      { kind: 'proxy', certificates: [{ link: 'a', state: 'issued' }], certificateMap: null },
      ['setProxyCertificates', 'target', ['a']],
    ],
  ] as const)('%j', async (after, call) => {
    const { cloud: writer, written } = recording();
    await reissueCertificate.write({ target: 'target', etag: undefined, before: after, after }, writer, unhurried);
    expect(written).toEqual([call]);
  });
});
