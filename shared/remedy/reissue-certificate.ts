import { domainsOf } from '../diagnosis/held-certificates.ts';
import type { CertificateObservation, CertificatesObservation, ProxyObservation } from '../evidence/certificates.ts';
import type { HeldCertificate } from '../ports/load-balancing.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Action, Change, Prospect } from './action.ts';
import type { PlanStep } from './actions.ts';
import { certificateOf, inProject, proxyBlock, shortNames, tooManyCertificates } from './certificates-seen.ts';
import { refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { reissuable } from './reissuable.ts';

/** Of a certificate that is to be: null while there is none of its name. Of a proxy: each with whether Google has issued it. */
export type ReissueSettings =
  | { readonly kind: 'certificate'; readonly domains: readonly string[] | null }
  | {
      readonly kind: 'proxy';
      readonly certificates: readonly {
        readonly link: string;
        readonly state: 'issued' | 'provisioning' | 'failed' | 'gone';
      }[];
      readonly certificateMap: string | null;
    };

/** "up to 60 minutes to provision": sethvargo.com, Rotating Google-managed SSL certificates with zero downtime; a day where DNS is new (facts, 2026-11-23). */
const ISSUED_SECONDS = 3600;
/** A day, and two hours for whoever is late. */
const PATIENCE_SECONDS = 26 * 3600;
const OPERATION_SECONDS = 30;
/** RFC 1035, as compute has it for every name. */
const NAME_CHARS_MAX = 63;
/** Of a managed certificate: 100 domains (magic-modules#2834) of 64 bytes each (cloud.google.com/load-balancing/docs/quotas). */
const DOMAINS_MAX = 100;
const DOMAIN_CHARS_MAX = 64;

/**
 * Has Google issue a certificate anew, make before break: creates one for the same names, attaches it beside the old one, waits until it is issued,
 * and takes the old one off. The old one stays in the project.
 * API: Compute v1 sslCertificates.insert, targetHttpsProxies.setSslCertificates. A certificate whose renewal failed is not renewed any more: "delete
 * and create a new one" (facts, 2026-11-23).
 * Silent (refuses) where nobody but a person can: self-managed certificates, wildcards, names whose DNS or CAA would keep Google from issuing, and
 * proxies whose certificate map counts in place of what is attached.
 */
export const reissueCertificate: Action<ReissueSettings, 'certificates'> = {
  title: 'Have the certificate issued anew',
  answers: [
    'certificate-expired',
    'certificate-expiring',
    'certificate-renewal-failed',
    'certificate-not-visible',
    'certificate-chain-incomplete',
  ],
  permissions: [
    'compute.sslCertificates.create',
    'compute.sslCertificates.get',
    'compute.sslCertificates.list',
    'compute.targetHttpsProxies.list',
    'compute.targetHttpsProxies.setSslCertificates',
    'compute.globalOperations.get',
  ],
  terms: { risk: ['low'], undo: 'in-part', cost: 'none' },
  needs: ['certificates'],
  propose: ({ cause, seen: { certificates }, environment: { project }, mark }) => {
    const { held } = certificates;
    if (held.status !== 'observed') return refused(`certificates could not be read: ${held.detail}`);
    const old = certificateOf(cause, certificates, project);
    if (old === undefined)
      return refused(`Google keeps no certificate that is known to be presented for ${cause.target}`);
    const found = reissuable(old, certificates);
    if (found.kind === 'refused') return found;
    const made: Reissue = { project, old, name: nameFor(old.name, mark), hosts: hostsOf(old, certificates) };
    const followedBy = [
      ...found.proxies.map((proxy) => beside(proxy, made, held.value)),
      ...found.proxies.map((proxy) => alone(proxy, made, held.value)),
    ];
    return { kind: 'proposed', ...creation(made), followedBy };
  },
  outOfLimits: ({ after }) =>
    after.kind === 'proxy' ? tooManyCertificates(after.certificates.length) : notIssuable(after.domains ?? []),
  read: async (target, cloud, abort) => {
    const project = projectOf(target);
    const [proxies, all] = await Promise.all([
      cloud.targetProxies({ project }, abort),
      cloud.computeCertificates({ project }, abort),
    ]);
    const isTarget = ({ link }: { readonly link: string }) => inProject(project, link) === target;
    if (target.includes('/sslCertificates/')) {
      const settings = { kind: 'certificate', domains: all.find(isTarget)?.domains ?? null } as const;
      return { settings, etag: undefined, settled: true };
    }
    const proxy = proxies.find(isTarget);
    if (proxy === undefined) throw new PlatformFailure('not-found', `there is no target proxy ${target} any more`);
    const certificates = proxy.certificates.map((link) => withState(link, all));
    return {
      settings: { kind: 'proxy', certificates, certificateMap: proxy.certificateMap ?? null },
      etag: undefined,
      settled: certificates.every(({ state }) => state !== 'provisioning'),
    };
  },
  write: ({ target, after }, cloud, abort) =>
    after.kind === 'certificate'
      ? cloud.createManagedCertificate(target, after.domains ?? [], abort)
      : cloud.setProxyCertificates(
          target,
          after.certificates.map(({ link }) => link),
          abort,
        ),
};

interface Reissue {
  readonly project: string;
  readonly old: CertificateObservation;
  readonly name: string;
  /** Those of its names that were looked at. */
  readonly hosts: string;
}

const linkOf = (name: string): string => `global/sslCertificates/${name}`;

const hostsOf = (old: CertificateObservation, certificates: CertificatesObservation): string =>
  domainsOf(old, certificates)
    .map(({ host }) => host)
    .join(', ');

/** Unique to the incident, so that doing it twice makes one. A name of an earlier time gives its mark up to the new one. */
function nameFor(old: string, mark: string): string {
  const suffix = `-r${mark
    .replace(/-\d+$/, '')
    .slice(-6)
    .replaceAll(/[^a-z0-9]/g, '')}`;
  const base = old.replace(/-r[0-9a-f]{6}$/, '').slice(0, NAME_CHARS_MAX - suffix.length);
  return `${base.replace(/-+$/, '')}${suffix}`;
}

/** With an end it was issued once, whatever became of its renewal. */
function withState(link: string, all: readonly HeldCertificate[]) {
  const one = all.find((candidate) => candidate.link === link);
  if (one === undefined) return { link, state: 'gone' as const };
  if (one.management === 'self-managed' || one.expiresAt !== undefined) return { link, state: 'issued' as const };
  return { link, state: one.state === 'failed' ? ('failed' as const) : ('provisioning' as const) };
}

function notIssuable(domains: readonly string[]): string | undefined {
  if (domains.length === 0 || domains.length > DOMAINS_MAX)
    return `Google issues a certificate for 1 to ${DOMAINS_MAX} domains, not for ${domains.length}`;
  if (domains.some((domain) => domain.includes('*'))) return 'Google issues no classic certificate for a wildcard';
  const long = domains.find((domain) => domain.length > DOMAIN_CHARS_MAX);
  return long && `Google issues no certificate for a domain of more than ${DOMAIN_CHARS_MAX} characters: ${long}`;
}

interface Proposed {
  readonly change: Change<ReissueSettings>;
  readonly prospect: Prospect;
}

const COMMON = { fit: 'mends', risk: 'low', costUsdPerMonth: 0 } as const;

function creation({ project, old: { name: before, domains }, name, hosts }: Reissue): Proposed {
  return {
    change: {
      target: inProject(project, linkOf(name)),
      etag: undefined,
      before: { kind: 'certificate', domains: null },
      after: { kind: 'certificate', domains },
    },
    prospect: {
      ...COMMON,
      summary: {
        title: `Create a new certificate for ${domains.join(', ')}`,
        before,
        after: `${before}, and ${name} from Google`,
      },
      expectedEffect: `Google can issue a new certificate; ${hosts} presents ${before} as before`,
      expectedSeconds: OPERATION_SECONDS,
      whatCouldGoWrong: 'Nothing that is presented changes by this step. Google may refuse for its own rate limits.',
      undo: { kind: 'none', why: `${name} serves nobody by itself and costs nothing; it may be deleted` },
      permanent: {
        first: `have the new certificate and its load balancer in your own configuration, or the next deployment puts ${before} back.`,
        gcloud: `gcloud compute ssl-certificates create ${name} --project=${project} --global --domains=${domains.join(',')}`,
        terraform: terraform(
          'google_compute_managed_ssl_certificate',
          name,
          `name = "${name}"\nmanaged {\n  domains = [${domains.map((domain) => `"${domain}"`).join(', ')}]\n}`,
        ),
      },
    },
  };
}

function beside(proxy: ProxyObservation, made: Reissue, all: readonly HeldCertificate[]): PlanStep {
  const { old, name, hosts } = made;
  const both = [...proxy.certificates, linkOf(name)];
  return {
    ...onProxy(proxy, made, all, { from: proxy.certificates, to: both }),
    prospect: {
      ...COMMON,
      summary: {
        title: `Attach ${name} to ${proxy.name}, and wait until it is issued`,
        before: shortNames(proxy.certificates),
        after: shortNames(both),
      },
      expectedEffect: `Google issues ${name}; ${hosts} presents ${old.name} until then`,
      expectedSeconds: ISSUED_SECONDS,
      patience: {
        seconds: PATIENCE_SECONDS,
        waitsFor: `Google to issue ${name}, which takes up to an hour and may take a day,`,
      },
      whatCouldGoWrong: `Nothing is taken away. Should Google not issue it within ${PATIENCE_SECONDS / 3600} h, people are called, and both stay attached.`,
      undo: { kind: 'restore-before' },
      permanent: permanentOf(proxy, made, both),
    },
  };
}

function alone(proxy: ProxyObservation, made: Reissue, all: readonly HeldCertificate[]): PlanStep {
  const { old, name, hosts } = made;
  const both = [...proxy.certificates, linkOf(name)];
  // In its place: the first is what clients without SNI are shown.
  const after = proxy.certificates.map((link) => (link === old.link ? linkOf(name) : link));
  return {
    ...onProxy(proxy, made, all, { from: both, to: after }),
    prospect: {
      ...COMMON,
      summary: { title: `Take ${old.name} off ${proxy.name}`, before: shortNames(both), after: shortNames(after) },
      expectedEffect: `${hosts} presents ${name}`,
      expectedSeconds: OPERATION_SECONDS,
      whatCouldGoWrong: `Clients that pinned ${old.name} or its authority refuse the new one. ${old.name} stays in the project.`,
      undo: { kind: 'restore-before' },
      permanent: permanentOf(proxy, made, after),
    },
  };
}

/** What is created by then is issued by then; a proxy with a map is none that this is done to. */
function onProxy(
  { link: proxy }: ProxyObservation,
  { project, name }: Reissue,
  all: readonly HeldCertificate[],
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
) {
  const settings = (links: readonly string[]): ReissueSettings => ({
    kind: 'proxy',
    certificates: links.map((link) => (link === linkOf(name) ? { link, state: 'issued' } : withState(link, all))),
    certificateMap: null,
  });
  const target = inProject(project, proxy);
  return {
    action: 'reissue-certificate',
    target,
    etag: undefined,
    before: settings(from),
    after: settings(to),
  } as const;
}

const permanentOf = (proxy: ProxyObservation, { project }: Reissue, certificates: readonly string[]) => ({
  gcloud: `gcloud compute target-https-proxies update ${proxy.name} --project=${project} --global --ssl-certificates=${certificates.map(lastOf).join(',')}`,
  terraform: proxyBlock(proxy, project, certificates),
});
