import { findRevision } from '../../world/revisions.ts';
import type { Json, Operation, ReadyCondition, ServiceState, WorldState } from '../../world/state.ts';
import { listAt, textAt } from '../../world/template.ts';
import { etagOf } from './etag.ts';

/** google.cloud.run.v2.Service in JSON. Environment values are given in clear, as Google does. */
export function serviceView(state: WorldState, service: ServiceState): Json {
  const name = serviceName(state, service);
  const revision = (short: string | undefined) => (short === undefined ? undefined : `${name}/revisions/${short}`);
  const { template, traffic, scaling, ...fields } = service.spec;
  return clean({
    name,
    uid: service.uid,
    generation: String(service.generation),
    ...fields,
    createTime: iso(service.createdMs),
    updateTime: iso(service.updatedMs),
    creator: service.revisions[0]?.creator,
    lastModifier: service.lastModifier,
    template,
    traffic,
    scaling: Object.keys(scaling).length > 0 ? scaling : undefined,
    observedGeneration: String(service.observedGeneration),
    terminalCondition: condition('Ready', service.ready),
    conditions: conditions(service),
    latestReadyRevision: revision(service.latestReady),
    latestCreatedRevision: revision(service.latestCreated),
    trafficStatuses: trafficStatuses(state, service),
    uri: uriOf(state, service),
    urls: [uriOf(state, service)],
    reconciling: service.reconciling || undefined,
    etag: etagOf(name, service.version),
  });
}

export const serviceName = (state: WorldState, service: ServiceState): string =>
  `projects/${state.scenario.estate.project}/locations/${state.scenario.estate.region}/services/${service.name}`;

/** google.longrunning.Operation of a service's change; the response is the service as it stands. */
export function serviceOperationView(state: WorldState, operation: Operation, service: ServiceState): Json {
  const view = { '@type': 'type.googleapis.com/google.cloud.run.v2.Service', ...serviceView(state, service) };
  const done = operation.doneMs !== undefined;
  return {
    name: operation.name,
    metadata: view,
    ...(done && { done }),
    ...(operation.error && { error: operation.error }),
    ...(done && !operation.error && { response: view }),
  };
}

export function condition(type: string, ready: ReadyCondition): Json {
  const { state, atMs, message, reason, revisionReason } = ready;
  return clean({ type, state, message, lastTransitionTime: iso(atMs), reason, revisionReason });
}

/** Where the revision is at fault, its message is told by RoutesReady, as in real replies. */
function conditions(service: ServiceState): Json[] {
  const latest = findRevision(service, service.latestCreated);
  const configurations: ReadyCondition =
    latest?.ready.state === 'CONDITION_PENDING'
      ? { state: 'CONDITION_RECONCILING', atMs: latest.createdMs, message: 'Deploying Revision.' }
      : { state: 'CONDITION_SUCCEEDED', atMs: latest?.ready.atMs ?? service.updatedMs };
  return [condition('RoutesReady', service.ready), condition('ConfigurationsReady', configurations)];
}

function trafficStatuses(state: WorldState, service: ServiceState): Json[] {
  const shares = service.routed.map(({ revision, percent, by }) =>
    by === 'latest'
      ? { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent }
      : { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision, percent },
  );
  const tags = listAt(service.spec, 'traffic').filter((t) => textAt(t, 'tag') !== '');
  return [
    ...shares,
    ...tags.map((t) => ({ ...t, uri: uriOf(state, service).replace('https://', `https://${textAt(t, 'tag')}---`) })),
  ];
}

const uriOf = (state: WorldState, service: ServiceState): string =>
  `https://${service.name}-${state.scenario.estate.projectNumber}.${state.scenario.estate.region}.run.app`;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** Without the fields that are not there. */
export const clean = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
