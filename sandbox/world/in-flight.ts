import { loseInside } from './inside.ts';
import { truncatedLine } from './log-texts.ts';
import { observeRequests } from './metrics/observe.ts';
import { print } from './note.ts';
import type { Outcome, RequestKind, RevisionState, ServiceState, WorldState } from './state.ts';
import { timeoutMsOf } from './template.ts';

/** A request begins that will end so, unless the revision's own time-out ends it before; `elapsedMs` of its time are over already. */
export function hold(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  expected: Outcome,
  elapsedMs = 0,
): void {
  if (expected.count === 0) return;
  const limitMs = timeoutMsOf(revision.template);
  const outcome: Outcome =
    expected.latencyMs < limitMs
      ? expected
      : expected.kind === 'socket'
        ? { ...expected, kind: 'socket-cut', latencyMs: limitMs }
        : { ...expected, kind: 'timeout', status: 504, latencyMs: limitMs };
  const seconds = Math.max(0, Math.floor((outcome.latencyMs - elapsedMs) / 1000));
  // One that lasts less than a second ends in the second in which it began.
  if (seconds === 0) {
    record(state, service, revision, outcome);
    return;
  }
  const at = state.nowMs + seconds * 1000;
  revision.inFlight.set(at, [...(revision.inFlight.get(at) ?? []), outcome]);
  revision.busy += outcome.count;
}

/** The requests whose last second this is. */
export function endRequests(state: WorldState, service: ServiceState, revision: RevisionState): void {
  for (const outcome of revision.inFlight.get(state.nowMs) ?? []) {
    revision.busy -= outcome.count;
    if (isSocket(outcome.kind)) revision.socketsOpen -= outcome.count;
    if (outcome.count > 0) record(state, service, revision, outcome);
  }
  revision.inFlight.delete(state.nowMs);
}

/** An instance is gone: its share of the requests in flight fails now. */
export function failInFlight(state: WorldState, revision: RevisionState, kind: 'crashed' | 'out-of-memory'): void {
  const service = state.services.get(revision.service);
  const share = 1 / Math.max(1, revision.readyIds.length);
  let failed = 0;
  for (const outcomes of revision.inFlight.values()) {
    for (const outcome of outcomes) {
      const lost = state.random.binomial(outcome.count, share);
      outcome.count -= lost;
      failed += lost;
      if (isSocket(outcome.kind)) revision.socketsOpen -= lost;
    }
  }
  revision.busy -= failed;
  failed += loseInside(state, revision, share);
  const quick = state.random.round(revision.arrivalsPerSecond * share * 0.5);
  if (service) record(state, service, revision, { kind, status: 503, latencyMs: 900, count: failed + quick });
}

const reachedContainer: Record<RequestKind, boolean> = {
  ok: true,
  'app-error': true,
  dependency: true,
  timeout: true,
  socket: true,
  'socket-cut': true,
  crashed: true,
  malformed: true,
  'out-of-memory': true,
  'no-instance': false,
  'over-quota': false,
  'not-started': false,
  'turned-away': false,
  'start-aborted': false,
};

/** What the platform ends at the request timeout lasts exactly as long. */
export const isCutOff = (kind: RequestKind): boolean => kind === 'timeout' || kind === 'socket-cut';
const isSocket = (kind: RequestKind): boolean => kind === 'socket' || kind === 'socket-cut';

/** Whether requests that ended so were handled by a container. */
export const hasInstance = (kind: RequestKind): boolean => reachedContainer[kind];

/** A request is over: it is in the logs, in the metrics if a container had it, and maybe its client tries again. */
export function record(state: WorldState, service: ServiceState, revision: RevisionState, outcome: Outcome): void {
  if (outcome.count <= 0) return;
  const reached = hasInstance(outcome.kind);
  const { ledger } = state;
  ledger.sequence += outcome.count;
  ledger.requests.push({
    sequence: ledger.sequence,
    atMs: state.nowMs,
    service: service.name,
    revision: revision.name,
    ...outcome,
    instanceIds: reached ? (outcome.instanceIds ?? revision.readyIds) : [],
  });
  if (reached) observeRequests(state, revision, outcome, isCutOff(outcome.kind) ? 'exactly' : 'about');
  service.second[outcome.status < 400 ? 'ok' : 'failed'] += outcome.count;
  if (outcome.status >= 400) {
    service.retryBacklog += outcome.count * service.estate.clientRetryRatio;
    service.errorLatencyMs += (outcome.latencyMs - service.errorLatencyMs) * 0.1;
  } else if (isSocket(outcome.kind)) {
    if (outcome.kind === 'socket-cut') tellCut(state, revision, outcome.count);
  } else {
    service.okLatencyMs += (outcome.latencyMs - service.okLatencyMs) * 0.1;
  }
}

/** The platform's own line for every connection that it cut while it was open. */
function tellCut(state: WorldState, revision: RevisionState, count: number): void {
  for (let cut = 0; cut < count; cut += 1)
    print(state, {
      log: 'system',
      severity: 'WARNING',
      service: revision.service,
      revision: revision.name,
      instanceId: revision.readyIds[cut % Math.max(1, revision.readyIds.length)],
      text: truncatedLine,
    });
}
