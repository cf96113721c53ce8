import type { CertificateObservation, DomainObservation } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import { harmOf, heldIn, nameOf } from './held-certificates.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/**
 * A load balancer's only certificate for a host is still being issued, so that it has none to show: the one before it was taken away too soon.
 * Sees handshakes that end without a certificate, and the state of what is attached. Silent where anything at all is presented.
 */
export const certificateProvisioning = rule({
  layer: 'release',
  title: 'Certificate still being issued',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing', 'traffic-surge'],
  diagnose: (seen, context) => {
    const { certificates } = seen;
    const judged = certificates.domains.map((domain): Conclusion => {
      const { host } = domain;
      if (!isBare(domain))
        return { kind: 'ruled-out', reason: `${host} has a certificate to show, or could not be looked at` };
      const waiting = heldIn(certificates).find((one) => isAwaited(one, host));
      if (waiting === undefined) return { kind: 'ruled-out', reason: `no certificate of ${host} is on its way` };
      const harm = harmOf([host], seen);
      const spare = heldIn(certificates).find(
        (one) => one.state === 'active' && one.use === 'unattached' && one.domains.includes(host),
      );
      return {
        kind: 'cause',
        target: nameOf(waiting, context),
        claim: `${host} has no certificate to show: its only one, ${waiting.name}, is still being issued, which takes up to an hour, and a day where DNS is new.`,
        confidence: 'certain',
        evidence: [
          { text: `${waiting.name}: ${waiting.state}.`, url: certificatesPage(context.subject.project) },
          ...(spare === undefined ? [] : [{ text: `${spare.name} names ${host}, is active, and lies unattached.` }]),
        ],
        expects: [
          {
            text: `looks at ${host} from outside get no connection`,
            seen: harm.checks?.length === 0 ? 'unknown' : 'yes',
          },
        ],
        ...harm,
      };
    });
    return standingOfEach(judged, 'there is no host to look at');
  },
});

const isBare = ({ handshake }: DomainObservation): boolean =>
  handshake.status === 'observed' &&
  !handshake.value.connected &&
  (handshake.value.failure === 'tls' || handshake.value.failure === 'reset');

const isAwaited = ({ use, state, domains }: CertificateObservation, host: string): boolean =>
  use === 'serving' && state === 'provisioning' && domains.includes(host);
