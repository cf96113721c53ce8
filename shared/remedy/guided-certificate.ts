import { heldIn, servingFor } from '../diagnosis/held-certificates.ts';
import type { CertificateObservation, CertificatesObservation } from '../evidence/certificates.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import { byHand, type Instructions } from './by-hand.ts';
import { heldBy } from './guide-public-dns.ts';
import { refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { shellWord } from './shell-word.ts';

/**
 * Guides people through a certificate that a bot has no part in: a self-managed one, whose key only they have, one that is not attached, and whatever
 * could not be read.
 * API: none, people make it.
 * Silent (refuses) where the certificate is one that Google manages and that a load balancer presents: made anew, it would meet the same.
 * Source of the commands: gcloud compute ssl-certificates create, gcloud compute target-https-proxies update, read 2026-11-30.
 */
export const guidedCertificate = byHand({
  title: 'Put a good certificate before the host',
  answers: [
    'certificate-expired',
    'certificate-expiring',
    'certificate-chain-incomplete',
    'certificate-name-uncovered',
    'certificate-not-visible',
  ],
  needs: ['certificates'],
  guide: ({ cause: { rule, target }, seen: { certificates }, environment, mark }) => {
    const held = heldBy(target, certificates) ?? servingFor(target, certificates)[0];
    const project = target.startsWith('projects/') ? projectOf(target) : environment.project;
    const hosts = held === undefined ? [lastOf(target)] : held.domains;
    const unused = unusedFor(hosts, held, certificates);
    if (rule === 'certificate-not-visible') {
      if (held?.use !== 'unattached')
        return refused(`a load balancer presents ${held?.name ?? hosts.join(', ')}: it is attached already`);
      return { kind: 'found', guide: attached(held, hosts, project) };
    }
    if (unused !== undefined) return { kind: 'found', guide: attached(unused, hosts, project) };
    if (held?.management === 'managed' && held.product === 'compute' && rule !== 'certificate-name-uncovered')
      return refused(`Google manages ${held.name}: nobody has its key to put another in its place`);
    return { kind: 'found', guide: uploaded(held, hosts, { project, name: `${slugOf(hosts)}-${mark.slice(-6)}` }) };
  },
});

/** One that would do, and that no load balancer presents. */
const unusedFor = (
  hosts: readonly string[],
  held: CertificateObservation | undefined,
  certificates: CertificatesObservation,
) =>
  heldIn(certificates).find(
    (one) =>
      one.name !== held?.name &&
      one.use === 'unattached' &&
      one.state === 'active' &&
      one.product === 'compute' &&
      hosts.every((host) => one.domains.includes(host)),
  );

const slugOf = ([host = 'certificate']: readonly string[]): string =>
  host.replace(/^\*\./, '').replaceAll('.', '-').slice(0, 40);

const LIST =
  'gcloud compute target-https-proxies list --format="table(name,sslCertificates.basename(),certificateMap)"';

const attach = (project: string, name: string): string =>
  `gcloud compute target-https-proxies update PROXY --project=${project} --ssl-certificates=${name},OTHER_CERTIFICATES`;

const told = {
  risk: 'medium',
  expectedEffect: 'clients accept the host again within a few minutes',
  expectedSeconds: 600,
  whatCouldGoWrong:
    'The list of certificates is written whole: one that is left out is no longer presented. Where PROXY has a certificate map, the list does not count: the map needs an entry.',
} as const;

const undone = (project: string) => ({
  words: 'PROXY is as it was with the list from before:',
  commands: `gcloud compute target-https-proxies update PROXY --project=${project} --ssl-certificates=CERTIFICATES_FROM_BEFORE`,
});

function attached({ name }: CertificateObservation, hosts: readonly string[], project: string): Instructions {
  const id = shellWord(name, 'CERTIFICATE');
  return {
    ...told,
    summary: {
      title: `Attach ${name}`,
      before: 'no load balancer presents it',
      after: `presented for ${hosts.join(', ')}`,
    },
    check: {
      words: `Find the PROXY that takes ${hosts.join(', ')}, and note the certificates that it has.`,
      commands: `${LIST} --project=${project}`,
    },
    make: {
      words: 'This puts the certificate first, and keeps the others (OTHER_CERTIFICATES, by commas).',
      commands: attach(project, id),
    },
    undo: undone(project),
    terraform: terraform(
      'google_compute_target_https_proxy',
      'PROXY',
      `ssl_certificates = ["${name}", OTHER_CERTIFICATES]`,
    ),
  };
}

function uploaded(
  held: CertificateObservation | undefined,
  hosts: readonly string[],
  { project, name }: { readonly project: string; readonly name: string },
): Instructions {
  const first = hosts[0] ?? 'HOST';
  const host = shellWord(first, 'HOST');
  return {
    ...told,
    summary: {
      title: `Put a new certificate before ${first}`,
      before:
        held === undefined
          ? 'what it presents now'
          : `${held.name}${held.expiresAt === undefined ? '' : `, until ${held.expiresAt.slice(0, 10)}`}`,
      after: `${name}, for ${hosts.join(', ')}, with its whole chain`,
    },
    check: {
      words:
        'See what is presented, and which PROXY presents it; note the certificates that it has. Where somebody else’s front presents it, it is renewed there.',
      commands: `openssl s_client -connect ${host}:443 -servername ${host} -showcerts </dev/null\n${LIST} --project=${project}`,
    },
    make: {
      words:
        'The first line uploads a certificate that you had issued, its own first and the intermediate after it; the second presents it in the place of the old one, beside the others.',
      commands: `gcloud compute ssl-certificates create ${name} --project=${project} --global --certificate=FULLCHAIN_FILE --private-key=KEY_FILE\n${attach(project, name)}`,
    },
    undo: undone(project),
    terraform: terraform(
      'google_compute_ssl_certificate',
      name,
      `name        = "${name}"\ncertificate = file("FULLCHAIN_FILE")\nprivate_key = file("KEY_FILE")`,
    ),
  };
}
