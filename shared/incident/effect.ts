/** What the shell is asked to do. Each is safe to do twice: delivery is at least once. Every kind names the incident; the rest is read from the store. */
export type Effect =
  /** investigate.ts: gather evidence, diagnose, plan. */
  | { readonly type: 'investigate'; readonly incident: string; readonly round: number }
  /** investigate.ts: look whether the change helped. */
  | { readonly type: 'verify'; readonly incident: string; readonly digest: string }
  /** remediate.ts: carry one step out, or put it back. */
  | {
      readonly type: 'carry-out';
      readonly incident: string;
      readonly digest: string;
      readonly step: number;
      readonly direction: 'apply' | 'undo';
    }
  /** retest.ts: start the end-to-end tests of a resolved incident, or follow those that were started. */
  | { readonly type: 'retest'; readonly incident: string }
  /** chat.ts: show the incident as it is now, and what the thread lacks. */
  | { readonly type: 'announce'; readonly incident: string }
  /** chat.ts: a new message that mentions those whom escalation names at this level. */
  | { readonly type: 'escalate'; readonly incident: string; readonly level: number };

/** Which topic an effect goes out on; one function listens on each. */
export const topicOf = {
  investigate: 'investigations',
  verify: 'investigations',
  'carry-out': 'remediations',
  retest: 'retests',
  announce: 'announcements',
  escalate: 'announcements',
} as const satisfies Record<Effect['type'], string>;

/** Every topic. `alerts` comes from Monitoring, `clicks` from the front door, `dead-letters` is read by people. */
export type Topic = 'alerts' | 'clicks' | 'dead-letters' | (typeof topicOf)[Effect['type']];
