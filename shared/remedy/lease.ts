import type { Instant } from '../ports/clock.ts';

/** One step of an incident's approved plan, and the resource that it changes. */
export interface LeasedStep {
  /** Full resource name, of `resourceOf`. */
  readonly resource: string;
  readonly incident: string;
  readonly digest: string;
  readonly step: number;
  readonly direction: 'apply' | 'undo';
}

/** A resource that one step has to itself, from before its write until it ended and nothing of it is under way any more. There is one for each resource at most. */
export interface Lease extends LeasedStep {
  /** The name of the platform's operation; undefined: none is known to have begun. */
  readonly operation: string | undefined;
  readonly takenAt: Instant;
  /** Another one with every save; saving and ending compare it. */
  readonly mark: string;
}

/** The resource that a write to `target` replaces a part of: a NAT gateway is written with all of its router (routers.patch takes the whole list). */
export const resourceOf = (target: string): string => target.replace(/\/nats\/[^/]+$/, '');

/** Why a resource must be let alone while a step has it. */
export const beingChanged = ({ resource, incident }: Pick<Lease, 'resource' | 'incident'>): string =>
  `incident ${incident} is changing ${resource}: one change at a time on a resource, which nobody can lift; it is free once that change has ended`;
