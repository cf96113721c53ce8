import type { RuleName } from '../diagnosis/rules.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { CloudReader, Container, Revision, Service, Template, TemplateChange } from '../ports/cloud.ts';
import type { Action, LimitInput, Proposal, ProposalInput, Prospect, Terms } from './action.ts';
import { ofService } from './permanence.ts';

/** What can be refused: a value, or why there is none. */
export type Or<T> = ({ readonly kind: 'found' } & T) | { readonly kind: 'refused'; readonly reason: string };

export const refused = (reason: string): { readonly kind: 'refused'; readonly reason: string } => ({
  kind: 'refused',
  reason,
});

/** What goes out in a new revision: the service's own template, with the images that were seen to run. */
export interface Base {
  readonly service: ServiceObservation;
  /** The newest. */
  readonly revision: Revision;
  /** As they ran, each image pinned by digest; the one that takes requests first. */
  readonly containers: readonly [Container, ...Container[]];
}

/**
 * 'what-serves': only while the newest revision is the one that serves, since the template that goes out is the newest one's.
 * 'what-was-deployed': the newest is what is to be mended, whether it came up or not.
 */
export type BaseKind = 'what-serves' | 'what-was-deployed';

/** What a new revision of a service is made from, or why it would be the wrong change. */
export function baseOf(service: ServiceObservation, kind: BaseKind): Or<Base> {
  const { shortName, traffic } = service;
  const toLatest = traffic
    .filter(({ revision }) => revision === 'LATEST')
    .reduce((sum, { percent }) => sum + percent, 0);
  if (toLatest < 100)
    return refused(
      `traffic of ${shortName} is pinned to a revision: a new one would serve ${toLatest === 0 ? 'nobody' : `${toLatest} % of it`}`,
    );
  if (kind === 'what-serves' && service.latestCreatedRevision !== service.latestReadyRevision)
    return refused(
      `the newest revision of ${shortName} is not the one that serves: a new one would start its template, not what served`,
    );
  const revision = service.revisions.find(({ name }) => name === service.latestCreatedRevision);
  const [serving, ...others] = (revision && pinned(revision.template, service.template)) ?? [];
  return revision === undefined || serving === undefined
    ? refused(
        `the image digest of ${shortName} is not known for every container: a new revision might run another image`,
      )
    : { kind: 'found', service, revision, containers: [serving, ...others] };
}

/** What a revision runs; undefined unless the template that goes out has the same containers, and each of them has its digest. */
function pinned({ containers }: Template, goesOut: Template): readonly Container[] | undefined {
  const areTheSame =
    containers.length === goesOut.containers.length &&
    // A template may leave names out, and its revision has some all the same.
    goesOut.containers.every(({ name }, index) => name === '' || name === containers[index]?.name);
  return areTheSame && containers.every(({ image }) => isPinned(image)) ? containers : undefined;
}

export const imagesOf = (containers: readonly Container[]): readonly string[] => containers.map(({ image }) => image);

/**
 * What the newest revision runs, by digest; what the template names where that is not known. A template may name a tag, which said again could mean
 * another image: so it is neither compared nor put back.
 */
export function imagesThatRun(
  { template, latestCreatedRevision }: Pick<Service, 'template' | 'latestCreatedRevision'>,
  revisions: readonly Revision[],
): readonly string[] {
  const newest = revisions.find(({ name }) => name === latestCreatedRevision);
  return imagesOf((newest && pinned(newest.template, template)) ?? template.containers);
}

const isPinned = (image: string): boolean => image.includes('@sha256:');

export const arePinned = (images: readonly string[]): boolean => images.length > 0 && images.every(isPinned);

/** Said of a change that would make a new revision of other images than run. */
export const NOT_PINNED =
  'a new revision needs images that are pinned by digest: anything else would be another change';

/** The settings of a template that an action sets, beside the images that every one of them pins. */
export type Pinned<Own> = Own & Pick<TemplateChange, 'images'>;

type Considered = 'metrics' | 'logs' | 'database';

interface Given extends Base {
  readonly input: ProposalInput<'cloud-run', Considered>;
}

/** What an action of one setting says: the setting after, and what it means. */
type Decided<Own> = Or<{
  readonly after: Own;
  readonly told: Pick<
    Prospect,
    'fit' | 'summary' | 'expectedEffect' | 'whatCouldGoWrong' | 'costUsdPerMonth' | 'expectedSeconds'
  > &
    /** Where it is not that the setting before is restored. */
    Partial<Pick<Prospect, 'undo'>>;
  /** Of `gcloud run services update`. */
  readonly flags: string;
  /** In google_cloud_run_v2_service. */
  readonly block: string;
}>;

interface Setting<Own> {
  readonly title: string;
  readonly answers: readonly RuleName[];
  readonly base: BaseKind;
  readonly cost: Terms['cost'];
  /** What of the template is set. */
  readonly ownOf: (template: Template) => Own;
  readonly decide: (given: Given) => Decided<Own>;
  readonly outOfLimits: (input: LimitInput<Pinned<Own>>) => string | undefined;
}

/**
 * An action that sets something of a service's template anew, and so makes a new revision of it with the same images.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag).
 */
export function byNewRevision<Own extends Omit<TemplateChange, 'images'>>({
  title,
  answers,
  base: kind,
  cost,
  ownOf,
  decide,
  outOfLimits,
}: Setting<Own>): Action<Pinned<Own>, 'cloud-run', Considered> {
  return {
    title,
    answers,
    permissions: UPDATE_SERVICE,
    terms: { risk: ['medium'], undo: 'restore-before', cost },
    needs: ['cloud-run'],
    considers: ['metrics', 'logs', 'database'],
    propose: (input): Proposal<Pinned<Own>> => {
      const { target } = input.cause;
      const service = input.seen['cloud-run'].services.find(({ name }) => name === target);
      if (service === undefined) return refused(`service ${target} was not observed`);
      const base = baseOf(service, kind);
      if (base.kind === 'refused') return base;
      const decided = decide({ ...base, input });
      if (decided.kind === 'refused') return decided;
      const { after, told, flags, block } = decided;
      const images = imagesOf(base.containers);
      return {
        kind: 'proposed',
        change: {
          target,
          etag: service.etag,
          before: { ...ownOf(service.template), images },
          after: { ...after, images },
        },
        prospect: {
          risk: 'medium',
          undo: { kind: 'restore-before' },
          ...told,
          permanent: ofService(target, flags, block),
        },
      };
    },
    outOfLimits: (input) => (arePinned(input.after.images) ? outOfLimits(input) : NOT_PINNED),
    read: async (target, cloud, abort) => {
      const { service, images } = await readToChange(target, cloud, abort);
      return {
        settings: { ...ownOf(service.template), images },
        etag: service.etag,
        settled: !service.reconciling,
      };
    },
    write: ({ target, etag, after }, cloud, abort) =>
      cloud.changeService({ name: target, etag: etag ?? '' }, { template: after }, abort),
  };
}

/** A service, and the images that its newest revision runs; of a service that moves between the two readings, the etag tells. */
export async function readToChange(target: string, cloud: CloudReader, abort: AbortSignal) {
  const service = await cloud.service(target, abort);
  return { service, images: imagesThatRun(service, await cloud.revisions(target, abort)) };
}

/** To change a service, and to follow what comes of it; a new revision runs as the service's account, on which actAs is needed besides. */
export const UPDATE_SERVICE = [
  'run.services.get',
  'run.revisions.list',
  'run.services.update',
  'run.operations.get',
  'iam.serviceAccounts.actAs',
] as const;

/** What goes wrong with any new revision. */
export const REPLACES_INSTANCES =
  "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew.";
/** A new revision comes up within this; its first minute of metrics is another two away. */
export const NEW_REVISION_SECONDS = 180;
