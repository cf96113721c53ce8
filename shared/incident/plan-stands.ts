import type { Plan } from '../remedy/plan.ts';
import { canonical } from '../remedy/signature.ts';
import type { EventOf } from './event.ts';
import type { AuditEntry } from './store.ts';

/**
 * Why a look takes nothing from a plan that waits: it comes to the same change for the same cause, or it could not judge that cause and found none in
 * its place. undefined: it came to something else.
 */
export function whyPlanStands(
  plan: Plan,
  { diagnosis, offer }: Pick<EventOf<'investigated'>, 'diagnosis' | 'offer'>,
): 'same' | 'unjudged' | undefined {
  if (offer.kind === 'plan')
    return canonical(changeOf(offer.signed.plan)) === canonical(changeOf(plan)) ? 'same' : undefined;
  const isUnjudged = diagnosis.unchecked.some(({ rule }) => rule === plan.because.rule);
  return offer.kind === 'none' && offer.reason === 'no-cause' && isUnjudged ? 'unjudged' : undefined;
}

/** What is written, where and why; not what is said of it, whose numbers move with every look. */
const changeOf = ({ because, steps }: Plan) => ({
  because,
  steps: steps.map(({ action, target, etag, before, after }) => ({
    ...{ action, target, before, after },
    etag: etag ?? null,
  })),
});

/** Whether an entry of the trail is a look that left the plan on offer as it was; why it did. @param before the entries before it. */
export function leftPlanStanding(
  { event, from, to }: AuditEntry,
  before: readonly AuditEntry[],
): 'same' | 'unjudged' | undefined {
  if (event.type !== 'investigated' || from !== 'awaiting-approval' || to !== from) return undefined;
  const plan = before
    .flatMap((entry) =>
      entry.event.type === 'investigated' && entry.event.offer.kind === 'plan' ? [entry.event.offer] : [],
    )
    .at(-1)?.signed.plan;
  return plan && whyPlanStands(plan, event);
}
