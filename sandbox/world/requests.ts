import { admit, giveUpWaiting } from './admission.ts';
import { holdAtHung } from './hanging.ts';
import type { HealthCheck } from './health-checks.ts';
import { endRequests, hold, record } from './in-flight.ts';
import { cutOffWaiting, enter, takeTurns } from './inside.ts';
import { isListeningOn, isWarm } from './listening.ts';
import { observeSentBytes } from './metrics/observe.ts';
import { openConnections } from './nat.ts';
import { offer } from './network.ts';
import { print } from './note.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import { exitInstance } from './ready-instances.ts';
import type { Outcome, RevisionState, ServiceState, WorldState } from './state.ts';
import { hasEnv, portOf, protocolOf, timeoutMsOf } from './template.ts';

const MBIT_PER_KB = 0.008;

/** One second of requests at a revision: those that end, those that wait, those that begin. */
export function serve(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  arrivals: number,
  checks: readonly HealthCheck[],
): void {
  endRequests(state, service, revision);
  giveUpWaiting(state, service, revision);
  revision.arrivalsPerSecond += (arrivals - revision.arrivalsPerSecond) * 0.2;
  const outlook = outlookOf(state, revision);
  const asked = askHealth(state, revision, checks);
  const admitted = admit(state, service, revision, arrivals, outlook);
  if (revision.code.request.threads === undefined) {
    answerHealth(state, service, revision, { count: asked, waitedMs: 0 }, checks);
    if (admitted > 0) begin(state, service, revision, { count: admitted, waitedMs: 0 }, outlook);
  } else {
    enter(state, revision, 'health-check', asked);
    enter(state, revision, 'request', admitted);
    const limitMs = timeoutMsOf(revision.template);
    const cut = cutOffWaiting(state, revision);
    record(state, service, revision, { kind: 'timeout', status: 504, latencyMs: limitMs, count: cut });
    for (const { what, ...turn } of takeTurns(state, revision, outlook)) {
      if (what === 'health-check') answerHealth(state, service, revision, turn, checks);
      else begin(state, service, revision, turn, outlook);
    }
  }
  connect(state, revision, admitted);
  offer(
    state,
    revision,
    admitted * revision.code.request.egressKb * MBIT_PER_KB + revision.readyIds.length * revision.code.chatterMbps,
  );
  observeSentBytes(state, revision, admitted * revision.code.request.egressKb * 1000);
}

/** Requests that begin together; these have waited inside their container already. */
interface Begun {
  readonly count: number;
  readonly waitedMs: number;
}

/** How many ask after its health in this second, while anyone is there to be asked. */
function askHealth({ random }: WorldState, revision: RevisionState, checks: readonly HealthCheck[]): number {
  const perSecond = revision.readyIds.length === 0 ? 0 : checks.reduce((sum, check) => sum + check.perSecond, 0);
  revision.healthPerSecond = perSecond;
  return random.arrivals(perSecond);
}

function answerHealth(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  { count, waitedMs }: Begun,
  checks: readonly HealthCheck[],
): void {
  const latencyMs = waitedMs + revision.code.request.healthLatencyMs;
  let left = count;
  for (const { perSecond, path, agent } of checks) {
    const share = Math.min(left, Math.ceil((count * perSecond) / Math.max(1e-9, revision.healthPerSecond)));
    hold(state, service, revision, { kind: 'ok', status: 200, latencyMs, count: share, path, agent }, waitedMs);
    left -= share;
  }
}

/** The connections that this second's requests open to others, each a port of a NAT gateway where they pass one. */
function connect(state: WorldState, revision: RevisionState, admitted: number): void {
  const { reaches, newConnections } = revision.code.request;
  for (const name of reaches) {
    const external = state.scenario.estate.externals.find((one) => one.name === name);
    if (external) openConnections(state, revision, external.address, state.random.round(admitted * newConnections));
  }
}

function begin(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  { count: admitted, waitedMs }: Begun,
  outlook: Outlook,
): void {
  const { code } = revision;
  if (code.fails === 'after-ready') {
    crashOnFirst(state, service, revision, admitted);
    return;
  }
  const unread = misread(revision);
  if (unread !== undefined) {
    record(state, service, revision, { kind: 'malformed', status: unread, latencyMs: 8, count: admitted });
    return;
  }
  if (code.request.needsEnv.some((name) => !hasEnv(revision.template, name))) {
    lacking(state, service, revision, admitted, outlook);
    return;
  }
  const stuck = holdAtHung(state, service, revision, admitted);
  const early = warmingUp(state, service, revision, admitted - stuck);
  beginWarm(state, service, revision, { count: admitted - stuck - early, waitedMs }, outlook);
}

/** The answer to a request that its container does not take as Cloud Run hands it over; undefined where it does. */
function misread({ code: { listen }, template }: RevisionState): 502 | 503 | undefined {
  if (!isListeningOn(listen, portOf(template), template)) return 503;
  return listen.protocol === protocolOf(template) ? undefined : 502;
}

function lacking(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  admitted: number,
  outlook: Outlook,
): void {
  const { failure } = revision.code;
  for (const line of failure.lines) complain(state, revision, line);
  const { status } = failure;
  hold(state, service, revision, { kind: 'app-error', status, latencyMs: outlook.latencyMs, count: admitted });
}

/** Those that meet a container which listens but cannot serve yet: how many. */
function warmingUp(state: WorldState, service: ServiceState, revision: RevisionState, admitted: number): number {
  const { warmUpSeconds, warmUpLine } = revision.code.start;
  if (warmUpSeconds === 0) return 0;
  const young = revision.instances.filter((one) => one.phase === 'ready' && !isWarm(state, revision, one));
  if (young.length === 0) return 0;
  const count = state.random.binomial(admitted, young.length / Math.max(1, revision.readyIds.length));
  const instanceIds = young.map(({ id }) => id);
  record(state, service, revision, { kind: 'app-error', status: 503, latencyMs: 12, count, instanceIds });
  if (count > 0 && warmUpLine !== undefined)
    print(state, {
      service: service.name,
      revision: revision.name,
      instanceId: instanceIds[0],
      log: 'stderr',
      severity: 'ERROR',
      text: warmUpLine,
    });
  return count;
}

function beginWarm(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  { count: admitted, waitedMs }: Begun,
  outlook: Outlook,
): void {
  const { random } = state;
  const { code } = revision;
  const end = (outcome: Outcome) => {
    hold(state, service, revision, { ...outcome, latencyMs: waitedMs + outcome.latencyMs }, waitedMs);
  };
  const cutOff = random.binomial(admitted, outlook.dependencyRatio);
  const broken = random.binomial(admitted - cutOff, outlook.errorRatio);
  const stuck = random.binomial(admitted - cutOff - broken, outlook.timeoutRatio);
  if (cutOff > 0 && outlook.line) complain(state, revision, outlook.line);
  if (broken > 0) for (const line of code.failure.lines) complain(state, revision, line);
  const astray = random.binomial(admitted - cutOff - broken - stuck, sessionsAstrayRatio(revision));
  if (astray > 0) complain(state, revision, code.request.sessionLine);
  const served = admitted - cutOff - broken - stuck - astray;
  const long = random.binomial(served, code.request.longRatio);
  end({ kind: 'dependency', status: 503, latencyMs: outlook.dependencyMs, count: cutOff });
  end({
    kind: 'app-error',
    status: code.failure.status,
    latencyMs: outlook.latencyMs,
    count: broken,
  });
  end({
    kind: 'app-error',
    status: 503,
    latencyMs: code.request.timeoutSeconds * 1000,
    count: stuck,
  });
  end({
    kind: 'ok',
    status: 200,
    latencyMs: code.request.longSeconds * 1000 * revision.work.long,
    count: long,
    path: code.request.longPath,
  });
  end({
    kind: 'ok',
    status: 200,
    latencyMs: outlook.latencyMs,
    count: served - long,
  });
  end({
    kind: 'app-error',
    status: 404,
    latencyMs: outlook.latencyMs,
    count: astray,
    path: code.request.sessionPath,
  });
}

/** Without session affinity any of the ready instances is given a request, and one alone knows its session. */
const sessionsAstrayRatio = ({ code: { request }, readyIds }: RevisionState): number =>
  request.sessionRatio * (1 - 1 / Math.max(1, readyIds.length));

/** Code that listens but does not survive its first request. */
function crashOnFirst(state: WorldState, service: ServiceState, revision: RevisionState, admitted: number): void {
  record(state, service, revision, { kind: 'crashed', status: 503, latencyMs: 40, count: admitted });
  for (const instance of revision.instances.filter((i) => i.phase === 'ready')) {
    for (const text of revision.code.failure.lines) {
      print(state, {
        service: service.name,
        revision: revision.name,
        instanceId: instance.id,
        log: 'stderr',
        severity: 'ERROR',
        text,
      });
    }
    exitInstance(state, revision, instance, revision.code.failure.exitCode);
  }
}

/** At most one line a second of each revision: what is printed thousandfold is told once. */
function complain(state: WorldState, revision: RevisionState, text: string): void {
  const instanceId = revision.readyIds[Math.floor(state.random.next() * revision.readyIds.length)];
  print(state, {
    service: revision.service,
    revision: revision.name,
    instanceId,
    log: 'stderr',
    severity: 'ERROR',
    text,
  });
}
