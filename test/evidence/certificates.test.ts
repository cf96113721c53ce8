import { describe, expect, it } from 'vitest';
import { certificates } from '../../shared/evidence/certificates.ts';
import { covers } from '../../shared/evidence/covers.ts';
import { whereDnsLeads } from '../../shared/evidence/where-dns-leads.ts';
import type { Check } from '../../shared/policy/policy.ts';
import type { CloudReader } from '../../shared/ports/cloud.ts';
import type { HeldCertificate } from '../../shared/ports/load-balancing.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type { TlsResult } from '../../shared/ports/prober.ts';
import { at } from '../builders/evidence.ts';
import { inspection, looking, reading, unhurried } from '../builders/ports.ts';

const common = { auth: { kind: 'none' }, vantage: 'public', timeoutMs: 5000 } as const;
const page = (url: string, over: Partial<Extract<Check, { kind: 'http' }>> = {}): Check => ({
  kind: 'http',
  name: url,
  url,
  expectStatus: 200,
  expectBody: undefined,
  ...common,
  ...over,
});
const shown = (names: readonly string[], days = 60): TlsResult => ({
  connected: true,
  names,
  issuer: 'WR3',
  expiresAt: at(days * 86_400),
  sent: 3,
  problem: undefined,
  detail: '',
});
const held = (name: string, over: Partial<HeldCertificate> = {}): HeldCertificate => ({
  link: `global/sslCertificates/${name}`,
  name,
  product: 'compute',
  management: 'managed',
  domains: ['a.test'],
  state: 'active',
  domainStates: [],
  expiresAt: at(86_400),
  ...over,
});
/** One load balancer at 34.1.1.1 for a.test and www.a.test, with the certificates `one`, and a rule that leads nowhere. */
const project = (proxy: { readonly certificateMap?: string } = {}): Partial<CloudReader> => ({
  forwardingRules: async () => [
    { name: 'web', address: '34.1.1.1', target: 'global/targetHttpsProxies/web' },
    { name: 'other', address: '34.1.1.2', target: 'global/targetSslProxies/other' },
  ],
  targetProxies: async () => [
    {
      link: 'global/targetHttpsProxies/web',
      name: 'web',
      urlMap: 'global/urlMaps/web',
      certificates: ['global/sslCertificates/one'],
      certificateMap: undefined,
      ...proxy,
    },
  ],
  urlMaps: async () => [
    {
      link: 'global/urlMaps/web',
      name: 'web',
      defaultBackends: [],
      rules: [{ hosts: ['a.test', 'www.a.test', '*.b.test'], defaultBackends: [], paths: [] }],
    },
  ],
  computeCertificates: async () => [held('one'), held('loose')],
});

const see = (
  also: Partial<CloudReader>,
  answers: Parameters<typeof looking>[0],
  checks: readonly Check[] = [],
  abort = unhurried,
) =>
  certificates.inspect(
    inspection({ cloud: reading({ also }).cloud, prober: looking(answers).prober, environment: { checks } }),
    abort,
  );

describe('certificates', () => {
  it('applies everywhere', () => expect(certificates.appliesTo(inspection())).toBe(true));

  it('looks at the hosts of checks first, then at those that URL maps name, each once, by name and over TLS', async () => {
    const { domains } = await see(project(), {}, [
      page('https://c.test/health'),
      page('https://a.test/'),
      page('http://plain.test/'),
      page('https://10.0.0.1/'),
      page('https://[2001:db8::1]/'),
      page('https://inside.test/', { vantage: 'vpc' }),
      { kind: 'journey', name: 'nothing', steps: [], ...common },
      { kind: 'websocket', name: 'live', url: 'wss://live.test/ws', echo: undefined, ...common },
    ]);
    expect(domains.map(({ host }) => host)).toEqual(['c.test', 'a.test', 'live.test', 'www.a.test']);
  });

  it('says what is presented, for how many days, and whether it names the host', async () => {
    const { domains } = await see(project(), {
      tls: { 'a.test': shown(['a.test'], 9.5), 'www.a.test': shown(['a.test']) },
    });
    expect(domains.map(({ handshake }) => handshake)).toMatchObject([
      { status: 'observed', value: { daysLeft: 9.5, isNamed: true, issuer: 'WR3' } },
      { status: 'observed', value: { isNamed: false } },
    ]);
  });

  it('says when no handshake came about, without what is secret in why', async () => {
    const broken: TlsResult = { connected: false, failure: 'reset', detail: 'token=abc was reset' };
    const { domains } = await see(project(), { tls: { 'a.test': broken } });
    expect(domains[0]?.handshake).toEqual({
      status: 'observed',
      value: { connected: false, failure: 'reset', detail: 'token=[redacted] was reset' },
    });
    expect(domains[1]?.handshake).toEqual({ status: 'unavailable', detail: 'www.a.test: no way there' });
  });

  it('holds DNS against the addresses of the load balancers that take the host, and finds CAA records upwards', async () => {
    const { domains } = await see(project(), {
      dns: {
        'A a.test': ['34.1.1.1'],
        'AAAA a.test': ['2001:db8::1'],
        'A www.a.test': ['34.1.1.1'],
        'CNAME www.a.test': [],
        'CAA a.test': ['issue letsencrypt.org'],
      },
    });
    expect(domains).toMatchObject([
      { addresses: ['34.1.1.1'], dns: { value: { leads: 'partly', caa: ['issue letsencrypt.org'], caaAt: 'a.test' } } },
      { dns: { value: { leads: 'load-balancer', caaAt: 'a.test', cname: undefined } } },
    ]);
  });

  it('has no CAA records where nobody up to the top-level domain has any, and no DNS where nobody answers', async () => {
    const { domains } = await see(project(), {
      dns: { 'A a.test': ['34.9.9.9'], 'A www.a.test': new PlatformFailure('timed-out', 'no answer') },
    });
    expect(domains).toMatchObject([
      { dns: { value: { leads: 'elsewhere', caa: [], caaAt: undefined } } },
      { dns: { status: 'unavailable', detail: 'no answer' } },
    ]);
  });

  it('takes a URL map without rules for one that takes every host', async () => {
    const urlMaps = async () => [{ link: 'global/urlMaps/web', name: 'web', defaultBackends: ['x'], rules: [] }];
    const { domains } = await see({ ...project(), urlMaps }, {}, [page('https://any.test/')]);
    expect(domains).toMatchObject([{ host: 'any.test', addresses: ['34.1.1.1'] }]);
  });

  it('tells what is presented from what lies about', async () => {
    const { held: all } = await see(project(), {});
    expect(all).toMatchObject({
      value: [
        { name: 'one', use: 'serving' },
        { name: 'loose', use: 'unattached' },
      ],
    });
  });

  it('knows that a certificate map counts in place of what is attached', async () => {
    const mapped = {
      ...held('mapped', { product: 'certificate-manager' }),
      link: 'projects/p/locations/global/certificates/mapped',
    };
    const asked: string[] = [];
    const { held: all } = await see(
      {
        ...project({ certificateMap: 'web-map' }),
        managerCertificates: async () => [mapped],
        certificateMapEntries: async ({ map }) => {
          asked.push(map);
          return [{ hostname: 'a.test', certificates: [mapped.link] }];
        },
      },
      {},
    );
    expect(asked).toEqual(['web-map']);
    expect(all).toMatchObject({
      value: [
        { name: 'one', use: 'overridden' },
        { name: 'loose', use: 'unattached' },
        { name: 'mapped', use: 'serving' },
      ],
    });
  });

  it('sees each proxy once, with the hosts that it takes and the entries of its map', async () => {
    const twice = project({ certificateMap: 'certs' });
    const { proxies, held } = await see(
      {
        ...twice,
        forwardingRules: async () => [
          { name: 'four', address: '34.1.1.1', target: 'global/targetHttpsProxies/web' },
          { name: 'six', address: '2600:1901::1', target: 'global/targetHttpsProxies/web' },
        ],
        certificateMapEntries: async () => [{ hostname: 'a.test', certificates: [] }],
        managerCertificates: async () => [],
      },
      {},
      [page('https://c.test/')],
    );
    expect(proxies).toMatchObject({
      status: 'observed',
      value: [
        {
          link: 'global/targetHttpsProxies/web',
          name: 'web',
          hosts: ['a.test', 'www.a.test'],
          certificates: ['global/sslCertificates/one'],
          certificateMap: 'certs',
          entries: [{ hostname: 'a.test', certificates: [] }],
        },
      ],
    });
    expect(held).toMatchObject({ value: [{ name: 'one', daysLeft: 1 }, { name: 'loose' }] });
    expect((await see(project(), {})).proxies).toMatchObject({ value: [{ certificateMap: undefined, entries: [] }] });
  });

  it('says nothing of the days of what is not issued', async () => {
    const { held: found } = await see(
      { ...project(), computeCertificates: async () => [held('new', { expiresAt: undefined })] },
      {},
    );
    expect(found).toMatchObject({ value: [{ daysLeft: undefined }] });
  });

  it('sees handshakes also where load balancers or certificates cannot be read', async () => {
    const denied = () => Promise.reject(new PlatformFailure('permission-denied', 'compute.x.list'));
    const answers = { tls: { 'c.test': shown(['c.test']) } };
    for (const also of [
      { ...project(), urlMaps: denied },
      { ...project(), computeCertificates: denied },
    ])
      expect(await see(also, answers, [page('https://c.test/')])).toMatchObject({
        held: { status: 'unavailable', detail: 'compute.x.list' },
        domains: expect.arrayContaining([expect.objectContaining({ host: 'c.test' })]),
      });
  });

  it('ends when there is no more time, and when it is our own fault', async () => {
    const late = new PlatformFailure('timed-out', 'aborted');
    const urlMaps = () => Promise.reject(late);
    await expect(see({ ...project(), urlMaps }, {}, [], AbortSignal.abort(late))).rejects.toBe(late);
    const fault = new TypeError('undefined is not a function');
    await expect(see({ ...project(), urlMaps: () => Promise.reject(fault) }, {})).rejects.toBe(fault);
  });
});

describe('a name of a certificate', () => {
  it.each([
    ['a.test', 'a.test', true],
    ['A.test', 'a.TEST', true],
    ['a.test', 'b.a.test', false],
    ['*.a.test', 'b.a.test', true],
    ['*.a.test', '.a.test', false],
    ['*.a.test', 'c.b.a.test', false],
    ['*.a.test', 'a.test', false],
    ['*.test', 'test', false],
  ])('%s covers %s: %s', (name, host, expected) => expect(covers(name, host)).toBe(expected));
});

describe('where DNS leads', () => {
  const from = (
    a: readonly string[],
    over: { readonly aaaa?: readonly string[]; readonly cname?: string; readonly wanted?: readonly string[] } = {},
  ) => whereDnsLeads({ a, aaaa: over.aaaa ?? [], cname: over.cname }, over.wanted ?? ['34.1.1.1', '2600::1']);

  it.each([
    ['the load balancer', from(['34.1.1.1'], { aaaa: ['2600::1'] }), 'load-balancer'],
    ['it and a stray address', from(['34.1.1.1'], { aaaa: ['2001:db8::1'] }), 'partly'],
    ['elsewhere', from(['34.9.9.9']), 'elsewhere'],
    ['nowhere', from([]), 'nowhere'],
    ['a CDN by an address of IPv6', from([], { aaaa: ['2606:4700::6810:1'] }), 'cdn'],
    ['the last of a range of IPv6', from([], { aaaa: ['2a06:98c7:ffff::1'] }), 'cdn'],
    ['the one after it', from([], { aaaa: ['2a06:98c8::1'] }), 'elsewhere'],
    ['an address that begins with nothing', from([], { aaaa: ['::1'] }), 'elsewhere'],
    ['Fastly by its address', from(['146.75.2.132']), 'cdn'],
    ['beyond a range of Fastly', from(['146.75.128.1']), 'elsewhere'],
    ['Azure’s front by its name', from(['13.107.42.16'], { cname: 'x.azurefd.net' }), 'cdn'],
    ['a CDN by its name', from(['34.9.9.9'], { cname: 'd1.cloudfront.net' }), 'cdn'],
    ['a CDN by the whole of its name', from(['34.9.9.9'], { cname: 'fastly.net' }), 'cdn'],
    ['another name', from(['34.9.9.9'], { cname: 'notfastly.net.test' }), 'elsewhere'],
    ['the first address of a range of Cloudflare', from(['104.16.0.0']), 'cdn'],
    ['the last', from(['104.27.255.255']), 'cdn'],
    ['the one after it', from(['104.28.0.0']), 'elsewhere'],
    ['somewhere, and nobody wants it', from(['34.9.9.9'], { wanted: [] }), 'unknown'],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));
});
