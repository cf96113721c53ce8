import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { type Conclusion, rule } from './rule.ts';

/** Failures that begin this soon after a deploy began with it. A leak may need longer, and is then memory-exhausted. */
export const ONSET_SECONDS_MAX = 900;
/** Clock skew between the deploy's stamp and its first log line. */
const SKEW_SECONDS = 60;
export const FAILURES_MIN = 3;

const SPEAKS_FOR_A_RELEASE: readonly string[] = [
  'container-exited',
  'startup-probe-failed',
  'instance-did-not-start',
  'port-not-listening',
  'module-missing',
  'setting-missing',
  'response-malformed',
];

/**
 * The newest revision takes traffic and fails, from its deploy on, while the one before it did not.
 * Sees revisions, traffic and failures by revision. Silent when the failures are older than the deploy, when the new revision takes no traffic
 * (a deploy that failed leaves the old one serving), and when nothing was deployed within reach of the logs.
 */
export const releaseBroken = rule({
  layer: 'release',
  title: 'Release broken',
  needs: ['cloud-run', 'logs'],
  explains: ['memory-exhausted', 'instance-ceiling-reached'],
  diagnose: ({ 'cloud-run': { services }, logs }) => {
    const judged = services.map((service) => judge(service, logs));
    const reasons = judged.flatMap((conclusion) => (conclusion.kind === 'ruled-out' ? [conclusion.reason] : []));
    return (
      judged.find(({ kind }) => kind === 'cause') ?? {
        kind: 'ruled-out',
        reason: reasons.join('; ') || 'no service is watched',
      }
    );
  },
});

/** The newest revision before `revision` that became ready. */
export const lastGoodBefore = ({ revisions }: ServiceObservation, revision: Revision): Revision | undefined =>
  revisions.find(
    ({ createdAt, ready, shortName }) =>
      createdAt < revision.createdAt && shortName !== revision.shortName && ready.state === 'succeeded',
  );

function judge(service: ServiceObservation, logs: LogsObservation): Conclusion {
  const { shortName, name, revisions } = service;
  const newest = revisions[0];
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  if (newest === undefined) return ruledOut('no revision');
  const previous = lastGoodBefore(service, newest);
  if (previous === undefined) return ruledOut('no earlier revision to compare with');
  const share = service.serving.find(({ revision }) => revision === newest.shortName)?.percent ?? 0;
  if (share === 0) return ruledOut(`newest revision ${newest.shortName} takes no traffic`);
  const failures = failuresOf(newest.shortName, shortName, logs);
  const { total: count, firstAt } = failures;
  if (firstAt === undefined || count < FAILURES_MIN) return ruledOut(`${newest.shortName} failed ${count} times`);
  const onset = secondsBetween(newest.createdAt, firstAt);
  if (onset < -SKEW_SECONDS || onset > ONSET_SECONDS_MAX)
    return ruledOut(`${newest.shortName} failed first ${spoken(onset)} after its deploy`);
  const before = failuresOf(previous.shortName, shortName, logs);
  if (before.firstAt !== undefined && before.firstAt < newest.createdAt && before.total >= FAILURES_MIN)
    return ruledOut(`${previous.shortName} had failed ${before.total} times before ${newest.shortName} came`);
  return {
    kind: 'cause',
    target: name,
    claim: `Release ${newest.shortName} of ${shortName} is broken: ${count} failures from ${spoken(Math.max(0, onset))} after its deploy, none in ${previous.shortName} before it.`,
    confidence: failures.lines.some(({ signature }) => SPEAKS_FOR_A_RELEASE.includes(signature)) ? 'certain' : 'likely',
    evidence: [
      {
        text: `${newest.shortName} was deployed at ${newest.createdAt}${service.lastModifier === undefined ? '' : ` by ${service.lastModifier}`} and takes ${share} % of the traffic.`,
        url: servicePage(name, 'revisions'),
      },
      ...failures.lines
        .slice(0, 2)
        .map(({ sample, count: times }) => ({ text: `${times} x "${sample}"`, url: servicePage(name, 'logs') })),
      {
        text: `Before it, ${previous.shortName} served${changedImage(newest, previous) ? ' another image' : ' the same image with other settings'}.`,
      },
    ],
    services: [shortName],
  };
}

/** `4 min`, `52 h`: as exact as anyone needs it. */
const spoken = (seconds: number): string =>
  Math.abs(seconds) < 2 * 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;

const changedImage = (newest: Revision, previous: Revision): boolean =>
  newest.template.containers[0]?.image !== previous.template.containers[0]?.image;

/** Server errors and lines that speak for a release, of one revision. */
function failuresOf(revision: string, service: string, { failed, signatures }: LogsObservation) {
  const own = <Item extends { readonly service: string; readonly revision: string | undefined }>(item: Item) =>
    item.service === service && item.revision === revision;
  const requests = failed.filter((item) => own(item) && item.status >= 500);
  const lines: readonly SignatureCount[] = signatures.filter(
    (item) => own(item) && SPEAKS_FOR_A_RELEASE.includes(item.signature),
  );
  const starts = [...requests, ...lines].map(({ firstAt }) => firstAt).sort();
  const total = [...requests, ...lines].reduce((sum, { count }) => sum + count, 0);
  return { total, firstAt: starts[0], lines };
}
