import type { Container } from '../ports/cloud.ts';
import type { Action } from './action.ts';
import { fillsUp } from './fills-up.ts';
import { byNewRevision, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inTemplate } from './permanence.ts';

interface Mark {
  /** What the template is marked with; null before the first restart by runmedic. */
  readonly mark: string | null;
}

export type RestartSettings = Pinned<Mark>;

/**
 * Starts every container anew: a new revision from the same template, which differs by its mark alone.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where memory does not fill up by itself, since an empty container would soon be as full; unless all traffic goes to LATEST; while the
 * newest revision is not the one that serves; and when the digest of one of its images is not known.
 */
export const restartService: Action<RestartSettings, 'cloud-run', 'metrics' | 'logs' | 'database'> = {
  ...byNewRevision<Mark>({
    title: 'Restart the service',
    answers: ['memory-exhausted', 'memory-leaking'],
    base: 'what-serves',
    cost: 'none',
    ownOf: ({ restartedAt }) => ({ mark: restartedAt ?? null }),
    decide: ({ service: { shortName }, revision, containers, input }) => {
      const images = containers.map(({ image }) => shortDigest(image));
      const own = input.seen.metrics?.services.find((one) => one.service === shortName);
      // A leak that was found has been seen to fill it.
      if (input.cause.rule !== 'memory-leaking' && !fillsUp(own?.memoryRatio ?? [], own?.concurrency ?? []))
        return refused(
          `the memory of ${shortName} does not fill up by itself: an empty container would soon be as full`,
        );
      return {
        kind: 'found',
        after: { mark: input.mark },
        told: {
          fit: 'relieves',
          summary: {
            title: `Restart ${shortName}`,
            before: `revision ${revision.shortName}`,
            after: `a new revision, same ${images.length === 1 ? 'image' : 'images'} ${images.join(', ')}`,
          },
          expectedEffect: 'fresh containers with empty memory: relief for a while, as what fills it is not mended',
          expectedSeconds: 90,
          whatCouldGoWrong: REPLACES_INSTANCES,
          costUsdPerMonth: 0,
          undo: { kind: 'none', why: 'a restart changes nothing to go back from; the old revision is kept' },
        },
        flags: imageFlags(containers),
        block: inTemplate(containers.map(({ image }) => `containers {\n  image = "${image}"\n}`).join('\n')),
      };
    },
    outOfLimits: ({ after: { mark } }) =>
      mark === null ? 'a restart needs its mark: without it nothing would be new' : undefined,
  }),
  terms: { risk: ['medium'], undo: 'none', cost: 'none' },
};

const shortDigest = (image: string): string => image.slice(image.indexOf('@sha256:') + 1).slice(0, 19);

/** Of several containers each is named before its flag. */
const imageFlags = (containers: readonly Container[]): string =>
  containers
    .map(({ name, image }) => `${containers.length === 1 ? '' : `--container=${name} `}--image=${image}`)
    .join(' ');
