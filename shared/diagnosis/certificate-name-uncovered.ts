import type { DomainObservation, HandshakeSeen } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import { type AboutCertificates, harmOf, heldIn, targetOf, unseen } from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * A host presents a certificate that is for other names: a wildcard stands for one label and no more, and a certificate map counts in place of
 * what is attached.
 * Sees the live handshake's names, and whether a certificate that would do lies unused. Silent where one of the names stands for the host.
 */
export const certificateNameUncovered = rule({
  layer: 'configuration',
  title: 'Certificate for other names',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing', 'traffic-surge'],
  diagnose: (seen, context) => {
    const { certificates } = seen;
    const found = certificates.domains.flatMap((domain) => {
      const { handshake } = domain;
      return handshake.status === 'observed' && isOthers(handshake.value)
        ? [uncovered(domain, handshake.value, seen, context)]
        : [];
    });
    return standing(
      [...found, ...unseen(certificates, context)],
      `each of ${certificates.domains.length} hosts presents a certificate that names it, or none`,
    );
  },
});

type Presented = Extract<HandshakeSeen, { connected: true }>;
// What has run out is refused for that, whatever it names.
const isOthers = (seen: HandshakeSeen): seen is Presented => seen.connected && !seen.isNamed && seen.daysLeft > 0;

function uncovered(
  domain: DomainObservation,
  presented: Presented,
  seen: AboutCertificates,
  context: Context,
): Conclusion {
  const { host } = domain;
  const { certificates } = seen;
  const spare = heldIn(certificates).find(
    ({ use, domains, state }) => use !== 'serving' && state === 'active' && domains.includes(host),
  );
  const harm = harmOf([host], seen);
  return {
    kind: 'cause',
    target: targetOf(domain, certificates, context),
    claim: `${host} presents a certificate for ${presented.names.join(', ') || 'no name'}, which does not name it.`,
    confidence: 'certain',
    evidence: [
      {
        text: `The handshake with ${host}: issued by ${presented.issuer} for ${presented.names.length} other names; a wildcard stands for one label.`,
      },
      ...(spare === undefined
        ? []
        : [
            {
              text: `${spare.name} names it and is ${spare.use}${spare.use === 'overridden' ? ': a certificate map counts in its place' : ''}.`,
              url: certificatesPage(context.subject.project),
            },
          ]),
    ],
    expects: [
      { text: `looks at ${host} from outside get no connection`, seen: harm.checks?.length === 0 ? 'unknown' : 'yes' },
    ],
    ...harm,
  };
}
