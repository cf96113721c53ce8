import type { RequestRecord } from '../ledger.ts';
import type { ServiceState, WorldState } from '../state.ts';
import { handshakeOf, tickCertificates } from './certificates.ts';
import { type Door, doorsOf, noHealthyMachine } from './door.ts';

/** Of clients that get a certificate without its intermediate, this share knows the intermediate from elsewhere. Our own choice: browsers do, servers do not. */
const KNOWS_INTERMEDIATE_RATIO = 0.5;
const TURNED_AWAY_MS = 8;
const MINUTE_MS = 60_000;

/** One second of what stands before the services and has a life of its own. */
export function tickEdge(state: WorldState): void {
  for (const vm of state.edge.vms.values()) {
    const { healthCheck, healthSeconds, estate } = vm;
    if (state.nowMs - vm.lastCheckMs >= healthCheck.intervalSeconds * 1000) {
      vm.lastCheckMs = state.nowMs;
      const passes = healthSeconds <= healthCheck.timeoutSeconds;
      vm.contrary = passes === vm.isHealthy ? 0 : vm.contrary + 1;
      const needed = vm.isHealthy ? healthCheck.unhealthyThreshold : healthCheck.healthyThreshold;
      if (vm.contrary >= needed) {
        vm.isHealthy = passes;
        vm.contrary = 0;
      }
    }
    const served: Door = { ...noHealthyMachine, status: 200, statusDetails: 'response_sent_by_backend' };
    put(state, estate.name, vm.isHealthy ? served : noHealthyMachine, state.random.round(estate.requestsPerSecond));
  }
  if (state.nowMs % MINUTE_MS === 0) tickCertificates(state);
}

/** Share of a service's clients that get no connection at all: nothing of theirs is logged anywhere. */
export function lostAtTheDoor(state: WorldState, service: string): number {
  const hosts = hostsOf(state, service);
  if (hosts.length === 0) return 0;
  const lost = hosts.map((host) => {
    const handshake = handshakeOf(state, host);
    if (handshake === 'valid') return 0;
    return handshake === 'leaf-only' ? 1 - KNOWS_INTERMEDIATE_RATIO : 1;
  });
  return lost.reduce<number>((sum, one) => sum + one, 0) / hosts.length;
}

/** How many of a second's requests get as far as the service; the others are answered by whoever stands before it. */
export function letIn(state: WorldState, service: ServiceState, arrivals: number): number {
  const lost = lostAtTheDoor(state, service.name);
  let left = lost === 0 ? arrivals : arrivals - state.random.binomial(arrivals, lost);
  const way = hostsOf(state, service.name).length > 0 ? 'load-balancer' : 'run.app';
  for (const door of doorsOf(state, service.name, way)) {
    const { paths } = service.estate;
    const concerned =
      door.paths === undefined ? 1 : paths.filter((path) => door.paths?.includes(path)).length / paths.length;
    const share = concerned * door.ratio;
    const turned = share === 1 ? left : state.random.binomial(left, share);
    put(state, service.name, door, turned);
    service.second.failed += turned;
    left -= turned;
  }
  return left;
}

const hostsOf = (state: WorldState, service: string): string[] =>
  state.scenario.estate.hosts.filter(({ routes }) => routes.some((r) => r.service === service)).map(({ name }) => name);

function put(state: WorldState, service: string, door: Door, count: number): void {
  if (count <= 0) return;
  const { ledger } = state;
  ledger.sequence += count;
  const record: RequestRecord = {
    sequence: ledger.sequence,
    atMs: state.nowMs,
    service,
    revision: state.services.get(service)?.latestReady ?? '',
    kind: 'turned-away',
    status: door.status,
    latencyMs: TURNED_AWAY_MS,
    count,
    instanceIds: [],
    door,
  };
  ledger.requests.push(record);
}
