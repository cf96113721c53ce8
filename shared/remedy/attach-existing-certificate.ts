import { heldIn } from '../diagnosis/held-certificates.ts';
import type { CertificateObservation, CertificatesObservation, ProxyObservation } from '../evidence/certificates.ts';
import { covers } from '../evidence/covers.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Action, Proposal, Prospect } from './action.ts';
import { hostsShutBy, inProject, isGoodFor, proxyBlock, shortNames, tooManyCertificates } from './certificates-seen.ts';
import { type Or, refused } from './new-revision.ts';

/** What a target proxy may present. Certificates by their links; while there is a map, it counts in their place. */
export interface ProxyCertificates {
  readonly certificates: readonly string[];
  readonly certificateMap: string | null;
}

/** The operation takes seconds, Google's front ends everywhere some minutes to hear of it. Our own choice. */
const ATTACHED_SECONDS = 300;

/**
 * Lets a load balancer present a certificate that the project has already, that is issued, names the hosts and has not run out: attached beside those
 * that it has, or, where a certificate map counts in place of what is attached, by taking the map off.
 * API: Compute v1 targetHttpsProxies.setSslCertificates, setCertificateMap. An entry of a map takes certificates of Certificate Manager alone
 * (CertificateMapEntry.certificates, certificatemanager v1), so that what is attached cannot be put into it.
 * Silent (refuses) where there is no such certificate, where more than one proxy takes the hosts, and where another host would lose its own.
 */
export const attachExistingCertificate: Action<ProxyCertificates, 'certificates'> = {
  title: 'Attach a certificate that exists',
  answers: ['certificate-name-uncovered', 'certificate-provisioning'],
  permissions: [
    'compute.targetHttpsProxies.list',
    'compute.targetHttpsProxies.setSslCertificates',
    'compute.targetHttpsProxies.setCertificateMap',
    'compute.sslCertificates.get',
    'compute.globalOperations.get',
  ],
  terms: { risk: ['low', 'medium'], undo: 'restore-before', cost: 'none' },
  needs: ['certificates'],
  propose: ({ cause, seen: { certificates }, environment: { project } }): Proposal<ProxyCertificates> => {
    const hosts = hostsShutBy(cause, certificates, project);
    if (hosts.length === 0) return refused(`no host is known that ${cause.target} shuts`);
    const found = proxyFor(hosts, certificates);
    if (found.kind === 'refused') return found;
    const { proxy } = found;
    const decided =
      proxy.certificateMap === undefined
        ? attached(proxy, hosts, certificates, project)
        : withoutMap(proxy, proxy.certificateMap, hosts, certificates, project);
    if (decided.kind === 'refused') return decided;
    const { after, told } = decided;
    const { certificates: present, certificateMap } = proxy;
    return {
      kind: 'proposed',
      change: {
        target: inProject(project, proxy.link),
        etag: undefined,
        before: { certificates: present, certificateMap: certificateMap ?? null },
        after,
      },
      prospect: {
        fit: 'mends',
        ...told,
        expectedEffect: `${hosts.join(', ')} presents a certificate that names it`,
        expectedSeconds: ATTACHED_SECONDS,
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
      },
    };
  },
  outOfLimits: ({ after }) => tooManyCertificates(after.certificates.length),
  read: async (target, cloud, abort) => {
    const project = projectOf(target);
    const proxy = (await cloud.targetProxies({ project }, abort)).find(
      ({ link }) => inProject(project, link) === target,
    );
    if (proxy === undefined) throw new PlatformFailure('not-found', `there is no target proxy ${target} any more`);
    const { certificates, certificateMap } = proxy;
    return { settings: { certificates, certificateMap: certificateMap ?? null }, etag: undefined, settled: true };
  },
  write: ({ target, before, after }, cloud, abort) =>
    after.certificateMap === before.certificateMap
      ? cloud.setProxyCertificates(target, after.certificates, abort)
      : cloud.setProxyCertificateMap(target, after.certificateMap ?? undefined, abort),
};

function proxyFor(
  hosts: readonly string[],
  { proxies }: CertificatesObservation,
): Or<{ readonly proxy: ProxyObservation }> {
  if (proxies?.status !== 'observed')
    return refused(
      `what load balancers present could not be read${proxies === undefined ? '' : `: ${proxies.detail}`}`,
    );
  const taking = proxies.value.filter((one) => one.hosts.some((host) => hosts.includes(host)));
  const [proxy] = taking;
  if (proxy === undefined) return refused(`no load balancer of the project takes ${hosts.join(', ')}`);
  if (taking.length > 1)
    return refused(
      `${taking.length} load balancers take ${hosts.join(', ')}: which of them is to change is yours to say`,
    );
  if (!proxy.link.startsWith('global/'))
    return refused(`${proxy.name} is regional: runmedic changes the certificates of global load balancers alone`);
  return { kind: 'found', proxy };
}

type Decided = Or<{
  readonly after: ProxyCertificates;
  readonly told: Pick<Prospect, 'risk' | 'summary' | 'whatCouldGoWrong' | 'permanent'>;
}>;

/** Beside those that it has, behind them: the first is what clients without SNI are shown. */
function attached(
  proxy: ProxyObservation,
  hosts: readonly string[],
  certificates: CertificatesObservation,
  project: string,
): Decided {
  const held = heldIn(certificates);
  const spare = held
    .filter(
      ({ product, link }) => product === 'compute' && link.startsWith('global/') && !proxy.certificates.includes(link),
    )
    .filter((one) => isGoodFor(one, hosts))
    .toSorted((a, b) => b.daysLeft - a.daysLeft)[0];
  if (spare === undefined) return refused(noneLies(proxy, hosts, held));
  const after = [...proxy.certificates, spare.link];
  return {
    kind: 'found',
    after: { certificates: after, certificateMap: null },
    told: {
      risk: 'low',
      summary: {
        title: `Attach ${spare.name} to ${proxy.name}`,
        before: shortNames(proxy.certificates),
        after: shortNames(after),
      },
      whatCouldGoWrong: `Nothing is taken away. ${spare.name} has ${Math.floor(spare.daysLeft)} days left${spare.management === 'managed' ? '' : ', and nobody renews it but you'}; whether clients trust who issued it shows only once it is presented.`,
      permanent: {
        gcloud: `gcloud compute target-https-proxies update ${proxy.name} --project=${project} --global --ssl-certificates=${after.map(lastOf).join(',')}`,
        terraform: proxyBlock(proxy, project, after),
      },
    },
  };
}

function noneLies(proxy: ProxyObservation, hosts: readonly string[], held: readonly CertificateObservation[]): string {
  const awaited = held.find(
    ({ state, link, domains }) =>
      state === 'provisioning' &&
      proxy.certificates.includes(link) &&
      hosts.every((host) => domains.some((name) => covers(name, host))),
  );
  const none = `no other certificate of the project is issued, names ${hosts.join(', ')} and has not run out`;
  return awaited === undefined ? none : `${none}; ${awaited.name} is still being issued, which takes up to an hour`;
}

/** What was attached before the map came, counts again. */
function withoutMap(
  proxy: ProxyObservation,
  map: string,
  hosts: readonly string[],
  certificates: CertificatesObservation,
  project: string,
): Decided {
  const good = (names: readonly string[]) =>
    heldIn(certificates).find((one) => proxy.certificates.includes(one.link) && isGoodFor(one, names));
  const attachedOne = good(hosts);
  if (attachedOne === undefined)
    return refused(
      `certificate map ${map} counts for ${proxy.name}, and none that is attached beside it is issued, names ${hosts.join(', ')} and has not run out`,
    );
  const losing = proxy.hosts.filter((host) => good([host]) === undefined);
  if (losing.length > 0)
    return refused(`without certificate map ${map} nothing that is attached would name ${losing.join(', ')}`);
  const mapped = proxy.entries.flatMap(({ hostname }) => hostname ?? []);
  return {
    kind: 'found',
    after: { certificates: proxy.certificates, certificateMap: null },
    told: {
      risk: 'medium',
      summary: {
        title: `Let ${attachedOne.name} count on ${proxy.name} again`,
        before: `certificate map ${map} (${mapped.join(', ') || 'no host'})`,
        after: shortNames(proxy.certificates),
      },
      whatCouldGoWrong: `Whoever comes by ${mapped.join(', ') || 'another name'} is shown ${attachedOne.name} instead of the map's own. Every host that was looked at is named by what is attached.`,
      permanent: {
        first: 'take certificate_map out of your own configuration, or the next deployment puts it back.',
        gcloud: `gcloud compute target-https-proxies update ${proxy.name} --project=${project} --global --clear-certificate-map`,
        terraform: proxyBlock(proxy, project, proxy.certificates),
      },
    },
  };
}
