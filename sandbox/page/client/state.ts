import { html } from 'htm/preact';
import type { VNode } from 'preact';

type Tone = 'good' | 'warn' | 'bad' | 'busy';

/** Each state has a sign and its word, so that the colour is never alone. */
const known: Readonly<Record<string, readonly [Tone, string]>> = {
  serving: ['good', '✓'],
  reachable: ['good', '✓'],
  READY: ['good', '✓'],
  degraded: ['warn', '▲'],
  unreliable: ['warn', '▲'],
  UPDATING: ['busy', '↻'],
  CREATING: ['busy', '↻'],
  down: ['bad', '✕'],
  unreachable: ['bad', '✕'],
  ERROR: ['bad', '✕'],
};

/** A state as a small label. */
export function State({ state }: { readonly state: string }): VNode {
  const [tone, sign] = known[state] ?? ['warn', '?'];
  return html`<span class=${`state ${tone}`}><span aria-hidden="true">${sign}</span> ${state.toLowerCase()}</span>`;
}
