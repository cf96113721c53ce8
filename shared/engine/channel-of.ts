import type { Incident } from '../incident/incident.ts';
import type { Card } from '../incident/store.ts';
import type { Policy } from '../policy/policy.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { environmentIn } from './advance.ts';

/**
 * Where an incident is talked about: where its card is; before there is one, where its environment is talked about, or what the top of the file says.
 * @throws PlatformFailure 'failed-precondition' when none of them names a channel.
 */
export function channelOf(incident: Incident, card: Card | undefined, policy: Policy): string {
  const channel = card?.channel ?? environmentIn(incident, policy)?.slack.channel ?? policy.top?.channel;
  if (channel !== undefined) return channel;
  throw new PlatformFailure(
    'failed-precondition',
    `incident ${incident.id} has no card yet, its environment ${incident.subject.environment} is no longer in the configuration, and slack.channel at its top names none`,
  );
}
