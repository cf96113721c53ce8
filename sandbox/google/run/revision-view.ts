import type { Json, ReadyCondition, RevisionState, ServiceState, WorldState } from '../../world/state.ts';
import { minInstancesOf } from '../../world/template.ts';
import { etagOf } from './etag.ts';
import { clean, condition, iso, serviceName } from './service-view.ts';

/** google.cloud.run.v2.Revision in JSON. */
export function revisionView(state: WorldState, service: ServiceState, revision: RevisionState): Json {
  const parent = serviceName(state, service);
  const name = `${parent}/revisions/${revision.name}`;
  const { annotations, labels, ...template } = revision.template;
  return clean({
    name,
    uid: revision.uid,
    generation: '1',
    labels: labels ?? service.spec['labels'],
    annotations,
    createTime: iso(revision.createdMs),
    updateTime: iso(revision.ready.atMs),
    launchStage: 'GA',
    service: service.name,
    ...template,
    conditions: conditions(service, revision),
    reconciling: revision.ready.state === 'CONDITION_PENDING' || undefined,
    observedGeneration: '1',
    logUri: logUri(state, revision),
    scalingStatus: { desiredMinInstanceCount: minInstancesOf(revision.template) },
    creator: revision.creator,
    etag: etagOf(name, String(revision.ready.atMs)),
  });
}

function conditions(service: ServiceState, revision: RevisionState): Json[] {
  const { ready } = revision;
  const done: ReadyCondition = { state: 'CONDITION_SUCCEEDED', atMs: ready.atMs };
  const serves = service.routed.some((r) => r.revision === revision.name);
  const active: Json = serves
    ? condition('Active', done)
    : {
        ...condition('Active', {
          state: 'CONDITION_FAILED',
          atMs: ready.atMs,
          message: 'Revision retired.',
          revisionReason: 'RETIRED',
        }),
        severity: 'INFO',
      };
  return [
    condition('Ready', ready),
    active,
    condition('ContainerHealthy', ready),
    condition('ContainerReady', done),
    condition('ResourcesAvailable', done),
  ];
}

function logUri(state: WorldState, revision: RevisionState): string {
  const filter = `resource.type="cloud_run_revision"\nresource.labels.service_name="${revision.service}"\nresource.labels.revision_name="${revision.name}"`;
  const { project } = state.scenario.estate;
  const resource = `cloud_run_revision/service_name/${revision.service}/revision_name/${revision.name}`;
  return `https://console.cloud.google.com/logs/viewer?project=${project}&resource=${resource}&advancedFilter=${encodeURIComponent(filter)}`;
}
