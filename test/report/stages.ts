import { approversForAll } from '../../shared/incident/approval.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident, Recovery } from '../../shared/incident/incident.ts';
import { EXECUTION_SECONDS_MAX, INVESTIGATION_PATIENCE_SECONDS } from '../../shared/incident/moves.ts';
import type { AuditEntry } from '../../shared/incident/store.ts';
import { transition } from '../../shared/incident/transition.ts';
import { beingChanged } from '../../shared/remedy/lease.ts';
import { planFor } from '../../shared/remedy/plan-for.ts';
import type { People } from '../../shared/report/timeline-line.ts';
import { at, CONNECTOR, environment } from '../builders/evidence.ts';
import {
  approvalOf,
  awaiting,
  brokenRelease,
  diagnosisOf,
  must,
  offer,
  opened,
  saturated,
  shutOut,
} from '../builders/incident.ts';

/** An incident with the trail that led to it, as the store would hold them. */
export interface Stage {
  readonly incident: Incident;
  readonly trail: readonly AuditEntry[];
}

/** One event after another, each with its entry. Events that change nothing leave none. */
export function staged(...events: readonly IncidentEvent[]): Stage {
  const first = opened();
  const opening: AuditEntry = {
    incident: first.id,
    version: 1,
    at: at(0),
    by: 'alert',
    event: { type: 'opened', at: at(0), alert: '0.abc/open' },
    from: 'none',
    to: 'investigating',
  };
  return events.reduce(next, { incident: first, trail: [opening] });
}

export function next({ incident, trail }: Stage, event: IncidentEvent): Stage {
  const { incident: after } = transition(incident, event, environment);
  if (after.version === incident.version) return { incident, trail };
  const { id, version, status } = after;
  const entry: AuditEntry = {
    incident: id,
    version,
    at: event.at,
    by: 'chat',
    event,
    from: incident.status,
    to: status,
  };
  return { incident: after, trail: [...trail, entry] };
}

const incidentId = opened().id;
const planned = awaiting().signed.plan;

export const offered = (of?: typeof brokenRelease): IncidentEvent => ({
  type: 'investigated',
  at: at(5),
  round: 1,
  diagnosis: diagnosisOf(of),
  offer: { kind: 'plan', signed: offer(incidentId, of), expiresAt: at(1805) },
});
/** Somebody changed what the plan says of itself after it was signed. */
export function forgedOffer(): IncidentEvent {
  const signed = offer(incidentId);
  const [step] = signed.plan.steps;
  const prospect = { ...step.prospect, whatCouldGoWrong: 'nothing' };
  const plan = { ...signed.plan, steps: [{ ...step, prospect }] } as const;
  const forged = { kind: 'plan', signed: { ...signed, plan }, expiresAt: at(1805) } as const;
  return { type: 'investigated', at: at(5), round: 1, diagnosis: diagnosisOf(), offer: forged };
}
export const without = (reason: 'healthy' | 'no-cause' | 'no-safe-action', seconds: number): IncidentEvent => ({
  type: 'investigated',
  at: at(seconds),
  round: 1,
  diagnosis: { ...diagnosisOf(), root: undefined, causes: [] },
  offer: { kind: 'none', reason, detail: `told to be ${reason}` },
});
export const approved = (of?: typeof brokenRelease): IncidentEvent => ({
  type: 'approved',
  at: at(60),
  approval: approvalOf(awaiting(of)),
});
export const rejected: IncidentEvent = {
  type: 'rejected',
  at: at(70),
  digest: planned.digest,
  refusal: { approver: 'U0BEN', reason: 'Traffic falls already', at: at(70) },
};
export const started: IncidentEvent = {
  type: 'step-started',
  at: at(62),
  digest: planned.digest,
  step: 0,
  direction: 'apply',
  operation: 'projects/acme-staging/locations/us-central1/operations/op-1',
};
export const stepFinished = (
  result: Extract<IncidentEvent, { type: 'step-finished' }>['result'],
  of?: typeof brokenRelease,
): IncidentEvent => ({
  type: 'step-finished',
  at: at(180),
  digest: awaiting(of).signed.plan.digest,
  step: 0,
  direction: 'apply',
  result,
});
export const seen = (verdict: Recovery['verdict'], seconds: number, of?: typeof brokenRelease): IncidentEvent => ({
  type: 'verified',
  at: at(seconds),
  digest: awaiting(of).signed.plan.digest,
  recovery: {
    verdict,
    checks: [
      { name: 'frontend', status: 'passed', detail: '200 in 41 ms' },
      { name: 'live updates', status: verdict === 'recovered' ? 'passed' : 'failed', detail: 'opened' },
      {
        name: 'check of the cause (VPC connector saturated)',
        status: verdict === 'inconclusive' ? 'unavailable' : 'passed',
        detail: '40 %',
      },
    ],
  },
});
/** A look of which the same rule says, in sentences of its own, that nothing changed. */
function stillThere(seconds: number): IncidentEvent {
  const { root } = diagnosisOf();
  const checks = [
    { name: 'frontend', status: 'failed', detail: '503 in 12 ms, expected 200' },
    {
      name: 'check of the cause (VPC connector saturated)',
      status: 'failed',
      detail: `still there: ${root?.claim ?? ''}`,
    },
  ] as const;
  return { type: 'verified', at: at(seconds), digest: planned.digest, recovery: { verdict: 'not-yet', checks } };
}
/** What would help was tried before: the refusals in their own words. */
function nothingLeft(): IncidentEvent {
  const diagnosis = diagnosisOf();
  const { root } = diagnosis;
  const tried = planned.steps.map(({ action, target }) => ({ action, target }));
  const offers =
    root &&
    planFor({
      incident: incidentId,
      round: 2,
      root,
      evidence: saturated,
      environment,
      ownProject: '',
      at: at(0),
      made: [],
      tried,
    });
  const detail = offers?.kind === 'none' ? offers.refusals.join('; ') : '';
  return {
    ...without('no-safe-action', 5),
    diagnosis,
    offer: { kind: 'none', reason: 'no-safe-action', detail },
  } as IncidentEvent;
}
/** What would help is in another incident's hands. */
function busy(): IncidentEvent {
  const detail = beingChanged({ resource: CONNECTOR, incident: 'inc-20261123t0250-9f3c2a' });
  const offer = { kind: 'none', reason: 'being-changed', detail } as const;
  return { type: 'investigated', at: at(5), round: 1, diagnosis: diagnosisOf(), offer };
}
/** What would help, where the policy has plans shown only. */
const observed = (of?: typeof brokenRelease): IncidentEvent => ({
  type: 'investigated',
  at: at(5),
  round: 1,
  diagnosis: diagnosisOf(of),
  offer: { kind: 'observed', signed: offer(incidentId, of), setting: 'environments.staging.observe' },
});
/** Of whom the thread speaks; nobody is known by name where none is given. */
export const people = (names: ReadonlyMap<string, string> = new Map()): People => ({
  names,
  deciders: ({ steps }) => approversForAll(steps, environment),
});

/** The timer of whatever stands. */
export const due = ({ incident }: Stage, seconds: number): IncidentEvent => ({
  type: 'timer-due',
  at: at(seconds),
  version: incident.version,
});

export const askedAgain: IncidentEvent = { type: 'check-asked', at: at(40), by: 'U0SAM' };
const foundAgain: IncidentEvent = { ...offered(), at: at(50) };
/** What the plan answers could not be looked at. */
function unjudged(): IncidentEvent {
  const unchecked = [{ rule: 'connector-saturated', reason: 'the metrics could not be read' }];
  const diagnosis = { ...diagnosisOf(), root: undefined, causes: [], unchecked };
  return { ...without('no-cause', 50), diagnosis } as IncidentEvent;
}

const done = { kind: 'done' } as const;
const verifying = staged(offered(), approved(), started, stepFinished(done));
const expired = staged(offered());
const healthyOnce = staged(without('healthy', 5));

/** Nobody answered, time after time. */
function unanswered(): Stage {
  let stage = staged();
  for (let seconds = 120; stage.incident.status === 'investigating'; seconds += 120)
    stage = next(stage, due(stage, seconds));
  return stage;
}

/** Handed to people by the timer of what was waited for. */
const afterLast = (stage: Stage, seconds: number): Stage => next(stage, due(stage, seconds));

const doubted = next(verifying, seen('not-yet', 1500));
const viaGroup = { ...approvalOf(awaiting()), approver: 'U0BEN', via: 'S0ONCALL' };
const [scale] = planned.steps;
const [shift] = awaiting(brokenRelease).signed.plan.steps;
/** A plan of two steps; none of today's rules asks for one. */
function twoSteps(): Stage {
  const { incident, trail } = staged(offered());
  const waiting = must(incident, 'awaiting-approval');
  const plan = { ...waiting.signed.plan, steps: [scale, shift] } as const;
  return { incident: { ...waiting, signed: { ...waiting.signed, plan } }, trail };
}
const ofTwo = twoSteps();

const byHand = staged(offered(shutOut));
const doneByHand = next(byHand, approved(shutOut));
const lookedAt = next(doneByHand, stepFinished({ kind: 'stood-already' }, shutOut));

/** An incident in every state that a card can show. */
export const stages = {
  investigating: staged(),
  'looking again': staged(without('no-cause', 5)),
  'another incident is changing it': staged(busy()),
  'looking healthy': healthyOnce,
  'awaiting approval': staged(offered()),
  'awaiting approval of what can be undone': staged(offered(brokenRelease)),
  'looking beside the offer': staged(offered(), askedAgain),
  'found the same beside it': staged(offered(), askedAgain, foundAgain),
  'could not judge it again': staged(offered(), askedAgain, unjudged()),
  'no answer beside it': [160, 280, 400].reduce<Stage>(
    (stage, seconds) => next(stage, due(stage, seconds)),
    staged(offered(), askedAgain),
  ),
  'another plan than before': staged(offered(), askedAgain, { ...offered(brokenRelease), at: at(50) }),
  'approved while it looked': staged(offered(), askedAgain, approved(), foundAgain),
  'about to execute': staged(offered(), approved()),
  executing: staged(offered(), approved(), started),
  'changed, not looked at': verifying,
  verifying: next(verifying, seen('not-yet', 240)),
  'one good look': next(verifying, seen('recovered', 240)),
  undoing: staged(
    offered(brokenRelease),
    approved(brokenRelease),
    stepFinished(done, brokenRelease),
    seen('worse', 240, brokenRelease),
    seen('worse', 300, brokenRelease),
  ),
  resolved: [240, 300, 360].reduce((stage, seconds) => next(stage, seen('recovered', seconds)), verifying),
  'recovered by itself': next(next(healthyOnce, due(healthyOnce, 65)), without('healthy', 70)),
  declined: staged(offered(), rejected),
  'nobody decided': next(expired, due(expired, 1805)),
  'nobody decided, looked at again': next(afterLast(expired, 1805), { ...askedAgain, at: at(1900) }),
  'no answer, then healthy once': next(unanswered(), without('healthy', 400)),
  'execution failed': staged(
    offered(),
    approved(),
    started,
    stepFinished({ kind: 'failed', detail: 'quota exceeded' }),
  ),
  'not what was signed': staged(
    offered(),
    approved(),
    stepFinished({ kind: 'not-genuine', detail: 'its digest differs' }),
  ),
  'the investigation failed': unanswered(),
  'the change did not end': afterLast(staged(offered(), approved(), started), 60 + EXECUTION_SECONDS_MAX),
  'no look came back': afterLast(verifying, 1380 + 2 * INVESTIGATION_PATIENCE_SECONDS),
  'asked twice': next(staged(), due(staged(), 120)),
  'recovery not proven': doubted,
  'recovery could not be measured': next(verifying, seen('inconclusive', 240)),
  'by itself after an attempt': [1560, 1620].reduce((stage, seconds) => {
    const looking = next(stage, due(stage, seconds - 5));
    return next(looking, { ...without('healthy', seconds), round: 2 } as IncidentEvent);
  }, doubted),
  'approved by a member': staged(offered(), { type: 'approved', at: at(60), approval: viaGroup }),
  'awaiting approval of two steps': ofTwo,
  'to be done by hand': byHand,
  'to be done by hand again': next(next(afterLast(byHand, 1805), { ...askedAgain, at: at(1900) }), {
    ...offered(shutOut),
    at: at(1905),
  }),
  'done by hand': doneByHand,
  'done by hand, being checked': next(lookedAt, seen('not-yet', 240, shutOut)),
  'done by hand, resolved': [240, 300, 360].reduce(
    (stage, seconds) => next(stage, seen('recovered', seconds, shutOut)),
    lookedAt,
  ),
  'done by hand, to no avail': next(lookedAt, seen('not-yet', 1500, shutOut)),
  'done by hand, and worse': [240, 300].reduce(
    (stage, seconds) => next(stage, seen('worse', seconds, shutOut)),
    lookedAt,
  ),
  'nobody did it by hand': afterLast(byHand, 1805),
  'only observed': staged(observed()),
  'only observed, to be done by hand': staged(observed(shutOut)),
  'first of two steps': next(ofTwo, { type: 'approved', at: at(60), approval: approvalOf(awaiting()) }),
  'no safe change': staged(without('no-safe-action', 5)),
  'still as it was': next(verifying, stillThere(240)),
  'doubted, and still as it was': next(verifying, stillThere(1500)),
  'no change that helps': staged(nothingLeft()),
  'failed in a sentence': staged(
    offered(),
    approved(),
    started,
    stepFinished({ kind: 'failed', detail: 'quota exceeded for e2 machines.' }),
  ),
  'changed by someone else': staged(
    offered(),
    approved(),
    stepFinished({ kind: 'moved', detail: 'The connector is UPDATING.' }),
  ),
} as const satisfies Record<string, Stage>;

export const stageOf = (name: keyof typeof stages): Stage => stages[name];
export const awaitingStage = () => must(stages['awaiting approval'].incident, 'awaiting-approval');
