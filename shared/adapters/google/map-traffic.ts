import type { TrafficShare } from '../../ports/cloud.ts';
import { enumName, type Fields, fields, list, number, shortName, text } from './values.ts';

const LATEST_TYPE = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
const REVISION_TYPE = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';
const TYPES = ['TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED', LATEST_TYPE, REVISION_TYPE];

/** "If traffic is empty or not provided, defaults to 100% traffic to the latest Ready Revision", service.proto. */
const DEFAULT: readonly TrafficShare[] = [{ revision: 'LATEST', percent: 100 }];

/** What a service is configured to send where. */
export function toTraffic(api: unknown): readonly TrafficShare[] {
  const targets = list(api).map(fields);
  return targets.length === 0 ? DEFAULT : targets.map((target) => share(target, revisionOf(target)));
}

/** What serves now, with LATEST resolved; nothing where no revision ever became ready. */
export function toServing(statuses: unknown, latestReadyRevision: string | undefined): readonly TrafficShare[] {
  const latest = latestReadyRevision === undefined ? undefined : shortName(latestReadyRevision);
  return list(statuses)
    .map(fields)
    .flatMap((status) => {
      const named = revisionOf(status);
      const revision = named === 'LATEST' ? (shortNameOf(status) ?? latest) : named;
      return revision === undefined ? [] : [share(status, revision)];
    });
}

/** The other way, for a PATCH. */
export const fromTraffic = (traffic: readonly TrafficShare[]): readonly Fields[] =>
  traffic.map(({ revision, percent, tag }) => ({
    ...(revision === 'LATEST' ? { type: LATEST_TYPE } : { type: REVISION_TYPE, revision }),
    percent,
    ...(tag === undefined ? {} : { tag }),
  }));

/** A target that names no revision is the latest one, whatever its type says: services-healthy.json of 2022 holds such a one. */
const revisionOf = (target: Fields): string =>
  enumName(target['type'], TYPES) === LATEST_TYPE ? 'LATEST' : (shortNameOf(target) ?? 'LATEST');

const shortNameOf = ({ revision }: Fields): string | undefined => {
  const name = text(revision);
  return name === undefined ? undefined : shortName(name);
};

function share(target: Fields, revision: string): TrafficShare {
  const tag = text(target['tag']);
  return { revision, percent: number(target['percent']) ?? 0, ...(tag === undefined ? {} : { tag }) };
}
