import type { InspectorName } from '../evidence/evidence.ts';
import * as registry from './registry.ts';
import type { Layer, Rule } from './rule.ts';

export const rules = registry satisfies Record<string, { readonly layer: Layer; readonly title: string }>;
export type RuleName = keyof typeof rules;
// Sound: Object.keys of a namespace import gives exactly its exported names.
export const ruleNames = Object.keys(registry) as readonly RuleName[];

/** Any rule with its needs forgotten; `judge` hands it only what it needs. */
export const ruleNamed = (name: RuleName): Rule<InspectorName, InspectorName> =>
  rules[name] as unknown as Rule<InspectorName, InspectorName>;
