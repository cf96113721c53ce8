import type { Container, Revision, Service } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action } from './action.ts';
import { fillsUp } from './fills-up.ts';

export interface RestartSettings {
  /** What the template is marked with; null before the first restart by runmedic. */
  readonly mark: string | null;
  /** One for each container, the one that takes requests first; pinned by digest after. */
  readonly images: readonly string[];
}

/**
 * Starts every container anew: a new revision from the same template, with the image of every container pinned to the digest that serves now.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag).
 * Permissions: run.services.get, run.services.update, run.operations.get, iam.serviceAccounts.actAs on the service's account.
 * Silent (refuses) where memory does not fill up by itself, since an empty container would soon be as full; unless all traffic goes to LATEST, since a new revision would serve nobody or only some; while the newest revision is not the one
 * that serves, since its template would go out; and when the digest of one of its images is not known.
 */
export const restartService: Action<RestartSettings, 'cloud-run' | 'metrics'> = {
  title: 'Restart the service',
  answers: ['memory-exhausted'],
  needs: ['cloud-run', 'metrics'],
  propose: ({ cause, seen, mark }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    if (service === undefined) return { kind: 'refused', reason: `service ${cause.target} was not observed` };
    const { shortName } = service;
    const own = seen.metrics.services.find((one) => one.service === shortName);
    if (!fillsUp(own?.memoryRatio ?? [], own?.concurrency ?? []))
      return {
        kind: 'refused',
        reason: `the memory of ${shortName} does not fill up by itself: an empty container would soon be as full`,
      };
    const toLatest = service.traffic
      .filter(({ revision }) => revision === 'LATEST')
      .reduce((sum, { percent }) => sum + percent, 0);
    if (toLatest < 100)
      return {
        kind: 'refused',
        reason: `traffic of ${shortName} is pinned to a revision: a new one would serve ${toLatest === 0 ? 'nobody' : `${toLatest} % of it`}`,
      };
    if (service.latestCreatedRevision !== service.latestReadyRevision)
      return {
        kind: 'refused',
        reason: `the newest revision of ${shortName} is not the one that serves: a restart would start its template, not what served`,
      };
    const serving = service.revisions.find(({ name }) => name === service.latestReadyRevision);
    const containers = serving && pinnedContainers(serving, service);
    if (serving === undefined || containers === undefined)
      return {
        kind: 'refused',
        reason: `the image digest of what serves ${shortName} is not known for every container: a restart might deploy another image`,
      };
    const { project, region } = parseName(service.name);
    const images = containers.map(({ image }) => image);
    return {
      kind: 'proposed',
      change: { target: service.name, etag: service.etag, before: settingsOf(service), after: { mark, images } },
      prospect: {
        risk: 'medium',
        summary: {
          title: `Restart ${shortName}`,
          before: `revision ${serving.shortName}`,
          after: `a new revision, same ${images.length === 1 ? 'image' : 'images'} ${images.map(shortDigest).join(', ')}`,
        },
        expectedEffect: 'fresh containers with empty memory: relief for a while, as what fills it is not mended',
        expectedSeconds: 90,
        whatCouldGoWrong:
          "Start-up can fail, and then the old revision goes on serving. Secrets mounted as 'latest' resolve anew.",
        costUsdPerMonth: 0,
        undo: { kind: 'none', why: 'a restart changes nothing to go back from; the old revision is kept' },
        permanent: `gcloud run services update ${shortName} --project=${project} --region=${region} ${imageFlags(containers)}`,
      },
    };
  },
  outOfLimits: ({ after: { mark, images } }) =>
    mark === null || images.length === 0 || !images.every(isPinned)
      ? 'a restart needs its mark and images that are pinned by digest: anything else would be another change'
      : undefined,
  read: async (target, cloud, abort) => {
    const service = await cloud.service(target, abort);
    return { settings: settingsOf(service), etag: service.etag, settled: !service.reconciling };
  },
  write: ({ target, etag, after: { mark, images } }, cloud, abort) =>
    cloud.restartService({ name: target, etag: etag ?? '' }, { mark: mark ?? '', images }, abort),
};

/** What the revision that serves runs; undefined unless the template that goes out has the same containers, and each of them has its digest. */
function pinnedContainers(
  { template: { containers } }: Revision,
  { template }: Service,
): readonly Container[] | undefined {
  const areTheSame =
    containers.length > 0 &&
    containers.length === template.containers.length &&
    // A template may leave names out, and its revision has some all the same.
    template.containers.every(({ name }, index) => name === '' || name === containers[index]?.name);
  return areTheSame && containers.every(({ image }) => isPinned(image)) ? containers : undefined;
}

const isPinned = (image: string): boolean => image.includes('@sha256:');
const shortDigest = (image: string): string => image.slice(image.indexOf('@sha256:') + 1).slice(0, 19);

/** Of several containers each is named before its flag. */
const imageFlags = (containers: readonly Container[]): string =>
  containers
    .map(({ name, image }) => `${containers.length === 1 ? '' : `--container=${name} `}--image=${image}`)
    .join(' ');

const settingsOf = ({ template }: Service): RestartSettings => ({
  mark: template.restartedAt ?? null,
  images: template.containers.map(({ image }) => image),
});
