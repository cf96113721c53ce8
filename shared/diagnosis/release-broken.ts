import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { CONFESSIONS } from './cut-off.ts';
import { troubleBefore } from './deploys.ts';
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
import { type SlowBurn, slowBurn } from './slow-burn.ts';

/**
 * The newest revision takes traffic and fails, from its deploy on, while the last good one before it did not.
 * Sees revisions, traffic and failures by revision, and memory that climbs from the deploy on until it fails. Silent when the failures are older than
 * the deploy, or came long after it without such a climb, when the new revision takes no traffic
 * (a deploy that failed leaves the old one serving), and when nothing was deployed within reach of the logs.
 */
export const releaseBroken = rule({
  layer: 'release',
  title: 'Release broken',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics'],
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
    const judged = services.map((service) => judge(service, seen, context));
    return standingOfEach(judged, 'no service is watched');
  },
});

function judge(service: ServiceObservation, seen: SeenOfRevisions, context: Context): Conclusion {
  const { since } = context;
  const { shortName, name, revisions } = service;
  const newest = revisions[0];
  if (newest === undefined) return ruledOut(`${shortName} has no revision`);
  const { shortName: release, createdAt } = newest;
  if (readyBefore(service, newest).length === 0) return ruledOut(`${release} has no earlier revision to compare with`);
  const share = shareOf(service, release);
  if (share === 0) return ruledOut(`${release}, the newest, takes no traffic`);
  const { logs } = seen;
  const failures = failuresOf(release, shortName, logs);
  const { worst, firstAt, lines } = failures;
  const onset = firstAt === undefined ? Number.POSITIVE_INFINITY : secondsBetween(createdAt, firstAt);
  const burn =
    worst < FAILURES_MIN || onset <= ONSET_SECONDS_MAX ? undefined : slowBurn(shortName, newest, seen.metrics, context);
  if (worst < FAILURES_MIN || (onset > ONSET_SECONDS_MAX && burn === undefined)) {
    const why = worst < FAILURES_MIN ? hardlyFailed(release, failures, logs) : failedLate(release, onset);
    // Lines that were not read might be the missing ones, or the first; not so when the deploy is out of their reach.
    const unread = Object.values(logs.truncated).includes(true);
    if (!unread || secondsBetween(createdAt, since) > ONSET_SECONDS_MAX) return ruledOut(why);
    return {
      kind: 'inconclusive',
      reason: `${why}, as far as the logs were read; there is more in them`,
      settles: 'not-by-itself',
      about: { target: name, services: [shortName] },
    };
  }
  if (onset < -SKEW_SECONDS) return ruledOut(`${release} was seen failing ${spoken(-onset)} before its deploy`);
  const older = troubleBefore(service, newest, logs);
  if (older !== undefined) return ruledOut(`${older.revision} failed before ${release} came: ${inWords(older, logs)}`);
  const good = lastGoodBefore(service, newest, seen);
  const by = service.lastModifier === undefined ? '' : ` by ${service.lastModifier}`;
  return {
    kind: 'cause',
    target: name,
    claim: `Release ${release} of ${shortName} is broken: ${inWords(failures, logs)}, from ${onset < 1 ? 'its deploy' : `${spoken(onset)} after its deploy`} on${burn === undefined ? '' : `, and ${burnInWords(burn)}`}${good === undefined ? '' : `; ${wasGood(good, service, logs)}`}.`,
    // What breaks by and by may break by something else as well.
    confidence: burn === undefined ? 'certain' : 'likely',
    expects: [
      // Who runs out of memory is ended in the middle of a word.
      {
        text: 'its containers say what breaks them',
        seen: lines.length > 0 ? 'yes' : burn === undefined ? 'no' : 'unknown',
      },
      { text: 'a revision before it served', seen: good === undefined ? 'unknown' : 'yes' },
    ],
    evidence: [
      {
        text: `${release} was deployed at ${createdAt.slice(0, 19).replace('T', ' ')} UTC${by} and takes ${share} % of the traffic.`,
        url: servicePage(name, 'revisions'),
      },
      ...lines.slice(0, 2).map(({ sample, count, log }) => ({
        text: `${counted({ count, noun: 'time', from: log }, logs)}: "${sample}"`,
        url: servicePage(name, 'logs'),
      })),
      ...(good === undefined ? [] : [{ text: beforeIt(good, newest) }]),
    ],
    services: [shortName],
    confessed: lines.some(({ signature }) => CONFESSIONS.includes(signature)),
  };
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

const failedLate = (release: string, onset: number): string =>
  `${release} was first seen failing ${spoken(onset)} after its deploy`;

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
