import { isFronted, issuanceTrouble } from '../diagnosis/held-certificates.ts';
import type { CertificateObservation, CertificatesObservation, DomainObservation } from '../evidence/certificates.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { type Or, refused } from './new-revision.ts';
import { shellWord } from './shell-word.ts';

type Guided = Or<{ readonly guide: Instructions }>;

/** A public zone may be anybody's: where it is Cloud DNS's, these are its names. */
const IN_ZONE = '--project=DNS_PROJECT --zone=DNS_ZONE';
const TTL_SECONDS = 300;

/** The certificate that a finding is about, by its full name, or the host's own where it could not be read. */
export const heldBy = (target: string, { held }: CertificatesObservation): CertificateObservation | undefined =>
  held.status === 'observed' ? held.value.find(({ link }) => target.endsWith(`/${link}`)) : undefined;

/** Google issues nothing for a domain that leads elsewhere. */
export function strayAddress(target: string, certificates: CertificatesObservation): Guided {
  const held = heldBy(target, certificates);
  const host = held && issuanceTrouble(held)?.domain;
  const domain = certificates.domains.find((one) => one.host === host);
  if (held === undefined || domain === undefined) return refused(`certificate ${lastOf(target)} was not observed`);
  if (held.use === 'unattached') return refused(`no load balancer has ${held.name}: DNS is not what is wrong`);
  if (domain.dns.status !== 'observed') return refused(`the DNS of ${domain.host} could not be read`);
  const { a, aaaa } = domain.dns.value;
  const v4 = domain.addresses.filter((address) => !address.includes(':'));
  const v6 = domain.addresses.filter((address) => address.includes(':'));
  const sets = [
    { type: 'A', present: a, wanted: v4 },
    { type: 'AAAA', present: aaaa, wanted: v6 },
  ].filter(
    ({ present, wanted }) =>
      present.some((address) => !wanted.includes(address)) ||
      (present.length === 0 && wanted.length > 0 && a.length + aaaa.length === 0),
  );
  if (sets.length === 0) return refused(`the DNS of ${domain.host} is right by now: Google tries again by itself`);
  return { kind: 'found', guide: addresses(domain, held, sets) };
}

interface RecordSet {
  readonly type: string;
  readonly present: readonly string[];
  readonly wanted: readonly string[];
}

function addresses(
  { host }: DomainObservation,
  { name }: CertificateObservation,
  sets: readonly RecordSet[],
): Instructions {
  const record = shellWord(`${host}.`, 'NAME_OF_THE_RECORD');
  const said = (of: 'present' | 'wanted') =>
    sets.map((set) => `${set.type} ${set[of].join(', ') || 'none'}`).join('; ');
  const change = (set: RecordSet, from: readonly string[], to: readonly string[]): string => {
    const at = `${record} ${IN_ZONE} --type=${set.type}`;
    if (to.length === 0) return `gcloud dns record-sets delete ${at}`;
    return `gcloud dns record-sets ${from.length === 0 ? 'create' : 'update'} ${at} --ttl=${TTL_SECONDS} --rrdatas=${to.join(',')}`;
  };
  return {
    summary: { title: `Lead ${host} to its load balancer alone`, before: said('present'), after: said('wanted') },
    risk: 'medium',
    check: {
      words:
        'See where the name leads, and ask whether anybody needs the other address: a front of somebody else is no mistake.',
      commands: `dig +short A ${record}\ndig +short AAAA ${record}`,
    },
    make: {
      words: `This leaves the load balancer's addresses and no other, so that Google can issue ${name}. Put in the project and zone that answer for ${host}; at another provider do the same there.`,
      commands: sets.map((set) => change(set, set.present, set.wanted)).join('\n'),
    },
    undo: {
      words: 'This puts the records back as they were:',
      commands: sets.map((set) => change(set, set.wanted, set.present)).join('\n'),
    },
    expectedEffect: `Google issues ${name} by itself: within the hour, where DNS was changed up to a day`,
    expectedSeconds: 3600,
    whatCouldGoWrong: 'Whoever came by the address that goes away comes by the load balancer from then on.',
  };
}

/** Behind somebody's front Google cannot see the load balancer: a record of its own proves the domain. */
export function frontedRenewal(target: string, certificates: CertificatesObservation): Guided {
  const held = heldBy(target, certificates);
  const host = held?.domains[0];
  const domain = certificates.domains.find((one) => one.host === host);
  if (held === undefined || domain === undefined) return refused(`certificate ${lastOf(target)} was not observed`);
  if (!isFronted(domain)) return refused(`nobody else answers for ${domain.host}: DNS is not what is wrong`);
  const id = `${domain.host.replaceAll('.', '-')}-dns`;
  const at = `--project=${projectOf(target)}`;
  const name = shellWord(domain.host, 'HOST');
  return {
    kind: 'found',
    guide: {
      summary: {
        title: `Prove ${domain.host} by a DNS record`,
        before: `${held.name}, proved by where the domain leads`,
        after: `${id}, proved by _acme-challenge.${domain.host}`,
      },
      risk: 'low',
      check: {
        words: `Ask who runs what answers for ${domain.host} whether it still needs ${held.name} behind it. If not, nothing is to be done.`,
        commands: `dig +short ${name}`,
      },
      make: {
        words:
          'This makes an authorisation, and shows the record that it wants (DNS_DATA); with the record in DNS, a certificate that renews behind the front. Attach it beside the old one when it is ACTIVE.',
        commands: [
          `gcloud certificate-manager dns-authorizations create ${id} --domain=${name} ${at}`,
          `gcloud certificate-manager dns-authorizations describe ${id} ${at} --format="value(dnsResourceRecord.data)"`,
          `gcloud dns record-sets create _acme-challenge.${name}. ${IN_ZONE} --type=CNAME --ttl=${TTL_SECONDS} --rrdatas=DNS_DATA`,
          `gcloud certificate-manager certificates create ${id} --domains=${name} --dns-authorizations=${id} ${at}`,
        ].join('\n'),
      },
      undo: {
        words: 'Nothing uses them until the certificate is attached:',
        commands: [
          `gcloud certificate-manager certificates delete ${id} ${at}`,
          `gcloud certificate-manager dns-authorizations delete ${id} ${at}`,
        ].join('\n'),
      },
      expectedEffect: 'the certificate is issued within the hour, and renews by itself from then on',
      expectedSeconds: 3600,
      whatCouldGoWrong: 'Nothing that serves is touched before the certificate is attached.',
    },
  };
}
