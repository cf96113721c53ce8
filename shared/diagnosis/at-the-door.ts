import { isFor } from '../evidence/balanced-hosts.ts';
import type { CheckResult, ChecksObservation } from '../evidence/checks.ts';
import type { LoadBalancerObservation, Route } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';

/** The looks from outside, as far as there are any. */
export interface FromOutside {
  readonly http?: ChecksObservation;
  readonly websocket?: ChecksObservation;
  readonly journey?: ChecksObservation;
}

export const checksIn = ({ http, websocket, journey }: FromOutside): readonly CheckResult[] =>
  [http, websocket, journey].flatMap((seen) => seen?.checks ?? []);

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');

/** Checks of a host that got no answer of HTTP at all: those that a certificate may have kept out. */
export const unansweredAt = (host: string, seen: FromOutside): string[] =>
  checksIn(seen)
    .filter(({ url, verdict, httpStatus }) => verdict === 'failed' && httpStatus === undefined && hostOf(url) === host)
    .map(({ name }) => name);

/**
 * The backends that a load balancer sends a URL to, several where they share it: the host that is named before a pattern of hosts, and of its paths the
 * one that comes first, else the longest. What wants more than a path is left out: a check asks plainly.
 */
export function backendsFor(url: string, routes: readonly Route[]): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { hostname, pathname } = new URL(url);
  const matching = routes
    .filter(({ host, path, isConditional }) => isConditional !== true && isFor(host, hostname) && isOn(pathname, path))
    .toSorted(
      (a, b) => rankOf(b, hostname) - rankOf(a, hostname) || placeOf(a) - placeOf(b) || lengthOf(b) - lengthOf(a),
    );
  const [best] = matching;
  return matching
    .filter(({ host, path, priority }) => host === best?.host && path === best.path && priority === best.priority)
    .map(({ backend }) => backend);
}

/** Of what is said of a path: its star says nothing. */
const lengthOf = ({ path }: Route): number => path.replace(/\*$/, '').length;

/** What a matcher does by default has no place, and comes last. */
const placeOf = ({ priority }: Route): number => priority ?? Number.MAX_SAFE_INTEGER;

/** `/auth*` takes what begins so, `/auth/*` what is below it; `/auth` takes itself alone. */
const isOn = (path: string, pattern: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

const rankOf = ({ host }: Route, wanted: string): number => (host === wanted ? 2 : host === '*' ? 0 : 1);

/** Checks in trouble that a load balancer sends to one backend. */
export const troubledOn = (
  backend: string,
  seen: FromOutside,
  { routes }: Pick<LoadBalancerObservation, 'routes'>,
): readonly CheckResult[] =>
  checksIn(seen).filter(
    ({ url, verdict }) =>
      (verdict === 'failed' || verdict === 'turned-away') && backendsFor(url, routes).includes(backend),
  );

/** Services whose own log says that what they call by one of these names failed. */
export function callersOf(
  names: readonly string[],
  signature: 'upstream-failed' | 'certificate-refused',
  logs: LogsObservation | undefined,
): string[] {
  const lines = logs?.signatures.filter((line) => line.signature === signature) ?? [];
  const callers = lines.filter(({ sample }) => names.some((name) => sample.includes(name)));
  return [...new Set(callers.map(({ service }) => service))].sort();
}
