import { describe, expect, it } from 'vitest';
import { API, at, certificate, domain, networkView, outOfReach, presented, there, zone } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const HOST = 'db.staging.acme.internal';
const record = (value: string) => ({ name: HOST, type: 'A', values: [value] });
const network = (over: Parameters<typeof zone>[0] = {}, ...others: ReturnType<typeof zone>[]) => ({
  network: { ways: [], networks: [networkView({ zones: [zone(over), ...others] })] },
});
const cause = { rule: 'private-dns-broken', target: HOST } as const;

describe('guided-dns, of a private name', () => {
  it.each([
    [
      'a record that was deleted',
      network({ records: [], changes: [{ at: at(-60), added: [], removed: [record('10.20.0.3')] }] }),
    ],
    ['a record that is gone, nobody knows since when', network({ records: [] })],
    [
      'a record that leads elsewhere',
      network({
        records: [record('10.20.9.9')],
        changes: [{ at: at(-60), added: [record('10.20.9.9')], removed: [record('10.20.0.3')] }],
      }),
    ],
    ['a record that was always so', network({ records: [record('10.20.9.9')] })],
    ['a zone that no network sees', network({ networks: [] })],
    ['a zone that another network sees', network({ networks: ['projects/acme-staging/global/networks/other'] })],
    [
      'the zone of the longest domain',
      network({}, zone({ name: 'inner', domain: 'db.staging.acme.internal', records: [] })),
    ],
  ])('tells what to do: %s', (_, seen) => expect(guided('guided-dns', { ...cause, seen })).toMatchSnapshot());

  it.each([
    ['no network was observed', {}, 'the network could not be observed'],
    ['no zone has it', network({ domain: 'other.internal' }), `no private zone of ${HOST} was observed`],
    [
      'the zone is asked elsewhere',
      network({ answers: 'elsewhere' }),
      `zone staging-internal asks another network or server for ${HOST}: the record is theirs to mend`,
    ],
  ])('refuses where %s', (_, seen, reason) => expect(refusalOf('guided-dns', { ...cause, seen })).toBe(reason));
});

const CERT = 'projects/acme-staging/global/sslCertificates/api-cert';
const unseen = (over: Parameters<typeof certificate>[0] = {}) =>
  certificate({
    state: 'renewal-failed',
    domainStates: [{ domain: API, state: 'not-visible', detail: 'FAILED_NOT_VISIBLE' }],
    ...over,
  });
const dns = (over: object) =>
  there({ a: ['34.1.1.1'], aaaa: [], cname: undefined, caa: [], caaAt: undefined, leads: 'partly' as const, ...over });
const certificates = (dnsSeen: ReturnType<typeof domain>['dns'], held = unseen(), addresses = ['34.1.1.1']) => ({
  certificates: { domains: [domain(presented(), { dns: dnsSeen, addresses })], held: there([held]) },
});

describe('guided-dns, of a domain that Google does not see', () => {
  const about = { rule: 'certificate-not-visible', target: CERT } as const;
  it.each([
    ['a stray IPv6 address', certificates(dns({ aaaa: ['2001:db8::17'] }))],
    ['a stray address among others', certificates(dns({ a: ['34.1.1.1', '192.0.2.9'] }))],
    ['no address at all', certificates(dns({ a: [] }))],
    [
      'both kinds elsewhere',
      certificates(dns({ a: ['192.0.2.9'], aaaa: ['2001:db8::17'] }), unseen(), ['34.1.1.1', '2001:db8::1']),
    ],
  ])('tells what to do: %s', (_, seen) => expect(guided('guided-dns', { ...about, seen })).toMatchSnapshot());

  it.each([
    ['nothing was observed', {}, 'the certificates could not be observed'],
    [
      'the certificate was not',
      { certificates: { domains: [], held: there([]) } },
      'certificate api-cert was not observed',
    ],
    [
      'certificates could not be listed',
      { certificates: { domains: [], held: outOfReach } },
      'certificate api-cert was not observed',
    ],
    [
      'it is attached nowhere',
      certificates(dns({}), unseen({ use: 'unattached' })),
      'no load balancer has api-cert: DNS is not what is wrong',
    ],
    ['DNS could not be read', certificates(outOfReach), `the DNS of ${API} could not be read`],
    ['DNS is right by now', certificates(dns({})), `the DNS of ${API} is right by now: Google tries again by itself`],
  ])('refuses where %s', (_, seen, reason) => expect(refusalOf('guided-dns', { ...about, seen })).toBe(reason));
});

describe('guided-dns, of a certificate behind somebody’s front', () => {
  const about = { rule: 'certificate-expiring', target: CERT } as const;
  it('tells how the domain is proved without it', () =>
    expect(guided('guided-dns', { ...about, seen: certificates(dns({ leads: 'cdn' })) })).toMatchSnapshot());

  it.each([
    [
      'the certificate was not observed',
      { certificates: { domains: [], held: there([]) } },
      'certificate api-cert was not observed',
    ],
    [
      'nobody else answers',
      certificates(dns({ leads: 'load-balancer' })),
      `nobody else answers for ${API}: DNS is not what is wrong`,
    ],
  ])('refuses where %s', (_, seen, reason) => expect(refusalOf('guided-dns', { ...about, seen })).toBe(reason));
});
