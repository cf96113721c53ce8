import { parseEffect } from '../shared/engine/advance.ts';
import { announce } from '../shared/engine/announce.ts';
import { decide } from '../shared/engine/decide.ts';
import { escalate } from '../shared/engine/escalate.ts';
import { parseClick } from '../shared/report/click.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onMessage } from './handling.ts';
import { textOf, topicFrom } from './message.ts';
import { logOf } from './wire.ts';
import { chatShell } from './wire-chat.ts';

// Clicks -> decisions; incidents -> cards, threads and calls. Store, Slack token and the key that signs approvals; no rights on what is watched.
const config = configWithPolicy('chat');
const log = logOf(config);
const shell = chatShell(config);

onMessage('chat', async ({ source, data }) => {
  const startedMs = performance.now();
  // By the topic and never by the content: the front door alone may publish clicks, many may publish effects.
  if (topicFrom(source) === 'clicks') {
    const click = parseClick(textOf(data));
    const { kind: decided } = await decide(click, shell);
    return log.info({ click: click.kind, incident: click.incident, user: click.user, decided }, 'click settled');
  }
  const effect = parseEffect(textOf(data));
  if (effect.type === 'announce') await announce(effect, shell);
  if (effect.type === 'escalate') await escalate(effect, shell);
  const durationMs = performance.now() - startedMs;
  log.info({ effect: effect.type, incident: effect.incident, durationMs }, 'effect carried out');
});
