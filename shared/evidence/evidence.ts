import type { Inspection, Inspector, Reading } from './inspector.ts';
import * as registry from './registry.ts';

export const inspectors = registry satisfies Record<string, Inspector<unknown>>;
export type InspectorName = keyof typeof inspectors;
export type Observations = { readonly [N in InspectorName]: Awaited<ReturnType<(typeof inspectors)[N]['inspect']>> };

/** One reading of every inspector, taken at about the same moment. */
export type Evidence = { readonly [N in InspectorName]: Reading<Observations[N]> };

/** Raised when an observation changes its shape: a rule must not take one for the other. */
export const EVIDENCE_SCHEMA = 1;

/** One look as it is kept: what it was about, when, and what it saw. Judging it again needs nothing else. */
export interface EvidenceRecord extends Pick<Inspection, 'subject' | 'since' | 'until'> {
  readonly evidence: Evidence;
}

// Sound: Object.keys of a namespace import gives exactly its exported names.
export const inspectorNames = Object.keys(registry) as readonly InspectorName[];
