import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Observations } from '../evidence/evidence.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import {
  beganWith,
  FAILURES_MIN,
  type Failures,
  failuresOf,
  lastGoodBefore,
  ONSET_SECONDS_MAX,
  readyBefore,
  shareOf,
} from './revisions.ts';
import { type Conclusion, type Context, reasonsOf, rule, standing } from './rule.ts';

/**
 * The newest revision takes traffic and fails, from its deploy on, while the last good one before it did not.
 * Sees revisions, traffic and failures by revision. Silent when the failures are older than the deploy, when the new revision takes no traffic
 * (a deploy that failed leaves the old one serving), and when nothing was deployed within reach of the logs.
 */
export const releaseBroken = rule({
  layer: 'release',
  title: 'Release broken',
  needs: ['cloud-run', 'logs', 'metrics'],
  explains: [
    'memory-exhausted',
    'instance-ceiling-reached',
    'connection-pool-exhausted',
    'database-connections-exhausted',
    'database-slow',
  ],
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const judged = services.map((service) => judge(service, seen, context));
    return standing(judged, reasonsOf(judged) || 'no service is watched');
  },
});

function judge(
  service: ServiceObservation,
  seen: Pick<Observations, 'logs' | 'metrics'>,
  { since }: Context,
): Conclusion {
  const { shortName, name, revisions } = service;
  const newest = revisions[0];
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  if (newest === undefined) return ruledOut('no revision');
  if (readyBefore(service, newest).length === 0) return ruledOut('no earlier revision to compare with');
  const share = shareOf(service, newest.shortName);
  if (share === 0) return ruledOut(`newest revision ${newest.shortName} takes no traffic`);
  const { logs } = seen;
  const failures = failuresOf(newest.shortName, shortName, logs);
  const { total: count, firstAt } = failures;
  const onset = firstAt === undefined ? Number.POSITIVE_INFINITY : secondsBetween(newest.createdAt, firstAt);
  if (count < FAILURES_MIN || onset > ONSET_SECONDS_MAX) {
    const why =
      count < FAILURES_MIN
        ? `${newest.shortName} failed ${count} times`
        : `${newest.shortName} failed first ${spoken(onset)} after its deploy`;
    // Lines that were not read might be the missing ones, or the first; not so when the deploy is out of their reach.
    const unread = Object.values(logs.truncated).includes(true);
    if (!unread || secondsBetween(newest.createdAt, since) > ONSET_SECONDS_MAX) return ruledOut(why);
    return {
      kind: 'inconclusive',
      reason: `${shortName}: ${why} in the newest lines, and there are more than were read`,
      settles: 'not-by-itself',
      about: { target: name, services: [shortName] },
    };
  }
  if (firstAt === undefined || !beganWith(newest, firstAt))
    return ruledOut(`${newest.shortName} failed first ${spoken(onset)} after its deploy`);
  const older = troubleBefore(service, newest, logs);
  if (older !== undefined)
    return ruledOut(`${older.revision} had failed ${older.total} times before ${newest.shortName} came`);
  const good = lastGoodBefore(service, newest, seen);
  return {
    kind: 'cause',
    target: name,
    claim: `Release ${newest.shortName} of ${shortName} is broken: ${count} failures from ${spoken(Math.max(0, onset))} after its deploy${good === undefined ? '' : `, none in ${good.shortName} before it`}.`,
    confidence: 'certain',
    expects: [
      { text: 'its containers say what breaks them', seen: failures.lines.length > 0 ? 'yes' : 'no' },
      { text: 'a revision before it served', seen: good === undefined ? 'unknown' : 'yes' },
    ],
    evidence: [
      {
        text: `${newest.shortName} was deployed at ${newest.createdAt}${service.lastModifier === undefined ? '' : ` by ${service.lastModifier}`} and takes ${share} % of the traffic.`,
        url: servicePage(name, 'revisions'),
      },
      ...failures.lines
        .slice(0, 2)
        .map(({ sample, count: times }) => ({ text: `${times} x "${sample}"`, url: servicePage(name, 'logs') })),
      ...(good === undefined ? [] : [{ text: beforeIt(good, newest) }]),
    ],
    services: [shortName],
  };
}

/** Trouble that was there before the deploy came with something else; an earlier release that broke the same way is no such trouble. */
function troubleBefore(
  service: ServiceObservation,
  newest: Revision,
  logs: Observations['logs'],
): (Failures & { readonly revision: string }) | undefined {
  for (const earlier of readyBefore(service, newest)) {
    const failures = failuresOf(earlier.shortName, service.shortName, logs);
    const { firstAt, total } = failures;
    if (firstAt === undefined || firstAt >= newest.createdAt || total < FAILURES_MIN) return undefined;
    if (!beganWith(earlier, firstAt)) return { ...failures, revision: earlier.shortName };
  }
  return undefined;
}

/** `4 min`, `52 h`: as exact as anyone needs it. */
const spoken = (seconds: number): string =>
  Math.abs(seconds) < 2 * 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;

const beforeIt = (good: Revision, newest: Revision): string =>
  `Before it, ${good.shortName} served${good.template.containers[0]?.image === newest.template.containers[0]?.image ? ' the same image with other settings' : ' another image'}.`;
