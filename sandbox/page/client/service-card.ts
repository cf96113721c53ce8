import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { ServiceSnapshot } from '../../world/world.ts';
import type { Sample } from '../page-state.ts';
import { percent, quantity } from './format.ts';
import { Sparkline } from './sparkline.ts';
import { State } from './state.ts';

/** One Cloud Run service: does it serve, and if not, how badly. */
export function ServiceCard({
  service,
  samples,
}: {
  readonly service: ServiceSnapshot;
  readonly samples: readonly Sample[];
}): VNode {
  const ratios = samples.map((sample) => sample.services[service.name]?.errorRatio ?? 0);
  return html`
    <article class="card service" aria-label=${`Service ${service.name}`}>
      <div class="card-head"><strong>${service.name}</strong><${State} state=${service.state} /></div>
      <div class="errors">
        <p><span class="number">${percent(service.errorRatio)}</span> <span class="muted">5xx</span></p>
        <${Sparkline} values=${ratios} max=${1} label=${`5xx rate of ${service.name}, now ${percent(service.errorRatio)}`} />
      </div>
      <dl>
        <div><dt>requests</dt><dd>${quantity(service.requestsPerSecond)}/s</dd></div>
        <div><dt>instances</dt><dd>${service.instancesReady} of ${service.instancesMax}</dd></div>
        <div><dt>starting</dt><dd>${service.instancesStarting}</dd></div>
        <div><dt>p95</dt><dd>${service.p95LatencyMs >= 1000 ? `${(service.p95LatencyMs / 1000).toFixed(1)} s` : `${Math.round(service.p95LatencyMs)} ms`}</dd></div>
        <div><dt>memory</dt><dd>${percent(service.memoryRatio)}</dd></div>
      </dl>
      <p class="revision muted" title="serving revision">${service.traffic
        .filter(({ percent: share }) => share > 0)
        .map(({ revision, percent: share }) => (share === 100 ? revision : `${revision} ${share} %`))
        .join(', ')}</p>
    </article>`;
}
