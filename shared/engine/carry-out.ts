import { type KeyObject, randomUUID } from 'node:crypto';
import { watchedServices } from '../evidence/watched-services.ts';
import { approvalFault } from '../incident/approval.ts';
import type { Effect } from '../incident/effect.ts';
import type { StepResult } from '../incident/event.ts';
import type { IncidentIn } from '../incident/incident.ts';
import { executionEndsBy, executionSecondsMax } from '../incident/moves.ts';
import type { Clock, Instant } from '../ports/clock.ts';
import { plusSeconds } from '../ports/clock.ts';
import type { CloudReader, CloudWriter } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { Change } from '../remedy/action.ts';
import { anyAction, type PlanStep } from '../remedy/actions.ts';
import { refusedByGuardrail } from '../remedy/guardrails.ts';
import { HISTORY_SECONDS } from '../remedy/guardrails-of-time.ts';
import { beingChanged, type LeasedStep, resourceOf } from '../remedy/lease.ts';
import { madeChange } from '../remedy/made-change.ts';
import { planFault } from '../remedy/plan-fault.ts';
import { canonical } from '../remedy/signature.ts';
import { advance, environmentIn, environmentOf, loaded, type Shell } from './advance.ts';
import { handOver } from './hand-over.ts';
import { endLease, leaseUntilEnd, takeLease, waitedFor } from './resource-lease.ts';

export interface RemediationShell extends Shell {
  readonly clock: Clock;
  readonly cloud: CloudReader;
  readonly writer: CloudWriter;
  /** Ed25519 public keys of investigate and chat. */
  readonly planPublicKey: KeyObject;
  readonly approvalPublicKey: KeyObject;
}

type CarryOut = Extract<Effect, { type: 'carry-out' }>;

interface Task {
  readonly incident: IncidentIn<'executing'>;
  readonly step: PlanStep;
  readonly effect: CarryOut;
  /** When this delivery stops waiting, and leaves the rest to the next. */
  readonly until: Instant;
}

/** How often an operation, or a resource that is settling, is looked at; domain time. */
const POLL_SECONDS = 5;
/** What takes up to a day is looked at less often. Our own choice. */
const PATIENT_POLL_SECONDS = 60;
/** Of one delivery: a push acknowledgement ends at 600 s (facts, Pub/Sub), and what is left is taken up again when due. */
const FOLLOW_SECONDS_MAX = 480;

/**
 * Carries out one step of an approved plan, or puts it back. Everything is checked again from the store, right before the write: digest recomputed,
 * both signatures, expiry, the policy's approvers, guardrails, single use. Safe to deliver twice: `after` stands already -> done; `before` still
 * stands -> write with etag; neither -> stop and ask again.
 */
export async function carryOut(effect: CarryOut, shell: RemediationShell, abort: AbortSignal): Promise<void> {
  const incident = await loaded(effect.incident, shell.store);
  if (!isPresent(incident, effect)) return;
  if (environmentIn(incident, shell.policy) === undefined) return handOver(incident, shell);
  const step = incident.signed.plan.steps[effect.step];
  if (step === undefined) return;
  const until = plusSeconds(await shell.clock.now(), FOLLOW_SECONDS_MAX);
  const task: Task = { incident, step, effect, until };
  try {
    const { operation } = incident;
    const result =
      operation === undefined ? await apply(task, shell, abort) : await follow(operation.name, task, shell, abort);
    if (result !== undefined) await finish(task, result, shell, abort);
  } catch (error) {
    // Only a plain no from the platform is the end of a step. Out of time, out of reach, overtaken while saving: delivered again, and read again first.
    if (abort.aborted || !(error instanceof PlatformFailure) || !FINAL.includes(error.code)) throw error;
    await finish(task, { kind: 'failed', detail: error.message }, shell, abort);
  }
}

/** Two deliveries at the same time must not both find `before` standing. @throws PlatformFailure 'unavailable' while another is at it. */
async function claim(effect: CarryOut, shell: RemediationShell): Promise<void> {
  const event = { ...phase(effect), type: 'step-claimed', at: await shell.clock.now(), by: randomUUID() } as const;
  const { incident } = await advance(effect.incident, event, shell);
  if (incident.status === 'executing' && incident.claim?.by === event.by) return;
  throw new PlatformFailure(
    'unavailable',
    `step ${effect.step} of ${effect.incident} is being carried out by another delivery`,
  );
}

const FINAL: readonly PlatformFailure['code'][] = [
  'unauthenticated',
  'permission-denied',
  'not-enabled',
  'not-found',
  'failed-precondition',
  'invalid-argument',
  'unknown',
];

const isPresent = (
  incident: Awaited<ReturnType<typeof loaded>>,
  { digest, step, direction }: CarryOut,
): incident is IncidentIn<'executing'> =>
  incident.status === 'executing' &&
  incident.signed.plan.digest === digest &&
  incident.step === step &&
  incident.direction === direction;

/** What comes of a step that this approval does not have carried out, from what the store holds and the policy says now; undefined when it does. */
async function unapproved(
  { incident, effect }: Task,
  at: Instant,
  shell: RemediationShell,
): Promise<StepResult | undefined> {
  const { plan } = incident.signed;
  const environment = environmentOf(incident, shell.policy);
  const forged = planFault(incident.signed, { incident: incident.id, publicKey: shell.planPublicKey });
  if (forged !== undefined) return { kind: 'not-genuine', detail: forged };
  const fault = approvalFault(incident.approval, { plan, environment, at, publicKey: shell.approvalPublicKey });
  if (fault !== undefined) return { kind: fault.kind === 'forged' ? 'not-genuine' : 'refused', detail: fault.detail };
  if (await shell.store.spent(spendKey(effect))) return refused('this approval has been used for this step');
  if (effect.direction === 'apply') return undefined;
  return (await shell.store.spent(spendKey({ ...effect, direction: 'apply' })))
    ? undefined
    : refused('this step was never applied');
}

const refused = (detail: string): StepResult => ({ kind: 'refused', detail });

/** The guardrails, on what was read this moment and the policy as it is now. One that came since does not stop an undo half way. */
async function guardrailAgainst(
  { incident, step, effect }: Task,
  present: unknown,
  shell: RemediationShell,
  abort: AbortSignal,
) {
  if (effect.direction === 'undo') return undefined;
  const { policy, store, clock, cloud } = shell;
  const at = await clock.now();
  const environment = environmentOf(incident, policy);
  return refusedByGuardrail(
    step,
    {
      environment,
      ownProject: policy.ownProject,
      allPaused: policy.paused ?? false,
      at,
      incident: incident.id,
      rule: incident.signed.plan.because.rule,
      made: await store.changes(environment.name, plusSeconds(at, -HISTORY_SECONDS)),
      steps: incident.signed.plan.steps,
      watched: await watchedServices(cloud, environment, abort),
    },
    present,
  );
}

/**
 * The moment at which the approval must stand. What was begun in time is gone on with, however long its first steps took. An undo belongs to what was
 * approved and may come as long after the expiry as carrying out and verification may take; later than that nobody waits for it any more.
 */
async function judgedAt({ incident, effect }: Task, { clock, policy, store }: RemediationShell): Promise<Instant> {
  const now = await clock.now();
  const { issuedAt, expiresAt } = incident.approval;
  if (effect.direction === 'apply') {
    const isBegun = effect.step > 0 && (await store.spent(spendKey({ ...effect, step: effect.step - 1 })));
    return isBegun && now < executionEndsBy(incident) ? issuedAt : now;
  }
  const { deadlineSeconds } = environmentOf(incident, policy).verification;
  const latestUndo = plusSeconds(expiresAt, deadlineSeconds + executionSecondsMax(incident.signed.plan.steps));
  return now < latestUndo ? issuedAt : now;
}

const spendKey = ({ digest, step, direction }: CarryOut): string => `${digest}/${step}/${direction}`;

const changeOf = (step: PlanStep, { direction }: CarryOut): Change<unknown> => {
  const { target, etag, before, after } = step;
  return direction === 'apply'
    ? { target, etag, before, after }
    : { target, etag: undefined, before: after, after: before };
};

async function apply(task: Task, shell: RemediationShell, abort: AbortSignal): Promise<StepResult | undefined> {
  const { step, effect } = task;
  const change = changeOf(step, effect);
  // What people do by hand waits for nobody.
  const isMade = step.prospect.fit !== 'by-hand';
  const holder = isMade ? await waitedFor(leasedStep(task), task.until, shell, abort) : undefined;
  if (holder !== undefined) return refused(beingChanged(holder));
  const standing = await settled(task, shell, abort);
  if (standing === undefined) return stillBusy(task);
  if (same(standing.settings, change.after)) return { kind: 'stood-already' };
  await claim(effect, shell);
  const { kind, lease } = await takeLease(leasedStep(task), shell, abort);
  if (kind === 'held') return refused(beingChanged(lease));
  // Read once more under the claim: between the first reading and it another delivery may have written.
  const { settings, etag: present } = await anyAction(step.action).read(step.target, shell.cloud, abort);
  if (same(settings, change.after)) return { kind: 'stood-already' };
  if (!same(settings, change.before))
    return {
      kind: 'moved',
      detail: `${change.target} is ${canonical(settings)}, neither as it was seen nor as it was to be`,
    };
  // Only now: what was written before a crash stands, and must not be taken for refused because an approval ran out since.
  const fault = await unapproved(task, await judgedAt(task, shell), shell);
  if (fault !== undefined) return fault;
  const refusal = await guardrailAgainst(task, settings, shell, abort);
  if (refusal !== undefined) return refused(refusal);
  // An undo follows our own write, so that the version to compare with is the one just read.
  const etag = effect.direction === 'undo' ? present : change.etag;
  const written = await write({ ...change, etag }, step, shell, abort);
  if (written.kind === 'moved') return written;
  const { operation } = written;
  // With the lease first: who finds the incident elsewhere by then must still know what is under way.
  await leaseUntilEnd(lease, operation, shell);
  const at = await shell.clock.now();
  await advance(effect.incident, { ...phase(effect), type: 'step-started', at, operation }, shell);
  return follow(operation, task, shell, abort);
}

const leasedStep = ({ step, effect: { incident, digest, step: index, direction } }: Task): LeasedStep => ({
  resource: resourceOf(step.target),
  incident,
  digest,
  step: index,
  direction,
});

/** Of a step that a delivery had claimed, the change under way may be our own, from before a crash: that is waited for. */
const stillBusy = ({ incident, step }: Task): StepResult | undefined =>
  incident.claim === undefined
    ? refused(`${step.target} was busy for ${FOLLOW_SECONDS_MAX} s with a change of someone else's`)
    : undefined;

/** A stale etag, or another operation on the resource, means that someone else is changing it: re-plan, never a blind retry. */
async function write(change: Change<unknown>, step: PlanStep, { writer }: RemediationShell, abort: AbortSignal) {
  try {
    const { operation } = await anyAction(step.action).write(change, writer, abort);
    return { kind: 'written', operation } as const;
  } catch (error) {
    if (!(error instanceof PlatformFailure) || error.code !== 'conflict') throw error;
    return { kind: 'moved', detail: error.message } as const;
  }
}

/** Waits for the operation's end and reads `after` back. undefined: it goes on longer than this delivery may. */
async function follow(
  operation: string,
  task: Task,
  shell: RemediationShell,
  abort: AbortSignal,
): Promise<StepResult | undefined> {
  const { step, until } = task;
  for (let at = await shell.clock.now(); at < until; at = await shell.clock.now()) {
    const status = await shell.writer.operation(operation, abort);
    if (status.done && status.error !== undefined) return { kind: 'failed', detail: `${step.target}: ${status.error}` };
    if (status.done) return readBack(task, shell, abort);
    await shell.clock.sleepUntil(plusSeconds(at, POLL_SECONDS), abort);
  }
  return undefined;
}

async function readBack(task: Task, shell: RemediationShell, abort: AbortSignal): Promise<StepResult | undefined> {
  const { after, target } = changeOf(task.step, task.effect);
  const standing = await settled(task, shell, abort);
  if (standing === undefined) return undefined;
  return same(standing.settings, after)
    ? { kind: 'done' }
    : {
        kind: 'failed',
        detail: `the operation on ${target} ended, but what was to be does not stand: ${canonical(standing.settings)}`,
      };
}

/** What stands once nothing is under way on it, read at least once; undefined when that does not come in time. */
async function settled(
  { step: { action, target, prospect }, until }: Task,
  { cloud, clock }: RemediationShell,
  abort: AbortSignal,
) {
  for (;;) {
    const standing = await anyAction(action).read(target, cloud, abort);
    if (standing.settled) return standing;
    const at = await clock.now();
    if (at >= until) return undefined;
    const everySeconds = prospect.patience === undefined ? POLL_SECONDS : PATIENT_POLL_SECONDS;
    await clock.sleepUntil(plusSeconds(at, everySeconds), abort);
  }
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const phase = ({ digest, step, direction }: CarryOut) => ({ digest, step, direction });

async function finish(task: Task, result: StepResult, shell: RemediationShell, abort: AbortSignal): Promise<void> {
  const { incident, step, effect } = task;
  const at = await shell.clock.now();
  // Spent first: a crash in between finds that `after` stands, and needs no approval for that.
  if (result.kind === 'done' || result.kind === 'stood-already') {
    const { environment } = incident.subject;
    const { rule } = incident.signed.plan.because;
    const change = madeChange(step, { incident: incident.id, environment, direction: effect.direction, rule, at });
    // What people made is theirs, and no guardrail holds it against runmedic.
    await shell.store.spend(spendKey(effect), at, step.prospect.fit === 'by-hand' ? undefined : change);
  }
  await advance(effect.incident, { ...phase(effect), type: 'step-finished', at, result }, shell);
  await endLease(leasedStep(task), result.kind === 'failed' ? 'unclear' : 'ended', shell, abort);
}
