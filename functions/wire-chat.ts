import { setTimeout } from 'node:timers/promises';
import { WebChat } from '../shared/adapters/slack/web-chat.ts';
import type { AnnouncementShell } from '../shared/engine/announce.ts';
import type { DecisionShell } from '../shared/engine/decide.ts';
import { privateKeyFrom, publicKeyFrom } from '../shared/remedy/signature.ts';
import type { ConfigWithPolicy } from './config-with-policy.ts';
import { domainClock, shellOf } from './wire.ts';

/** What showing and deciding need: store, queue, Slack's Web API, the key that signs approvals, and the one that tells genuine plans. */
export function chatShell(config: ConfigWithPolicy): AnnouncementShell & DecisionShell {
  const nowMs = Date.now;
  const botToken = config.needed('SLACK_BOT_TOKEN');
  return {
    ...shellOf(config),
    chat: new WebChat({ botToken, apiUrl: config.settings.RUNMEDIC_SLACK_API_URL, nowMs }),
    approvalKey: privateKeyFrom(config.needed('RUNMEDIC_APPROVAL_KEY')),
    planPublicKey: publicKeyFrom(config.needed('RUNMEDIC_PLAN_PUBLIC_KEY')),
    clock: domainClock(config),
    nowMs,
    waitMs: (ms) => setTimeout(ms),
  };
}
