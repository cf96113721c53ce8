import type { CertificateObservation, DomainObservation } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import {
  type AboutCertificates,
  domainsOf,
  harmOf,
  inTrouble,
  isShut,
  issuanceTrouble,
  nameOf,
} from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * Google does not issue or renew a certificate because the domain does not lead to the load balancer that has it: a wrong or stray address, or a
 * certificate that nobody attached.
 * Sees the domain's state, and A and AAAA against the load balancer's addresses. Silent where the certificate is well; cannot tell where a CDN
 * stands before the domain, whose addresses are another's by intention.
 */
export const certificateNotVisible = rule({
  layer: 'infrastructure',
  title: 'Certificate’s domain not visible',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: [
    'certificate-renewal-failed',
    'certificate-expired',
    'certificate-expiring',
    'certificate-provisioning',
    'external-dependency-failing',
  ],
  diagnose: (seen, context) => {
    const { held } = seen.certificates;
    if (held.status !== 'observed') return [{ kind: 'inconclusive', reason: held.detail, settles: 'not-by-itself' }];
    const judged = inTrouble(seen.certificates).flatMap((one) => judge(one, seen, context));
    return standing(judged, `Google sees the domains of all ${held.value.length} certificates that matter`);
  },
});

function judge(held: CertificateObservation, seen: AboutCertificates, context: Context): Conclusion[] {
  const trouble = issuanceTrouble(held);
  if (trouble?.state !== 'not-visible') return [];
  const target = nameOf(held, context);
  const domain = seen.certificates.domains.find(({ host }) => host === trouble.domain);
  const leads = domain?.dns.status === 'observed' ? domain.dns.value.leads : 'unknown';
  const hosts = domainsOf(held, seen.certificates)
    .filter(isShut)
    .map(({ host }) => host);
  const harm = hosts.length > 0 ? harmOf(hosts, seen) : { services: [], harm: 'soon' as const };
  if (leads === 'cdn')
    return [
      {
        kind: 'inconclusive',
        reason: `${held.name}: Google does not see ${trouble.domain}, which leads to a CDN: whether it should, its addresses do not tell`,
        settles: 'not-by-itself',
        about: { target, services: harm.services },
        nextCheck: `Ask who runs the CDN of ${trouble.domain} whether it still needs ${held.name}; a DNS authorisation renews behind a CDN.`,
      },
    ];
  const isWrong = leads === 'elsewhere' || leads === 'partly' || leads === 'nowhere';
  return [
    {
      kind: 'cause',
      target,
      claim: `Google cannot issue ${held.name}: ${trouble.domain} ${whyUnseen(held, domain)}.`,
      confidence: 'certain',
      evidence: [
        {
          text: `${trouble.domain}: ${trouble.detail}; the certificate is ${held.state}.`,
          url: certificatesPage(context.subject.project),
        },
        ...dnsLines(domain),
      ],
      expects: [
        {
          text: 'its addresses in DNS are not, or not only, the load balancer’s',
          seen: held.use === 'unattached' || leads === 'unknown' ? 'unknown' : isWrong ? 'yes' : 'no',
        },
      ],
      ...harm,
    },
  ];
}

function whyUnseen(held: CertificateObservation, domain: DomainObservation | undefined): string {
  if (held.use === 'unattached') return 'is on a load balancer that it was never attached to';
  if (domain?.dns.status !== 'observed') return 'is not visible to it at the load balancer';
  const { a, aaaa, leads } = domain.dns.value;
  if (leads === 'nowhere') return 'has no address in DNS';
  const stray = [...a, ...aaaa].filter((address) => !domain.addresses.includes(address));
  return stray.length === 0
    ? 'was not visible to it at the load balancer, though DNS is right by now'
    : `has ${stray.length} of ${a.length + aaaa.length} addresses in DNS (${stray.join(', ')}) that are not the load balancer's ${domain.addresses.join(', ')}`;
}

const dnsLines = (domain: DomainObservation | undefined) =>
  domain?.dns.status === 'observed'
    ? [
        {
          text: `DNS of ${domain.host}: A ${domain.dns.value.a.join(', ') || 'none'}; AAAA ${domain.dns.value.aaaa.join(', ') || 'none'}.`,
        },
      ]
    : [];
