import type { CloudRunObservation, ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { isHere, type PlatformObservation } from '../evidence/platform.ts';
import { earliest, type Instant, latest, secondsBetween } from '../ports/clock.ts';
import type { CloudIncident } from '../ports/platform.ts';
import { healthIncidentPage, healthPage, STATUS_PAGE } from './console-links.ts';
import { counted } from './counted.ts';
import { failedStarts, startsInWords } from './failed-starts.ts';
import { effectiveCeiling } from './instance-ceiling-reached.ts';
import { failingLately, isSilent, ownStory, turnedAway } from './platform-signs.ts';
import { REFUSALS_MIN } from './quota-exhausted.ts';
import { beganWith, ONSET_SECONDS_MAX } from './revisions.ts';
import { type Cause, type Conclusion, type Confidence, type Context, rule } from './rule.ts';

/** What falls at one moment has one cause; services that fail one by one have several. Our own choice: within two of Monitoring's minutes. */
const TOGETHER_SECONDS = 120;
/** One service that fails is its own affair until Google says otherwise. Our own choice: more would leave out projects of two services. */
const SERVICES_MIN = 2;
/** Google dates an incident back to what its engineers found; trouble that was there this long before is another. Our own choice. */
const BEFORE_SECONDS = 600;
/** What Google says of an incident that began long before the trouble speaks less for it. Our own choice: most incidents of Cloud Run are felt at once. */
const AFTER_SECONDS = 3600;

/** Products whose trouble is felt by who calls a Cloud Run service; names as Google's status page has them (read 2026-11-25). */
const FELT =
  /cloud run|serverless|networking|virtual private cloud|load balancing|cloud sql|memorystore|identity and access|secret manager|cloud dns|compute engine/i;

/**
 * Google Cloud itself is in trouble: an incident that it has announced for this region, or several services that fail at once without a word of their own.
 * Sees Service Health's active incidents beside the services that fail, and whether these tell a story of their own. Silent when one service fails by itself,
 * when what fails has an explanation of its own, when it had failed long before, and where the project is not paid for or at a quota.
 */
export const platformIncident = rule({
  layer: 'platform',
  title: 'Google Cloud incident',
  needs: ['platform', 'logs', 'cloud-run'],
  considers: ['metrics'],
  explains: [
    'instance-ceiling-reached',
    'startup-slower-than-probe',
    'started-too-early',
    'crash-after-ready',
    'container-port-wrong',
    'scaled-to-zero',
    'database-down',
    'database-slow',
    'redis-down',
    'cloud-sql-socket-failing',
    'connection-pool-exhausted',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'memory-exhausted',
    'external-dependency-failing',
    'egress-misrouted',
    'backend-missing',
    'traffic-surge',
  ],
  diagnose: ({ platform, logs, 'cloud-run': run, metrics }, context) => {
    const failing = failingLately(logs, context);
    if (failing.length === 0) return [{ kind: 'ruled-out', reason: 'no watched service fails' }];
    const refused = otherwiseRefused(platform, logs);
    if (refused !== undefined) return [{ kind: 'ruled-out', reason: refused }];
    const seen: Seen = { platform, logs, run, metrics, failing, context };
    const announced = incidentsHere(platform, context).flatMap((incident) => judge(incident, seen));
    return announced.length > 0 ? announced : [unannounced(seen)];
  },
});

/** Google itself says so: then nothing is to be changed here. What it has not announced may still turn out to be somebody's own. */
export const isAnnounced = ({ rule: named, target }: Pick<Cause, 'rule' | 'target'>): boolean =>
  named === 'platform-incident' && target.includes('/events/');

interface Seen {
  readonly platform: PlatformObservation;
  readonly logs: LogsObservation;
  readonly run: CloudRunObservation;
  readonly metrics: MetricsObservation | undefined;
  readonly failing: readonly string[];
  readonly context: Context;
}

/** What has a name of its own already. */
function otherwiseRefused({ billing }: PlatformObservation, { signatures }: LogsObservation): string | undefined {
  if (billing.status === 'seen' && !billing.value.enabled)
    return 'the project is not paid for, which explains all of it';
  return sum(signatures.filter(({ signature }) => signature === 'quota-exceeded')) >= REFUSALS_MIN
    ? 'a quota refuses, which is not an incident'
    : undefined;
}

const incidentsHere = ({ incidents }: PlatformObservation, { subject }: Context): readonly CloudIncident[] =>
  incidents.status !== 'seen'
    ? []
    : incidents.value.filter(
        (one) =>
          one.relevance !== 'not-impacted' &&
          isHere(one, subject.region) &&
          one.impacts.some(({ product }) => FELT.test(product)),
      );

const SURE: Readonly<Record<CloudIncident['relevance'], Confidence>> = {
  impacted: 'certain',
  related: 'likely',
  'partially-related': 'possible',
  unknown: 'possible',
  'not-impacted': 'possible',
};

/** An incident that Google has announced, held against what fails; nothing where it does not fit. */
function judge(incident: CloudIncident, { logs, run, failing }: Seen): Conclusion[] {
  const services = failing.filter((service) => ownStory(service, logs).length === 0);
  const enough = services.length >= Math.min(SERVICES_MIN, run.services.length) || incident.relevance === 'impacted';
  const onset = services.map((service) => beganAt(service, logs)).sort()[0];
  const lead =
    onset === undefined || incident.startedAt === undefined ? undefined : secondsBetween(incident.startedAt, onset);
  if (services.length === 0 || !enough || (lead !== undefined && lead < -BEFORE_SECONDS)) return [];
  const products = [...new Set(incident.impacts.map(({ product }) => product))].join(', ');
  return [
    {
      kind: 'cause',
      target: incident.name,
      claim: `Google Cloud has an incident of ${products}: "${incident.title}"; ${services.length} of ${run.services.length} services fail and say nothing of their own.`,
      confidence: SURE[incident.relevance],
      evidence: [
        {
          text: `${incident.detailedState === 'confirmed' ? 'Confirmed' : 'Announced'} by Google, ${incident.relevance.replace('-', ' ')} to this project${incident.startedAt === undefined ? '' : `, since ${incident.startedAt}`}.`,
          url: healthIncidentPage(incident.name),
        },
        ...(incident.workaround === undefined ? [] : [{ text: `Google's workaround: ${incident.workaround}` }]),
        { text: 'Nothing is to be changed here; Google tells how it goes on.', url: STATUS_PAGE },
      ],
      expects: [
        {
          text: 'the trouble began about when the incident did',
          seen: lead === undefined ? 'unknown' : lead <= AFTER_SECONDS ? 'yes' : 'no',
        },
      ],
      services: [...services, ...stalledBeside(failing, run, logs)],
    },
  ];
}

/** Nothing is announced, or it could not be asked: what fails at once, below Cloud Run's own surface, and what speaks against it. */
function unannounced({ platform, logs, run, metrics, failing, context }: Seen): Conclusion {
  const watched = run.services;
  const silent = watched.filter(
    (service) => failing.includes(service.shortName) && isUnexplained(service, logs, metrics),
  );
  const names = silent.map(({ shortName }) => shortName);
  const ruledOut = (reason: string): Conclusion => ({ kind: 'ruled-out', reason });
  if (names.length < SERVICES_MIN || names.length * 2 < watched.length)
    return ruledOut(`${names.length} of ${watched.length} services fail without a word of their own`);
  const begins = names.map((name) => beganAt(name, logs));
  const [first, last] = [begins.reduce(earliest), begins.reduce(latest)];
  const apart = secondsBetween(first, last);
  if (apart > TOGETHER_SECONDS)
    return ruledOut(`${names.join(', ')} fail without a word of their own, but began ${Math.round(apart)} s apart`);
  const away = names.every((name) => turnedAway(name, logs));
  const { project } = context.subject;
  const requests = sum(logs.failed.filter(({ service }) => names.includes(service)));
  const starts = failedStarts(logs.signatures.filter(({ service }) => names.includes(service)));
  const how = away ? 'are given no instance' : 'fail at Cloud Run itself';
  const told = starts.count === 0 ? '' : `, ${startsInWords(starts, logs)}`;
  return {
    kind: 'cause',
    target: `projects/${project}/locations/${context.subject.region}`,
    claim: `${names.length} of ${watched.length} services ${how} since ${first.slice(11, 16)} UTC, all within ${Math.round(apart)} s and without a word of their own: ${counted({ count: requests, noun: 'request', from: 'requests' }, logs)} failed${told}.`,
    confidence: names.length === watched.length ? 'likely' : 'possible',
    evidence: [
      { text: announcedInWords(platform), url: healthPage(project) },
      {
        text: away
          ? 'So it is at a spend cap, for up to 30 minutes after billing was lifted, and when a region is short of machines: scaling does not help.'
          : 'Nothing was deployed, no limit is reached and no application logged an error: nothing is to be changed here.',
        url: STATUS_PAGE,
      },
    ],
    // Google takes a while to announce one.
    expects: [{ text: 'Google has announced an incident here', seen: 'unknown' }],
    services: [...names, ...stalledBeside(failing, run, logs)],
  };
}

const announcedInWords = ({ incidents }: PlatformObservation): string => {
  switch (incidents.status) {
    case 'seen':
      return 'Google has announced no incident that fits, as yet.';
    case 'not-enabled':
      return "Service Health is not enabled in the project, so that Google's incidents could not be read.";
    case 'unseen':
      return `Google's incidents could not be read: ${incidents.why}`;
  }
};

/** Those whose starts fail just as silently, while what runs of them serves on: the same keeps them from starting. */
const stalledBeside = (
  failing: readonly string[],
  { services }: CloudRunObservation,
  logs: LogsObservation,
): string[] =>
  services
    .filter(({ shortName, revisions: [newest] }) => {
      const stalls = logs.signatures.filter(
        (line) => line.service === shortName && line.signature === 'startup-probe-failed',
      );
      const isNew = stalls.some(({ firstAt }) => newest !== undefined && beganWith(newest, firstAt));
      return !failing.includes(shortName) && stalls.length > 0 && !isNew && isSilent(shortName, logs);
    })
    .map(({ shortName }) => shortName);

/** Whether a failing service says nothing, was not deployed, and is not at its own limit: most of its requests never reached a container. */
function isUnexplained(
  service: ServiceObservation,
  logs: LogsObservation,
  metrics: MetricsObservation | undefined,
): boolean {
  const { shortName, revisions } = service;
  if (!isSilent(shortName, logs)) return false;
  const began = beganAt(shortName, logs);
  const newest = revisions[0]?.createdAt;
  if (newest !== undefined && secondsBetween(newest, began) <= ONSET_SECONDS_MAX) return false;
  const own = logs.failed.filter((item) => item.service === shortName);
  const unreached = sum(own.filter(({ reachedContainer }) => !reachedContainer));
  if (unreached <= sum(own) / 2) return false;
  // Where containers do not come up, Cloud Run starts as many as it may: then the ceiling says nothing.
  if (failedStarts(logs.signatures.filter((line) => line.service === shortName)).count > 0) return true;
  const counts = metrics?.services.find((one) => one.service === shortName)?.instances ?? [];
  return counts.every(({ at, value }) => at < began || value < effectiveCeiling(service));
}

/** When a failing service began to fail. In a storm the oldest lines that were read may hold none of it: then its first line of any log. */
function beganAt(service: string, { onsets, failed, signatures }: LogsObservation): Instant {
  const onset = onsets.find((one) => one.service === service)?.at;
  const firsts = [...failed, ...signatures].filter((item) => item.service === service).map(({ firstAt }) => firstAt);
  return onset ?? firsts.reduce(earliest);
}

const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
