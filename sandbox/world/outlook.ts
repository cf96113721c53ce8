import { dependencyLine } from './log-texts.ts';
import { databaseFailure, internetFailureRatio } from './network.ts';
import type { RevisionState, WorldState } from './state.ts';
import { cpuOf } from './template.ts';
import { upstreamOutlook } from './upstreams.ts';

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
    latencyMs: ownMs(revision) * (1 + cpu * cpu) * (1 + thrash * THRASH_SLOWDOWN) + outside.extraMs,
  };
}

/** Where the code is as busy as it can be, a request takes at least as long as its CPU time does on what CPU there is. */
const ownMs = ({ code: { request }, template, work }: RevisionState): number =>
  request.threads === undefined
    ? request.latencyMs
    : Math.max(request.latencyMs, (request.cpuMs * work.cpu) / Math.min(1, cpuOf(template)));

const clampCpu = (ratio: number) => Math.min(1.5, ratio);
