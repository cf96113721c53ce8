import { seedOf } from '../random.ts';
import type { WorldState } from '../state.ts';
import type { ArmorRule, PolicyState } from './edge-state.ts';

/** Who answered a request in its service's place, and how the load balancer's log tells it. */
export interface Door {
  readonly by: 'security-policy' | 'no-backend' | 'no-service' | 'ingress' | 'invoker' | 'iap' | 'machine';
  readonly status: number;
  /** Of jsonPayload; Cloud Run's own front end is a backend to it. */
  readonly statusDetails: string;
  readonly policy: { readonly name: string; readonly priority: number; readonly isPreview: boolean } | undefined;
  /** The request paths that it concerns; undefined: all of the service's. */
  readonly paths: readonly string[] | undefined;
  /** Share of those requests. */
  readonly ratio: number;
}

const SENT_BY_BACKEND = 'response_sent_by_backend';

/** What meets requests for a service that come through the load balancer ('public') or at its run.app address, in the order in which they meet it. */
export function doorsOf(state: WorldState, service: string, way: 'load-balancer' | 'run.app'): Door[] {
  const { backends, policies } = state.edge;
  const backend = backends.get(service);
  const everything = { policy: undefined, paths: undefined, ratio: 1 };
  const before: Door[] = [];
  if (way === 'load-balancer' && backend !== undefined) {
    const policy = backend.policy === undefined ? undefined : policies.get(backend.policy);
    before.push(...(policy === undefined ? [] : denials(policy)));
    if (backend.iap)
      before.push({ by: 'iap', status: 302, statusDetails: 'handled_by_identity_aware_proxy', ...everything });
    if (backend.target === undefined)
      before.push({ by: 'no-backend', status: 503, statusDetails: 'failed_to_pick_backend', ...everything });
    else if (!state.services.has(backend.target))
      before.push({ by: 'no-service', status: 404, statusDetails: SENT_BY_BACKEND, ...everything });
  }
  const ingress = state.services.get(service)?.spec['ingress'];
  const isShut =
    ingress === 'INGRESS_TRAFFIC_INTERNAL_ONLY' ||
    (ingress === 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' && way === 'run.app');
  if (isShut) before.push({ by: 'ingress', status: 404, statusDetails: SENT_BY_BACKEND, ...everything });
  if (!state.edge.public.has(service))
    before.push({ by: 'invoker', status: 403, statusDetails: SENT_BY_BACKEND, ...everything });
  return before;
}

/** The rules of a policy that deny, the first first; those in preview let everything pass. */
const denials = ({ name, rules }: PolicyState): Door[] =>
  rules
    .filter(({ action, isPreview }) => action !== 'allow' && !isPreview)
    .toSorted((a, b) => a.priority - b.priority)
    .map((rule) => denial(name, rule));

const denial = (name: string, { priority, isPreview, paths, ratio }: ArmorRule): Door => ({
  by: 'security-policy',
  status: 403,
  statusDetails: 'denied_by_security_policy',
  policy: { name, priority, isPreview },
  paths,
  ratio,
});

/** The door that one request for a path meets now; a rule that catches a share of them catches it by chance. */
export function doorFor(
  state: WorldState,
  asked: { readonly host: string; readonly path: string; readonly service: string; readonly draw: number },
): Door | undefined {
  const { host, path, service, draw } = asked;
  const machine = machineAt(state, host, path);
  if (machine !== undefined) return machine.isHealthy ? undefined : noHealthyMachine;
  const way = state.edge.hosts.has(host) ? 'load-balancer' : 'run.app';
  return doorsOf(state, service, way).find(
    ({ paths, ratio }) =>
      (paths?.includes(path) ?? true) &&
      (ratio === 1 || (seedOf(state.scenario.seed, state.nowMs, path, draw) % 10_000) / 10_000 < ratio),
  );
}

export const noHealthyMachine: Door = {
  by: 'machine',
  status: 503,
  statusDetails: 'failed_to_pick_backend',
  policy: undefined,
  paths: undefined,
  ratio: 1,
};

/** The machines behind a path, where it is theirs. */
export const machineAt = ({ edge }: WorldState, host: string, path: string) =>
  [...edge.vms.values()].find(
    ({ estate }) => estate.host === host && (path === estate.path || path.startsWith(`${estate.path}/`)),
  );
