import { http } from '@google-cloud/functions-framework';
import { log } from '../shared/adapters/log/log.ts';
import { frontDoor } from '../shared/adapters/slack/front-door.ts';
import { configOf } from './config.ts';
import { queueOf } from './wire-queue.ts';

// Slack's front door: verify, publish the click, acknowledge. No Google client, no store, no right on Google Cloud but to publish clicks.
const config = configOf('slack');
const own = log('slack');

http(
  'slack',
  frontDoor({
    signingSecret: config.needed('SLACK_SIGNING_SECRET'),
    botToken: config.needed('SLACK_BOT_TOKEN'),
    apiUrl: config.settings.RUNMEDIC_SLACK_API_URL,
    queue: queueOf(config),
    nowMs: Date.now,
    onForged: (check) => own.warn({ check }, 'request without a valid signature turned away'),
    onUnreadable: () => own.warn({}, 'signed request without a readable interaction refused'),
    onFailed: (error) => own.error({ cause: String(error) }, 'interaction failed'),
  }),
);
