import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { ConnectorSnapshot } from '../../world/world.ts';
import type { Sample } from '../page-state.ts';
import { percent, quantity } from './format.ts';
import { State } from './state.ts';
import { ThroughputChart } from './throughput-chart.ts';

/** The VPC connector: what goes through it against what it can carry. */
export function ConnectorCard({
  connector,
  samples,
}: {
  readonly connector: ConnectorSnapshot;
  readonly samples: readonly Sample[];
}): VNode {
  const { name, loadRatio, throughputMbps, ceilingMbps } = connector;
  const load = loadRatio >= 1 ? 'asked of it' : loadRatio >= 0.95 ? 'full' : loadRatio >= 0.8 ? 'busy' : 'used';
  return html`
    <article class="card connector" aria-label=${`Connector ${name}`}>
      <div class="card-head"><strong>${name}</strong><${State} state=${connector.state} /></div>
      <div class="connector-numbers">
        <p><span class="number">${quantity(throughputMbps)}</span> <span class="muted">of ${quantity(ceilingMbps)} Mbps</span></p>
        <p><span class="number">${percent(loadRatio)}</span> <span class="muted">${load}</span></p>
        <p><span class="number">${connector.instances}</span> <span class="muted">× ${connector.machineType}, min ${connector.minInstances}, max ${connector.maxInstances}</span></p>
        ${
          connector.timeoutRatio > 0
            ? html`<p class="trouble"><span class="number">${percent(connector.timeoutRatio)}</span> <span>of new connections time out</span></p>`
            : undefined
        }
      </div>
      <${ThroughputChart} name=${name} samples=${samples} />
    </article>`;
}
