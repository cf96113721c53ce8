import { lastGoodBefore } from '../diagnosis/revisions.ts';
import type { Service, TrafficShare } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action } from './action.ts';

export interface TrafficSettings {
  readonly traffic: readonly TrafficShare[];
}

const ALL_PERCENT = 100;

/**
 * Sends all traffic to the last revision that served well. Nothing is deployed.
 * API: Cloud Run Admin v2 services.patch (updateMask traffic, etag). Permissions: run.services.get, run.services.update, run.operations.get.
 * Silent (refuses) when every earlier revision is not ready, or failed too. New deploys take no traffic until LATEST is restored, which the card says.
 */
export const shiftTraffic: Action<TrafficSettings, 'cloud-run' | 'logs' | 'metrics'> = {
  title: 'Shift traffic to the last good revision',
  answers: ['release-broken'],
  needs: ['cloud-run', 'logs', 'metrics'],
  propose: ({ cause, seen }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    const newest = service?.revisions[0];
    if (service === undefined || newest === undefined)
      return { kind: 'refused', reason: `service ${cause.target} was not observed` };
    const { shortName, traffic } = service;
    const good = lastGoodBefore(service, newest, seen);
    if (good === undefined)
      return { kind: 'refused', reason: `${shortName} has no earlier revision that is ready and did not fail too` };
    const { project, region } = parseName(service.name);
    return {
      kind: 'proposed',
      change: {
        target: service.name,
        etag: service.etag,
        before: { traffic },
        after: { traffic: shifted(traffic, good.shortName) },
      },
      prospect: {
        risk: 'medium',
        summary: {
          title: `Shift ${shortName} back to ${good.shortName}`,
          before: inWords(traffic),
          after: `100 % ${good.shortName}`,
        },
        expectedEffect: `requests reach ${good.shortName}, which served until ${newest.shortName} came`,
        expectedSeconds: 60,
        whatCouldGoWrong: `What ${newest.shortName} changed outside the container, a database schema for one, stays. New deploys of ${shortName} take no traffic until it is set back to latest.`,
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: `Deploy a mended release, then: gcloud run services update-traffic ${shortName} --project=${project} --region=${region} --to-latest`,
      },
    };
  },
  outOfLimits: ({ after: { traffic } }) => {
    const total = traffic.reduce((sum, { percent }) => sum + percent, 0);
    return total === ALL_PERCENT ? undefined : `Cloud Run takes shares that add up to ${ALL_PERCENT} %, not ${total} %`;
  },
  read: async (target, cloud, abort) => {
    const service = await cloud.service(target, abort);
    return { settings: settingsOf(service), etag: service.etag, settled: !service.reconciling };
  },
  write: ({ target, etag, after }, cloud, abort) =>
    cloud.updateTraffic({ name: target, etag: etag ?? '' }, after.traffic, abort),
};

const settingsOf = ({ traffic }: Service): TrafficSettings => ({ traffic });

/** Tags stay where they point; only shares move. */
const shifted = (traffic: readonly TrafficShare[], revision: string): TrafficShare[] => [
  { revision, percent: ALL_PERCENT },
  ...traffic.filter(({ tag }) => tag !== undefined).map((entry) => ({ ...entry, percent: 0 })),
];

const inWords = (traffic: readonly TrafficShare[]): string =>
  traffic
    .filter(({ percent }) => percent > 0)
    .map(({ revision, percent }) => `${percent} % ${revision === 'LATEST' ? 'latest' : revision}`)
    .join(', ');
