import type { EventLog } from './event-log.ts';
import type { Result } from './slack/after-submission.ts';
import { inputElements, interactiveElements, type PlacedElement, textOf } from './slack/elements.ts';
import type { Message } from './slack/messages.ts';
import type { People } from './slack/people.ts';
import type { SlackEvent, SlackState } from './slack/slack-state.ts';
import type { View } from './slack/views.ts';
import type { WorldTime } from './time.ts';

export const decisions = ['approve', 'reject', 'ignore'] as const;
export type Decision = (typeof decisions)[number];

/** World time that a person takes: to read a card, to write a reason, to try again. */
const READING_MS = 40_000;
const WRITING_MS = 20_000;
const RETRY_MS = 15_000;
/** Clicks that fail for one and the same button before the engineer gives up. */
const TRIES = 3;

const REASON = 'Traffic is falling already; we look at it in the morning.';

/** An engineer who knows Slack and nothing else: reads what is posted, and decides by clicking what it says. */
export function createOncall(options: {
  readonly user: string;
  readonly decision: Decision;
  readonly slack: SlackState;
  readonly people: People;
  readonly time: WorldTime;
  readonly log: EventLog;
}): { readonly onSlackEvent: (event: SlackEvent) => void } {
  const { user, decision, slack, people, time, log } = options;
  /** How often each button was tried: once is enough while it worked and the card goes on offering it. */
  const tries = new Map<string, number>();

  function readMessage(message: Message): void {
    if (message.onlyFor !== undefined) return;
    const button = findDecision(message, decision);
    if (button === undefined) forget(message);
    if (button === undefined || tries.has(keyOf(message, button))) return;
    tries.set(keyOf(message, button), 0);
    time.at(time.nowMs() + READING_MS, () => void decide(message));
  }

  /** A card that asks nothing is decided: what it asks later is a new question, even in the same words. */
  function forget(message: Message): void {
    for (const key of tries.keys()) if (key.startsWith(`${message.ts} `)) tries.delete(key);
  }

  /** Looks again before clicking, as the card may have changed meanwhile. */
  async function decide(read: Message): Promise<void> {
    const message = slack.messages.find(read.channel, read.ts);
    const button = message && findDecision(message, decision);
    if (message === undefined || button === undefined) return;
    const key = keyOf(message, button);
    const tried = (tries.get(key) ?? 0) + 1;
    tries.set(key, tried);
    log.append({ source: 'on-call', type: 'clicks', user, button: labelOf(button), ts: message.ts });
    const result = await people.click({
      user,
      place: { kind: 'message', channel: message.channel, ts: message.ts },
      blockId: button.block.block_id,
      actionId: String(button.element['action_id']),
    });
    if (result.kind === 'done') return;
    report('click-failed', result);
    if (tried < TRIES) time.at(time.nowMs() + RETRY_MS, () => void decide(message));
  }

  /** A dialog may open empty and be filled a moment later: it is read when the writing is done. */
  function readView(view: View): void {
    if (view.user !== user || view.type !== 'modal') return;
    const key = `view ${view.id} ${inputElements(view.blocks)
      .map(({ block }) => block.block_id)
      .join(' ')}`;
    if (inputElements(view.blocks).length === 0 || tries.has(key)) return;
    tries.set(key, 1);
    time.at(time.nowMs() + WRITING_MS, () => void submit(view.id));
  }

  async function submit(id: string): Promise<void> {
    const view = slack.views.find({ id });
    if (view === undefined) return;
    const filled = Object.fromEntries(
      inputElements(view.blocks).map(({ block, element }) => [
        block.block_id,
        { [String(element['action_id'])]: answerTo(element) },
      ]),
    );
    log.append({
      source: 'on-call',
      type: 'submits',
      user,
      dialog: textOf(view.given['title']),
      answers: Object.values(filled).flatMap((values) => Object.values(values)),
    });
    const result = await people.submit({ user, view: id, filled });
    if (result.kind !== 'done') report('submit-failed', result);
  }

  function report(type: string, result: Result): void {
    const detail =
      result.kind === 'failed' ? result.detail : result.kind === 'errors' ? Object.values(result.errors).join(' ') : '';
    log.append({ source: 'on-call', type, user, detail });
  }

  return {
    onSlackEvent(event) {
      if (decision === 'ignore') return;
      if (event.type === 'message-posted' || event.type === 'message-updated') readMessage(event.message);
      if (event.type === 'view-opened' || event.type === 'view-updated') readView(event.view);
    },
  };
}

/** The button that a person would take for this decision: by its words, beside a primary one that offers approval. */
function findDecision(message: Message, decision: Decision): PlacedElement | undefined {
  const buttons = interactiveElements(message.blocks).filter(({ element }) => element['type'] === 'button');
  const approve = buttons.find((button) => button.element['style'] === 'primary' && /^approve/i.test(labelOf(button)));
  if (approve === undefined) return undefined;
  return decision === 'approve' ? approve : buttons.find((button) => /^reject/i.test(labelOf(button)));
}

const labelOf = ({ element }: PlacedElement): string => textOf(element['text']).replace(/^[^\p{L}]+/u, '');

/** One plan as one card offers it. Block ids are no part of it: Slack makes up new ones at each update. */
const keyOf = (message: Message, { element }: PlacedElement): string =>
  `${message.ts} ${JSON.stringify([element['action_id'], element['value']])}`;

function answerTo(element: PlacedElement['element']): string {
  const options = element['options'];
  const first: unknown = Array.isArray(options) ? options[0] : undefined;
  if (typeof first === 'object' && first !== null && 'value' in first) return String(first.value);
  return REASON;
}
