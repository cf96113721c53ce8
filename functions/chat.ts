import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudEvent, cloudEvent } from '@google-cloud/functions-framework';
import { WebChat } from '../shared/adapters/slack/web-chat.ts';
import { parseEffect } from '../shared/engine/advance.ts';
import { announce } from '../shared/engine/announce.ts';
import { decide } from '../shared/engine/decide.ts';
import { escalate } from '../shared/engine/escalate.ts';
import { privateKeyFrom } from '../shared/remedy/signature.ts';
import { parseClick } from '../shared/report/click.ts';
import { configOf } from './config.ts';
import { textOf, topicFrom } from './message.ts';
import { domainClock, logOf, shellOf } from './wire.ts';

// Clicks -> decisions; incidents -> cards, threads and calls. Store, Slack token and the key that signs approvals; no rights on what is watched.
const config = configOf('chat');
const log = logOf(config);
const apiUrl = config.settings.RUNMEDIC_SLACK_API_URL;
const chat = new WebChat({ botToken: config.needed('SLACK_BOT_TOKEN'), apiUrl, nowMs: Date.now });
const approvalKey = privateKeyFrom(config.needed('RUNMEDIC_APPROVAL_KEY'));
const shell = {
  ...shellOf(config),
  chat,
  approvalKey,
  clock: domainClock(config),
  nowMs: Date.now,
  waitMs: sleep<void>,
};

cloudEvent<unknown>('chat', async ({ source, data }: CloudEvent<unknown>) => {
  const startedMs = performance.now();
  // By the topic and never by the content: the front door alone may publish clicks, many may publish effects.
  if (topicFrom(source) === 'clicks') {
    const click = parseClick(textOf(data));
    const decided = await decide(click, shell);
    log.info({ click: click.kind, incident: click.incident, user: click.user, decided: decided.kind }, 'click settled');
    return;
  }
  const effect = parseEffect(textOf(data));
  if (effect.type === 'announce') await announce(effect, shell);
  if (effect.type === 'escalate') await escalate(effect, shell);
  const durationMs = performance.now() - startedMs;
  log.info({ effect: effect.type, incident: effect.incident, durationMs }, 'effect carried out');
});
