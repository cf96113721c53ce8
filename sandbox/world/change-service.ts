import { auditRevisionReady, auditServiceChange } from './audit.ts';
import { hinderedDeploy } from './hindered-deploy.ts';
import { notListeningMessage, notReadyMessage } from './log-texts.ts';
import { note } from './note.ts';
import { beginOperation, endOperation, schedule } from './operations.ts';
import { createRevision, findRevision, revisionName, route } from './revisions.ts';
import { startInstance } from './start-instances.ts';
import type { Deployment, Operation, ReadyCondition, RevisionState, ServiceState, WorldState } from './state.ts';
import { maxInstancesOf, portOf, textAt } from './template.ts';

const CHECK_MS = 3000; // Image and secrets are looked at before any container starts.
const SETTLE_MS = 4000; // A change without a new revision stands after this.
const MOVE_MS_MIN = 5000; // Traffic moves over once the new revision has its containers, after at least and at most this long.
const MOVE_MS_MAX = 20_000;

/** Writes a service's specification, as an accepted UpdateService does; validation is the API's. */
export function changeService(
  state: WorldState,
  service: ServiceState,
  change: {
    spec: ServiceState['spec'];
    by: string;
    newRevision: 'new-revision' | 'same-revision';
    audit: Record<string, unknown>;
  },
): Operation {
  const target = `projects/${state.scenario.estate.project}/locations/${state.scenario.estate.region}/services/${service.name}`;
  const operation = beginOperation(state, { api: 'run', target, method: 'UpdateService' });
  service.spec = change.spec;
  service.generation += 1;
  touch(state, service, change.by);
  service.reconciling = true;
  service.ready = { state: 'CONDITION_RECONCILING', atMs: state.nowMs, message: 'Deploying Revision.' };
  auditServiceChange(state, { service: service.name, method: 'UpdateService', by: change.by, request: change.audit });
  if (change.newRevision === 'new-revision') deploy(state, service, operation, change.by);
  else
    schedule(state, state.nowMs + SETTLE_MS, () => {
      settle(state, service, operation);
    });
  return operation;
}

function touch(state: WorldState, service: ServiceState, by: string): void {
  service.updatedMs = state.nowMs;
  service.lastModifier = by;
  service.version = `${state.nowMs}${String(service.generation % 1000).padStart(3, '0')}`;
}

function deploy(state: WorldState, service: ServiceState, operation: Operation, by: string): void {
  if (service.deployment) {
    endOperation(state, service.deployment.operation, {
      code: 10,
      message: `Conflict for resource '${service.name}': a newer generation was written.`,
    });
  }
  const name = textAt(service.spec.template, 'revision') || revisionName(state, service);
  const made = {
    name,
    template: service.spec.template,
    by,
    atMs: state.nowMs,
    generation: service.generation,
    ready: { state: 'CONDITION_PENDING', atMs: state.nowMs, message: 'Deploying Revision.' },
  } as const;
  const revision = createRevision(state, service, made);
  revision.floor = 1;
  service.revisions.push(revision);
  service.latestCreated = name;
  service.deployment = { revision: name, operation, phase: 'starting', sinceMs: state.nowMs };
  note(state, 'revision-created', `${service.name}/${name}`, `${revision.image} by ${by}`);
  const hindered = hinderedDeploy(state, revision);
  if (hindered === undefined) {
    startInstance(state, revision, 'DEPLOYMENT_ROLLOUT');
    return;
  }
  revision.floor = 0;
  const { deployment } = service;
  schedule(state, state.nowMs + CHECK_MS, () => {
    if (service.deployment === deployment) failed(state, service, deployment, hindered);
  });
}

/** One second of a deployment: the first container decides whether the revision is ready, then traffic moves. */
export function tickDeployment(state: WorldState, service: ServiceState): void {
  const { deployment } = service;
  const revision = deployment && findRevision(service, deployment.revision);
  if (!deployment || !revision) return;
  if (deployment.phase === 'starting') {
    if (revision.readyIds.length > 0) becameReady(state, service, deployment);
    else if (revision.startFailures > 0) failed(state, service, deployment, notListening(state, revision));
    return;
  }
  const waited = state.nowMs - deployment.sinceMs;
  const hasContainers = revision.readyIds.length >= revision.floor;
  if (waited < MOVE_MS_MIN || (!hasContainers && waited < MOVE_MS_MAX)) return;
  revision.floor = 0;
  service.deployment = undefined;
  settle(state, service, deployment.operation);
}

function becameReady(state: WorldState, service: ServiceState, deployment: Deployment): void {
  const revision = findRevision(service, deployment.revision);
  if (!revision) return;
  revision.ready = { state: 'CONDITION_SUCCEEDED', atMs: state.nowMs };
  auditRevisionReady(state, service.name, revision.name, undefined);
  const before = Math.max(0, ...service.routed.map((r) => findRevision(service, r.revision)?.instances.length ?? 0));
  service.latestReady = revision.name;
  const takesTraffic = service.spec.traffic.some(
    (t) => !textAt(t, 'revision') || textAt(t, 'revision') === revision.name,
  );
  revision.floor = takesTraffic ? Math.min(Math.max(1, before), maxInstancesOf(service, revision.template)) : 0;
  deployment.phase = 'moving';
  deployment.sinceMs = state.nowMs;
}

/** The revision never became ready: what served goes on serving. */
function failed(
  state: WorldState,
  service: ServiceState,
  deployment: Deployment,
  why: Pick<ReadyCondition, 'reason' | 'revisionReason'> & { readonly message: string },
): void {
  const revision = findRevision(service, deployment.revision);
  if (!revision) return;
  const { message } = why;
  revision.ready = { state: 'CONDITION_FAILED', atMs: state.nowMs, ...why };
  revision.floor = 0;
  revision.instances = [];
  revision.readyIds = [];
  service.ready = { ...revision.ready, message: isAboutStart(why) ? message : notReadyMessage(revision.name, message) };
  service.reconciling = false;
  service.observedGeneration = service.generation;
  service.deployment = undefined;
  auditRevisionReady(state, service.name, revision.name, message);
  note(state, 'revision-failed', `${service.name}/${revision.name}`, 'its container did not start');
  endOperation(state, deployment.operation, { code: 9, message });
}

const notListening = (state: WorldState, { name, service, template }: RevisionState) => ({
  message: notListeningMessage(name, state.scenario.estate.project, service, portOf(template)),
  revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR',
});

/** A message about the start names the revision already; of any other the service says whose it is. */
const isAboutStart = ({ revisionReason }: Pick<ReadyCondition, 'revisionReason'>): boolean =>
  revisionReason !== undefined;

/** Traffic goes where the specification says, unless that cannot serve: then it stays where it was and the operation fails. */
function settle(state: WorldState, service: ServiceState, operation: Operation): void {
  const error = routeError(service);
  const before = JSON.stringify(service.routed);
  if (!error) route(service);
  if (JSON.stringify(service.routed) !== before) {
    note(state, 'traffic-moved', service.name, service.routed.map((r) => `${r.percent}% ${r.revision}`).join(', '));
  }
  endOperation(state, operation, error);
  if (service.deployment) return;
  service.reconciling = false;
  service.observedGeneration = service.generation;
  service.ready = error
    ? { state: 'CONDITION_FAILED', atMs: state.nowMs, message: error.message, reason: 'REVISION_FAILED' }
    : { state: 'CONDITION_SUCCEEDED', atMs: state.nowMs };
}

/** What is wrong with the revisions that traffic is to go to. */
function routeError(service: ServiceState): Operation['error'] {
  for (const name of service.spec.traffic.map((t) => textAt(t, 'revision')).filter(Boolean)) {
    const revision = findRevision(service, name);
    // Real text: terraform-google-modules/terraform-docs-samples#269, read 2026-11-23.
    if (!revision)
      return {
        code: 13,
        message: `Revision '${name}' does not exist or is deleted. Update all traffic to route to currently available revisions.`,
      };
    if (revision.ready.state === 'CONDITION_FAILED') {
      return {
        code: 9,
        message: revision.ready.message ?? `Revision '${name}' is not ready and cannot serve traffic.`,
      };
    }
  }
  return undefined;
}
