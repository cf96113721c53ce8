import { harmOf, targetOf, unseen } from './held-certificates.ts';
import { type Conclusion, rule, standing } from './rule.ts';

/**
 * A host presents its certificate without the intermediate that leads to a trusted root: browsers may know it from elsewhere, servers do not.
 * Sees the live handshake's chain. Silent where the certificate has run out or is for other names, which are worse.
 */
export const certificateChainIncomplete = rule({
  layer: 'configuration',
  title: 'Certificate chain incomplete',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing', 'traffic-surge'],
  diagnose: (seen, context) => {
    const { certificates } = seen;
    const found = certificates.domains.flatMap((domain): Conclusion[] => {
      const { host, handshake } = domain;
      if (handshake.status !== 'observed' || !handshake.value.connected) return [];
      const { problem, daysLeft, isNamed, issuer, sent, detail } = handshake.value;
      if (problem !== 'chain' || daysLeft <= 0 || !isNamed) return [];
      const harm = harmOf([host], seen);
      return [
        {
          kind: 'cause',
          target: targetOf(domain, certificates, context),
          claim: `${host} sends ${sent} certificate${sent === 1 ? '' : 's'} and none that leads from ${issuer} to a root that is trusted.`,
          confidence: 'certain',
          evidence: [{ text: `The handshake with ${host}: ${detail}.` }],
          expects: [
            {
              text: `looks at ${host} from outside get no connection`,
              seen: harm.checks?.length === 0 ? 'unknown' : 'yes',
            },
          ],
          ...harm,
        },
      ];
    });
    return standing(
      [...found, ...unseen(certificates, context)],
      `the chains of ${certificates.domains.length} hosts lead to a root`,
    );
  },
});
