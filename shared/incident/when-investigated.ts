import type { Environment } from '../policy/policy.ts';
import type { Plan } from '../remedy/plan.ts';
import { approversForAll } from './approval.ts';
import type { EventOf } from './event.ts';
import type { IncidentIn } from './incident.ts';
import {
  close,
  escalate,
  HEALTHY_LOOKS,
  LOOK_EVERY_SECONDS,
  type Moment,
  move,
  nextLook,
  type Step,
  UNEXPLAINED_LOOKS,
} from './moves.ts';

/** The diagnosis that was waited for came: a plan to decide on, a second look, or people. */
export function whenInvestigated(
  incident: IncidentIn<'investigating'>,
  event: EventOf<'investigated'>,
  moment: Moment,
): Step {
  const { diagnosis, offer } = event;
  if (offer.kind === 'plan') {
    const { signed, expiresAt } = offer;
    const unapprovable = whyUnapprovable(signed.plan, moment.environment);
    if (unapprovable !== undefined)
      return escalate(incident, moment, 'nobody-may-approve', unapprovable, { diagnosis });
    const plan = { diagnosis, signed, expiresAt, dueAt: expiresAt, look: undefined };
    return move(incident, { status: 'awaiting-approval', ...plan });
  }
  if (offer.kind === 'observed') {
    const detail = `observe mode (${offer.setting} is true): what would help is shown and not offered. Who maintains runmedic.yaml can lift it`;
    return escalate(incident, moment, 'observed', detail, {
      diagnosis,
      lapsed: { signed: offer.signed, expiredAt: undefined },
    });
  }
  const healthyLooks = offer.reason === 'healthy' ? incident.healthyLooks + 1 : 0;
  const isOpen = offer.reason === 'no-cause' || offer.reason === 'being-changed';
  const unexplainedLooks = incident.unexplainedLooks + (isOpen ? 1 : 0);
  if (healthyLooks >= HEALTHY_LOOKS) return close(incident, moment, { kind: 'resolved', by: 'itself' }, diagnosis);
  const noneLeft =
    offer.reason === 'no-safe-action' || offer.reason === 'platform-incident' || unexplainedLooks >= UNEXPLAINED_LOOKS;
  if (offer.reason !== 'healthy' && noneLeft) {
    const reason = offer.reason === 'being-changed' ? 'no-safe-action' : offer.reason;
    return escalate(incident, moment, reason, offer.detail, { diagnosis });
  }
  const dueAt = nextLook(moment.at, LOOK_EVERY_SECONDS);
  return move(incident, { status: 'investigating', dueAt, tries: 0, healthyLooks, unexplainedLooks, diagnosis });
}

/** Why waiting for an approval would be in vain, and what it would have been for; undefined when somebody may approve. */
function whyUnapprovable({ steps }: Plan, environment: Environment): string | undefined {
  const { users, usergroups } = approversForAll(steps, environment);
  if (users.length + usergroups.length > 0) return undefined;
  const changes = steps.map(({ prospect: { summary } }) => `${summary.title}, ${summary.before} -> ${summary.after}`);
  return `nobody is named in environments.${environment.name}.approvers for what would help: ${changes.join('; ')}`;
}
