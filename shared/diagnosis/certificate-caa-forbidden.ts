import type { CertificateObservation, DomainObservation } from '../evidence/certificates.ts';
import { AUTHORITY, caaOf } from './caa-of.ts';
import { certificatesPage } from './console-links.ts';
import {
  type AboutCertificates,
  domainsOf,
  harmOf,
  heldIn,
  inTrouble,
  isShut,
  issuanceTrouble,
  nameOf,
  span,
} from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/** What compute's managed certificates may come from too, by the same page. */
const OTHER_AUTHORITY = 'letsencrypt.org';
/** Renewal is tried from here on (same documentation): before that, records may yet be put right in peace. */
const RENEWAL_DAYS = 30;

/**
 * CAA records of a domain leave out the authority that issues Google's certificates: it may not issue or renew one.
 * Sees the domain's state, and the nearest CAA records from the live DNS. Silent without CAA records, and where renewal is more than 30 days off.
 */
export const certificateCaaForbidden = rule({
  layer: 'infrastructure',
  title: 'Certificate forbidden by CAA',
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
    const { certificates } = seen;
    const { held } = certificates;
    if (held.status !== 'observed') return [{ kind: 'inconclusive', reason: held.detail, settles: 'not-by-itself' }];
    const refused = inTrouble(seen).flatMap((one) => {
      const trouble = issuanceTrouble(one);
      return trouble?.state === 'caa' ? [refusal(one, trouble, seen, context)] : [];
    });
    const coming = heldIn(certificates).filter(
      (one) => one.use === 'serving' && one.management === 'managed' && one.state === 'active',
    );
    const found = [...refused, ...coming.flatMap((one) => prospect(one, seen, context))];
    return standing(found, `no CAA record forbids a renewal of ${held.value.length} certificates that is due`);
  },
});

function refusal(
  held: CertificateObservation,
  trouble: CertificateObservation['domainStates'][number],
  seen: AboutCertificates,
  context: Context,
): Conclusion {
  const domains = domainsOf(held, seen.certificates);
  const domain = domains.find(({ host }) => host === trouble.domain);
  const hosts = domains.filter(isShut).map(({ host }) => host);
  const records = caaOf(domain);
  return {
    kind: 'cause',
    target: nameOf(held, context),
    claim: `The CAA records of ${trouble.domain} do not let ${AUTHORITY} issue ${held.name}${records === undefined ? '' : `: ${records.text}`}.`,
    confidence: 'certain',
    evidence: lines(held, trouble.detail, domain, context),
    expects: [
      {
        text: `CAA records that leave out ${AUTHORITY}`,
        seen: records === undefined ? 'unknown' : records.forbid ? 'yes' : 'no',
      },
    ],
    ...(hosts.length > 0 ? harmOf(hosts, seen) : { services: [], harm: 'soon' }),
  };
}

/** What is well still, and will be refused when its renewal comes. */
function prospect(held: CertificateObservation, seen: AboutCertificates, context: Context): Conclusion[] {
  return domainsOf(held, seen.certificates).flatMap((domain): Conclusion[] => {
    const { handshake, host } = domain;
    const records = caaOf(domain);
    if (records?.forbid !== true || handshake.status !== 'observed' || !handshake.value.connected) return [];
    const { daysLeft, issuer } = handshake.value;
    const mayAnother =
      held.product === 'compute' && /let's encrypt/i.test(issuer) && records.allowed.includes(OTHER_AUTHORITY);
    if (daysLeft > RENEWAL_DAYS || mayAnother) return [];
    return [
      {
        kind: 'cause',
        target: nameOf(held, context),
        claim: `The CAA records of ${host} will not let ${AUTHORITY} renew ${held.name}, which runs out in ${span(daysLeft)}: ${records.text}.`,
        confidence: 'likely',
        evidence: lines(held, 'its renewal is due', domain, context),
        expects: [],
        services: [],
        harm: 'soon',
      },
    ];
  });
}

function lines(held: CertificateObservation, detail: string, domain: DomainObservation | undefined, context: Context) {
  const records = caaOf(domain);
  return [
    { text: `${held.name} is ${held.state}: ${detail}.`, url: certificatesPage(context.subject.project) },
    ...(records === undefined ? [] : [{ text: `CAA at ${records.at}: ${records.text}.` }]),
  ];
}
