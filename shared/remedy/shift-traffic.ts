import type { Cause } from '../diagnosis/rule.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Observations } from '../evidence/evidence.ts';
import type { Service, TrafficShare } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action, Prospect } from './action.ts';
import { type Permanence, terraform } from './permanence.ts';
import { type TrafficTarget, trafficTarget } from './traffic-target.ts';

export interface TrafficSettings {
  readonly traffic: readonly TrafficShare[];
}

const ALL_PERCENT = 100;

/**
 * Sends all traffic to the last revision that served well, or forward from one that is pinned to the newest. Nothing is deployed.
 * API: Cloud Run Admin v2 services.patch (updateMask traffic, etag).
 * Silent (refuses) when every earlier revision is not ready, failed too, or takes the same way that leads nowhere, and when the trouble did not come with the newest one. New deploys take no traffic until LATEST is restored, which the card says.
 */
export const shiftTraffic: Action<TrafficSettings, 'cloud-run' | 'logs', 'metrics'> = {
  title: 'Shift traffic to the last good revision',
  answers: [
    'release-broken',
    'configuration-broken',
    'egress-misrouted',
    'health-check-too-strict',
    'container-port-wrong',
    'protocol-mismatched',
    'crash-after-ready',
    'started-too-early',
    'startup-slower-than-probe',
    'secret-unavailable',
    'traffic-pinned',
  ],
  permissions: ['run.services.get', 'run.services.update', 'run.operations.get'],
  terms: { risk: ['medium'], undo: 'restore-before', cost: 'none' },
  needs: ['cloud-run', 'logs'],
  considers: ['metrics'],
  propose: ({ cause, seen }) => {
    const service = serviceOf(cause, seen['cloud-run']);
    const newest = service?.revisions[0];
    if (service === undefined || newest === undefined)
      return { kind: 'refused', reason: `service ${cause.target} was not observed` };
    const { shortName, traffic } = service;
    const target = trafficTarget(cause, service, newest, seen);
    if (target.kind === 'nowhere') return { kind: 'refused', reason: target.reason };
    const after = { traffic: shifted(traffic, placeOf(target, service)) };
    return {
      kind: 'proposed',
      change: {
        target: service.name,
        etag: service.etag,
        before: { traffic },
        after,
      },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        ...(target.kind === 'back' ? back(service, target, seen.metrics) : forward(service, target)),
        summary: {
          title: `Shift ${shortName} ${target.kind} to ${target.to.shortName}`,
          before: inWords(traffic),
          after: inWords(after.traffic),
        },
        expectedSeconds: 60,
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
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

/** The one that a cause is about; of a way that leads nowhere, the one service that takes it. */
function serviceOf(
  { rule, target, services: [only, ...others] }: Cause,
  { services }: Observations['cloud-run'],
): ServiceObservation | undefined {
  const alone = rule === 'egress-misrouted' && others.length === 0 ? only : undefined;
  return services.find(({ name, shortName }) => name === target || shortName === alone);
}

type Shift = Exclude<TrafficTarget, { readonly kind: 'nowhere' }>;
type Told = Pick<Prospect, 'expectedEffect' | 'whatCouldGoWrong' | 'permanent'>;

const back = (
  service: ServiceObservation,
  { to, from }: Shift,
  metrics: Observations['metrics'] | undefined,
): Told => ({
  expectedEffect:
    metrics === undefined
      ? `requests reach ${to.shortName}, which was ready before ${from.shortName} came and is not seen to fail`
      : `requests reach ${to.shortName}, which served until ${from.shortName} came`,
  whatCouldGoWrong: `${metrics === undefined ? `Monitoring could not be asked whether ${to.shortName} served, and its errors are told by the logs alone. ` : ''}What ${from.shortName} changed outside the container, a database schema for one, stays. New deploys of ${service.shortName} take no traffic until it is set back to latest.`,
  permanent: { first: 'Deploy a mended release, then let new deploys take traffic again.', ...toLatest(service) },
});

const forward = (service: ServiceObservation, { to, from }: Shift): Told => ({
  expectedEffect: `requests reach ${to.shortName}, which is newer than ${from.shortName}, where they are pinned`,
  whatCouldGoWrong: `Somebody may have pinned ${from.shortName} for a reason: ${to.shortName} has served nobody since.`,
  permanent: toLatest(service),
});

function toLatest({ name, shortName }: ServiceObservation): Permanence {
  const { project, region } = parseName(name);
  return {
    gcloud: `gcloud run services update-traffic ${shortName} --project=${project} --region=${region} --to-latest`,
    terraform: terraform(
      'google_cloud_run_v2_service',
      shortName,
      'traffic {\n  type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"\n  percent = 100\n}',
    ),
  };
}

/** Forward is to whatever is the latest, so that the next deploy takes traffic again. */
const placeOf = ({ kind, to }: Shift, { latestReadyRevision }: ServiceObservation): string =>
  kind === 'forward' && to.name === latestReadyRevision ? 'LATEST' : to.shortName;

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
