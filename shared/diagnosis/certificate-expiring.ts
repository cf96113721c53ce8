import type { CertificateObservation, DomainObservation, HandshakeSeen } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import {
  type AboutCertificates,
  date,
  isFronted,
  issuanceTrouble,
  servingFor,
  span,
  targetOf,
  unseen,
} from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * So near to its end a certificate is somebody's task for today. Source: what Cloud Monitoring's own alert on an uptime check proposes for
 * time_until_ssl_cert_expires, 15 days; Google renews what it manages 30 days before (managed certificates' documentation), both read 2026-11-23.
 */
export const EXPIRING_DAYS = 15;

/**
 * A host's certificate runs out within days, and nothing that we see will renew it.
 * Sees the live handshake. Silent about what has run out already, about hosts that DNS leads nowhere, and where a renewal is known to have failed for
 * a reason that has a rule of its own to tell it.
 */
export const certificateExpiring = rule({
  layer: 'infrastructure',
  title: 'Certificate expiring',
  needs: ['certificates'],
  explains: [],
  diagnose: (seen, context) => {
    const { certificates } = seen;
    const judged = certificates.domains.flatMap((domain) => judge(domain, seen, context));
    return standing(
      [...judged, ...unseen(certificates, context)],
      `of ${certificates.domains.length} hosts none is left with less than ${EXPIRING_DAYS} days whose renewal is not accounted for`,
    );
  },
});

function judge(domain: DomainObservation, { certificates }: AboutCertificates, context: Context): Conclusion[] {
  const { host, handshake, dns } = domain;
  if (handshake.status !== 'observed' || !isNear(handshake.value)) return [];
  // Nobody comes to a name that leads nowhere.
  if (dns.status === 'observed' && dns.value.leads === 'nowhere') return [];
  const [held] = servingFor(host, certificates);
  const trouble = held && issuanceTrouble(held);
  if (trouble !== undefined && !isUntold(trouble, certificates)) return [];
  const { daysLeft, expiresAt, issuer, names } = handshake.value;
  const managed = held?.management === 'managed';
  return [
    {
      kind: 'cause',
      target: targetOf(domain, certificates, context),
      claim: `The certificate of ${host} runs out in ${span(daysLeft)}, on ${date(expiresAt)}.`,
      confidence: managed ? 'likely' : 'certain',
      evidence: [
        { text: `The handshake with ${host}: names ${names.join(', ')}, issued by ${issuer}, ends ${expiresAt}.` },
        ...(held === undefined
          ? []
          : [
              {
                text: managed
                  ? `${held.name} is managed: Google should have renewed it 30 days before its end${trouble === undefined ? '' : ` (${trouble.detail})`}.`
                  : `${held.name} is self-managed: nobody renews it but you.`,
                url: certificatesPage(context.subject.project),
              },
            ]),
      ],
      expects: [],
      services: [],
      harm: 'soon',
    },
  ];
}

/** Whether nobody else tells of it: why Google does not see a domain is not known where somebody else answers for it. */
const isUntold = (
  { state, domain: name }: CertificateObservation['domainStates'][number],
  { domains }: AboutCertificates['certificates'],
): boolean => state === 'not-visible' && domains.some((domain) => domain.host === name && isFronted(domain));

const isNear = (seen: HandshakeSeen): seen is Extract<HandshakeSeen, { connected: true }> =>
  seen.connected && seen.daysLeft > 0 && seen.daysLeft <= EXPIRING_DAYS;
