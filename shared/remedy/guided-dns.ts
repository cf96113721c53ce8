import { byHand } from './by-hand.ts';
import { privateRecord } from './guide-private-dns.ts';
import { frontedRenewal, strayAddress } from './guide-public-dns.ts';
import { refused } from './new-revision.ts';

/**
 * Guides people through DNS: a private record that is gone or wrong, an address that keeps Google from issuing a certificate, and the record that lets it
 * renew one behind somebody's front.
 * API: none, people make it.
 * Silent (refuses) where the zone or the certificate was not observed, and where DNS is not what is wrong.
 * Source of the commands: gcloud dns record-sets, gcloud dns managed-zones, gcloud certificate-manager dns-authorizations, read 2026-11-30.
 */
export const guidedDns = byHand({
  title: 'Mend the DNS',
  answers: ['private-dns-broken', 'certificate-not-visible', 'certificate-expiring'],
  needs: [],
  considers: ['network', 'certificates', 'changes'],
  guide: ({ cause: { rule, target }, seen: { network, certificates, changes } }) => {
    if (rule === 'private-dns-broken')
      return network === undefined
        ? refused('the network could not be observed')
        : privateRecord(target, network, changes);
    if (certificates === undefined) return refused('the certificates could not be observed');
    return rule === 'certificate-expiring' ? frontedRenewal(target, certificates) : strayAddress(target, certificates);
  },
});
