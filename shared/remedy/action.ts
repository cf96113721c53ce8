import type { Cause } from '../diagnosis/rule.ts';
import type { RuleName } from '../diagnosis/rules.ts';
import type { InspectorName, Observations } from '../evidence/evidence.ts';
import type { Bounds, Environment } from '../policy/policy.ts';
import type { CloudReader, CloudWriter } from '../ports/cloud.ts';
import type { PlanStep } from './actions.ts';
import type { Permanence } from './permanence.ts';

/** One change to one resource, with the settings it expects to find and those it will leave. */
export interface Change<Settings> {
  /** Full resource name. */
  readonly target: string;
  /** The version that was read; sent with the write where the API takes one. Connectors have none. */
  readonly etag: string | undefined;
  readonly before: Settings;
  readonly after: Settings;
}

/**
 * What a change does to the cause. 'mends': with it the cause is gone. 'relieves': users are served while the cause remains. 'by-hand': people make it,
 * and runmedic looks whether it helped.
 */
export type Fit = 'mends' | 'relieves' | 'by-hand';

/** What somebody is to do: words, and the commands that go with them, one a line; left out where none does. */
export interface Instruction {
  readonly words: string;
  readonly commands?: string;
}

/** What a person needs who makes a change by hand. The commands that make it are the prospect's `permanent.gcloud`. */
export interface Guide {
  /** Before anything is changed. */
  readonly check: Instruction;
  /** What the commands change. */
  readonly make: string;
  readonly undo: Instruction;
}

/** What a change costs, risks and brings, as the card says it. */
export interface Prospect {
  readonly fit: Fit;
  readonly risk: Risk;
  readonly expectedEffect: string;
  readonly expectedSeconds: number;
  /** Of a step that ends when somebody else has done their part: how long it is waited for beyond the usual, and for what, as the card says it. */
  readonly patience?: { readonly seconds: number; readonly waitsFor: string };
  readonly whatCouldGoWrong: string;
  /** Of the difference; where instances come and go, at most: as if they ran all month. */
  readonly costUsdPerMonth: number | 'unknown';
  /** Before and after in a person's words, only what changes. */
  readonly summary: { readonly title: string; readonly before: string; readonly after: string };
  /** What puts it back, or why nothing does. */
  readonly undo: { readonly kind: 'restore-before' } | { readonly kind: 'none'; readonly why: string };
  readonly permanent: Permanence;
  /** Of what is made by hand, and of nothing else. */
  readonly guide?: Guide;
}

/** What every proposal of an action keeps to, as the reference tells it before there is one. */
export interface Terms {
  /** Each that it may come to. */
  readonly risk: readonly Risk[];
  /** 'in-part': some of its steps, or in some cases: others have nothing to go back to. */
  readonly undo: 'restore-before' | 'none' | 'in-part';
  /** 'priced': by prices.ts, unknown where that has no price. */
  readonly cost: 'none' | 'priced' | 'unknown';
}

/** Derived from the operation, never from an alert's text. */
export type Risk = 'low' | 'medium' | 'high';

export type Proposal<Settings> =
  | {
      readonly kind: 'proposed';
      readonly change: Change<Settings>;
      readonly prospect: Prospect;
      /** Steps of other actions that follow it, in order; left out where it stands alone. */
      readonly followedBy?: readonly PlanStep[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ProposalInput<Needs extends InspectorName, Considers extends InspectorName = never> {
  readonly cause: Cause;
  readonly seen: Pick<Observations, Needs> & Partial<Pick<Observations, Considers>>;
  readonly environment: Environment;
  /** Unique to the incident and round; restarts are marked with it. */
  readonly mark: string;
}

/** A change to hold against the limits of the platform's API and of the policy, with what stands at that moment. */
export interface LimitInput<Settings> {
  readonly after: Settings;
  readonly present: Settings;
  readonly bounds: Bounds;
  /** Where the bounds are written: `environments.staging.bounds`. */
  readonly boundsAt: string;
}

/** What stands in the cloud now. `settled: false`: an operation is under way on it, wait and read again. */
export interface Standing<Settings> {
  readonly settings: Settings;
  readonly etag: string | undefined;
  readonly settled: boolean;
}

/**
 * One kind of change. `propose` is pure. `read` and `write` are the two halves of applying it; carrying out compares in between, in one place:
 * `after` stands already: done; `before` still stands: write; neither: stop and ask again.
 */
export interface Action<
  Settings,
  Needs extends InspectorName = InspectorName,
  Considers extends InspectorName = never,
> {
  readonly title: string;
  /** Left out: runmedic makes it, once it is approved. */
  readonly madeBy?: 'people';
  readonly answers: readonly RuleName[];
  /** What remediate's identity must be allowed, of Google's permissions: to read what stands, to write, and to follow the operation. */
  readonly permissions: readonly string[];
  readonly terms: Terms;
  readonly needs: readonly Needs[];
  /** What makes it surer, and is done without where it is out of reach: the prospect then says so. */
  readonly considers?: readonly Considers[];
  readonly propose: (input: ProposalInput<Needs, Considers>) => Proposal<Settings>;
  /** Why the API or the policy takes no such change, naming the limit; undefined when they do. Pure. Left out where nothing is limited. */
  readonly outOfLimits?: (input: LimitInput<Settings>) => string | undefined;
  readonly read: (target: string, cloud: CloudReader, abort: AbortSignal) => Promise<Standing<Settings>>;
  /** The only door to a CloudWriter. */
  readonly write: (
    change: Change<Settings>,
    cloud: CloudWriter,
    abort: AbortSignal,
  ) => Promise<{ readonly operation: string }>;
}
