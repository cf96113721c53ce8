import { type KeyObject, randomUUID } from 'node:crypto';
import { approvalFault } from '../incident/approval.ts';
import type { Effect } from '../incident/effect.ts';
import type { StepResult } from '../incident/event.ts';
import type { IncidentIn } from '../incident/incident.ts';
import type { Clock, Instant } from '../ports/clock.ts';
import { plusSeconds } from '../ports/clock.ts';
import type { CloudReader, CloudWriter } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { Change } from '../remedy/action.ts';
import type { PlanStep } from '../remedy/actions.ts';
import { refusedByGuardrail } from '../remedy/guardrails.ts';
import { anyAction, planDigest } from '../remedy/plan-for.ts';
import { canonical, isSignedBy } from '../remedy/signature.ts';
import { advance, environmentOf, loaded, type Shell } from './advance.ts';

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
}

/** How often an operation, or a resource that is settling, is looked at; domain time. */
const POLL_SECONDS = 5;
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
  const step = incident.signed.plan.steps[effect.step];
  if (step === undefined) return;
  const resumed = incident.operation;
  if (resumed === undefined) await claim(effect, shell);
  const task: Task = { incident, step, effect };
  try {
    const result =
      resumed === undefined ? await apply(task, shell, abort) : await follow(resumed.name, step, effect, shell, abort);
    if (result !== undefined) await finish(effect, result, shell);
  } catch (error) {
    if (error instanceof PlatformFailure && RETRYABLE.includes(error.code)) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    // A stale etag means that someone else changed it since: re-plan, never a blind retry.
    const moved = error instanceof PlatformFailure && error.code === 'conflict';
    await finish(effect, { kind: moved ? 'moved' : 'failed', detail }, shell);
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

/** The queue delivers again later; the write itself is never repeated blindly, since `before` is read again first. */
const RETRYABLE: readonly PlatformFailure['code'][] = ['unavailable', 'rate-limited', 'timed-out'];

const isPresent = (
  incident: Awaited<ReturnType<typeof loaded>>,
  { digest, step, direction }: CarryOut,
): incident is IncidentIn<'executing'> =>
  incident.status === 'executing' &&
  incident.signed.plan.digest === digest &&
  incident.step === step &&
  incident.direction === direction;

/** Why this step may not be carried out, from what the store holds and the policy says now; undefined when it may. */
async function faultOf(
  { incident, step, effect }: Task,
  at: Instant,
  shell: RemediationShell,
): Promise<string | undefined> {
  const { plan, signature } = incident.signed;
  const environment = environmentOf(incident, shell.policy);
  if (plan.incident !== incident.id) return `the plan belongs to ${plan.incident}`;
  if (planDigest(plan) !== plan.digest) return 'the stored plan is not the one that was signed: its digest differs';
  if (!isSignedBy({ digest: plan.digest }, signature, shell.planPublicKey))
    return "the plan does not carry investigate's signature";
  const fault = approvalFault(incident.approval, { plan, environment, at, publicKey: shell.approvalPublicKey });
  if (fault !== undefined) return fault;
  if (await shell.store.spent(spendKey(effect))) return 'this approval has been used for this step';
  // Nor does a guardrail that came since stop an undo half way.
  return effect.direction === 'undo'
    ? undefined
    : refusedByGuardrail(step, { environment, ownProject: shell.policy.ownProject });
}

const refused = (fault: string): StepResult => ({ kind: 'failed', detail: `refused before the write: ${fault}` });

const spendKey = ({ digest, step, direction }: CarryOut): string => `${digest}/${step}/${direction}`;

const changeOf = (step: PlanStep, { direction }: CarryOut): Change<unknown> => {
  const { target, etag, before, after } = step;
  return direction === 'apply'
    ? { target, etag, before, after }
    : { target, etag: undefined, before: after, after: before };
};

async function apply(task: Task, shell: RemediationShell, abort: AbortSignal): Promise<StepResult | undefined> {
  const { incident, step, effect } = task;
  const action = anyAction(step.action);
  const change = changeOf(step, effect);
  const standing = await settled(step, shell, abort);
  if (standing === undefined)
    return {
      kind: 'failed',
      detail: `${change.target} was busy for ${FOLLOW_SECONDS_MAX} s with a change of someone else's`,
    };
  if (same(standing.settings, change.after)) return { kind: 'stood-already' };
  if (!same(standing.settings, change.before))
    return {
      kind: 'moved',
      detail: `${change.target} is ${canonical(standing.settings)}, neither as it was seen nor as it was to be`,
    };
  // Only now: what was written before a crash stands, and must not be taken for refused because an approval ran out since.
  // An undo belongs to what was approved, and the clock does not stop it.
  const begins = effect.direction === 'undo' ? incident.approval.issuedAt : await shell.clock.now();
  const fault = await faultOf(task, begins, shell);
  if (fault !== undefined) return refused(fault);
  // An undo follows our own write, so that the version to compare with is the one just read.
  const etag = effect.direction === 'undo' ? standing.etag : change.etag;
  const { operation } = await action.write({ ...change, etag }, shell.writer, abort);
  await advance(
    effect.incident,
    { ...phase(effect), type: 'step-started', at: await shell.clock.now(), operation },
    shell,
  );
  return follow(operation, step, effect, shell, abort);
}

/** Waits for the operation's end and reads `after` back. undefined: it goes on longer than this delivery may. */
async function follow(
  operation: string,
  step: PlanStep,
  effect: CarryOut,
  shell: RemediationShell,
  abort: AbortSignal,
): Promise<StepResult | undefined> {
  const until = plusSeconds(await shell.clock.now(), FOLLOW_SECONDS_MAX);
  for (let at = await shell.clock.now(); at < until; at = await shell.clock.now()) {
    const status = await shell.writer.operation(operation, abort);
    if (status.done && status.error !== undefined) return { kind: 'failed', detail: `${step.target}: ${status.error}` };
    if (status.done) return readBack(step, effect, shell, abort);
    await shell.clock.sleepUntil(plusSeconds(at, POLL_SECONDS), abort);
  }
  return undefined;
}

async function readBack(
  step: PlanStep,
  effect: CarryOut,
  shell: RemediationShell,
  abort: AbortSignal,
): Promise<StepResult> {
  const { after, target } = changeOf(step, effect);
  const standing = await settled(step, shell, abort);
  return standing !== undefined && same(standing.settings, after)
    ? { kind: 'done' }
    : {
        kind: 'failed',
        detail: `the operation on ${target} ended, but what was to be does not stand: ${canonical(standing?.settings ?? null)}`,
      };
}

/** What stands once nothing is under way on it; undefined when that does not come. */
async function settled({ action, target }: PlanStep, { cloud, clock }: RemediationShell, abort: AbortSignal) {
  const until = plusSeconds(await clock.now(), FOLLOW_SECONDS_MAX);
  for (let at = await clock.now(); at < until; at = await clock.now()) {
    const standing = await anyAction(action).read(target, cloud, abort);
    if (standing.settled) return standing;
    await clock.sleepUntil(plusSeconds(at, POLL_SECONDS), abort);
  }
  return undefined;
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const phase = ({ digest, step, direction }: CarryOut) => ({ digest, step, direction });

async function finish(effect: CarryOut, result: StepResult, shell: RemediationShell): Promise<void> {
  const at = await shell.clock.now();
  await advance(effect.incident, { ...phase(effect), type: 'step-finished', at, result }, shell);
  if (result.kind === 'done' || result.kind === 'stood-already') await shell.store.spend(spendKey(effect), at);
}
