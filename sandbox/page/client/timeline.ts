import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WorldOnPage } from '../page-state.ts';
import { timeWithSeconds } from './format.ts';
import { type TimelineEntry, targetOf, timelineEntries } from './timeline-entries.ts';

const ENTRIES_SHOWN = 60;

const filters = { all: 'Everything', calls: 'API calls', writes: 'Changes only' } as const;
type Filter = keyof typeof filters;

/** Who called which API and what happened in the world, the newest first. Reads are folded, changes stand out. */
export function Timeline({ world }: { readonly world: WorldOnPage }): VNode {
  const [filter, setFilter] = useState<Filter>('all');
  const entries = timelineEntries(world.calls, filter === 'all' ? world.snapshot.timeline : []);
  const shown = entries.filter(({ kind }) => filter !== 'writes' || kind === 'write').slice(0, ENTRIES_SHOWN);
  return html`
    <div class="timeline-head">
      <h3 class="group">Timeline</h3>
      <label class="filter"><span class="visually-hidden">Show</span>
        <select onChange=${(event: Event & { currentTarget: HTMLSelectElement }) => setFilter(filterNamed(event.currentTarget.value))}>
          ${Object.entries(filters).map(([name, label]) => html`<option value=${name} selected=${name === filter}>${label}</option>`)}
        </select>
      </label>
    </div>
    ${shown.length === 0 ? html`<p class="empty">Nothing yet.</p>` : html`<ol class="timeline">${shown.map(row)}</ol>`}`;
}

const filterNamed = (name: string): Filter => (name === 'calls' || name === 'writes' ? name : 'all');

function row(entry: TimelineEntry): VNode {
  const time = html`<time>${timeWithSeconds(entry.atMs)}</time>`;
  switch (entry.kind) {
    case 'write': {
      const refused = entry.call.status >= 400;
      const result = html`<span class=${`state ${refused ? 'bad' : 'good'}`}>${entry.call.status} ${refused ? 'refused' : 'changed'}</span>`;
      return html`<li class=${`write ${refused ? 'refused' : ''}`}>
        ${time}<p><strong>${entry.who} ${entry.call.method}</strong> <code>${targetOf(entry.call)}</code> ${result}</p>
      </li>`;
    }
    case 'reads':
      return html`<li class="reads">
        ${time}<p><strong>${entry.who}</strong> read ${entry.apis.join(', ')} <span class="muted">${entry.count}×</span>
        ${entry.refused > 0 ? html` <span class="state warn">${entry.refused} refused</span>` : undefined}</p>
      </li>`;
    case 'event': {
      const { type, subject, message } = entry.event;
      return html`<li class=${`event ${type}`}>
        ${time}<p title=${`${subject}: ${message}`}>${entry.count > 1 ? html`<span class="muted">${entry.count}× </span>` : undefined}<strong
          >${lastName(subject)}</strong> ${type.replaceAll('-', ' ')} <span class="muted">${message}</span></p>
      </li>`;
    }
  }
}

/** The last part of a resource's full name. */
const lastName = (subject: string): string => subject.split('/').at(-1) ?? subject;
