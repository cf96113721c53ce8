import type { HostEstate } from '../scenarios/estate.ts';
import { indexAt } from '../world/ledger.ts';
import { seedOf } from '../world/random.ts';
import type { RequestKind, WorldState } from '../world/state.ts';

/** What a public host answers to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Machine time. */
  readonly delayMs: number;
}

const LOOK_BACK_MS = 10_000;
export const DELAY_MS_MAX = 1500; // A client of the world waits 13 s of world time; a real socket need not wait that long.

/**
 * How a request that comes now fares: as one of those that ended in the last ten seconds, drawn by their numbers.
 * `undefined` when it is served: the caller then answers what the application would.
 */
export function failureNow(state: WorldState, service: string, draw: number): Answer | undefined {
  const { requests } = state.ledger;
  // What was answered before it reached the service is decided by itself.
  const recent = requests
    .slice(indexAt(requests, state.nowMs - LOOK_BACK_MS))
    .filter((r) => r.service === service && r.door === undefined);
  const all = recent.reduce((sum, record) => sum + record.count, 0);
  let left = ((seedOf(state.scenario.seed, state.nowMs, service, draw) % 10_000) / 10_000) * all;
  for (const { count, kind, status, latencyMs } of recent) {
    left -= count;
    if (left < 0) return status < 400 ? undefined : failure(kind, status, latencyMs);
  }
  return undefined;
}

const SLOW_MS_MIN = 1000; // What users notice; a quicker answer comes at once, for the sake of who waits for it in machine time.

/** How long a served request waits for its answer now, milliseconds of machine time: as one of those served in the last ten seconds. */
export function delayNow(state: WorldState, service: string, draw: number): number {
  const { requests } = state.ledger;
  const served = requests
    .slice(indexAt(requests, state.nowMs - LOOK_BACK_MS))
    .filter((r) => r.service === service && r.status === 200);
  let left =
    ((seedOf(state.scenario.seed, state.nowMs, service, 'delay', draw) % 10_000) / 10_000) *
    served.reduce((sum, record) => sum + record.count, 0);
  for (const { count, latencyMs } of served) {
    left -= count;
    if (left < 0) return latencyMs < SLOW_MS_MIN ? 0 : Math.min(latencyMs, DELAY_MS_MAX);
  }
  return 0;
}

function failure(kind: RequestKind, status: number, latencyMs: number): Answer {
  const delayMs = Math.min(latencyMs, DELAY_MS_MAX);
  if (kind === 'dependency' || kind === 'app-error') {
    return {
      status,
      delayMs,
      headers: json,
      body: JSON.stringify({ detail: status === 503 ? 'Service Unavailable' : 'Internal Server Error' }),
    };
  }
  return {
    status,
    delayMs,
    headers: { 'content-type': 'text/html' },
    body: platformBodies[status] ?? 'Service Unavailable',
  };
}

export const json = { 'content-type': 'application/json' } as const;

/** Bodies as Google's front end sends them. */
const platformBodies: Readonly<Record<number, string>> = {
  429: 'Rate exceeded.',
  500: '\n<html><head>\n<meta http-equiv="content-type" content="text/html;charset=utf-8">\n<title>500 Server Error</title>\n</head>\n<body text=#000000 bgcolor=#ffffff>\n<h1>Error: Server Error</h1>\n<h2>The server encountered an error and could not complete your request.<p>Please try again in 30 seconds.</h2>\n<h2></h2>\n</body></html>\n',
  503: 'Service Unavailable',
};

/** The service behind a path of a host: the longest route that matches. */
export function serviceAt(host: Pick<HostEstate, 'routes'>, path: string): string | undefined {
  const matching = host.routes.filter((r) => r.path === '/' || path === r.path || path.startsWith(`${r.path}/`));
  return matching.toSorted((a, b) => b.path.length - a.path.length)[0]?.service;
}

/** What the scenario has recorded for this path, now. */
export function recordedAnswer(state: WorldState, host: string, path: string): Answer | undefined {
  const now = (state.nowMs - state.startMs) / 1000;
  return state.scenario.recorded.probes.find(
    (p) => p.host === host && p.path === path && now >= (p.from ?? -Infinity) && now < (p.until ?? Infinity),
  );
}
