import type { KeyObject } from 'node:crypto';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { isAnnounced } from '../diagnosis/platform-incident.ts';
import type { Cause } from '../diagnosis/rule.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { gather } from '../evidence/gather.ts';
import type { Inspection } from '../evidence/inspector.ts';
import { awaitedLook } from '../incident/awaited-look.ts';
import type { Effect } from '../incident/effect.ts';
import type { Offer } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import type { CallMeter } from '../ports/call-meter.ts';
import { type Instant, plusSeconds } from '../ports/clock.ts';
import type { CloudReader } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { Prober } from '../ports/prober.ts';
import type { VpcProber } from '../ports/vpc-prober.ts';
import { HISTORY_SECONDS } from '../remedy/guardrails-of-time.ts';
import type { Lease } from '../remedy/lease.ts';
import type { MadeChange } from '../remedy/made-change.ts';
import { planFor } from '../remedy/plan-for.ts';
import { signed } from '../remedy/signature.ts';
import { ruleTitle } from '../report/words.ts';
import { advance, environmentIn, environmentOf, loaded } from './advance.ts';
import { handOver } from './hand-over.ts';
import { pastIncidents } from './past-incidents.ts';
import { leasesAtWork } from './resource-lease.ts';
import { type LookingShell, whileLooking } from './while-looking.ts';

export interface InvestigationShell extends LookingShell {
  readonly cloud: CloudReader;
  readonly prober: Prober;
  readonly vpcProber: VpcProber;
  readonly meter: CallMeter;
  /** Ed25519; readable by investigate's identity alone. */
  readonly planKey: KeyObject;
}

/** How far a diagnosis looks back: long enough to see what was before the trouble, short enough for three log queries. */
export const LOOKBACK_SECONDS = 1800;

/** Gathers evidence, diagnoses, plans, and says so. Late or repeated effects do nothing. */
export async function investigate(
  { incident: id, round }: Extract<Effect, { type: 'investigate' }>,
  shell: InvestigationShell,
  abort: AbortSignal,
): Promise<void> {
  const incident = await loaded(id, shell.store);
  if (awaitedLook(incident, round) === undefined) return;
  const { subject } = incident;
  const environment = environmentIn(incident, shell.policy);
  if (environment === undefined) return handOver(incident, shell);
  const until = await shell.clock.now();
  const inspection: Inspection = {
    purpose: 'diagnosis',
    environment,
    subject,
    since: plusSeconds(until, -LOOKBACK_SECONDS),
    until,
    cloud: shell.cloud,
    prober: shell.prober,
    vpcProber: shell.vpcProber,
    history: pastIncidents(shell.store),
  };
  const { value: evidence, calls } = await whileLooking(incident, shell, () =>
    shell.meter.counted(() => gather(inspection, abort)),
  );
  const diagnosis = diagnose(evidence, inspection);
  const { since } = inspection;
  await shell.store.saveEvidence(id, round, { subject, since, until, evidence }).catch(unlessTooLarge);
  const at = await shell.clock.now();
  const made = await shell.store.changes(environment.name, plusSeconds(at, -HISTORY_SECONDS));
  const leases = await leasesAtWork(shell.store);
  const offer = offerFor(incident, { diagnosis, evidence, at, made, leases }, shell);
  await advance(id, { type: 'investigated', at, round, diagnosis, offer, calls }, shell);
}

/** A diagnosis is worth more than what it was made from: evidence over a document's size is not kept. */
function unlessTooLarge(error: unknown): void {
  if (!(error instanceof PlatformFailure) || error.code !== 'invalid-argument') throw error;
}

function offerFor(
  incident: Incident,
  found: {
    readonly diagnosis: Diagnosis;
    readonly evidence: Evidence;
    readonly at: Instant;
    readonly made: readonly MadeChange[];
    readonly leases: readonly Lease[];
  },
  { policy, planKey }: InvestigationShell,
): Offer {
  const { diagnosis, evidence, at, made, leases } = found;
  const environment = environmentOf(incident, policy);
  if (diagnosis.healthy) return { kind: 'none', reason: 'healthy', detail: 'nothing wrong was seen' };
  const { root } = diagnosis;
  if (root === undefined) return { kind: 'none', reason: 'no-cause', detail: withoutCause(diagnosis) };
  const { id, round, attempts } = incident;
  const planned = planFor({
    incident: id,
    round,
    root,
    evidence,
    environment,
    ownProject: policy.ownProject,
    allPaused: policy.paused ?? false,
    at,
    made,
    leases,
    tried: attempts,
  });
  if (planned.kind === 'being-changed') return { kind: 'none', reason: planned.kind, detail: planned.detail };
  if (planned.kind === 'none') return noneFor(root, planned.refusals);
  const { plan } = planned;
  const vouched = { plan, signature: signed({ digest: plan.digest }, planKey) };
  if (environment.observe !== undefined) return { kind: 'observed', signed: vouched, setting: environment.observe };
  const expiresAt = plusSeconds(at, environment.approvers.expiresAfterSeconds);
  return { kind: 'plan', signed: vouched, expiresAt };
}

/** Where Google says that it is its own trouble, nobody is asked to do anything. */
function noneFor(root: Cause, refusals: readonly string[]): Offer {
  if (isAnnounced(root))
    return { kind: 'none', reason: 'platform-incident', detail: 'Google has announced an incident that explains it' };
  const detail =
    root.rule === 'platform-incident'
      ? 'it looks like trouble of Google Cloud itself, which Google has not announced'
      : refusals.join('; ');
  return { kind: 'none', reason: 'no-safe-action', detail };
}

const withoutCause = ({ ruledOut, unchecked, symptoms }: Diagnosis): string =>
  [
    symptoms.length > 0 ? `Seen: ${symptoms.map(({ text }) => text).join('; ')}` : 'No symptom was seen',
    `Ruled out: ${titles(ruledOut) || 'nothing'}`,
    `Could not be checked: ${titles(unchecked) || 'nothing'}`,
  ].join('. ');

/** Each once: a rule may have been unable to judge several targets. */
const titles = (judged: Diagnosis['unchecked']): string =>
  [...new Set(judged.map(({ rule }) => ruleTitle(rule)))].join(', ');
