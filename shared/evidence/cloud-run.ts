import type { Instant } from '../ports/clock.ts';
import type { CloudReader, Container, Revision, Service, Template } from '../ports/cloud.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { type SecretState, secretNames, secretStates } from './secret-states.ts';
import { type SettingChange, settingChanges } from './setting-changes.ts';
import { watchedServices } from './watched-services.ts';

export type ServiceObservation = Service & {
  /** Newest first, at most REVISIONS_MAX. */
  readonly revisions: readonly Revision[];
  /** undefined where there is no earlier revision that was ready. */
  readonly release: Release | undefined;
  /** Of the secrets that its newest revision and those that serve refer to. */
  readonly secrets: readonly SecretState[];
};

/** The newest revision that is settled beside the last one before it that was ready: what came, when, by whom, and what it changed. */
export interface Release {
  readonly revision: string;
  readonly at: Instant;
  readonly by: string | undefined;
  readonly before: string;
  readonly changes: readonly SettingChange[];
}

export interface CloudRunObservation {
  readonly services: readonly ServiceObservation[];
}

/** Enough to find the last revision that served; older ones are seldom what anyone wants back. Our own choice: more cost evidence, fewer are soon all of one bad day. */
const REVISIONS_MAX = 10;

/**
 * Sees every watched service: conditions, revisions, every container with its probes and limits, traffic, scaling by itself or by hand, ingress, VPC egress, secrets
 * by name and version, and what the newest revision changed, when and by whom.
 * API: Cloud Run Admin v2 services.list, revisions.list; Secret Manager v1 versions.get. Permissions: run.services.list, run.revisions.list,
 * secretmanager.versions.get.
 * Silent about what happens inside a container, and about values: environment values and secrets never reach it.
 */
export const cloudRun: Inspector<CloudRunObservation> = {
  deadlineMs: 10_000,
  permissions: ['run.services.list', 'run.revisions.list', 'secretmanager.versions.get'],
  appliesTo: () => true,
  inspect: async ({ cloud, environment }, abort) => {
    const [services, { revisions, truncated }] = await Promise.all([
      watchedServices(cloud, environment, abort),
      cloud.regionRevisions({ project: environment.project, region: environment.region }, abort),
    ]);
    const seen = await inBatches(services, async (service) => {
      const own = revisions.filter(({ name }) => name.startsWith(`${service.name}/`));
      const whole = !truncated || own.some(({ name }) => name === service.latestCreatedRevision);
      return observe(service, whole ? own : await cloud.revisions(service.name, abort));
    });
    return { services: await withSecrets(seen, environment, cloud, abort) };
  },
};

function observe(service: Service, all: readonly Revision[]): Omit<ServiceObservation, 'secrets'> {
  const revisions = all.slice(0, REVISIONS_MAX);
  return {
    ...service,
    template: withoutMarks(service.template),
    revisions: revisions.map((revision) => ({ ...revision, template: withoutMarks(revision.template) })),
    release: releaseOf(service, revisions),
  };
}

/** One that is still being deployed is neither good nor bad yet. */
export const isSettled = ({ ready }: Pick<Revision, 'ready'>): boolean =>
  ready.state !== 'pending' && ready.state !== 'reconciling';

function releaseOf({ lastModifier }: Service, revisions: readonly Revision[]): Release | undefined {
  const newest = revisions.find(isSettled) ?? revisions[0];
  const before = revisions.find(
    ({ ready, createdAt }) => newest !== undefined && createdAt < newest.createdAt && ready.state === 'succeeded',
  );
  if (newest === undefined || before === undefined) return undefined;
  return {
    revision: newest.shortName,
    at: newest.createdAt,
    by: newest.createdBy ?? lastModifier,
    before: before.shortName,
    changes: settingChanges(before.template, newest.template),
  };
}

/** Marks compare values within one look; what is kept has the comparison, not them. */
const withoutMarks = (template: Template): Template => ({
  ...template,
  containers: template.containers.map(({ envMarks: _, ...container }): Container => container),
});

async function withSecrets(
  services: readonly Omit<ServiceObservation, 'secrets'>[],
  { project }: Inspection['environment'],
  cloud: CloudReader,
  abort: AbortSignal,
): Promise<readonly ServiceObservation[]> {
  const states = await secretStates(services.flatMap(inUse), project, cloud, abort);
  return services.map((service) => {
    const names = new Set(inUse(service).flatMap((template) => secretNames(template, project)));
    return { ...service, secrets: [...names].flatMap((name) => states.get(name) ?? []) };
  });
}

const inUse = ({ revisions, serving }: Omit<ServiceObservation, 'secrets'>): readonly Template[] =>
  revisions
    .filter(({ shortName }, index) => index === 0 || serving.some(({ revision }) => revision === shortName))
    .map(({ template }) => template);
