import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { type Arrival, arrivalOf, type SeenOfTraffic } from './arrival.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { type Crowding, crowdings, type SeenOfShared } from './crowds-out.ts';
import { CONFESSIONS } from './cut-off.ts';
import { clock, troubleBefore } from './deploys.ts';
import { startsInWords } from './failed-starts.ts';
import {
  FAILURES_MIN,
  type Failures,
  failuresOf,
  lastGoodBefore,
  ONSET_SECONDS_MAX,
  readyBefore,
  type SeenOfRevisions,
  SKEW_SECONDS,
  shareOf,
} from './revisions.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { newWith } from './said.ts';
import { countedBeside, type SideBySide, sideBySide } from './side-by-side.ts';
import { type SlowBurn, slowBurn } from './slow-burn.ts';

/**
 * The newest revision takes traffic and fails, from its deploy on or from when traffic was moved to it, while the last good one did not.
 * Sees revisions, traffic and who moved it when, failures by revision, and how the newest fares beside an older one that takes a share of the same
 * traffic; memory that climbs from the deploy on until it fails; and whether it came to ask so much of a connector or a database that those who share
 * it go without. Silent when the failures are older than the deploy, or came long after it without such a climb and nothing serves beside it, when
 * what serves beside it fails as often, and when the new revision takes no traffic (a deploy that failed leaves the old one serving).
 */
export const releaseBroken = rule({
  layer: 'release',
  title: 'Release broken',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics', 'changes', 'vpc-connector', 'database'],
  explains: [
    'crash-after-ready',
    'database-login-refused',
    'memory-exhausted',
    'memory-leaking',
    'cpu-starved',
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'connection-pool-exhausted',
    'database-connections-exhausted',
    'database-slow',
  ],
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const judged = services.map((service) => judge(service, services, seen, context));
    return standingOfEach(judged, 'no service is watched');
  },
});

type SeenHere = SeenOfRevisions & SeenOfTraffic & SeenOfShared;

function judge(
  service: ServiceObservation,
  services: readonly ServiceObservation[],
  seen: SeenHere,
  context: Context,
): Conclusion {
  const { shortName, revisions } = service;
  const newest = revisions[0];
  if (newest === undefined) return ruledOut(`${shortName} has no revision`);
  const { shortName: release } = newest;
  if (readyBefore(service, newest).length === 0) return ruledOut(`${release} has no earlier revision to compare with`);
  if (shareOf(service, release) === 0) return ruledOut(`${release}, the newest, takes no traffic`);
  const { logs } = seen;
  const failures = failuresOf(release, shortName, logs);
  const arrival = arrivalOf(service, newest, seen, failures.firstAt);
  const compared = sideBySide(service, newest, logs);
  const isWorse = compared?.verdict === 'worse';
  const onset = failures.firstAt === undefined ? undefined : secondsBetween(arrival.at, failures.firstAt);
  const crowds = crowdings(service, newest, arrival, services, seen);
  if (crowds.length > 0) return crowdsOut(service, { newest, failures, arrival, crowds }, seen);
  if (failures.worst < FAILURES_MIN || onset === undefined)
    return unlessUnread(hardlyFailed(release, failures, logs), service, arrival, seen, context);
  if (compared?.verdict === 'alike')
    return ruledOut(`${compared.beside.shortName}, which serves beside ${release}, fails as often`);
  const burn = onset > ONSET_SECONDS_MAX ? slowBurn(shortName, newest, seen.metrics, context) : undefined;
  if (!isWorse && burn === undefined && onset > ONSET_SECONDS_MAX)
    return unlessUnread(failedLate(release, onset, arrival), service, arrival, seen, context);
  if (!isWorse && onset < -SKEW_SECONDS)
    return ruledOut(`${release} was seen failing ${spoken(-onset)} before ${itsArrival(arrival)}`);
  const older = isWorse ? undefined : troubleBefore(service, newest, arrival.at, logs);
  if (older !== undefined) return ruledOut(`${older.revision} failed before ${release} came: ${inWords(older, logs)}`);
  return causeOf(service, { newest, failures, arrival, onset, compared, burn }, seen);
}

/** Lines that were not read might be the missing ones, or the first; not so when its arrival is out of their reach. */
function unlessUnread(
  why: string,
  { name, shortName }: ServiceObservation,
  { at }: Arrival,
  { logs }: SeenHere,
  { since }: Context,
): Conclusion {
  const unread = Object.values(logs.truncated).includes(true);
  if (!unread || secondsBetween(at, since) > ONSET_SECONDS_MAX) return ruledOut(why);
  return {
    kind: 'inconclusive',
    reason: `${why}, as far as the logs were read; there is more in them`,
    settles: 'not-by-itself',
    about: { target: name, services: [shortName] },
  };
}

interface Broken {
  readonly newest: Revision;
  readonly failures: Failures;
  readonly arrival: Arrival;
  /** Seconds from its arrival. */
  readonly onset: number;
  readonly compared: SideBySide | undefined;
  readonly burn: SlowBurn | undefined;
}

function causeOf(service: ServiceObservation, broken: Broken, seen: SeenHere): Conclusion {
  const { shortName, name } = service;
  const { newest, failures, arrival, onset, compared, burn } = broken;
  const { logs, metrics, changes } = seen;
  const { shortName: release } = newest;
  const good = lastGoodBefore(service, newest, seen);
  const fromArrival = onset >= -SKEW_SECONDS && onset <= ONSET_SECONDS_MAX;
  const beside = compared && countedBeside(service, newest, compared.beside, metrics);
  const unknown = newWith(logs, { service: shortName, revision: release });
  return {
    kind: 'cause',
    target: name,
    claim: `Release ${release} of ${shortName} is broken: ${inWords(failures, logs)}${fromArrival || burn !== undefined ? `, ${fromThen(onset, arrival)}` : ''}${burn === undefined ? '' : `, and ${burnInWords(burn)}`}${good === undefined ? '' : `; ${wasGood(good, service, logs)}`}.`,
    // What breaks by and by may break by something else as well.
    confidence: fromArrival ? 'certain' : 'likely',
    expects: [
      // Who runs out of memory is ended in the middle of a word; and where one beside it serves the same traffic well, nobody needs to be told.
      {
        text: 'its containers say what breaks them',
        seen:
          failures.lines.length + unknown.length > 0
            ? 'yes'
            : compared === undefined && burn === undefined
              ? 'no'
              : 'unknown',
      },
      { text: 'a revision before it served', seen: good === undefined ? 'unknown' : 'yes' },
      ...(fromArrival || burn !== undefined
        ? []
        : [
            {
              text: 'it began to fail as requests came to it',
              seen: changes === undefined ? 'unknown' : 'no',
            } as const,
          ]),
    ],
    evidence: [
      { text: `${cameLine(service, newest, arrival)}.`, url: servicePage(name, 'revisions') },
      ...(beside === undefined ? [] : [{ text: `${beside}.`, url: servicePage(name, 'metrics') }]),
      ...failures.lines.slice(0, 2).map(({ sample, count, log }) => ({
        text: `${counted({ count, noun: 'time', from: log }, logs)}: "${sample}"`,
        url: servicePage(name, 'logs'),
      })),
      ...unknown.slice(0, 1).map(({ sample, count }) => ({
        text: `${count} times, and never before it: "${sample}"`,
        url: servicePage(name, 'logs'),
      })),
      ...(good === undefined ? [] : [{ text: beforeIt(good, newest) }]),
    ],
    services: [shortName],
    confessed: failures.lines.some(({ signature }) => CONFESSIONS.includes(signature)),
  };
}

/** It may serve its own well while it leaves the others nothing, so that its own failures are but a line of evidence. */
function crowdsOut(
  service: ServiceObservation,
  broken: Pick<Broken, 'newest' | 'failures' | 'arrival'> & { readonly crowds: readonly Crowding[] },
  { logs }: SeenHere,
): Conclusion {
  const { shortName, name } = service;
  const { newest, failures, arrival, crowds } = broken;
  return {
    kind: 'cause',
    target: name,
    claim: `Release ${newest.shortName} of ${shortName} ${crowds.map(({ does }) => does).join('; it ')}.`,
    confidence: crowds.some(({ confidence }) => confidence === 'certain') ? 'certain' : 'likely',
    expects: [],
    evidence: [
      { text: `${cameLine(service, newest, arrival)}.`, url: servicePage(name, 'revisions') },
      ...crowds.flatMap(({ evidence }) => evidence),
      ...(failures.worst === 0
        ? []
        : [{ text: `Of its own, ${inWords(failures, logs)}.`, url: servicePage(name, 'logs') }]),
    ],
    services: [shortName],
    bringsAbout: crowds.map(({ finding }) => finding),
  };
}

/** When it came, by whom, and what it takes of the traffic since. */
function cameLine(service: ServiceObservation, { shortName: release, createdAt }: Revision, arrival: Arrival): string {
  const share = shareOf(service, release);
  const by = (who: string | undefined) => (who === undefined ? '' : ` by ${who}`);
  const moved = arrival.with === 'deploy' ? '' : `; traffic was moved at ${clock(arrival.at)}${by(arrival.by)}`;
  const deployer = arrival.with === 'deploy' ? service.lastModifier : undefined;
  return `${release} was deployed at ${clock(createdAt)}${by(deployer)} and takes ${share} % of the traffic${moved}`;
}

const itsArrival = (arrival: Arrival): string => (arrival.with === 'deploy' ? 'its deploy' : 'traffic was moved to it');

/** `from 8 s after its deploy`. */
function fromThen(onset: number, arrival: Arrival): string {
  const then = itsArrival(arrival);
  if (onset >= 1) return `from ${spoken(onset)} after ${then} on`;
  return arrival.with === 'deploy' ? `from ${then} on` : `from the moment that ${then}`;
}

const ruledOut = (reason: string): Conclusion => ({ kind: 'ruled-out', reason });

/** `412 requests failed and 37 starts failed`, each for itself; where neither is known, how often the log says that something is amiss. */
function inWords({ requests, starts, lines }: Failures, logs: LogsObservation): string {
  const known = [
    ...(requests > 0 ? [`${counted({ count: requests, noun: 'request', from: 'requests' }, logs)} failed`] : []),
    ...(starts.count > 0 ? [startsInWords(starts, logs)] : []),
  ];
  const said = lines
    .slice(0, 1)
    .map(({ count, log }) => `its log speaks against it ${counted({ count, noun: 'time', from: log }, logs)}`);
  return (known.length > 0 ? known : said).join(' and ');
}

const hardlyFailed = (release: string, failures: Failures, logs: LogsObservation): string =>
  failures.worst === 0 ? `${release} did not fail` : `${release} hardly failed: ${inWords(failures, logs)}`;

const failedLate = (release: string, onset: number, arrival: Arrival): string =>
  `${release} was first seen failing ${spoken(onset)} after ${itsArrival(arrival)}`;

/** The revision to go back to may have failed now and then, and then it is not called faultless. */
function wasGood(good: Revision, { shortName }: ServiceObservation, logs: LogsObservation): string {
  const failures = failuresOf(good.shortName, shortName, logs);
  return failures.worst === 0
    ? `${good.shortName} before it was not seen to fail`
    : `of ${good.shortName} before it ${inWords(failures, logs)}`;
}

/** `8 s`, `4 min`, `52 h`: as exact as anyone needs it. */
const spoken = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 2 * 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};

const burnInWords = ({ heldRatio, reachedRatio, seconds }: SlowBurn): string =>
  `its memory climbed to ${Math.round(reachedRatio * 100)} % within ${spoken(seconds)} of it, where ${Math.round(heldRatio * 100)} % was the most before`;

const beforeIt = (good: Revision, newest: Revision): string =>
  good.template.containers[0]?.image === newest.template.containers[0]?.image
    ? `${good.shortName} before it ran the same image: only settings can differ.`
    : `${good.shortName} before it ran another image.`;
