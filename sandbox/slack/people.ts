import { randomBytes } from 'node:crypto';
import { afterSubmission, type Result } from './after-submission.ts';
import type { Block } from './blocks/normalize-blocks.ts';
import { interactiveElements, type PlacedElement, textOf } from './elements.ts';
import { elementState, type Filled, inputErrors, stateValues } from './input-values.ts';
import { type Message, messageJson } from './messages.ts';
import { type Acknowledgement, sendInteraction } from './send-interaction.ts';
import type { SlackState } from './slack-state.ts';
import { type View, viewJson } from './views.ts';

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

const NOT_CONNECTED = 'no app is connected';

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
  const { team, app } = slack.workspace;
  const owner = { teamId: team.id, appId: app.id, botId: app.botId };
  const verificationToken = randomBytes(12).toString('base64url');
  let inFlight = 0;

  async function send(user: string, payload: Readonly<Record<string, unknown>>): Promise<Acknowledgement> {
    const url = options.requestUrl();
    if (url === undefined) return failed(user, NOT_CONNECTED);
    inFlight += 1;
    try {
      const sent = await sendInteraction({ ...options, url, payload: { ...envelope(user), ...payload } });
      return sent.kind === 'failed' ? failed(user, sent.detail) : sent;
    } finally {
      inFlight -= 1;
    }
  }

  function failed(user: string, detail: string): { readonly kind: 'failed'; readonly detail: string } {
    slack.emit({ type: 'interaction-failed', user, detail });
    return { kind: 'failed', detail };
  }

  function envelope(user: string): Readonly<Record<string, unknown>> {
    const handle = slack.workspace.users.find(({ id }) => id === user)?.name ?? user;
    return {
      team: { id: team.id, domain: team.domain },
      user: { id: user, username: handle, name: handle, team_id: team.id },
      api_app_id: app.id,
      token: verificationToken,
      enterprise: null,
      is_enterprise_install: false,
      trigger_id: slack.triggers.issue(user),
    };
  }

  function aboutMessage(message: Message, user: string): Readonly<Record<string, unknown>> {
    const { channel, ts, threadTs } = message;
    const isEphemeral = message.onlyFor !== undefined;
    return {
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel,
        is_ephemeral: isEphemeral,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      },
      channel: { id: channel, name: slack.workspace.channels.find(({ id }) => id === channel)?.name ?? channel },
      ...(isEphemeral ? {} : { message: messageJson(message, team.id, app.id) }),
      state: { values: {} },
      response_url: `${options.publicUrl()}${slack.responseUrls.issue({ channel, ts, threadTs, user })}`,
    };
  }

  const aboutView = (view: View): Readonly<Record<string, unknown>> => ({
    container: { type: 'view', view_id: view.id },
    view: viewJson(view, owner, {}),
  });

  /** What the user has before them at this place. */
  function seen(
    user: string,
    place: Place,
  ): { blocks: readonly Block[]; about: Readonly<Record<string, unknown>>; where: string } | undefined {
    if (place.kind === 'view') {
      const view = slack.views.find({ id: place.id });
      return view?.user === user ? { blocks: view.blocks, about: aboutView(view), where: view.id } : undefined;
    }
    const message = slack.messages.find(place.channel, place.ts);
    if (message === undefined || (message.onlyFor !== undefined && message.onlyFor !== user)) return undefined;
    return { blocks: message.blocks, about: aboutMessage(message, user), where: message.ts };
  }

  return {
    async click(click) {
      const before = seen(click.user, click.place);
      const placed = before && findElement(before.blocks, click);
      if (before === undefined || placed === undefined)
        return { kind: 'failed', detail: 'this button is no longer there' };
      slack.emit({ type: 'clicked', user: click.user, label: textOf(placed.element['text']), where: before.where });
      const action = actionJson(placed, click.chosen ?? [], machineNowMs());
      const sent = await send(click.user, { type: 'block_actions', ...before.about, actions: [action] });
      return sent.kind === 'failed' ? sent : { kind: 'done' };
    },
    async submit({ user, view: id, filled }) {
      const view = slack.views.find({ id });
      if (view === undefined || view.user !== user) return { kind: 'failed', detail: 'this dialog is no longer open' };
      const errors = inputErrors(view.blocks, filled);
      if (Object.keys(errors).length > 0) return { kind: 'errors', errors };
      const values = stateValues(view.blocks, filled);
      slack.emit({ type: 'submitted', user, view, values });
      const sent = await send(user, {
        type: 'view_submission',
        view: viewJson(view, owner, values),
        response_urls: [],
      });
      return sent.kind === 'failed' ? sent : afterSubmission(slack, view, sent.body);
    },
    async close(user, id) {
      const view = slack.views.find({ id });
      if (view === undefined || view.user !== user) return { kind: 'done' };
      slack.views.close(id);
      slack.emit({ type: 'view-closed', view });
      if (view.given['notify_on_close'] !== true) return { kind: 'done' };
      const sent = await send(user, { type: 'view_closed', view: viewJson(view, owner, {}), is_cleared: false });
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

/** One entry of `actions`, in the form of test/fixtures/slack/block-actions-button.json. */
function actionJson(
  { block, element }: PlacedElement,
  chosen: readonly string[],
  machineNowMs: number,
): Readonly<Record<string, unknown>> {
  const common = {
    action_id: element['action_id'],
    block_id: block.block_id,
    action_ts: (machineNowMs / 1000).toFixed(6),
  };
  if (element['type'] !== 'button') return { ...common, ...elementState(element, chosen) };
  const { text, value, style, url } = element;
  const given = Object.entries({ value, style, url }).filter(([, entry]) => entry !== undefined);
  return { ...common, text, ...Object.fromEntries(given), type: 'button' };
}
