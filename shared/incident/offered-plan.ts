import type { Plan } from '../remedy/plan.ts';
import type { AuditEntry } from './store.ts';

/** The plan of this digest, as the trail has it; undefined where no look of it offered one. */
export const offeredPlan = (trail: readonly AuditEntry[], digest: string): Plan | undefined =>
  trail
    .flatMap(({ event }) =>
      event.type === 'investigated' && event.offer.kind === 'plan' ? [event.offer.signed.plan] : [],
    )
    .findLast((plan) => plan.digest === digest);
