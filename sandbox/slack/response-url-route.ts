import express from 'express';
import { isObject } from './blocks/check.ts';
import { readContent, TEXT_OF_BLOCKS_ALONE } from './methods/message-content.ts';
import { type Args, flag } from './methods/method.ts';
import type { ResponseTarget } from './response-urls.ts';
import type { SlackState } from './slack-state.ts';

/** Answers through a response_url: below `/actions/`, without a token, as the address itself is the secret. */
export function responseUrlRoute(slack: SlackState): express.Router {
  const router = express.Router();
  router.post('/actions/*path', express.json(), (request, response) => {
    const use = slack.responseUrls.use(request.path);
    if (use.kind !== 'granted') {
      const error = use.kind === 'unknown' ? 'invalid_url' : `${use.kind}_url`;
      return void response.status(404).json({ ok: false, error });
    }
    const error = answer(slack, use.target, isObject(request.body) ? request.body : {});
    if (error !== undefined) return void response.status(400).json({ ok: false, error });
    response.json({ ok: true });
  });
  return router;
}

/** The error, or undefined when it was done. */
function answer(slack: SlackState, target: ResponseTarget, args: Args): string | undefined {
  const clicked = slack.messages.find(target.channel, target.ts);
  if (flag(args, 'delete_original')) {
    slack.messages.remove(target.channel, target.ts);
    slack.emit({ type: 'message-deleted', channel: target.channel, ts: target.ts });
    return undefined;
  }
  const content = readContent(args, 'msg_blocks_too_long');
  if (content.kind === 'refused') return content.code;
  if (content.text === undefined && content.blocks === undefined) return 'no_text';
  const words = { text: content.text ?? TEXT_OF_BLOCKS_ALONE, blocks: content.blocks ?? [] };
  if (flag(args, 'replace_original') && clicked !== undefined) {
    const message = slack.messages.replace({ ...clicked, ...words }, 'edited');
    slack.emit({ type: 'message-updated', message });
    return undefined;
  }
  const { app } = slack.workspace;
  const inChannel = args['response_type'] === 'in_channel';
  const message = slack.messages.post({
    ...words,
    channel: target.channel,
    user: app.botUserId,
    botId: app.botId,
    threadTs: target.threadTs,
    broadcast: false,
    metadata: undefined,
    onlyFor: inChannel ? undefined : target.user,
  });
  slack.emit({ type: 'message-posted', message });
  return undefined;
}
