import { randomUUID } from 'node:crypto';
import { CLAIM_SECONDS } from '../incident/moves.ts';
import type { Store } from '../incident/store.ts';
import { StoredDocumentInvalid } from '../incident/stored-document-invalid.ts';
import { type Clock, type Instant, plusSeconds } from '../ports/clock.ts';
import type { CloudWriter } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { Lease, LeasedStep } from '../remedy/lease.ts';

interface LeaseShell {
  readonly store: Store;
  readonly clock: Clock;
  readonly writer: Pick<CloudWriter, 'operation'>;
}

/** How often a lease is looked at that another step has; domain time. */
const POLL_SECONDS = 5;
/** Steps that meet on one resource are few; more tries than this mean something else is wrong. */
const RACES_MAX = 5;

/** What steps of open incidents are changing now. What a crash left behind is not among them. */
export async function leasesAtWork(store: Store): Promise<readonly Lease[]> {
  const leases = await store.leases();
  const atWork = await Promise.all(leases.map((lease) => isAtWork(lease, store)));
  return leases.filter((_, index) => atWork[index]);
}

/** Waits while another step has the resource: undefined once it is free, or its lease when it has it at `until` still. */
export async function waitedFor(
  step: LeasedStep,
  until: Instant,
  shell: LeaseShell,
  abort: AbortSignal,
): Promise<Lease | undefined> {
  const { store, clock } = shell;
  for (;;) {
    const lease = await leaseOf(step, store);
    if (lease === undefined || isOf(lease, step) || (await isOver(lease, shell, abort))) return undefined;
    const at = await clock.now();
    if (at >= until) return lease;
    await clock.sleepUntil(plusSeconds(at, POLL_SECONDS), abort);
  }
}

/** 'held': by another step, whose lease it is. */
export interface Taken {
  readonly kind: 'taken' | 'held';
  readonly lease: Lease;
}

/**
 * Takes the resource for a step, which may have it already from before a crash.
 * @throws PlatformFailure 'unavailable' when others were first RACES_MAX times.
 */
export async function takeLease(step: LeasedStep, shell: LeaseShell, abort: AbortSignal): Promise<Taken> {
  const { store, clock } = shell;
  for (let races = 0; races < RACES_MAX; races += 1) {
    const before = await leaseOf(step, store);
    const isOwn = before !== undefined && isOf(before, step);
    if (before !== undefined && !isOwn && !(await isOver(before, shell, abort))) return { kind: 'held', lease: before };
    // Anew also what is its own: the write that follows has as long again.
    const lease = {
      ...step,
      operation: isOwn ? before.operation : undefined,
      takenAt: await clock.now(),
      mark: randomUUID(),
    };
    if (await store.saveLease(before, lease)) return { kind: 'taken', lease };
  }
  throw new PlatformFailure('unavailable', `${step.resource} was taken by others ${RACES_MAX} times in a row`);
}

/**
 * Keeps an operation's name with its lease: as long as it runs, nobody else gets the resource.
 * @throws PlatformFailure 'unavailable' when the lease is another's now.
 */
export async function leaseUntilEnd(lease: Lease, operation: string, { store }: LeaseShell): Promise<void> {
  if (await store.saveLease(lease, { ...lease, operation, mark: randomUUID() })) return;
  throw new PlatformFailure('unavailable', `${lease.resource} was taken by another step while ${operation} began`);
}

/**
 * Gives a resource back after a step that has it. 'unclear': its operation may still be under way, or a write may have begun one that nobody
 * knows of; then the lease is left to whoever wants the resource next, and asks.
 */
export async function endLease(
  step: LeasedStep,
  ended: 'ended' | 'unclear',
  shell: LeaseShell,
  abort: AbortSignal,
): Promise<void> {
  const lease = await leaseOf(step, shell.store);
  if (lease === undefined || !isOf(lease, step)) return;
  // What Google does not answer now is asked again by whoever comes next.
  if (ended === 'ended' || (await isOver(lease, shell, abort).catch(() => false))) await shell.store.endLease(lease);
}

const leaseOf = async ({ resource }: LeasedStep, store: Store): Promise<Lease | undefined> =>
  (await store.leases()).find((lease) => lease.resource === resource);

const isOf = (lease: Lease, { incident, digest, step, direction }: LeasedStep): boolean =>
  lease.incident === incident && lease.digest === digest && lease.step === step && lease.direction === direction;

/**
 * Whether a lease may be taken over: its incident is not at that step any more, and Google says that its operation has ended. Where no operation is
 * known, the write that may have begun one has ended by the time that a claim runs out; what it began is seen on the resource, which is waited for.
 */
async function isOver(lease: Lease, { store, clock, writer }: LeaseShell, abort: AbortSignal): Promise<boolean> {
  if (await isAtWork(lease, store)) return false;
  if (lease.operation === undefined) return (await clock.now()) >= plusSeconds(lease.takenAt, CLAIM_SECONDS);
  return hasEnded(lease.operation, writer, abort);
}

/** What Google does not know any more is not under way. */
async function hasEnded(operation: string, writer: LeaseShell['writer'], abort: AbortSignal): Promise<boolean> {
  try {
    return (await writer.operation(operation, abort)).done;
  } catch (error) {
    if (error instanceof PlatformFailure && error.code === 'not-found') return true;
    throw error;
  }
}

/** An incident that cannot be read cannot be carried out either. */
async function isAtWork({ incident: id, digest, step, direction }: Lease, store: Store): Promise<boolean> {
  const incident = await store.load(id).catch((error: unknown) => {
    if (error instanceof StoredDocumentInvalid) return undefined;
    throw error;
  });
  return (
    incident?.status === 'executing' &&
    incident.signed.plan.digest === digest &&
    incident.step === step &&
    incident.direction === direction
  );
}
