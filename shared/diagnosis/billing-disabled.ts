import type { Change, ChangesObservation } from '../evidence/changes.ts';
import type { ChecksObservation } from '../evidence/checks.ts';
import type { CloudRunObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import { billingPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT } from './cut-off.ts';
import { clock } from './deploys.ts';
import { failingLately, turnedAway } from './platform-signs.ts';
import { type Conclusion, type Context, type EvidenceLine, rule } from './rule.ts';
import { inWords, whoChanged } from './who-changed.ts';

/** "No available instance" goes on for so long once billing is back. Source: Cloud Run, known issues (read 2026-11-25). */
export const SETTLING_SECONDS_MAX = 1800;

/**
 * The project has no billing account that pays for it, or had none a short while ago: Cloud Run takes every instance away, gives none for up to 30
 * minutes after it is paid for again, and paid APIs answer nobody.
 * Sees what Cloud Billing says of the project, who took its billing account away or put it back, and which services turn all requests away.
 * Silent when billing is on and was on all the while, as far as the audit log of the project tells.
 */
export const billingDisabled = rule({
  layer: 'platform',
  title: 'Billing disabled',
  needs: ['platform'],
  considers: ['logs', 'cloud-run', 'http', 'websocket', 'journey', 'changes'],
  explains: [
    ...CUT_OFF_BRINGS_ABOUT,
    'connector-in-error',
    'container-port-wrong',
    'image-unavailable',
    'secret-unavailable',
    'scaled-to-zero',
    'backend-missing',
    'quota-exhausted',
    'platform-incident',
  ],
  diagnose: ({ platform: { billing }, ...seen }, context) => {
    if (billing.status === 'seen' && !billing.value.enabled) return [disabled(seen, context)];
    const lapsed = lapse(seen, context);
    if (lapsed !== undefined && (lapsed.lifted !== undefined || billing.status !== 'seen'))
      return [hadNone(lapsed, context)];
    if (billing.status === 'seen') return [{ kind: 'ruled-out', reason: 'a billing account pays for the project' }];
    return [unseen(billing, seen, context)];
  },
});

interface Beside {
  readonly logs?: LogsObservation;
  readonly 'cloud-run'?: CloudRunObservation;
  readonly http?: ChecksObservation;
  readonly websocket?: ChecksObservation;
  readonly journey?: ChecksObservation;
  readonly changes?: ChangesObservation;
}

/** A project was without a billing account, by its audit log, and services turn their requests away. */
interface Lapse {
  readonly stopped: Change;
  readonly lifted: Change | undefined;
  readonly away: readonly string[];
}

/** Methods as Cloud Billing's audit logging has them (read 2026-11-25). */
const STOPS = 'DisableResourceBilling';
const LIFTS = 'AssignResourceToBillingAccount';

function lapse({ changes, logs }: Beside, context: Context): Lapse | undefined {
  const made = (changes?.changes ?? []).filter(({ thing, outcome }) => thing === 'billing' && outcome === 'made');
  const stopped = made.find(({ method }) => method === STOPS);
  if (stopped === undefined || logs === undefined) return undefined;
  const lifted = made.findLast(({ method, at }) => method === LIFTS && at > stopped.at);
  if (lifted !== undefined && secondsBetween(lifted.at, context.until) > SETTLING_SECONDS_MAX) return undefined;
  const away = awayFrom(logs, context);
  return away.length === 0 ? undefined : { stopped, lifted, away };
}

const awayFrom = (logs: LogsObservation, context: Context): readonly string[] =>
  failingLately(logs, context).filter((service) => turnedAway(service, logs));

function hadNone({ stopped, lifted, away }: Lapse, { subject: { project } }: Context): Conclusion {
  const until = lifted === undefined ? '' : ` until ${clock(lifted.at)}`;
  return {
    kind: 'cause',
    target: `projects/${project}`,
    claim: `${project} had no billing account from ${clock(stopped.at)}${until}, and ${away.length} services find no instance: Cloud Run may give none for up to ${SETTLING_SECONDS_MAX / 60} minutes after it is paid for again.`,
    confidence: 'likely',
    evidence: [
      { text: inWords(stopped), url: billingPage(project) },
      ...(lifted === undefined ? [] : [{ text: inWords(lifted) }]),
      WAIT,
    ],
    expects: [{ text: 'requests find no instance', seen: 'yes' }],
    services: away,
  };
}

const WAIT: EvidenceLine = {
  text: 'Once it is lifted, Cloud Run may give no instance for up to 30 minutes more: wait, and scale nothing.',
};

function disabled({ logs, 'cloud-run': run, http, websocket, journey, changes }: Beside, context: Context): Conclusion {
  const { project } = context.subject;
  const failing = logs === undefined ? [] : failingLately(logs, context);
  const services = [...new Set([...failing, ...(run?.services ?? []).map(({ shortName }) => shortName)])].sort();
  const checks = [http, websocket, journey].flatMap((of) =>
    (of?.checks ?? []).flatMap(({ name, verdict }) => (verdict === 'failed' ? [name] : [])),
  );
  const away = logs !== undefined && failing.some((service) => turnedAway(service, logs));
  return {
    kind: 'cause',
    target: `projects/${project}`,
    claim: `Nobody pays for ${project}: it has no active billing account, and ${failing.length} services answer no more.`,
    confidence: 'certain',
    evidence: [
      { text: `Cloud Billing says billingEnabled: false of ${project}.`, url: billingPage(project) },
      ...whoChanged(changes, ({ thing, method }) => thing === 'billing' && method === STOPS),
      WAIT,
    ],
    expects: [{ text: 'requests find no instance', seen: logs === undefined ? 'unknown' : away ? 'yes' : 'no' }],
    services,
    checks,
  };
}

/** Worth a person's look only where it would explain what is felt. */
function unseen(
  billing: { readonly status: 'not-enabled' } | { readonly status: 'unseen'; readonly why: string },
  { logs }: Beside,
  context: Context,
): Conclusion {
  const away = logs === undefined ? [] : awayFrom(logs, context);
  if (away.length === 0)
    return { kind: 'ruled-out', reason: 'no service turns its requests away for want of an instance' };
  const { project } = context.subject;
  const why = billing.status === 'unseen' ? billing.why : `the Cloud Billing API is not enabled in ${project}`;
  return {
    kind: 'inconclusive',
    reason: why,
    settles: 'not-by-itself',
    about: { target: `projects/${project}`, services: away },
    nextCheck: `See whether ${project} has an active billing account: ${billingPage(project)}`,
  };
}
