import type { ChecksObservation } from '../evidence/checks.ts';
import type { CloudRunObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { billingPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT } from './cut-off.ts';
import { failingLately, turnedAway } from './platform-signs.ts';
import { type Conclusion, type Context, rule } from './rule.ts';

/**
 * The project has no billing account that pays for it: Cloud Run takes every instance away, and paid APIs answer nobody.
 * Sees what Cloud Billing says of the project, and which services turn all requests away. Silent when billing is on: for up to 30 minutes
 * after it was lifted there is no instance either, which platform-incident tells.
 */
export const billingDisabled = rule({
  layer: 'platform',
  title: 'Billing disabled',
  needs: ['platform'],
  considers: ['logs', 'cloud-run', 'http', 'websocket', 'journey'],
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
    if (billing.status === 'seen' && billing.value.enabled)
      return [{ kind: 'ruled-out', reason: 'a billing account pays for the project' }];
    return billing.status === 'seen' ? [disabled(seen, context)] : [unseen(billing, seen, context)];
  },
});

interface Beside {
  readonly logs?: LogsObservation;
  readonly 'cloud-run'?: CloudRunObservation;
  readonly http?: ChecksObservation;
  readonly websocket?: ChecksObservation;
  readonly journey?: ChecksObservation;
}

function disabled({ logs, 'cloud-run': run, http, websocket, journey }: Beside, context: Context): Conclusion {
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
      { text: 'Once it is lifted, Cloud Run may give no instance for up to 30 minutes more: wait, and scale nothing.' },
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
  const failing = logs === undefined ? [] : failingLately(logs, context);
  const away = logs === undefined ? [] : failing.filter((service) => turnedAway(service, logs));
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
