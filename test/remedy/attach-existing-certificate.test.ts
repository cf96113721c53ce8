import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { CertificatesObservation } from '../../shared/evidence/certificates.ts';
import { attachExistingCertificate } from '../../shared/remedy/attach-existing-certificate.ts';
import { API, certificate, domain, environment, outOfReach, presented, proxy, there } from '../builders/evidence.ts';
import { reading, recording, unhurried } from '../builders/ports.ts';

const IN_PROJECT = `projects/${environment.project}`;
const PROXY = `${IN_PROJECT}/global/targetHttpsProxies/api-proxy`;
const cause = (target: string): Cause => ({
  rule: 'certificate-name-uncovered',
  layer: 'configuration',
  explains: [],
  target,
  claim: 'it is for others',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: [],
});
const shut = domain({ connected: false, failure: 'reset', detail: '' });
const others = domain(presented({ names: ['shop.test'], isNamed: false }));
const shop = certificate({ link: 'global/sslCertificates/shop', name: 'shop', domains: ['shop.test'] });
const spare = certificate({ use: 'unattached' });
const shopProxy = proxy({ certificates: [shop.link] });
const seen = (over: Partial<CertificatesObservation> = {}): CertificatesObservation => ({
  domains: [others],
  held: there([shop, spare]),
  proxies: there([shopProxy]),
  ...over,
});
const propose = (certificates: CertificatesObservation, target = API) =>
  attachExistingCertificate.propose({ cause: cause(target), seen: { certificates }, environment, mark: 'inc-1-1' });
const refusal = (certificates: CertificatesObservation, target = API): string => {
  const proposal = propose(certificates, target);
  return proposal.kind === 'refused' ? proposal.reason : `proposed ${proposal.change.target}`;
};

describe('a certificate that lies in the project', () => {
  it('is attached behind those that the proxy has', () => {
    expect(propose(seen())).toEqual({
      kind: 'proposed',
      change: {
        target: PROXY,
        etag: undefined,
        before: { certificates: [shop.link], certificateMap: null },
        after: { certificates: [shop.link, spare.link], certificateMap: null },
      },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: { title: 'Attach api-cert to api-proxy', before: 'shop', after: 'shop, api-cert' },
        expectedEffect: `${API} presents a certificate that names it`,
        expectedSeconds: 300,
        whatCouldGoWrong:
          'Nothing is taken away. api-cert has 60 days left; whether clients trust who issued it shows only once it is presented.',
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: `gcloud compute target-https-proxies update api-proxy --project=${environment.project} --global --ssl-certificates=shop,api-cert`,
          terraform: `resource "google_compute_target_https_proxy" "api_proxy" {
  ssl_certificates = [
    "${IN_PROJECT}/global/sslCertificates/shop",
    "${IN_PROJECT}/global/sslCertificates/api-cert",
  ]
}`,
        },
      },
    });
  });

  it('is the one with the most days left, and a self-managed one is said to be', () => {
    const longer = certificate({
      link: 'global/sslCertificates/own',
      name: 'own',
      use: 'unattached',
      daysLeft: 99.9,
      management: 'self-managed',
    });
    expect(propose(seen({ held: there([shop, spare, longer]) }))).toMatchObject({
      change: { after: { certificates: [shop.link, longer.link] } },
      prospect: { whatCouldGoWrong: expect.stringContaining('own has 99 days left, and nobody renews it but you;') },
    });
    expect(propose(seen({ held: there([shop, longer, spare]) }))).toMatchObject({
      change: { after: { certificates: [shop.link, longer.link] } },
    });
  });

  it('may stand for the host by a wildcard, of a cause that is pinned on what is awaited', () => {
    const wide = certificate({ ...spare, domains: ['*.acme.test'] });
    const awaited = certificate({
      link: 'global/sslCertificates/new',
      name: 'new',
      state: 'provisioning',
      daysLeft: undefined,
    });
    const given = seen({
      domains: [shut, domain(presented(), { host: 'well.acme.test' })],
      held: there([awaited, wide]),
      proxies: there([proxy({ certificates: [awaited.link] })]),
    });
    expect(propose(given, `${IN_PROJECT}/${awaited.link}`)).toMatchObject({
      change: { after: { certificates: [awaited.link, wide.link] } },
    });
  });

  it.each([
    ['that has run out', { daysLeft: 0 }],
    ['whose end is not known', { daysLeft: undefined }],
    ['that is not issued', { state: 'failed' }],
    ['for another host', { domains: ['www.acme.test'] }],
    ['of Certificate Manager', { product: 'certificate-manager', link: 'projects/p/locations/global/certificates/c' }],
    ['of a region', { link: 'regions/us-central1/sslCertificates/api-cert' }],
  ] as const)('is not one %s', (_, over) => {
    expect(refusal(seen({ held: there([shop, certificate({ ...spare, ...over })]) }))).toBe(
      `no other certificate of the project is issued, names ${API} and has not run out`,
    );
  });

  it('is not one that is attached, and what is awaited is said', () => {
    const target = `${IN_PROJECT}/${spare.link}`;
    const waiting = certificate({ state: 'provisioning', daysLeft: undefined });
    const held = there([waiting, shop]);
    expect(refusal(seen({ domains: [shut], held, proxies: there([proxy()]) }), target)).toBe(
      `no other certificate of the project is issued, names ${API} and has not run out; api-cert is still being issued, which takes up to an hour`,
    );
    expect(refusal(seen({ held: there([shop, certificate()]), proxies: there([proxy()]) }))).not.toContain(
      'still being',
    );
    expect(refusal(seen({ held, proxies: there([shopProxy]) }))).not.toContain('still being');
    expect(
      refusal(seen({ held: there([shop, { ...waiting, domains: ['b.test'] }]), proxies: there([proxy()]) })),
    ).not.toContain('still being');
  });
});

describe('where a certificate map counts', () => {
  const map = { certificateMap: 'api-certs', entries: [{ hostname: '*.api.acme.test', certificates: ['c'] }] };
  const mapped = proxy(map);
  const overridden = certificate({ use: 'overridden' });
  const given = (over: Partial<CertificatesObservation> = {}) =>
    seen({ domains: [shut], held: there([overridden]), proxies: there([mapped]), ...over });
  const target = `${IN_PROJECT}/${overridden.link}`;

  it('what is attached counts again without it', () => {
    expect(propose(given(), target)).toMatchObject({
      kind: 'proposed',
      change: {
        target: PROXY,
        before: { certificates: [overridden.link], certificateMap: 'api-certs' },
        after: { certificates: [overridden.link], certificateMap: null },
      },
      prospect: {
        risk: 'medium',
        summary: {
          title: 'Let api-cert count on api-proxy again',
          before: 'certificate map api-certs (*.api.acme.test)',
          after: 'api-cert',
        },
        whatCouldGoWrong: expect.stringContaining(
          "Whoever comes by *.api.acme.test is shown api-cert instead of the map's own.",
        ),
        permanent: {
          first: 'take certificate_map out of your own configuration, or the next deployment puts it back.',
          gcloud: `gcloud compute target-https-proxies update api-proxy --project=${environment.project} --global --clear-certificate-map`,
        },
      },
    });
  });

  it('an entry for every other host is said as well', () => {
    const primary = proxy({ ...map, entries: [{ hostname: undefined, certificates: ['c'] }] });
    expect(propose(given({ proxies: there([primary]) }), target)).toMatchObject({
      prospect: {
        summary: { before: 'certificate map api-certs (no host)' },
        whatCouldGoWrong: expect.stringContaining('Whoever comes by another name is shown'),
      },
    });
  });

  it('refuses where nothing that is attached would do, or another host would lose its own', () => {
    const over = certificate({ use: 'overridden', daysLeft: -1 });
    const lies = certificate({ link: 'global/sslCertificates/lies', use: 'unattached' });
    expect(refusal(given({ held: there([over, lies]) }), target)).toBe(
      `certificate map api-certs counts for api-proxy, and none that is attached beside it is issued, names ${API} and has not run out`,
    );
    const two = proxy({ ...map, hosts: [API, 'www.acme.test'] });
    expect(refusal(given({ proxies: there([two]) }), target)).toBe(
      'without certificate map api-certs nothing that is attached would name www.acme.test',
    );
  });
});

describe('refuses', () => {
  it.each([
    ['a host that is not known', seen(), 'gone.test', 'no host is known that gone.test shuts'],
    [
      'a certificate whose hosts are well',
      seen({ domains: [domain(presented())] }),
      `${IN_PROJECT}/${spare.link}`,
      `no host is known that ${IN_PROJECT}/${spare.link} shuts`,
    ],
    [
      'what could not be read',
      seen({ proxies: outOfReach }),
      API,
      'what load balancers present could not be read: no way there',
    ],
    [
      'a host that no load balancer takes',
      seen({ proxies: there([proxy({ hosts: ['b.test'] })]) }),
      API,
      `no load balancer of the project takes ${API}`,
    ],
    [
      'to choose',
      seen({ proxies: there([shopProxy, proxy({ name: 'other' })]) }),
      API,
      `2 load balancers take ${API}: which of them is to change is yours to say`,
    ],
    [
      'a regional proxy',
      seen({ proxies: there([proxy({ link: 'regions/r/targetHttpsProxies/api-proxy' })]) }),
      API,
      'api-proxy is regional: runmedic changes the certificates of global load balancers alone',
    ],
  ])('%s', (_, given, target, reason) => expect(refusal(given, target)).toBe(reason));

  it('what was not looked at in older evidence', () => {
    const { proxies: _, ...before } = seen();
    expect(refusal(before)).toBe('what load balancers present could not be read');
  });

  it.each([
    [15, undefined],
    [16, 'a load balancer takes 15 certificates at most, not 16'],
  ])('more than a proxy takes: %d', (count, fault) => {
    const after = { certificates: Array.from({ length: count }, (_, index) => `c${index}`), certificateMap: null };
    const { bounds } = environment;
    expect(attachExistingCertificate.outOfLimits?.({ after, present: after, bounds, boundsAt: 'b' })).toBe(fault);
  });
});

describe('reads and writes', () => {
  const apiProxy = { link: 'global/targetHttpsProxies/api-proxy', name: 'api-proxy', urlMap: 'u', certificates: ['a'] };

  it.each([
    [undefined, null],
    ['api-certs', 'api-certs'],
  ])('certificates and map: %j', async (certificateMap, read) => {
    const { cloud } = reading({ also: { targetProxies: async () => [{ ...apiProxy, certificateMap }] } });
    expect(await attachExistingCertificate.read(PROXY, cloud, unhurried)).toEqual({
      settings: { certificates: ['a'], certificateMap: read },
      etag: undefined,
      settled: true,
    });
  });

  it('says that a proxy is gone', async () => {
    await expect(attachExistingCertificate.read(PROXY, reading({}).cloud, unhurried)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it.each([
    [
      { certificates: ['a'], certificateMap: null },
      { certificates: ['a', 'b'], certificateMap: null },
      ['setProxyCertificates', PROXY, ['a', 'b']],
    ],
    [
      { certificates: ['a'], certificateMap: 'm' },
      { certificates: ['a'], certificateMap: null },
      ['setProxyCertificateMap', PROXY, undefined],
    ],
    [
      { certificates: ['a'], certificateMap: null },
      { certificates: ['a'], certificateMap: 'm' },
      ['setProxyCertificateMap', PROXY, 'm'],
    ],
  ])('%j -> %j', async (before, after, call) => {
    const { cloud, written } = recording();
    await attachExistingCertificate.write({ target: PROXY, etag: undefined, before, after }, cloud, unhurried);
    expect(written).toEqual([call]);
  });
});
