import type { InspectorName } from '../evidence/evidence.ts';
import type { Action, Change, Prospect } from './action.ts';
import * as registry from './registry.ts';

export const actions = registry;
export type ActionName = keyof typeof actions;
// Sound: Object.keys of a namespace import gives exactly its exported names.
export const actionNames = Object.keys(registry) as readonly ActionName[];

/** Sound: an action is only ever handed the settings that it proposed or read itself, under its own name. */
export const anyAction = (name: ActionName): Action<unknown, InspectorName, InspectorName> =>
  actions[name] as unknown as Action<unknown, InspectorName, InspectorName>;

type SettingsOf<A> = A extends { readonly write: (change: Change<infer S>, ...rest: never[]) => unknown } ? S : never;

/** Derived from the registry: one member per action, so that every switch over it is checked. */
export type RemediationChange = {
  readonly [N in ActionName]: { readonly action: N } & Change<SettingsOf<(typeof actions)[N]>>;
}[ActionName];

/** One step of a plan: the change and what the card says of it. */
export type PlanStep = RemediationChange & { readonly prospect: Prospect };
