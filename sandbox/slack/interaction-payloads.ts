import { randomBytes } from 'node:crypto';
import type { PlacedElement } from './elements.ts';
import { elementState } from './input-values.ts';
import { type Message, messageJson } from './messages.ts';
import type { SlackState } from './slack-state.ts';
import { type View, viewJson } from './views.ts';

type Payload = Readonly<Record<string, unknown>>;

/** What interactions carry, in the forms of test/fixtures/slack. */
export interface InteractionPayloads {
  /** What every interaction begins with; it holds a fresh trigger. */
  envelope(user: string): Payload;
  /** Where a click on a message happened; it holds a fresh response_url. */
  onMessage(message: Message, user: string): Payload;
  onView(view: View): Payload;
  submission(view: View, values: unknown): Payload;
  closing(view: View): Payload;
}

export function createPayloads(slack: SlackState, publicUrl: () => string): InteractionPayloads {
  const { team, app, users, channels } = slack.workspace;
  const owner = { teamId: team.id, appId: app.id, botId: app.botId };
  const verificationToken = randomBytes(12).toString('base64url');
  return {
    envelope(user) {
      const handle = users.find(({ id }) => id === user)?.name ?? user;
      return {
        team: { id: team.id, domain: team.domain },
        user: { id: user, username: handle, name: handle, team_id: team.id },
        api_app_id: app.id,
        token: verificationToken,
        enterprise: null,
        is_enterprise_install: false,
        trigger_id: slack.triggers.issue(user),
      };
    },
    onMessage(message, user) {
      const { channel, ts, threadTs } = message;
      const isEphemeral = message.onlyFor !== undefined;
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      return {
        container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isEphemeral, ...thread },
        channel: { id: channel, name: channels.find(({ id }) => id === channel)?.name ?? channel },
        ...(isEphemeral ? {} : { message: messageJson(message, team.id, app.id) }),
        state: { values: {} },
        response_url: `${publicUrl()}${slack.responseUrls.issue({ channel, ts, threadTs, user })}`,
      };
    },
    onView: (view) => ({ container: { type: 'view', view_id: view.id }, view: viewJson(view, owner, {}) }),
    submission: (view, values) => ({ type: 'view_submission', view: viewJson(view, owner, values), response_urls: [] }),
    closing: (view) => ({ type: 'view_closed', view: viewJson(view, owner, {}), is_cleared: false }),
  };
}

/** One entry of `actions`. @param chosen the values of the chosen options; none for a button. */
export function actionPayload(
  { block, element }: PlacedElement,
  chosen: readonly string[],
  machineNowMs: number,
): Payload {
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
