import type { Instant } from '../../../shared/ports/clock.ts';
import type { Click } from '../../../shared/report/click.ts';

/** What those in the channel do about each plan that they see. */
export type Persona =
  | 'approves'
  | 'approves-by-group'
  | 'approves-late'
  | 'both-approve'
  | 'one-approves-one-rejects'
  | 'rejects'
  | 'ignores'
  | 'stranger-approves'
  | 'stranger-asks-first'
  | 'guest-approves'
  | 'approves-another-plan'
  | 'approves-another-incident';

/** A yes that counts: of somebody whom the policy names, to a plan by its digest. */
export interface Consent {
  readonly user: string;
  readonly at: Instant;
  /** As the button carried it. */
  readonly digest: string;
}

export interface Reaction {
  readonly afterSeconds: number;
  readonly click: Click;
}

const LATE_SECONDS = 1_900;

/** The clicks that a persona makes on the buttons of one plan, on a card that stands at `channel`. */
export function reactions(persona: Persona, value: string, channel: string, delaySeconds: number): Reaction[] {
  const [incident = '', digest = ''] = value.split('/');
  const by = (user: string, about: Partial<Click> = {}) => ({ incident, digest, user, channel, ...about });
  const approve = (user: string, about: Partial<Click> = {}): Reaction => ({
    afterSeconds: delaySeconds,
    click: { ...by(user, about), kind: 'approve' },
  });
  const reject = (user: string): Reaction[] => [
    { afterSeconds: delaySeconds, click: { ...by(user), kind: 'reject-opened', view: 'V0REJECT' } },
    { afterSeconds: delaySeconds + 20, click: { ...by(user), kind: 'reject-submitted', reason: 'not now' } },
  ];
  switch (persona) {
    case 'approves':
      return [approve('U0ANN')];
    case 'approves-by-group':
      return [approve('U0BEN')];
    case 'approves-late':
      return [{ ...approve('U0ANN'), afterSeconds: LATE_SECONDS }];
    case 'both-approve':
      return [approve('U0ANN'), approve('U0BEN')];
    case 'one-approves-one-rejects':
      return [approve('U0ANN'), ...reject('U0BEN')];
    case 'rejects':
      return reject('U0ANN');
    case 'ignores':
      return [];
    case 'stranger-asks-first':
      return [
        {
          afterSeconds: delaySeconds - 10,
          click: { kind: 'check-again', incident, user: 'U0SAM', channel },
        },
        approve('U0ANN'),
      ];
    case 'stranger-approves':
      return [approve('U0SAM')];
    case 'guest-approves':
      return [approve('U0GUEST')];
    case 'approves-another-plan':
      return [approve('U0ANN', { digest: 'f'.repeat(16) })];
    case 'approves-another-incident':
      return [approve('U0ANN', { incident: 'inc-20200101t0000-abcdef' })];
  }
}

/** Whom the policy of these stories names, and Slack knows as a full member. */
export const NAMED: readonly string[] = ['U0ANN', 'U0BEN'];
