import { gather } from '../evidence/gather.ts';
import type { Inspection } from '../evidence/inspector.ts';
import type { Effect } from '../incident/effect.ts';
import { type RecoveryInput, readingsFor, recovery } from '../incident/verification.ts';
import { latest, plusSeconds } from '../ports/clock.ts';
import type { CloudReader } from '../ports/cloud.ts';
import { anyAction, type PlanStep } from '../remedy/actions.ts';
import { canonical } from '../remedy/signature.ts';
import { advance, environmentIn, loaded } from './advance.ts';
import { handOver } from './hand-over.ts';
import type { InvestigationShell } from './investigate.ts';
import { pastIncidents } from './past-incidents.ts';
import { whileLooking } from './while-looking.ts';

/**
 * What a verification reads reaches back no further than this, and never past the change: failures of the first minutes after it must not
 * condemn it for ever. Connector metrics arrive up to 240 s late (Google's metric list), so that less would show none.
 */
export const VERIFY_SECONDS = 480;

/** One look whether the change helped: from outside, by the same rule, and by reading `after` back. */
export async function verify(
  { incident: id, digest }: Extract<Effect, { type: 'verify' }>,
  shell: InvestigationShell,
  abort: AbortSignal,
): Promise<void> {
  const incident = await loaded(id, shell.store);
  if (incident.status !== 'verifying' || incident.signed.plan.digest !== digest) return;
  const environment = environmentIn(incident, shell.policy);
  if (environment === undefined) return handOver(incident, shell);
  const { subject, changedAt, diagnosis, signed } = incident;
  const { plan } = signed;
  const until = await shell.clock.now();
  const since = latest(changedAt, plusSeconds(until, -VERIFY_SECONDS));
  const { cloud, prober, vpcProber, meter, store } = shell;
  const history = pastIncidents(store);
  const inspection: Inspection = {
    purpose: 'verification',
    environment,
    subject,
    since,
    until,
    cloud,
    prober,
    vpcProber,
    history,
  };
  const { value, calls } = await whileLooking(incident, shell, () =>
    meter.counted(() =>
      Promise.all([
        gather(inspection, abort, readingsFor(plan)),
        Promise.all(plan.steps.map((step) => standingOf(step, shell.cloud, abort))),
      ]),
    ),
  );
  const [evidence, readBack] = value;
  const found = recovery({ diagnosis, plan, evidence, context: inspection, readBack });
  await advance(id, { type: 'verified', at: await shell.clock.now(), digest, recovery: found, calls }, shell);
}

async function standingOf(
  step: PlanStep,
  cloud: CloudReader,
  abort: AbortSignal,
): Promise<RecoveryInput['readBack'][number]> {
  try {
    const { settings } = await anyAction(step.action).read(step.target, cloud, abort);
    return canonical(settings) === canonical(step.after) ? 'stands' : 'moved';
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
}
