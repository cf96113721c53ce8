import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { WorldOnPage } from '../page-state.ts';
import { ConnectorCard } from './connector-card.ts';
import { duration, percent, timeWithSeconds } from './format.ts';
import { ServiceCard } from './service-card.ts';
import { State } from './state.ts';
import { Timeline } from './timeline.ts';

/** The world live: what users feel, each service, the connector, the databases, and who called which API. */
export function WorldPanel({ world }: { readonly world: WorldOnPage }): VNode {
  const { snapshot, samples } = world;
  return html`
    <section class="world" aria-label="Google Cloud project">
      <header class="world-header">
        <h2>Google Cloud</h2>
        <p class="clock" aria-label="World time">
          <time>${timeWithSeconds(Date.parse(snapshot.now))}</time>
          <span class="speed">${world.status === 'paused' ? 'paused' : `${world.speed}× speed`}</span>
        </p>
      </header>
      <${Banner} world=${world} />
      <h3 class="group">Cloud Run</h3>
      <div class="services">
        ${snapshot.services.map((service) => html`<${ServiceCard} key=${service.name} service=${service} samples=${samples} />`)}
      </div>
      ${snapshot.connectors.length === 0 ? undefined : html`<h3 class="group">VPC connector</h3>`}
      ${snapshot.connectors.map((connector) => html`<${ConnectorCard} key=${connector.name} connector=${connector} samples=${samples} />`)}
      ${snapshot.databases.length === 0 ? undefined : html`<${Databases} world=${world} />`}
      <${Timeline} world=${world} />
    </section>`;
}

/** One sentence on what users feel, in words, a sign and a colour. */
function Banner({ world }: { readonly world: WorldOnPage }): VNode {
  const { impact, snapshot } = world;
  const nowMs = Date.parse(snapshot.now);
  switch (impact.kind) {
    case 'healthy':
      return banner('good', '✓', 'Users are being served', 'All services answer as they should.');
    case 'failing': {
      const failing = snapshot.services.filter(({ state }) => state !== 'serving');
      const names = failing.map(({ name, errorRatio }) => `${name} ${percent(errorRatio)}`).join(', ');
      const words =
        failing.length === 0 ? 'Calming down; nothing failed in the last seconds.' : `Requests that fail: ${names}.`;
      return banner('bad', '!', `Users have seen errors for ${duration(nowMs - impact.sinceMs)}`, words);
    }
    case 'recovered':
      return banner(
        'good',
        '✓',
        'Users are served again',
        `They saw errors for ${duration(impact.failedForMs)}, up to ${percent(impact.worstErrorRatio)} of requests.`,
      );
  }
}

const banner = (kind: 'good' | 'bad', sign: string, title: string, words: string): VNode => html`
  <div class=${`banner ${kind}`} role="status">
    <span class="sign" aria-hidden="true">${sign}</span>
    <div><strong>${title}</strong><p>${words}</p></div>
  </div>`;

function Databases({ world }: { readonly world: WorldOnPage }): VNode {
  return html`
    <h3 class="group">Behind the connector</h3>
    <ul class="databases">
      ${world.snapshot.databases.map(
        ({ name, kind, address, state }) => html`<li class="card">
          <div title=${kind}><strong>${name}</strong><p class="muted">${address}</p></div>
          <${State} state=${state} />
        </li>`,
      )}
    </ul>`;
}
