import type { Effect } from '../incident/effect.ts';
import { topicOf } from '../incident/effect.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import type { Queue } from '../incident/queue.ts';
import type { AlertTrace, Store, StoredEffect } from '../incident/store.ts';
import { transition } from '../incident/transition.ts';
import { withoutEnvironment } from '../incident/without-environment.ts';
import type { Environment, Policy } from '../policy/policy.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';

/** What every advance needs: where incidents live, where effects go, the policy, and under which identity it happens. */
export interface Shell {
  readonly store: Store;
  readonly queue: Queue;
  readonly policy: Policy;
  /** 'alert', 'investigate', 'chat', 'remediate' or 'patrol': for the trail. */
  readonly by: string;
}

export interface Advanced {
  readonly incident: Incident;
  /** false: the event left it as it was (late, repeated or foreign). */
  readonly changed: boolean;
}

/** Writers that meet on one incident are few and quick; more tries than this mean something else is wrong. */
const CONFLICTS_MAX = 8;

/**
 * The whole shell: load, decide, save; then hand the saved effects to the queue. Where the configuration no longer has the incident's environment,
 * whatever happens hands it to people.
 * @throws PlatformFailure 'not-found' for an unknown incident, 'conflict' when other writers were first CONFLICTS_MAX times.
 */
export async function advance(id: string, event: IncidentEvent, shell: Shell, alert?: AlertTrace): Promise<Advanced> {
  for (let tries = 0; tries < CONFLICTS_MAX; tries += 1) {
    const before = await loaded(id, shell.store);
    const environment = environmentIn(before, shell.policy);
    const { incident: after, effects } =
      environment === undefined ? withoutEnvironment(before, event.at) : transition(before, event, environment);
    if (after.version === before.version) return { incident: before, changed: false };
    const audit = {
      incident: id,
      version: after.version,
      at: event.at,
      by: shell.by,
      event: environment === undefined ? ({ type: 'environment-removed', at: event.at } as const) : event,
      from: before.status,
      to: after.status,
    };
    const result = await shell.store.commit({ before, after, audit, effects, alert });
    if (result.kind === 'alert-already-recorded') return { incident: before, changed: false };
    if (result.kind === 'saved') {
      await deliver(result.effects, shell);
      return { incident: after, changed: true };
    }
  }
  throw new PlatformFailure(
    'conflict',
    `incident ${id} was changed by others ${CONFLICTS_MAX} times in a row while ${event.type} was saved`,
  );
}

/**
 * Hands saved effects to the queue and marks them. A crash in between delivers again, which every effect allows;
 * one before leaves them to patrol.
 */
export async function deliver(
  effects: readonly StoredEffect[],
  { queue, store }: Pick<Shell, 'queue' | 'store'>,
): Promise<void> {
  for (const { id, effect } of effects)
    await queue.publish(topicOf[effect.type], [
      { data: JSON.stringify(effect), attributes: { effect: id, type: effect.type } },
    ]);
  await store.markDelivered(effects.map(({ id }) => id));
}

export async function loaded(id: string, store: Store): Promise<Incident> {
  const incident = await store.load(id);
  if (incident === undefined) throw new PlatformFailure('not-found', `incident ${id} is not in the store`);
  return incident;
}

/** undefined: it was removed from the configuration while the incident was open. */
export const environmentIn = ({ subject }: Incident, policy: Policy): Environment | undefined =>
  policy.environments.find(({ name }) => name === subject.environment);

export function environmentOf(incident: Incident, policy: Policy): Environment {
  const environment = environmentIn(incident, policy);
  if (environment === undefined)
    throw new PlatformFailure(
      'not-found',
      `incident ${incident.id} is about ${incident.subject.environment}, which the configuration no longer has`,
    );
  return environment;
}

/** An effect as a handler receives it. @throws Error when the message is none of ours. */
export function parseEffect(data: string): Effect {
  const effect: unknown = JSON.parse(data);
  if (
    typeof effect === 'object' &&
    effect !== null &&
    'type' in effect &&
    typeof effect.type === 'string' &&
    effect.type in topicOf
  )
    // Sound: our own identities alone publish to these topics, and what they publish is an Effect that was saved.
    return effect as Effect;
  throw new Error('not an effect of runmedic');
}
