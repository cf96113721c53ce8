import { isSettled, type ServiceObservation } from '../evidence/cloud-run.ts';
import type { InstanceStarts } from '../evidence/instance-starts.ts';
import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import type { Setting, SettingChange } from '../evidence/setting-changes.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { type Arrival, arrivalOf, beganWithArrival, type SeenOfTraffic } from './arrival.ts';
import { servicePage } from './console-links.ts';
import { beganWith, FAILURES_MIN, type Failures, failuresOf, readyBefore, shareOf } from './revisions.ts';
import { type Conclusion, type Context, type EvidenceLine, type Fault, standing } from './rule.ts';

/**
 * A deploy that failed longer ago than this is history: whoever made it knows, and what served goes on serving. Our own choice: long enough for a person
 * to be called about it, short enough that no forgotten attempt of this morning is found on every look.
 */
const FRESH_SECONDS = 3600;

/** What was concluded of each service; where all are ruled out, each reason once, with the services that it holds for. */
export function eachService(
  services: readonly ServiceObservation[],
  judge: (service: ServiceObservation) => Conclusion,
): readonly Conclusion[] {
  const judged = services.map((service) => ({ service: service.shortName, conclusion: judge(service) }));
  const reasons = new Map<string, string[]>();
  for (const { service, conclusion } of judged)
    if (conclusion.kind === 'ruled-out')
      reasons.set(conclusion.reason, [...(reasons.get(conclusion.reason) ?? []), service]);
  const all = [...reasons].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join('; ');
  return standing(
    judged.map(({ conclusion }) => conclusion),
    all || 'no service is watched',
  );
}

/** The newest revision that is settled, where it did not become ready and is fresh. */
export function failedDeploy({ revisions }: ServiceObservation, { until }: Context): Revision | undefined {
  const newest = revisions.find(isSettled);
  if (newest?.ready.state !== 'failed') return undefined;
  return secondsBetween(newest.createdAt, until) <= FRESH_SECONDS ? newest : undefined;
}

/** What a deploy that failed harms: nobody while an earlier revision serves, and everybody where none does. */
export const harmOfFailedDeploy = ({ serving, shortName }: ServiceObservation): Pick<Fault, 'services' | 'harm'> =>
  serving.some(({ percent }) => percent > 0)
    ? { services: [shortName], harm: 'soon' }
    : { services: [shortName], harm: 'now' };

/** The newest revision, where it takes traffic and failed from its deploy on, or from when traffic came to it, and what served before it did not fail first. */
export function brokeWithDeploy(
  service: ServiceObservation,
  seen: SeenOfTraffic & { readonly logs: LogsObservation },
): { readonly newest: Revision; readonly arrival: Arrival; readonly failures: Failures } | undefined {
  const [newest] = service.revisions;
  if (newest === undefined || shareOf(service, newest.shortName) === 0) return undefined;
  const failures = failuresOf(newest.shortName, service.shortName, seen.logs);
  const { firstAt, worst } = failures;
  const arrival = arrivalOf(service, newest, seen, firstAt);
  if (firstAt === undefined || worst < FAILURES_MIN || !beganWithArrival(arrival, firstAt)) return undefined;
  return troubleBefore(service, newest, arrival.at, seen.logs) === undefined
    ? { newest, arrival, failures }
    : undefined;
}

/** Trouble that was there before the newest came to requests came with something else; an earlier release that broke the same way is no such trouble. */
export function troubleBefore(
  service: ServiceObservation,
  newest: Revision,
  arrivedAt: Instant,
  logs: LogsObservation,
): (Failures & { readonly revision: string }) | undefined {
  for (const earlier of readyBefore(service, newest)) {
    const failures = failuresOf(earlier.shortName, service.shortName, logs);
    const { firstAt, worst } = failures;
    if (firstAt === undefined || firstAt >= arrivedAt || worst < FAILURES_MIN) return undefined;
    if (!beganWith(earlier, firstAt)) return { ...failures, revision: earlier.shortName };
  }
  return undefined;
}

/** The revisions that take traffic, newest first. */
export const servingRevisions = (service: ServiceObservation): readonly Revision[] =>
  service.revisions.filter(({ shortName }) => shareOf(service, shortName) > 0);

export const linesOf = (
  { signatures }: LogsObservation,
  { service, revision }: { readonly service: string; readonly revision: string },
  wanted: readonly LogSignature[],
): readonly SignatureCount[] =>
  signatures.filter(
    (line) => line.service === service && line.revision === revision && wanted.includes(line.signature),
  );

export const countOf = (lines: readonly { readonly count: number }[]): number =>
  lines.reduce((sum, { count }) => sum + count, 0);

/** Server errors of one revision that some container answered, or broke. */
export const serverErrorsOf = (
  { failed }: LogsObservation,
  { service, revision }: { readonly service: string; readonly revision: string },
) => failed.filter((one) => one.service === service && one.revision === revision && one.status >= 500);

export const startsOf = ({ starts }: LogsObservation, { shortName }: Revision): InstanceStarts | undefined =>
  starts.find(({ revision }) => revision === shortName);

/** What the newest revision changed of these settings; of all where none is named. */
export const changed = (
  { release }: ServiceObservation,
  { shortName }: Revision,
  ...settings: readonly Setting[]
): readonly SettingChange[] =>
  release?.revision === shortName
    ? release.changes.filter(({ setting }) => settings.length === 0 || settings.includes(setting))
    : [];

/** `port 8080 -> 3000`, `env DATABASE_URL: one value -> another value`. */
export const inWords = ({ setting, of, before, after }: SettingChange): string =>
  `${setting.replaceAll('-', ' ')}${of === '' ? '' : ` ${of}`}: ${shown(before)} -> ${shown(after)}`;

/** Images by the end of their digest or tag: what stands before it is the same. */
function shown(value: string): string {
  if (value === '') return 'none';
  const digest = value.indexOf('@sha256:');
  return digest === -1 ? value : value.slice(digest + 1).slice(0, 19);
}

const CHANGES_SHOWN = 4;

/** When a revision came, by whom, and what it changed. */
export function deployedLine(service: ServiceObservation, revision: Revision): EvidenceLine {
  const { release, name } = service;
  const by = revision.createdBy ?? (release?.revision === revision.shortName ? release.by : undefined);
  const changes = changed(service, revision);
  const more = changes.length > CHANGES_SHOWN ? ` and ${changes.length - CHANGES_SHOWN} more` : '';
  const what =
    changes.length === 0 ? '' : ` It changed ${changes.slice(0, CHANGES_SHOWN).map(inWords).join('; ')}${more}.`;
  return {
    text: `${revision.shortName} was deployed at ${clock(revision.createdAt)}${by === undefined ? '' : ` by ${by}`}.${what}`,
    url: servicePage(name, 'revisions'),
  };
}

/** `2026-11-23 03:00:00 UTC`. */
export const clock = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`;
