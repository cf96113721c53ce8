import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Action } from './action.ts';
import { ceilingOf, instancesSeen } from './instances-seen.ts';
import { refused } from './new-revision.ts';
import { ofService } from './permanence.ts';
import { idleUsdPerMonth, moreUsd } from './prices.ts';
import { SCALING_SECONDS } from './raise-instance-ceiling.ts';

export interface Floor {
  /** Of the service, for all its revisions together; null where it has none. */
  readonly instancesMin: number | null;
  /** As many as a person said, whatever the traffic; null where Cloud Run scales by itself. */
  readonly instancesByHand: number | null;
}

/**
 * Keeps instances at the ready: as many as the last minutes needed, where waves of requests come faster than instances start; and lets Cloud Run scale a
 * service again that somebody set to zero by hand.
 * API: Cloud Run Admin v2 services.patch (scaling; etag). No new revision, nothing is replaced.
 * Silent (refuses) where as many are kept already, and beyond the policy's or the service's ceiling.
 */
export const setMinimumInstances: Action<Floor, 'cloud-run', 'metrics'> = {
  title: 'Set the minimum of instances',
  answers: ['scaled-to-zero', 'traffic-surge'],
  permissions: ['run.services.get', 'run.services.update', 'run.operations.get'],
  terms: { risk: ['low'], undo: 'restore-before', cost: 'priced' },
  needs: ['cloud-run'],
  considers: ['metrics'],
  propose: ({ cause, seen, environment: { bounds } }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    if (service === undefined) return refused(`service ${cause.target} was not observed`);
    const { shortName } = service;
    const before = floorOf(service);
    const isByHand = before.instancesByHand !== null;
    const most = Math.min(ceilingOf(service), bounds.instancesMax);
    const wanted = isByHand ? 1 : Math.min(instancesSeen(service, seen.metrics), most);
    const kept = Math.max(before.instancesMin ?? 0, service.template.instancesMin);
    if (!isByHand && wanted <= kept)
      return refused(`${shortName} keeps ${kept} instances at the ready, as many as it needed`);
    const instancesMin = Math.max(before.instancesMin ?? 0, wanted);
    const after: Floor = { instancesMin, instancesByHand: null };
    const size = service.template.containers[0] ?? { cpu: undefined, memoryMib: undefined, cpuIdle: true };
    return {
      kind: 'proposed',
      change: { target: service.name, etag: service.etag, before, after },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: {
          title: `Set the minimum of instances of ${shortName}`,
          before: inWords(before),
          after: inWords(after),
        },
        expectedEffect: isByHand
          ? 'instances start for requests again'
          : 'the next wave finds instances that are there already',
        expectedSeconds: SCALING_SECONDS,
        whatCouldGoWrong: isByHand
          ? 'No instance is replaced. Somebody may have stopped the service for a reason: the change log says who.'
          : 'No instance is replaced. Instances are paid for while they wait.',
        costUsdPerMonth: moreUsd(
          idleUsdPerMonth(size, instancesMin),
          idleUsdPerMonth(size, before.instancesByHand ?? kept),
        ),
        undo: { kind: 'restore-before' },
        permanent: ofService(
          service.name,
          `${isByHand ? '--scaling=auto ' : ''}--min=${instancesMin}`,
          `scaling {\n${isByHand ? '  scaling_mode       = "AUTOMATIC"\n' : ''}  min_instance_count = ${instancesMin}\n}`,
        ),
      },
    };
  },
  outOfLimits: ({ after: { instancesMin }, bounds, boundsAt }) =>
    (instancesMin ?? 0) > bounds.instancesMax
      ? `${instancesMin} instances are over ${boundsAt}.instancesMax (${bounds.instancesMax})`
      : undefined,
  read: async (target, cloud, abort) => {
    const service = await cloud.service(target, abort);
    return { settings: floorOf(service), etag: service.etag, settled: !service.reconciling };
  },
  write: ({ target, etag, before, after: { instancesMin, instancesByHand } }, cloud, abort) =>
    cloud.changeService(
      { name: target, etag: etag ?? '' },
      {
        scaling: {
          ...(instancesMin === before.instancesMin ? {} : { instancesMin }),
          ...(instancesByHand === before.instancesByHand ? {} : { instancesByHand }),
        },
      },
      abort,
    ),
};

const floorOf = ({
  instancesMin,
  instancesByHand,
}: Pick<ServiceObservation, 'instancesMin' | 'instancesByHand'>): Floor => ({
  instancesMin: instancesMin ?? null,
  instancesByHand: instancesByHand ?? null,
});

const inWords = ({ instancesMin, instancesByHand }: Floor): string =>
  instancesByHand === null
    ? `at least ${instancesMin ?? 0}, by traffic`
    : `${instancesByHand} by hand, whatever the traffic`;
