import { html, render } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SlackOnPage, WorldOnPage } from '../page-state.ts';
import { SlackPanel } from './slack-panel.ts';
import { WorldPanel } from './world-panel.ts';

/** How long a note stays. */
const NOTE_MS = 8000;

function App(): VNode {
  const { slack, world, connected } = useStream();
  const [me, setMe] = useState<string>();
  const [side, setSide] = useState<'slack' | 'world'>('slack');
  const [note, setNote] = useState<string>();

  useEffect(() => {
    if (note === undefined) return;
    const timer = setTimeout(() => setNote(undefined), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);

  if (slack === undefined || world === undefined) return html`<p class="waiting">Waiting for the sandbox…</p>`;
  const desk = { slack, me: me ?? slack.people[0]?.id ?? '', tell: setNote };
  return html`
    <div class="page" data-side=${side}>
      ${connected ? undefined : html`<p class="offline" role="alert">The sandbox has stopped. What you see is its last state.</p>`}
      <${Sides} side=${side} onSide=${setSide} world=${world} />
      <${SlackPanel} desk=${desk} onPick=${setMe} />
      <${WorldPanel} world=${world} />
      <div class="notes" role="status" aria-live="polite">${note === undefined ? undefined : html`<p class="note">⚠ ${note}</p>`}</div>
    </div>`;
}

/** On a narrow screen one side shows at a time; the state of the other stays in sight. */
function Sides({
  side,
  onSide,
  world,
}: {
  side: 'slack' | 'world';
  onSide: (side: 'slack' | 'world') => void;
  world: WorldOnPage;
}): VNode {
  const state = world.impact.kind === 'failing' ? '✕ failing' : '✓ serving';
  return html`<nav class="sides" aria-label="Sides">
    <button type="button" aria-pressed=${side === 'slack'} onClick=${() => onSide('slack')}>Slack</button>
    <button type="button" aria-pressed=${side === 'world'} onClick=${() => onSide('world')}>Google Cloud <span class=${`state ${world.impact.kind === 'failing' ? 'bad' : 'good'}`}>${state}</span></button>
  </nav>`;
}

function useStream(): {
  readonly slack: SlackOnPage | undefined;
  readonly world: WorldOnPage | undefined;
  readonly connected: boolean;
} {
  const [slack, setSlack] = useState<SlackOnPage>();
  const [world, setWorld] = useState<WorldOnPage>();
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    const source = new EventSource('/page/stream');
    source.addEventListener('slack', (event) => setSlack(JSON.parse(event.data)));
    source.addEventListener('world', (event) => setWorld(JSON.parse(event.data)));
    source.addEventListener('open', () => setConnected(true));
    source.addEventListener('error', () => setConnected(false));
    return () => source.close();
  }, []);
  return { slack, world, connected };
}

const root = document.getElementById('root');
if (root !== null) render(html`<${App} />`, root);
