import { randomBytes } from 'node:crypto';

/** A trigger lives 3 seconds of machine time. @see https://docs.slack.dev/interactivity/handling-user-interaction (read 2026-11-23) */
const TRIGGER_LIFETIME_MS = 3000;
/** Spent and expired ones are kept as long, so that each gets its own refusal. */
const TRIGGERS_KEPT = 500;

export interface Triggers {
  /** A trigger that lets the app open one view for this user. */
  issue(user: string): string;
  exchange(
    trigger: string,
  ): { readonly kind: 'granted'; readonly user: string } | { readonly kind: 'unknown' | 'expired' | 'exchanged' };
}

/** @param machineNowMs machine time, which Slack's triggers keep to whatever the world's clock does. */
export function createTriggers(machineNowMs: () => number): Triggers {
  const issued = new Map<string, { user: string; untilMs: number; exchanged: boolean }>();
  return {
    issue(user) {
      const id = `${Math.floor(machineNowMs())}.${issued.size + 1}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { user, untilMs: machineNowMs() + TRIGGER_LIFETIME_MS, exchanged: false });
      const oldest = issued.keys().next().value;
      if (issued.size > TRIGGERS_KEPT && oldest !== undefined) issued.delete(oldest);
      return id;
    },
    exchange(trigger) {
      const found = issued.get(trigger);
      if (found === undefined) return { kind: 'unknown' };
      if (found.exchanged) return { kind: 'exchanged' };
      if (machineNowMs() > found.untilMs) return { kind: 'expired' };
      found.exchanged = true;
      return { kind: 'granted', user: found.user };
    },
  };
}
