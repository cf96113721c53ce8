import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import { hostOf } from './at-the-door.ts';
import { hostsBefore } from './behind-the-door.ts';
import { FAILURES_MIN, SKEW_SECONDS } from './revisions.ts';

/** By service, the other services of the region that it says fail it, and those that fail these in turn. */
export type Blames = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Whom each service says that it fails by, where it says hardly anything else: its lines name another that is watched, by its name, its own address or a
 * host that leads to it; or name nobody, and the other began to fail no later. Who calls what fails, fails with it, and whatever was deployed at about that time only looks broken.
 */
export function blamesIn({ logs, 'cloud-run': run, 'load-balancer': balancer }: Evidence): Blames {
  if (logs.status !== 'observed' || run.status !== 'observed') return new Map();
  const { services } = run.value;
  const routes = balancer.status === 'observed' ? balancer.value : undefined;
  const direct = new Map(
    services.map(({ shortName }) => [
      shortName,
      services
        .filter((other) => other.shortName !== shortName && saysOf(shortName, other, routes, logs.value))
        .map((other) => other.shortName),
    ]),
  );
  return new Map([...direct.keys()].map((name) => [name, reachedFrom(name, direct)]));
}

function saysOf(
  service: string,
  other: ServiceObservation,
  balancer: LoadBalancerObservation | undefined,
  logs: LogsObservation,
): boolean {
  const names = namesOf(other, balancer);
  const of = <Line extends { readonly service: string }>(lines: readonly Line[]) =>
    lines.filter((line) => line.service === service);
  const onsetOf = (name: string) => logs.onsets.find((one) => one.service === name)?.at;
  const [theirs, own] = [onsetOf(other.shortName), onsetOf(service)];
  const wasFirst = theirs !== undefined && own !== undefined && secondsBetween(own, theirs) <= SKEW_SECONDS;
  const isMeant = (sample: string): boolean =>
    names.some((name) => name.test(sample)) || (wasFirst && NAMELESS.test(sample));
  const calls = [
    ...of(logs.signatures).filter(({ signature }) => signature === 'upstream-failed'),
    ...of(logs.outside),
  ];
  const blaming = sum(calls.filter(({ sample }) => isMeant(sample)));
  const others = sum(of(logs.clusters).filter(({ sample }) => !names.some((name) => name.test(sample))));
  return blaming >= FAILURES_MIN && blaming >= others;
}

/** The words of log-signatures.ts for an upstream that is not named. */
const NAMELESS = /^(?!.*(?:https?:\/\/|upstream \S+ failed))/s;

/**
 * A name of its own is no part of another: `auth` is not meant by `auth-v2`, but by `auth-415104041262.us-central1.run.app`, as Cloud Run makes such
 * addresses from a project's number. Source: Cloud Run, HTTPS invoking, deterministic URLs (read 2026-11-30).
 */
function namesOf({ shortName, uri }: ServiceObservation, balancer: LoadBalancerObservation | undefined): RegExp[] {
  const hosts = [...(uri === undefined ? [] : [hostOf(uri)]), ...hostsBefore(shortName, balancer)].map(quoted);
  return [`${quoted(shortName)}(?:-\\d+\\.[a-z0-9-]+\\.run\\.app)?`, ...hosts].map(
    (name) => new RegExp(`(?<![\\w.-])${name}(?![\\w-]|\\.\\w)`, 'i'),
  );
}

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function reachedFrom(name: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (one: string): void => {
    // Sound: whoever is blamed is one of the services, and each of them has an entry.
    for (const next of direct.get(one) as readonly string[]) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(name);
  return reached;
}

const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
