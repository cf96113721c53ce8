import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Sample } from '../page-state.ts';
import { timeOf } from './format.ts';

const HEIGHT_PX = 150;
/** The time axis shows this much, so that the first minutes do not stretch. */
const WINDOW_MIN_SECONDS = 10 * 60;

/** Throughput as an area, the ceiling as a dashed line above it. */
export function ThroughputChart({
  name,
  samples,
}: {
  readonly name: string;
  readonly samples: readonly Sample[];
}): VNode {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const data = dataOf(name, samples);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const build = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(element), data, element);
    };
    build();
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    resized.observe(element);
    // Colours come from the style sheet: a change of the scheme draws anew.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', build);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => chart.current?.setData(data), [samples]);

  const last = samples.at(-1)?.connectors[name];
  const words =
    last === undefined
      ? 'no data yet'
      : `${Math.round(last.throughputMbps)} of ${Math.round(last.ceilingMbps)} Mbps now`;
  return html`<figure class="chart">
    <div class="plot" ref=${host} role="img" aria-label=${`Throughput of ${name} against its ceiling: ${words}`}></div>
    <figcaption><span class="key throughput"></span>throughput <span class="key ceiling"></span>ceiling <span class="muted">Mbps</span></figcaption>
  </figure>`;
}

function dataOf(name: string, samples: readonly Sample[]): uPlot.AlignedData {
  return [
    samples.map(({ atMs }) => atMs / 1000),
    samples.map(({ connectors }) => connectors[name]?.throughputMbps ?? null),
    samples.map(({ connectors }) => connectors[name]?.ceilingMbps ?? null),
  ];
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: (_chart, min, max) => [Math.min(min, max - WINDOW_MIN_SECONDS), max] },
      y: { range: (_chart, _min, max) => [0, Math.max(max * 1.15, 1)] },
    },
    axes: [
      { ...axis, size: 24, values: (_chart, splits) => splits.map((seconds) => timeOf(seconds * 1000)), space: 64 },
      { ...axis, size: 44, space: 36 },
    ],
    series: [
      {},
      { stroke: colour('--accent'), fill: colour('--accent-soft'), width: 2, points: { show: false } },
      { stroke: colour('--bad'), width: 1.5, dash: [6, 4], points: { show: false } },
    ],
  };
}
