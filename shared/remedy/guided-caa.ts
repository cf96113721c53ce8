import { issuanceTrouble } from '../diagnosis/held-certificates.ts';
import { lastOf } from '../ports/resource-name.ts';
import { byHand } from './by-hand.ts';
import { heldBy } from './guide-public-dns.ts';
import { refused } from './new-revision.ts';
import { shellWord } from './shell-word.ts';

/** Google's authority: managed certificates' documentation on CAA records, read 2026-11-23. */
const AUTHORITY = 'pki.goog';

/**
 * Guides people through CAA records that leave out the authority of Google's certificates.
 * API: none, people make it.
 * Silent (refuses) where the certificate or its domain's records could not be read, and where they forbid nothing any more.
 * Source of the commands: gcloud dns record-sets update, read 2026-11-30; RFC 8659, section 4 (the flags of a record are 0 where nobody set them).
 */
export const guidedCaa = byHand({
  title: 'Let Google’s authority issue',
  answers: ['certificate-caa-forbidden'],
  needs: ['certificates'],
  guide: ({ cause: { target }, seen: { certificates } }) => {
    const held = heldBy(target, certificates);
    if (held === undefined) return refused(`certificate ${lastOf(target)} was not observed`);
    const wanted = [issuanceTrouble(held)?.domain, ...held.domains];
    const dns = certificates.domains
      .filter(({ host }) => wanted.includes(host))
      .flatMap((domain) => (domain.dns.status === 'observed' ? [domain.dns.value] : []))
      .find(({ caa }) => caa.length > 0);
    const at = dns?.caaAt;
    if (dns === undefined || at === undefined)
      return refused(`the CAA records of ${held.domains.join(', ')} could not be read, or there are none any more`);
    const allowed = `issue ${AUTHORITY}`;
    if (dns.caa.includes(allowed)) return refused(`the CAA records of ${at} let ${AUTHORITY} issue by now`);
    const set = (records: readonly string[]) =>
      `gcloud dns record-sets update ${shellWord(`${at}.`, 'NAME_OF_THE_RECORD')} --project=DNS_PROJECT --zone=DNS_ZONE --type=CAA --ttl=300 --rrdatas=${shellWord(records.map(asData).join(','), 'RECORDS')}`;
    return {
      kind: 'found',
      guide: {
        summary: {
          title: `Let ${AUTHORITY} issue for ${at}`,
          before: dns.caa.join('; '),
          after: [...dns.caa, allowed].join('; '),
        },
        risk: 'low',
        check: {
          words: 'See the records as they are, flags and all: the command below writes the whole set.',
          commands: `dig +short CAA ${shellWord(at, 'DOMAIN')}`,
        },
        make: {
          words: `This adds ${AUTHORITY} to those who may issue for ${at} and what is below it. Put in the project and zone that answer for it; at another provider add the one record there.`,
          commands: set([...dns.caa, allowed]),
        },
        undo: { words: 'This puts the set back as it was:', commands: set(dns.caa) },
        expectedEffect: `Google issues ${held.name} by itself, within the hour after the old records are forgotten`,
        expectedSeconds: 3600,
        whatCouldGoWrong: `The set is written whole: a record that is left out, or a flag, is lost. Whoever may use Google’s authority can then get a certificate of ${at} that proves the domain.`,
      },
    };
  },
});

/** `issue pki.goog` as a zone has it: `0 issue "pki.goog"`. */
function asData(record: string): string {
  const [tag = '', ...value] = record.split(' ');
  return `0 ${tag} "${value.join(' ')}"`;
}
