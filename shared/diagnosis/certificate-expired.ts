import type { DomainObservation, HandshakeSeen } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import { type AboutCertificates, date, days, harmOf, servingFor, targetOf, unseen } from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * A host presents a certificate that has run out: no client that checks gets as far as asking anything.
 * Sees the live handshake, the checks of that host that got no answer, and services whose log says that they refuse it. Silent about what is
 * served in time; one on a host that nobody uses harms nothing, and is no root.
 */
export const certificateExpired = rule({
  layer: 'infrastructure',
  title: 'Certificate expired',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing', 'release-broken', 'traffic-surge'],
  diagnose: (seen, context) => {
    const { certificates } = seen;
    const found = certificates.domains.flatMap((domain) => {
      const { handshake } = domain;
      return handshake.status === 'observed' && isOver(handshake.value)
        ? [expired(domain, handshake.value, seen, context)]
        : [];
    });
    const looked = certificates.domains.length;
    return standing(
      [...found, ...unseen(certificates, context)],
      `of ${looked} hosts none presents a certificate that has run out`,
    );
  },
});

type Presented = Extract<HandshakeSeen, { connected: true }>;
const isOver = (seen: HandshakeSeen): seen is Presented =>
  seen.connected && (seen.problem === 'expired' || seen.daysLeft <= 0);

function expired(
  domain: DomainObservation,
  presented: Presented,
  seen: AboutCertificates,
  context: Context,
): Conclusion {
  const { host } = domain;
  const [held] = servingFor(host, seen.certificates);
  const harm = harmOf([host], seen);
  const url = certificatesPage(context.subject.project);
  return {
    kind: 'cause',
    target: targetOf(domain, seen.certificates, context),
    claim: `The certificate of ${host} ran out ${days(presented.daysLeft)} ago, on ${date(presented.expiresAt)}, and clients refuse it.`,
    confidence: 'certain',
    evidence: [
      {
        text: `The handshake with ${host}: names ${presented.names.join(', ')}, issued by ${presented.issuer}, ended ${presented.expiresAt}.`,
      },
      ...(held === undefined ? [] : [{ text: `It is ${held.name}, ${held.management}, in state ${held.state}.`, url }]),
      ...harm.services.map((service) => ({ text: `${service} logs that it refuses the certificate of ${host}.` })),
    ],
    expects: [
      { text: `looks at ${host} from outside get no connection`, seen: harm.checks?.length === 0 ? 'unknown' : 'yes' },
    ],
    ...harm,
  };
}
