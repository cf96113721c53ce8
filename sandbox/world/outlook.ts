import { dependencyLine } from './log-texts.ts';
import { databaseFailure, internetFailureRatio } from './network.ts';
import { egressLossRatio } from './platform/effects.ts';
import type { RevisionState, WorldState } from './state.ts';

const THRASH_SLOWDOWN = 12;
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
    const { ratio, how } = databaseFailure(state, revision, need);
    if (ratio === 0) continue;
    ok *= 1 - ratio;
    if (how === 'at-once') dependencyMs = 50;
    const database = state.databases.get(need)?.estate;
    line ??=
      request.timeoutLine ??
      dependencyLine(database?.kind ?? 'other', database?.address ?? need, how, request.timeoutSeconds);
  }
  for (const name of request.calls) {
    const callee = state.services.get(name);
    const lost = internetFailureRatio(state, revision);
    const bad = 1 - (1 - lost) * (1 - (callee?.errorRatio ?? 0));
    if (bad < 0.001) continue;
    ok *= 1 - bad;
    if (lost === 0) dependencyMs = Math.min(dependencyMs, callee?.errorLatencyMs ?? dependencyMs);
    line ??= `upstream ${name} failed: ${lost > 0 ? `connect ETIMEDOUT after ${request.timeoutSeconds}s` : 'HTTP 503'}`;
  }
  const lost = request.needs.length === 0 ? 0 : egressLossRatio(state);
  if (lost > 0) {
    const database = state.databases.get(request.needs[0] ?? '')?.estate;
    const { kind, address } = database ?? { kind: 'other', address: request.needs[0] ?? '' };
    line ??= dependencyLine(kind, address, 'slowly', request.timeoutSeconds);
    ok *= 1 - lost;
  }
  const cpu = clampCpu(revision.cpuRatio);
  return {
    dependencyRatio: 1 - ok,
    dependencyMs,
    line,
    errorRatio: fails === 'with-errors' ? failure.ratio : 0,
    timeoutRatio: thrash * THRASH_TIMEOUT_RATIO,
    latencyMs: request.latencyMs * (1 + cpu * cpu) * (1 + thrash * THRASH_SLOWDOWN),
  };
}

const clampCpu = (ratio: number) => Math.min(1.5, ratio);
