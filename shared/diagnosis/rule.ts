import type { InspectorName, Observations } from '../evidence/evidence.ts';
import type { Inspection } from '../evidence/inspector.ts';

export type Confidence = 'certain' | 'likely' | 'possible';
export type Layer = 'infrastructure' | 'release' | 'application' | 'configuration' | 'platform';

/** One number or fact that speaks for a claim, and where a person can see it. */
export interface EvidenceLine {
  readonly text: string;
  readonly url?: string;
}

/** Something that is wrong and has a cause: what users or the platform feel. */
export interface Symptom {
  readonly kind: 'serving-errors' | 'check-failing' | 'start-ups-failing' | 'requests-refused';
  /** A service's short name, or a check's name. */
  readonly on: string;
  readonly text: string;
}

/** What a rule found to be wrong. */
export interface Fault {
  /** Full resource name of what is broken. */
  readonly target: string;
  /** One sentence with the two numbers that count. */
  readonly claim: string;
  readonly confidence: Confidence;
  readonly evidence: readonly EvidenceLine[];
  /** The services that this harms, short names. */
  readonly services: readonly string[];
}

/** A rule's answer; each says why. */
export type Conclusion =
  | ({ readonly kind: 'cause' } & Fault)
  | { readonly kind: 'ruled-out'; readonly reason: string }
  /** `settles` 'soon': what is missing is on its way, and a later look will tell. */
  | { readonly kind: 'inconclusive'; readonly reason: string; readonly settles: 'soon' | 'not-by-itself' };

export type Cause = Fault & { readonly rule: string; readonly layer: Layer; readonly explains: readonly string[] };

/** Context that is no observation: what the incident is about. */
export type Context = Pick<Inspection, 'subject' | 'since' | 'until'>;

/** Pure and synchronous: the same observations always give the same conclusion. `needs` is all that it is handed. */
export interface Rule<Needs extends InspectorName = InspectorName> {
  readonly layer: Layer;
  /** What is wrong, for people: "VPC connector saturated". */
  readonly title: string;
  readonly needs: readonly Needs[];
  /** Ids of rules whose findings this brings about on the services that it harms. No two rules explain each other. */
  readonly explains: readonly string[];
  readonly diagnose: (seen: Pick<Observations, Needs>, context: Context) => Conclusion;
}

export const rule = <const Needs extends InspectorName>(definition: Rule<Needs>): Rule<Needs> => definition;
