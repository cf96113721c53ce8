import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MessageOnPage, SlackOnPage } from '../page-state.ts';
import { BlockView } from './blocks.ts';
import type { Desk } from './desk.ts';
import { dayOf, msOfTs } from './format.ts';
import { followsOn, MessageView } from './message.ts';
import { Modal } from './modal.ts';

/** Left above a message that is taller than the list. */
const MARGIN_PX = 32;
/** Apps keep the primary style for the one thing of a set that affirms (docs.slack.dev, button element, read 2026-11-25). */
const AWAITS_DECISION = '.message:has(.block-actions .slack-button.primary)';

/** The channel, its threads, and what the person that was picked has open. */
export function SlackPanel({ desk, onPick }: { readonly desk: Desk; readonly onPick: (user: string) => void }): VNode {
  const { slack, me } = desk;
  const [thread, setThread] = useState<string>();
  const [tab, setTab] = useState<'channel' | 'home'>('channel');
  const mine = slack.messages.filter(({ onlyFor }) => onlyFor === undefined || onlyFor === me);
  const parent = mine.find(({ ts }) => ts === thread);
  const modal = slack.views.filter(({ user, type }) => user === me && type === 'modal').at(-1);
  const home = slack.views.find(({ user, type }) => user === me && type === 'home');
  return html`
    <section class="slack" aria-label="Slack">
      <header class="slack-header">
        <div class="channel-name">
          <h2><span aria-hidden="true"># </span>${slack.channel.name}</h2>
          ${home === undefined ? undefined : html`<${HomeSwitch} tab=${tab} onTab=${setTab} app=${slack.app.name} />`}
        </div>
        <${Picker} slack=${slack} me=${me} onPick=${onPick} />
      </header>
      <div class="slack-columns">
        ${
          tab === 'home' && home !== undefined
            ? html`<div class="messages home">${home.blocks.map((block) => html`<${BlockView} key=${block.block_id} block=${block} place=${{ kind: 'view', id: home.id }} desk=${desk} />`)}</div>`
            : html`<${Channel} messages=${mine} desk=${desk} onThread=${setThread} />`
        }
        ${parent === undefined ? undefined : html`<${Thread} parent=${parent} messages=${mine} desk=${desk} onClose=${() => setThread(undefined)} />`}
      </div>
      ${modal === undefined ? undefined : html`<${Modal} key=${modal.id} view=${modal} desk=${desk} />`}
    </section>`;
}

function Picker({ slack, me, onPick }: { slack: SlackOnPage; me: string; onPick: (user: string) => void }): VNode {
  return html`<label class="picker">
    <span>You are</span>
    <select onChange=${(event: Event & { currentTarget: HTMLSelectElement }) => onPick(event.currentTarget.value)}>
      ${slack.people.map(({ id, realName, role }) => html`<option value=${id} selected=${id === me}>${realName} (${role})</option>`)}
    </select>
  </label>`;
}

function HomeSwitch({
  tab,
  onTab,
  app,
}: {
  tab: 'channel' | 'home';
  onTab: (tab: 'channel' | 'home') => void;
  app: string;
}): VNode {
  return html`<button type="button" class="home-switch" aria-pressed=${tab === 'home'} onClick=${() => onTab(tab === 'home' ? 'channel' : 'home')}>
    ${app} Home
  </button>`;
}

function Channel({
  messages,
  desk,
  onThread,
}: {
  messages: readonly MessageOnPage[];
  desk: Desk;
  onThread: (ts: string) => void;
}): VNode {
  const shown = messages.filter(({ threadTs, broadcast }) => threadTs === undefined || broadcast);
  const list = useFollow(`${messages.length} ${messages.at(-1)?.ts}`, AWAITS_DECISION);
  const [first] = shown;
  return html`
    <div class="messages" ref=${list} tabIndex="0" role="log" aria-label=${`Messages in ${desk.slack.channel.name}`}>
      ${
        first === undefined
          ? html`<p class="empty">Nothing here yet. Alerts that ${desk.slack.app.name} takes up appear in this channel.</p>`
          : html`<p class="day"><span>${dayOf(msOfTs(first.ts))}</span></p>`
      }
      ${shown.map(
        (message, index) => html`<${MessageView} key=${message.ts} message=${message} desk=${desk} onThread=${onThread}
          replies=${messages.filter(({ threadTs }) => threadTs === message.ts)} follows=${followsOn(message, shown[index - 1])} />`,
      )}
    </div>`;
}

function Thread(props: {
  parent: MessageOnPage;
  messages: readonly MessageOnPage[];
  desk: Desk;
  onClose: () => void;
}): VNode {
  const { parent, messages, desk, onClose } = props;
  const replies = messages.filter(({ threadTs }) => threadTs === parent.ts);
  const list = useFollow(String(replies.length));
  return html`
    <aside class="thread" aria-label="Thread">
      <header><h3>Thread</h3><button type="button" class="icon" aria-label="Close the thread" onClick=${onClose}>✕</button></header>
      <div class="messages" ref=${list} tabIndex="0" role="log" aria-label="Replies">
        <${MessageView} message=${parent} desk=${desk} />
        <p class="day"><span>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span></p>
        ${replies.map(
          (message, index) =>
            html`<${MessageView} key=${message.ts} message=${message} desk=${desk} follows=${followsOn(message, replies[index - 1])} />`,
        )}
      </div>
    </aside>`;
}

/**
 * Keeps the newest in sight, from its first line on, unless somebody has scrolled up to read.
 * @param opensAt what is seen first when the list is opened: the newest of these, from its top on, however much came after it.
 */
function useFollow(changed: string, opensAt?: string) {
  const list = useRef<HTMLDivElement>(null);
  const followed = useRef('');
  useEffect(() => {
    const element = list.current;
    if (element === null || followed.current === changed) return;
    const isOpened = followed.current === '';
    followed.current = changed;
    const first = isOpened && opensAt !== undefined ? [...element.querySelectorAll(opensAt)].at(-1) : undefined;
    if (first !== undefined) {
      element.scrollTop += first.getBoundingClientRect().top - element.getBoundingClientRect().top;
      return;
    }
    const last = element.querySelector('.message:last-of-type');
    const height = last?.getBoundingClientRect().height ?? 0;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight - height;
    const reading = below > element.clientHeight / 2;
    // What is told to whoever looks alone answers what they just did.
    if (!reading || isOpened || last?.classList.contains('ephemeral'))
      element.scrollTop = element.scrollHeight - Math.max(element.clientHeight, height + MARGIN_PX);
  }, [changed]);
  return list;
}
