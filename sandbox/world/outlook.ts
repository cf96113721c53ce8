import { addedMs, failureLine, requestFailure } from './database-access.ts';
import { handshakeOf } from './edge/certificates.ts';
import { doorsOf } from './edge/door.ts';
import { lostAtTheDoor } from './edge/tick-edge.ts';
import { dependencyLine } from './log-texts.ts';
import { hostOf } from './logging/entries.ts';
import { internetFailureRatio } from './network.ts';
import { pathFailure } from './network-path.ts';
import { egressLossRatio } from './platform/effects.ts';
import type { RevisionState, WorldState } from './state.ts';
import { cpuOf } from './template.ts';
import { upstreamOutlook } from './upstreams.ts';

const THRASH_SLOWDOWN = 12;
const TLS_FAILURE_MS = 60;
const THRASH_TIMEOUT_RATIO = 0.8; // Of the requests to an instance that does nothing but collect garbage.

/** What a request that begins now may expect. */
export interface Outlook {
  readonly dependencyRatio: number;
  readonly dependencyMs: number;
  readonly line: string | undefined;
  readonly errorRatio: number;
  readonly timeoutRatio: number;
  readonly latencyMs: number;
}

export function outlookOf(state: WorldState, revision: RevisionState): Outlook {
  const { request, failure, fails } = revision.code;
  const thrash = revision.thrashRatio;
  let ok = 1;
  let dependencyMs = request.timeoutSeconds * 1000;
  let line: string | undefined;
  for (const need of request.needs) {
    const access = requestFailure(state, revision, need);
    if (access.ratio === 0) continue;
    ok *= 1 - access.ratio;
    if (access.how === 'at-once') dependencyMs = 50;
    else if (access.afterSeconds !== undefined) dependencyMs = access.afterSeconds * 1000;
    line ??= failureLine(state, need, access, { timeoutLine: request.timeoutLine, seconds: request.timeoutSeconds });
  }
  for (const name of request.reaches) {
    const external = state.scenario.estate.externals.find((one) => one.name === name);
    if (external === undefined) continue;
    const { ratio, how, line: told } = pathFailure(state, revision, { address: external.address, owner: name });
    if (ratio === 0) continue;
    ok *= 1 - ratio;
    if (how === 'at-once') dependencyMs = 50;
    line ??= told ?? `Error: connect ETIMEDOUT ${external.address}`;
  }
  for (const name of request.calls) {
    const callee = state.services.get(name);
    const lost = internetFailureRatio(state, revision);
    const refused = lostAtTheDoor(state, name);
    const bad = 1 - (1 - lost) * (1 - refused) * (1 - (callee?.errorRatio ?? 0));
    if (bad < 0.001) continue;
    ok *= 1 - bad;
    if (lost === 0)
      dependencyMs = Math.min(dependencyMs, refused > 0 ? TLS_FAILURE_MS : (callee?.errorLatencyMs ?? dependencyMs));
    line ??=
      lost > 0
        ? `upstream ${name} failed: connect ETIMEDOUT after ${request.timeoutSeconds}s`
        : (refusal(state, name) ?? `upstream ${name} failed: HTTP 503`);
  }
  const lost = request.needs.length === 0 ? 0 : egressLossRatio(state);
  if (lost > 0) {
    const database = state.databases.get(request.needs[0] ?? '')?.estate;
    const { kind, address } = database ?? { kind: 'other', address: request.needs[0] ?? '' };
    line ??= dependencyLine(kind, address, 'slowly', request.timeoutSeconds);
    ok *= 1 - lost;
  }
  const outside = upstreamOutlook(state, revision);
  if (outside.failureRatio > 0) {
    ok *= 1 - outside.failureRatio;
    dependencyMs = outside.failureMs;
    line ??= outside.line;
  }
  const cpu = clampCpu(revision.cpuRatio);
  return {
    dependencyRatio: 1 - ok,
    dependencyMs,
    line,
    errorRatio: fails === 'with-errors' ? failure.ratio : 0,
    timeoutRatio: thrash * THRASH_TIMEOUT_RATIO,
    latencyMs:
      ownMs(revision) * (1 + cpu * cpu) * (1 + thrash * THRASH_SLOWDOWN) + addedMs(state, revision) + outside.extraMs,
  };
}

/** What a client says of a callee that it gets no service from: its peer's certificate is none that it takes, or somebody before the callee answers. */
function refusal(state: WorldState, name: string): string | undefined {
  const host = hostOf(state, name);
  if (host === undefined) return undefined;
  const said = TLS_TEXTS[handshakeOf(state, host)];
  if (said !== undefined) return `upstream https://${host} failed: ${said}`;
  const [door] = doorsOf(state, name, 'load-balancer');
  return door === undefined ? undefined : `upstream https://${host} failed: HTTP ${door.status}`;
}

/** Texts of Node's TLS, nodejs.org/api/tls.html, read 2026-11-23. */
const TLS_TEXTS: Readonly<Record<string, string>> = {
  expired: 'certificate has expired (CERT_HAS_EXPIRED)',
  'other-name': "Hostname/IP does not match certificate's altnames (ERR_TLS_CERT_ALTNAME_INVALID)",
  'leaf-only': 'unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
  none: 'Client network socket disconnected before secure TLS connection was established (ECONNRESET)',
};

/** Where the code is as busy as it can be, a request takes at least as long as its CPU time does on what CPU there is. */
const ownMs = ({ code: { request }, template, work }: RevisionState): number =>
  request.threads === undefined
    ? request.latencyMs
    : Math.max(request.latencyMs, (request.cpuMs * work.cpu) / Math.min(1, cpuOf(template)));

const clampCpu = (ratio: number) => Math.min(1.5, ratio);
