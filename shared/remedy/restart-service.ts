import type { Service } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action } from './action.ts';

export interface RestartSettings {
  /** What the template is marked with; null before the first restart by runmedic. */
  readonly mark: string | null;
  /** The first container's image; pinned by digest after. */
  readonly image: string;
}

/**
 * Starts every container anew: a new revision from the same template, with the image pinned to the digest that serves now.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag).
 * Permissions: run.services.get, run.services.update, run.operations.get, iam.serviceAccounts.actAs on the service's account.
 * Silent (refuses) unless all traffic goes to LATEST, since a new revision would serve nobody or only some; while the newest revision is not the one
 * that serves, since its template would go out; and when the image's digest is not known.
 */
export const restartService: Action<RestartSettings, 'cloud-run'> = {
  title: 'Restart the service',
  answers: ['memory-exhausted'],
  needs: ['cloud-run'],
  propose: ({ cause, seen, mark }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    if (service === undefined) return { kind: 'refused', reason: `service ${cause.target} was not observed` };
    const { shortName } = service;
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
    const image = serving?.template.containers[0]?.image;
    if (serving === undefined || image === undefined || !isPinned(image))
      return {
        kind: 'refused',
        reason: `the image digest of what serves ${shortName} is not known: a restart might deploy another image`,
      };
    const { project, region } = parseName(service.name);
    return {
      kind: 'proposed',
      change: { target: service.name, etag: service.etag, before: settingsOf(service), after: { mark, image } },
      prospect: {
        risk: 'medium',
        summary: {
          title: `Restart ${shortName}`,
          before: `revision ${serving.shortName}`,
          after: `a new revision, same image ${image.slice(image.indexOf('@sha256:') + 1).slice(0, 19)}`,
        },
        expectedEffect: 'fresh containers with empty memory: relief for a while, as what fills it is not mended',
        expectedSeconds: 90,
        whatCouldGoWrong:
          "Start-up can fail, and then the old revision goes on serving. Secrets mounted as 'latest' resolve anew.",
        costUsdPerMonth: 0,
        undo: { kind: 'none', why: 'a restart changes nothing to go back from; the old revision is kept' },
        permanent: `gcloud run services update ${shortName} --project=${project} --region=${region} --image=${image}`,
      },
    };
  },
  outOfLimits: ({ after: { mark, image } }) =>
    mark === null || !isPinned(image)
      ? 'a restart needs its mark and an image that is pinned by digest: anything else would be another change'
      : undefined,
  read: async (target, cloud, abort) => {
    const service = await cloud.service(target, abort);
    return { settings: settingsOf(service), etag: service.etag, settled: !service.reconciling };
  },
  write: ({ target, etag, after }, cloud, abort) =>
    cloud.restartService({ name: target, etag: etag ?? '' }, { mark: after.mark ?? '', image: after.image }, abort),
};

const isPinned = (image: string): boolean => image.includes('@sha256:');

const settingsOf = ({ template }: Service): RestartSettings => ({
  mark: template.restartedAt ?? null,
  image: template.containers[0]?.image ?? '',
});
