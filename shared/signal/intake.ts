import { cut } from '../policy/describe.ts';
import type { Policy } from '../policy/policy.ts';
import type { Alert, Intake } from './alert.ts';
import { findSubject } from './find-subject.ts';
import { parseNotification } from './parse-notification.ts';
import type { Subject } from './subject.ts';

/** What to do with one delivered message: take it as a signal about something watched, leave it with a reason, or refuse it as unreadable. Never throws. */
export function intake(message: unknown, policy: Policy): Intake {
  const notification = parseNotification(message);
  if (notification.kind === 'refused') return { verdict: 'refused', reason: notification.reason };
  const { alert, clues, test } = notification;
  if (test)
    return { verdict: 'ignored', reason: 'a test notification: the channel works, and nothing is wrong', alert };
  const found = findSubject(alert, clues, policy);
  if (found.kind === 'unwatched') return { verdict: 'ignored', reason: found.reason, alert };
  const { environment, subject, note } = found;
  if (environment.paused) return { verdict: 'ignored', reason: `environment ${environment.name} is paused`, alert };
  const reason = [about(subject), note, stateNote(alert)].filter((part) => part !== undefined).join('; ');
  return { verdict: 'accepted', reason, alert, subject };
}

function about({ environment, project, region, services }: Subject): string {
  const place = `${environment} (${project} in ${region})`;
  return services.length === 0 ? `about ${place}` : `about ${services.join(', ')} in ${place}`;
}

/** A closing is a reason to look again and no proof of recovery: data may have stopped, or somebody edited the policy. */
function stateNote({ state, observedValue, summary }: Alert): string | undefined {
  if (state === 'open')
    return /returned to (a )?normal/i.test(summary)
      ? 'still open, although its summary says that it returned to normal'
      : undefined;
  if (observedValue === undefined || !isSentence(observedValue)) return 'closed: to be checked, not believed';
  return `closed for a reason that is no recovery ("${cut(observedValue, 120)}"): to be checked`;
}

/** An edited or deleted policy closes its incidents with words where the value would be. */
const isSentence = (value: string): boolean => /\p{L}{2,}\s+\p{L}{2,}/u.test(value);
