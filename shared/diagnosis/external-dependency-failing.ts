import type { ChecksObservation } from '../evidence/checks.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation, OutsideCount } from '../evidence/logs.ts';
import type { VpcConnectorObservation } from '../evidence/vpc-connector.ts';
import { SATURATED_RATIO } from './connector-saturated.ts';
import { servicePage } from './console-links.ts';
import { failingNow, linesOf } from './own-lines.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Confidence, type Context, type Expectation, rule } from './rule.ts';
import { silentWaits } from './silent-waits.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * A third party on the internet fails its callers: it does not answer, refuses, answers errors, says that they ask too much, or keeps them waiting.
 * Sees the lines of the clients that called it, which name the host; and a service whose instances fill with requests that wait, with idle CPU, the
 * traffic of always and databases that answer others. Silent about hosts of the project's own (those that its request log and its
 * checks name) and about Google's APIs; where private
 * connections time out too, or the connector is full, the way out is at fault rather than the host.
 */
export const externalDependencyFailing = rule({
  layer: 'application',
  title: 'External dependency failing',
  needs: ['cloud-run', 'logs'],
  considers: ['vpc-connector', 'http', 'websocket', 'journey', 'metrics', 'database'],
  explains: [
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'connection-pool-exhausted',
    'memory-exhausted',
    'traffic-surge',
  ],
  diagnose: (seen, context) => {
    const { 'cloud-run': run, logs, 'vpc-connector': connectors, metrics, database, ...checks } = seen;
    const { services } = run;
    const own = [...logs.hosts, ...ownHosts(services, checks)];
    const recent = logs.outside.filter(({ host, lastAt }) => isRecent(lastAt, context) && !isOurs(host, own));
    const hosts = Map.groupBy(recent, ({ host }) => host);
    const judged = [...hosts].flatMap(([host, failures]): Conclusion[] =>
      sum(failures) < FAILED_REQUESTS_MIN
        ? []
        : [judge(host, failures, { services, logs, connectors, hosts: hosts.size }, context)],
    );
    const reason =
      recent.length === 0
        ? 'no line speaks of a public host that failed'
        : `${sum(recent)} lines speak of a public host that failed`;
    const all = [...judged, ...silentWaits(seen, context)];
    return all.length > 0 ? all : [{ kind: 'ruled-out', reason }];
  },
});

const HOW: Readonly<Record<OutsideCount['how'], string>> = {
  'rate-limited': 'refuses with 429: it is asked too much',
  'server-error': 'answers with errors of its own',
  'name-not-found': 'is not found by its name',
  refused: 'refuses connections',
  reset: 'breaks connections off',
  'timed-out': 'does not answer in time',
};

/** Something that answers is there, and says itself what is wrong; where nothing answers, the way to it may be what fails. */
const SURE: Readonly<Record<OutsideCount['how'], Confidence>> = {
  'rate-limited': 'certain',
  'server-error': 'certain',
  'name-not-found': 'likely',
  refused: 'likely',
  reset: 'likely',
  'timed-out': 'likely',
};

function judge(
  host: string,
  failures: readonly OutsideCount[],
  seen: {
    readonly services: readonly ServiceObservation[];
    readonly logs: LogsObservation;
    readonly connectors: VpcConnectorObservation | undefined;
    readonly hosts: number;
  },
  context: Context,
): Conclusion {
  const callers = [...new Set(failures.map(({ service }) => service))].sort();
  const harmed = callers.filter((name) => failingNow(name, seen.logs, context) >= FAILED_REQUESTS_MIN);
  const { how } = failures.reduce((worst, one) => (one.count > worst.count ? one : worst));
  const answered = how === 'rate-limited' || how === 'server-error';
  return {
    kind: 'cause',
    target: `https://${host}`,
    claim: `${host}, which ${callers.join(', ')} ${callers.length === 1 ? 'calls' : 'call'}, ${HOW[how]}: ${sum(failures)} calls failed.`,
    confidence: SURE[how],
    evidence: failures.slice(0, 3).map(({ count, sample, service }) => {
      const name = seen.services.find(({ shortName }) => shortName === service)?.name;
      return { text: `${count} x "${sample}"`, ...(name === undefined ? {} : { url: servicePage(name, 'logs') }) };
    }),
    // What answers has been reached, whatever the way there looks like.
    expects: answered ? [] : wayOut(callers, seen, context),
    services: harmed,
    answered,
  };
}

/** Where it is the host that fails and not the way to it, all else that goes that way gets through. */
function wayOut(
  callers: readonly string[],
  { logs, connectors, hosts }: Pick<Parameters<typeof judge>[2], 'logs' | 'connectors' | 'hosts'>,
  context: Context,
): Expectation[] {
  const cutOff = callers.some(
    (name) => linesOf(name, ['private-connection-timed-out'], logs, context) >= FAILED_REQUESTS_MIN,
  );
  const theirs = connectors?.connectors.filter(({ services }) =>
    services.some(({ service, egress }) => callers.includes(service) && egress === 'all-traffic'),
  );
  const isFull = theirs?.some(({ throughputMbps, ceilingMbps }) => {
    const newest = throughputMbps.at(-1)?.value;
    return newest !== undefined && ceilingMbps !== undefined && newest / ceilingMbps >= SATURATED_RATIO;
  });
  return [
    { text: 'private connections of its callers get through', seen: cutOff ? 'no' : 'yes' },
    { text: 'other public hosts answer', seen: hosts > 1 ? 'no' : 'yes' },
    { text: 'room in the connector on the way', seen: isFull === undefined ? 'unknown' : isFull ? 'no' : 'yes' },
  ];
}

/** Google's own: that they fail is the platform's, not a third party's. */
const GOOGLE = /(?:^|\.)(?:googleapis\.com|google\.internal|cloudfunctions\.net|gcr\.io|pkg\.dev)$/;
const RUN = /(?:^|\.)run\.app$/;

/** What the services are called by from outside, as far as configuration and checks tell it. */
function ownHosts(
  services: readonly ServiceObservation[],
  { http, websocket, journey }: Partial<Readonly<Record<'http' | 'websocket' | 'journey', ChecksObservation>>>,
): readonly string[] {
  const urls = [
    ...services.flatMap(({ uri }) => uri ?? []),
    ...[http, websocket, journey].flatMap((seen) => seen?.checks.map(({ url }) => url) ?? []),
  ];
  return urls.flatMap((url) => /^\w+:\/\/([^/:?#]+)/.exec(url)?.[1] ?? []);
}

/** Hosts of one domain are taken for the same owner's: a service behind a name that no check knows is no third party. */
const isOurs = (host: string, own: readonly string[]): boolean =>
  GOOGLE.test(host) || RUN.test(host) || own.some((name) => domainOf(name) === domainOf(host));

/** `acme.com`, and `acme.co.uk`: under some countries everyone registers one label further down. */
const SHARED_SUFFIX = /\.(?:co|com|org|net|ac|gov|edu|or|ne)\.[a-z]{2}$/;
const domainOf = (host: string): string =>
  host
    .split('.')
    .slice(SHARED_SUFFIX.test(host) ? -3 : -2)
    .join('.');

const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
