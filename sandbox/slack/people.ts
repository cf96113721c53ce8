import { afterSubmission, type Result } from './after-submission.ts';
import type { Block } from './blocks/normalize-blocks.ts';
import { interactiveElements, type PlacedElement, textOf } from './elements.ts';
import { type Filled, inputErrors, stateValues } from './input-values.ts';
import { actionPayload, createPayloads } from './interaction-payloads.ts';
import { type Acknowledgement, sendInteraction } from './send-interaction.ts';
import type { SlackState } from './slack-state.ts';

/** Where the element stands that somebody uses. */
export type Place =
  | { readonly kind: 'message'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'view'; readonly id: string };

export interface Click {
  readonly user: string;
  readonly place: Place;
  readonly blockId: string;
  readonly actionId: string;
  /** Values of the chosen options; none for a button. */
  readonly chosen?: readonly string[];
}

export interface Submission {
  readonly user: string;
  readonly view: string;
  readonly filled: Filled;
}

/** What people can do in the workspace; each sends a signed interaction to the app. */
export interface People {
  click(click: Click): Promise<Result>;
  submit(submission: Submission): Promise<Result>;
  close(user: string, view: string): Promise<Result>;
  /** Interactions that the app has not answered yet. */
  inFlight(): number;
}

/** What somebody has before them: its blocks, its id, and how a click on it is told. */
interface Seen {
  readonly blocks: readonly Block[];
  readonly where: string;
  readonly about: () => Readonly<Record<string, unknown>>;
}

export function createPeople(options: {
  readonly slack: SlackState;
  readonly signingSecret: string;
  readonly machineNowMs: () => number;
  /** The app's request URL; undefined until it is connected. */
  readonly requestUrl: () => string | undefined;
  /** The address of this server, for response_urls. */
  readonly publicUrl: () => string;
}): People {
  const { slack, machineNowMs } = options;
  const payloads = createPayloads(slack, options.publicUrl);
  let inFlight = 0;

  async function send(user: string, payload: Readonly<Record<string, unknown>>): Promise<Acknowledgement> {
    const url = options.requestUrl();
    inFlight += 1;
    const sent: Acknowledgement =
      url === undefined
        ? { kind: 'failed', detail: 'no app is connected' }
        : await sendInteraction({ ...options, url, payload: { ...payloads.envelope(user), ...payload } });
    inFlight -= 1;
    if (sent.kind === 'failed') slack.emit({ type: 'interaction-failed', user, detail: sent.detail });
    return sent;
  }

  function seen(user: string, place: Place): Seen | undefined {
    if (place.kind === 'view') {
      const view = slack.views.find({ id: place.id });
      if (view?.user !== user) return undefined;
      return { blocks: view.blocks, where: view.id, about: () => payloads.onView(view) };
    }
    const message = slack.messages.find(place.channel, place.ts);
    if (message === undefined || (message.onlyFor !== undefined && message.onlyFor !== user)) return undefined;
    return { blocks: message.blocks, where: message.ts, about: () => payloads.onMessage(message, user) };
  }

  return {
    async click(click) {
      const before = seen(click.user, click.place);
      const placed = before && findElement(before.blocks, click);
      if (before === undefined || placed === undefined)
        return { kind: 'failed', detail: 'this button is no longer there' };
      slack.emit({ type: 'clicked', user: click.user, label: textOf(placed.element['text']), where: before.where });
      const actions = [actionPayload(placed, click.chosen ?? [], machineNowMs())];
      const sent = await send(click.user, { type: 'block_actions', ...before.about(), actions });
      return sent.kind === 'failed' ? sent : { kind: 'done' };
    },
    async submit({ user, view: id, filled }) {
      const view = slack.views.find({ id });
      if (view === undefined || view.user !== user) return { kind: 'failed', detail: 'this dialog is no longer open' };
      const errors = inputErrors(view.blocks, filled);
      if (Object.keys(errors).length > 0) return { kind: 'errors', errors };
      const values = stateValues(view.blocks, filled);
      slack.emit({ type: 'submitted', user, view, values });
      const sent = await send(user, payloads.submission(view, values));
      return sent.kind === 'failed' ? sent : afterSubmission(slack, view, sent.body);
    },
    async close(user, id) {
      const view = slack.views.find({ id });
      if (view === undefined || view.user !== user) return { kind: 'done' };
      slack.views.close(id);
      slack.emit({ type: 'view-closed', view });
      if (view.given['notify_on_close'] !== true) return { kind: 'done' };
      const sent = await send(user, payloads.closing(view));
      return sent.kind === 'failed' ? sent : { kind: 'done' };
    },
    inFlight: () => inFlight,
  };
}

function findElement(blocks: readonly Block[], { blockId, actionId }: Click): PlacedElement | undefined {
  return interactiveElements(blocks).find(
    ({ block, element }) => block.block_id === blockId && element['action_id'] === actionId,
  );
}
