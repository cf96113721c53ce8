import type { Change } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { namesTraffic } from './arrival.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { clock, eachService } from './deploys.ts';
import { FAILURES_MIN, failuresOf, ONSET_SECONDS_MAX, SKEW_SECONDS } from './revisions.ts';
import { type Conclusion, rule, type Seen } from './rule.ts';
import { whoChanged } from './who-changed.ts';

/**
 * Traffic is kept on an older revision by its name, which fails, while a newer one is ready and serves nobody.
 * Sees where traffic is pinned, that the pinned revision fails, and what speaks for the pin: it failed from the moment it was pinned, or a newer revision
 * came after it began to fail and takes no traffic.
 * Silent when the pinned revision serves well, as after a rollback, and when what is pinned is the newest.
 */
export const trafficPinned = rule({
  layer: 'configuration',
  title: 'Traffic pinned to an older revision',
  needs: ['cloud-run', 'logs'],
  considers: ['changes'],
  explains: ['release-broken', 'configuration-broken', 'crash-after-ready', 'instance-ceiling-reached'],
  diagnose: (seen) => eachService(seen['cloud-run'].services, (service) => judge(service, seen)),
});

function judge(service: ServiceObservation, seen: Seen<'cloud-run' | 'logs', 'changes'>): Conclusion {
  const { shortName, revisions, traffic } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: why });
  if (traffic.some(({ revision, percent }) => revision === 'LATEST' && percent > 0))
    return ruledOut('traffic goes to the latest revision');
  const newer = revisions.find(({ ready }) => ready.state === 'succeeded');
  const pinned = revisions.filter(({ shortName: name }) =>
    traffic.some((one) => one.revision === name && one.percent > 0),
  );
  const older = pinned.find(({ createdAt }) => newer !== undefined && createdAt < newer.createdAt);
  if (newer === undefined || older === undefined) return ruledOut('what is pinned is the newest that is ready');
  if (pinned.includes(newer)) return ruledOut(`${newer.shortName} takes a share of the traffic`);
  const { firstAt, worst, requests } = failuresOf(older.shortName, shortName, seen.logs);
  if (firstAt === undefined || worst < FAILURES_MIN) return ruledOut(`${older.shortName} is pinned and does not fail`);
  const pin = pinOf(service, seen.changes?.changes);
  const fromPin = pin !== undefined && beganSoon(pin.at, firstAt);
  const mended = newer.createdAt > firstAt;
  if (!fromPin && !mended)
    return ruledOut(`${older.shortName} fails, and neither its pin nor a newer revision has to do with it`);
  const count = counted({ count: requests, noun: 'request', from: 'requests' }, seen.logs);
  return causeOf(service, { older, newer, count, firstAt, fromPin, isSeen: seen.changes !== undefined }, seen);
}

/** The newest change of where traffic goes. */
const pinOf = (service: ServiceObservation, changes: readonly Change[] | undefined): Change | undefined =>
  changes?.find((one) => namesTraffic(one, service));

function beganSoon(pin: Instant, firstAt: Instant): boolean {
  const onset = secondsBetween(pin, firstAt);
  return onset >= -SKEW_SECONDS && onset <= ONSET_SECONDS_MAX;
}

interface Pinned {
  readonly older: Revision;
  readonly newer: Revision;
  readonly count: string;
  readonly firstAt: Instant;
  readonly fromPin: boolean;
  /** Whether the audit log could be looked at. */
  readonly isSeen: boolean;
}

function causeOf(
  { name, shortName }: ServiceObservation,
  { older, newer, count, firstAt, fromPin, isSeen }: Pinned,
  { changes }: Pick<Seen<'cloud-run' | 'logs', 'changes'>, 'changes'>,
): Conclusion {
  return {
    kind: 'cause',
    target: name,
    claim: `Traffic of ${shortName} is pinned to ${older.shortName}, of which ${count} failed, while the newer ${newer.shortName} is ready and gets none.`,
    confidence: fromPin ? 'certain' : 'likely',
    evidence: [
      {
        text: `It began to fail at ${clock(firstAt)}; ${newer.shortName} was deployed at ${clock(newer.createdAt)}.`,
        url: servicePage(name, 'revisions'),
      },
      ...whoChanged(changes, (one) => namesTraffic(one, { shortName })),
    ],
    expects: [
      { text: 'it failed from the moment that traffic was pinned', seen: fromPin ? 'yes' : isSeen ? 'no' : 'unknown' },
    ],
    services: [shortName],
  };
}
