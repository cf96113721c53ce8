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
  readonly kind:
    | 'serving-errors'
    | 'check-failing'
    /** Who asked is not let in: a matter of rights and routes, and no outage of the service by itself. */
    | 'check-turned-away'
    | 'start-ups-failing'
    | 'requests-refused'
    | 'backend-failing'
    | 'slow'
    | 'connections-cut';
  /** A service's short name, a check's name, or of 'backend-failing' a load balancer's backend service. */
  readonly on: string;
  readonly text: string;
}

/** What else would be there if a claim were true, and whether it was. `unknown`: it could not be looked at. */
export interface Expectation {
  readonly text: string;
  readonly seen: 'yes' | 'no' | 'unknown';
}

/** What a rule found to be wrong. */
export interface Fault {
  /** Full resource name of what is broken. */
  readonly target: string;
  /** One sentence with the two numbers that count. */
  readonly claim: string;
  /** From what speaks for it; each expectation that was looked for and not seen takes a step off it (diagnose.ts). */
  readonly confidence: Confidence;
  readonly evidence: readonly EvidenceLine[];
  readonly expects: readonly Expectation[];
  /** The services that this harms, short names. */
  readonly services: readonly string[];
  /** Checks from outside that fail by it alone, whatever the services do: a certificate, a name, a route. */
  readonly checks?: readonly string[];
  /** Load balancers' backend services whose requests reach nobody by it. */
  readonly backends?: readonly string[];
  /**
   * Findings of other rules that this very one was seen to bring about, whomever they harm: something shared that one of its users filled. They do not
   * explain it in turn, whatever their rules say.
   */
  readonly bringsAbout?: readonly { readonly rule: string; readonly target: string }[];
  /** Its own containers name what is amiss in words that nothing around them puts into their mouths: no infrastructure and no platform explains it. */
  readonly confessed?: boolean;
  /** 'soon': nothing fails of it yet, and it is the root only where nothing else is wrong. */
  readonly harm?: 'now' | 'soon';
  /** What is at fault was reached, and says so itself: nothing that keeps a service from what it needs brings that about. */
  readonly answered?: boolean;
}

/** What a rule says of one target; each says why. */
export type Conclusion =
  | ({ readonly kind: 'cause' } & Fault)
  | { readonly kind: 'ruled-out'; readonly reason: string }
  | {
      readonly kind: 'inconclusive';
      readonly reason: string;
      /** 'soon': what is missing is on its way, and a later look will tell. */
      readonly settles: 'soon' | 'not-by-itself';
      /** What could not be judged, and which services it might harm; left out where no target could be judged. */
      readonly about?: Pick<Fault, 'target' | 'services' | 'checks' | 'backends'>;
      /** What would settle it, as a person would do it: one sentence. */
      readonly nextCheck?: string;
      /** It cannot be left as it is, whatever would come out: something runs out within days. */
      readonly harm?: 'soon';
    };

export type Cause = Fault & { readonly rule: string; readonly layer: Layer; readonly explains: readonly string[] };

/** Context that is no observation: what the incident is about. */
export type Context = Pick<Inspection, 'subject' | 'since' | 'until'>;

/** What a rule is handed: all that it needs, and of what it considers that which could be observed. */
export type Seen<Needs extends InspectorName, Considers extends InspectorName> = Pick<Observations, Needs> &
  Partial<Pick<Observations, Considers>>;

/** Pure and synchronous: the same observations always give the same conclusion. `needs` and `considers` are all that it is handed. */
export interface Rule<Needs extends InspectorName = InspectorName, Considers extends InspectorName = never> {
  readonly layer: Layer;
  /** What is wrong, for people: "VPC connector saturated". */
  readonly title: string;
  readonly needs: readonly Needs[];
  /** What makes it surer, and is done without where it is out of reach. */
  readonly considers?: readonly Considers[];
  /** Ids of rules whose findings this brings about on the services that it harms. No two rules explain each other. */
  readonly explains: readonly string[];
  /** One conclusion for every target that is a cause or could not be judged; where there is none, one that rules all of them out. */
  readonly diagnose: (seen: Seen<Needs, Considers>, context: Context) => readonly Conclusion[];
}

/** What was concluded of each target, as a rule hands it on: those ruled out matter only when nothing else is left, and then in one reason. */
export function standing(judged: readonly Conclusion[], ruledOut: string): readonly Conclusion[] {
  const left = judged.filter(({ kind }) => kind !== 'ruled-out');
  return left.length > 0 ? left : [{ kind: 'ruled-out', reason: ruledOut }];
}

/** The same, ruled out for the reasons of each target, or for `whereNone` when none was judged. */
export function standingOfEach(judged: readonly Conclusion[], whereNone: string): readonly Conclusion[] {
  const reasons = judged.flatMap((conclusion) => (conclusion.kind === 'ruled-out' ? [conclusion.reason] : []));
  return standing(judged, reasons.join('; ') || whereNone);
}

export const rule = <const Needs extends InspectorName, const Considers extends InspectorName = never>(
  definition: Rule<Needs, Considers>,
): Rule<Needs, Considers> => definition;
