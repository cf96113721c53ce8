import { html } from 'htm/preact';
import type { VNode } from 'preact';

const WIDTH = 120;
const HEIGHT = 28;
/** The newest twenty minutes, a sample every 5 s. */
const POINTS = 240;

/** A small line of what a value did, from the left (oldest) to the right (now). */
export function Sparkline(props: {
  readonly values: readonly number[];
  readonly max: number;
  readonly label: string;
}): VNode {
  const values = props.values.slice(-POINTS);
  const x = (index: number): number => WIDTH - ((values.length - 1 - index) / (POINTS - 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - 1 - Math.min(1, value / props.max) * (HEIGHT - 3);
  const line = values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)},${y(value).toFixed(1)}`)
    .join('');
  const area = values.length === 0 ? '' : `${line}L${WIDTH},${HEIGHT}L${x(0).toFixed(1)},${HEIGHT}Z`;
  return html`
    <svg class=${`sparkline ${values.at(-1) === 0 ? 'calm' : ''}`} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${props.label}>
      <path class="base" d=${`M0,${HEIGHT - 0.5}H${WIDTH}`} />
      <path class="area" d=${area} />
      <path class="line" d=${line} />
    </svg>`;
}
