import type { CertificateObservation, DomainObservation } from '../evidence/certificates.ts';
import { secondsBetween } from '../ports/clock.ts';
import { EXPIRING_DAYS } from './certificate-expiring.ts';
import { certificatesPage } from './console-links.ts';
import {
  type AboutCertificates,
  domainsOf,
  harmOf,
  inTrouble,
  isFronted,
  isShut,
  issuanceTrouble,
  nameOf,
} from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

const SECONDS_PER_DAY = 86_400;

/**
 * Google does not issue or renew a certificate because the domain does not lead to the load balancer that has it: a wrong or stray address, or a
 * certificate that nobody attached.
 * Sees the domain's state, and A and AAAA against the load balancer's addresses. Silent where the certificate is well; cannot tell where somebody
 * else answers for the domain: a CDN, or addresses that nobody is known by where its certificate is presented.
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
    const judged = inTrouble(seen).flatMap((one) => judge(one, seen, context));
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
  if (held.use !== 'unattached' && domain !== undefined && isFronted(domain))
    return [
      {
        kind: 'inconclusive',
        reason: `${held.name}: Google does not see ${trouble.domain}, which leads to ${leads === 'cdn' ? 'a CDN' : 'addresses that we do not know, where a certificate of its name is presented'}: whether it should, its addresses do not tell`,
        settles: 'not-by-itself',
        about: { target, services: harm.services },
        nextCheck: `Ask who runs what answers for ${trouble.domain} whether it still needs ${held.name}; a DNS authorisation renews behind a CDN.`,
        ...(runsOutSoon(held, context) && { harm: 'soon' as const }),
      },
    ];
  const isWrong = leads === 'elsewhere' || leads === 'partly' || leads === 'nowhere';
  return [
    {
      kind: 'cause',
      target,
      claim: `Google cannot issue ${held.name}: ${trouble.domain} ${whyUnseen(held, domain)}.`,
      // An address that we do not know may be a front, which is no mistake.
      confidence: leads === 'elsewhere' ? 'likely' : 'certain',
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

const runsOutSoon = ({ expiresAt }: CertificateObservation, { until }: Context): boolean =>
  expiresAt !== undefined && secondsBetween(until, expiresAt) <= EXPIRING_DAYS * SECONDS_PER_DAY;

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
