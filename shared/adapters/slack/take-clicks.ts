import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { ErrorCode, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import {
  APPROVE_ACTION,
  CHECK_ACTION,
  type Click,
  parseIncidentId,
  parseModalText,
  parseReference,
  REASON_ACTION,
  REASON_BLOCK,
  REJECT_ACTION,
  REJECT_CALLBACK,
} from '../../report/click.ts';
import { openingModal, REASON_MAX } from '../../report/reject-modal.ts';

export interface ClickTaker {
  /** Resolves once the click is durable, rejects when it is not within that time. */
  readonly publish: (click: Click, withinMs: number) => Promise<void>;
  /** Told of a dialog that could not be opened. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * For all that one click needs. Slack counts 3 s from when it sends (https://docs.slack.dev/interactivity/handling-user-interaction), and
 * what is not answered by then has failed for whoever clicked, also where it was published. Of them, 0.5 s are for a cold start
 * (`npm run bench`), and 0.1 s for the way here and back.
 */
const ANSWER_WITHIN_MS = 2_400;

/**
 * What of it the dialog may take. It comes first, as the click carries its id, and is worth less: without it the person is told in the channel. What
 * remains is enough for a token from the metadata server at its slowest (1 s) and two attempts to publish.
 */
export const OPEN_WITHIN_MS = 1_000;

/** Each of our buttons and our dialog: published, then acknowledged. What carries none of our ids is left unacknowledged. */
export function takeClicks(app: App, { publish, onFailed }: ClickTaker): void {
  const button = (actionId: string) => ({ type: 'block_actions', action_id: actionId }) as const;

  app.action<BlockAction<ButtonAction>>(button(APPROVE_ACTION), async ({ body, action, ack }) => {
    const about = clickedOn(body, action);
    if (about === undefined) return;
    await publish({ kind: 'approve', ...about }, ANSWER_WITHIN_MS);
    await ack();
  });

  app.action<BlockAction<ButtonAction>>(button(REJECT_ACTION), async ({ body, action, ack, client }) => {
    const about = clickedOn(body, action);
    if (about === undefined) return;
    const startedMs = performance.now();
    const view = await opened(client, body.trigger_id, onFailed);
    const takenMs = performance.now() - startedMs;
    await publish({ kind: 'reject-opened', ...about, ...view }, ANSWER_WITHIN_MS - takenMs);
    await ack();
  });

  app.action<BlockAction<ButtonAction>>(button(CHECK_ACTION), async ({ body, action, ack }) => {
    const incident = parseIncidentId(action.value);
    const channel = body.channel?.id;
    if (incident === undefined || channel === undefined) return;
    await publish({ kind: 'check-again', incident, user: body.user.id, channel }, ANSWER_WITHIN_MS);
    await ack();
  });

  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: REJECT_CALLBACK }, async ({ body, ack }) => {
    const about = parseModalText(body.view.private_metadata);
    if (about === undefined) return;
    const reason = (body.view.state.values[REASON_BLOCK]?.[REASON_ACTION]?.value ?? '').trim().slice(0, REASON_MAX);
    if (reason === '') return ack({ response_action: 'errors', errors: { [REASON_BLOCK]: 'Say why in a few words.' } });
    await publish({ kind: 'reject-submitted', ...about, user: body.user.id, reason }, ANSWER_WITHIN_MS);
    await ack();
  });
}

/** Which plan somebody clicked on, and where; undefined for a button that does not carry what ours do. */
function clickedOn(body: BlockAction, { value }: ButtonAction) {
  const reference = parseReference(value);
  const channel = body.channel?.id;
  return reference === undefined || channel === undefined ? undefined : { ...reference, user: body.user.id, channel };
}

/** The dialog's id, or why there is none. chat.ts then tells the person. */
async function opened(client: WebClient, trigger: string, onFailed: (error: unknown) => void) {
  try {
    const { view } = await client.views.open({ trigger_id: trigger, view: openingModal });
    return view?.id === undefined ? ({ unopened: 'refused' } as const) : { view: view.id };
  } catch (error) {
    onFailed(error);
    return { unopened: isTooLate(error) ? 'too-late' : 'refused' } as const;
  }
}

const slackError = z.looseObject({
  code: z.string().optional(),
  data: z.looseObject({ error: z.string() }).optional(),
});

/** Slack said that the trigger had expired, or there was no answer in the time that there is. */
function isTooLate(error: unknown): boolean {
  const { code, data } = slackError.safeParse(error).data ?? {};
  return code === ErrorCode.RequestError || data?.error === 'expired_trigger_id';
}
