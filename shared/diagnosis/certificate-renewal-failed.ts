import type { CertificateObservation } from '../evidence/certificates.ts';
import { certificatesPage } from './console-links.ts';
import {
  type AboutCertificates,
  date,
  domainsOf,
  harmOf,
  inTrouble,
  isShut,
  issuanceTrouble,
  nameOf,
} from './held-certificates.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * Google could not issue or renew a certificate that it manages, and neither DNS nor CAA records are why.
 * Sees the certificate's state and that of its domains. Silent where DNS or CAA is to blame, which have rules of their own, about certificates
 * that no load balancer presents, and about what is still on its way.
 */
export const certificateRenewalFailed = rule({
  layer: 'infrastructure',
  title: 'Certificate renewal failed',
  needs: ['certificates'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['certificate-expired', 'certificate-expiring', 'certificate-provisioning', 'external-dependency-failing'],
  diagnose: (seen, context) => {
    const { held } = seen.certificates;
    if (held.status !== 'observed') return [{ kind: 'inconclusive', reason: held.detail, settles: 'not-by-itself' }];
    const found = inTrouble(seen.certificates).flatMap((one) => judge(one, seen, context));
    return standing(found, `none of ${held.value.length} certificates failed to renew for a reason of Google's`);
  },
});

function judge(held: CertificateObservation, seen: AboutCertificates, context: Context): Conclusion[] {
  const trouble = issuanceTrouble(held);
  if (trouble === undefined || trouble.state === 'caa' || trouble.state === 'not-visible') return [];
  const hosts = domainsOf(held, seen.certificates)
    .filter(isShut)
    .map(({ host }) => host);
  const until = held.expiresAt === undefined ? 'it never had one' : `the one it has ends ${date(held.expiresAt)}`;
  return [
    {
      kind: 'cause',
      target: nameOf(held, context),
      claim: `Google could not issue a new certificate for ${held.name} (${held.domains.join(', ')}): ${trouble.detail}; ${until}.`,
      confidence: 'certain',
      evidence: [
        {
          text: `State ${held.state}; ${trouble.domain || 'its domains'}: ${trouble.detail}.`,
          url: certificatesPage(context.subject.project),
        },
      ],
      expects: [],
      ...(hosts.length > 0 ? harmOf(hosts, seen) : { services: [], harm: 'soon' }),
    },
  ];
}
