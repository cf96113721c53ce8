import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action } from './action.ts';
import { wouldExhaust } from './connections-left.ts';
import { ceilingOf, instancesSeen } from './instances-seen.ts';
import {
  arePinned,
  baseOf,
  imagesThatRun,
  NEW_REVISION_SECONDS,
  NOT_PINNED,
  REPLACES_INSTANCES,
  readToChange,
  refused,
  UPDATE_SERVICE,
} from './new-revision.ts';
import { inTemplate, ofService } from './permanence.ts';
import { instancesUsdPerMonth, moreUsd } from './prices.ts';

export interface Ceilings {
  /** Of each revision. */
  readonly instancesMax: number;
  /** Of the service, for all its revisions together; null where it has none. */
  readonly serviceInstancesMax: number | null;
  /** As the newest revision runs them; pinned where another is made. */
  readonly images: readonly string[];
}

/**
 * How many times as many, the most first: refusals say that the ceiling was too low, not by how much, and a ceiling costs nothing that is not used. A
 * smaller step where databases or the policy's cost do not take the larger one. Our own choice.
 */
const FACTORS = [5, 4, 3, 2, 1.5] as const;

/**
 * Lets a service run more instances: raises the ceiling that holds, the service's (no new revision) or the revision's, or both where both would.
 * API: Cloud Run Admin v2 services.patch (scaling; template; etag).
 * Silent (refuses) where instances times their pools, old and new revision beside each other, would take more connections than a database has.
 */
export const raiseInstanceCeiling: Action<Ceilings, 'cloud-run', 'metrics' | 'database'> = {
  title: 'Raise the instance ceiling',
  answers: ['instance-ceiling-reached'],
  permissions: UPDATE_SERVICE,
  terms: { risk: ['low', 'medium'], undo: 'restore-before', cost: 'priced' },
  needs: ['cloud-run'],
  considers: ['metrics', 'database'],
  propose: ({ cause, seen, environment: { bounds } }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    if (service === undefined) return refused(`service ${cause.target} was not observed`);
    const { shortName } = service;
    const before = ceilingsOf(service, imagesThatRun(service, service.revisions));
    const from = ceilingOf(service);
    const running = instancesSeen(service, seen.metrics);
    const size = service.template.containers[0] ?? UNKNOWN_SIZE;
    const steps = FACTORS.map((factor) => Math.min(Math.ceil(from * factor), bounds.instancesMax)).filter(
      (to) => to > from,
    );
    const exhausted = (to: number) =>
      seen.database &&
      wouldExhaust(seen.database, {
        service: shortName,
        running,
        replaced: before.instancesMax < to ? from : 0,
        after: to,
      });
    const costOf = (to: number) => moreUsd(instancesUsdPerMonth(size, to), instancesUsdPerMonth(size, from));
    const fitting = steps.filter((to) => exhausted(to) === undefined);
    const to = fitting.find((step) => isWithin(costOf(step), bounds.costUsdPerMonthMax)) ?? fitting.at(-1);
    if (to === undefined) {
      const least = steps.at(-1);
      return refused(
        (least === undefined ? undefined : exhausted(least)) ??
          `${shortName} may run ${from} instances, and the policy allows no more than ${bounds.instancesMax}`,
      );
    }
    const needsRevision = before.instancesMax < to;
    const base = needsRevision ? baseOf(service, 'what-serves') : undefined;
    if (base?.kind === 'refused') return base;
    const after: Ceilings = {
      ...before,
      instancesMax: Math.max(before.instancesMax, to),
      serviceInstancesMax: before.serviceInstancesMax === null ? null : Math.max(before.serviceInstancesMax, to),
    };
    return {
      kind: 'proposed',
      change: { target: service.name, etag: service.etag, before, after },
      prospect: {
        fit: 'mends',
        risk: needsRevision ? 'medium' : 'low',
        summary: { title: `Raise the instance ceiling of ${shortName}`, before: inWords(from), after: inWords(to) },
        expectedEffect: 'requests that found no instance find one',
        expectedSeconds: needsRevision ? NEW_REVISION_SECONDS : SCALING_SECONDS,
        whatCouldGoWrong: `${needsRevision ? `${REPLACES_INSTANCES} ` : 'No instance is replaced. '}${connectionsInWords(service, seen.database !== undefined)}`,
        costUsdPerMonth: costOf(to),
        undo: { kind: 'restore-before' },
        permanent: ofService(
          service.name,
          [
            ...(needsRevision ? [`--max-instances=${after.instancesMax}`] : []),
            ...(after.serviceInstancesMax === before.serviceInstancesMax ? [] : [`--max=${after.serviceInstancesMax}`]),
          ].join(' '),
          [
            ...(after.serviceInstancesMax === before.serviceInstancesMax
              ? []
              : [`scaling {\n  max_instance_count = ${after.serviceInstancesMax}\n}`]),
            ...(needsRevision ? [inTemplate(`scaling {\n  max_instance_count = ${after.instancesMax}\n}`)] : []),
          ].join('\n'),
        ),
      },
    };
  },
  outOfLimits: ({ after, present, bounds, boundsAt }) => {
    const most = Math.min(after.instancesMax, after.serviceInstancesMax ?? after.instancesMax);
    if (most > bounds.instancesMax)
      return `${most} instances are over ${boundsAt}.instancesMax (${bounds.instancesMax})`;
    return after.instancesMax !== present.instancesMax && !arePinned(after.images) ? NOT_PINNED : undefined;
  },
  read: async (target, cloud, abort) => {
    const { service, images } = await readToChange(target, cloud, abort);
    return { settings: ceilingsOf(service, images), etag: service.etag, settled: !service.reconciling };
  },
  write: ({ target, etag, before, after }, cloud, abort) =>
    cloud.changeService(
      { name: target, etag: etag ?? '' },
      {
        ...(after.instancesMax === before.instancesMax
          ? {}
          : { template: { images: after.images, instancesMax: after.instancesMax } }),
        ...(after.serviceInstancesMax === before.serviceInstancesMax
          ? {}
          : { scaling: { instancesMax: after.serviceInstancesMax } }),
      },
      abort,
    ),
};

/** A change of scaling alone stands within seconds, and instances start after it. */
export const SCALING_SECONDS = 90;

const isWithin = (cost: number | 'unknown', most: number): boolean => cost !== 'unknown' && cost <= most;

const UNKNOWN_SIZE = { cpu: undefined, memoryMib: undefined, cpuIdle: true };

const ceilingsOf = (
  { instancesMax, template }: Pick<ServiceObservation, 'instancesMax' | 'template'>,
  images: readonly string[],
): Ceilings => ({
  instancesMax: template.instancesMax,
  serviceInstancesMax: instancesMax ?? null,
  images,
});

const inWords = (instances: number): string => `at most ${instances} instance${instances === 1 ? '' : 's'}`;

const connectionsInWords = ({ name }: ServiceObservation, known: boolean): string =>
  known
    ? 'More instances open more connections to databases: those whose limit and pool are known take them.'
    : `Databases could not be asked how many connections they have left for ${parseName(name).id}.`;
