import { z } from 'zod';

/** One thing that the sandbox says happened. */
const event = z.looseObject({ at: z.iso.datetime(), source: z.string(), type: z.string() });
export type Happened = z.infer<typeof event>;

const message = z.object({
  at: z.iso.datetime(),
  source: z.literal('slack'),
  type: z.enum(['message-posted', 'message-updated']),
  ts: z.string(),
  threadTs: z.string().optional(),
  onlyFor: z.string().optional(),
  text: z.string(),
  summary: z.string(),
  buttons: z.array(z.string()).default([]),
});
export type Said = z.infer<typeof message>;

const write = z.object({
  source: z.literal('google'),
  identity: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
});
export type Write = z.infer<typeof write>;

/** What came to nothing: calls that Slack refused, clicks that no app took, notifications that were lost. */
const FAILURES = [
  'call-refused',
  'interaction-failed',
  'click-failed',
  'submit-failed',
  'notification-lost',
  'call-failed',
];

/** What happened in the sandbox, as a test wants to know it. */
export interface Story {
  readonly events: readonly Happened[];
  /** The card, in each of its states. */
  readonly card: readonly Said[];
  /** What was said below it. */
  readonly thread: readonly Said[];
  /** What one person alone was told. */
  readonly whispers: readonly Said[];
  /** Calls that ask for a change, whoever made them and whatever came of it. */
  readonly writes: readonly Write[];
  readonly failures: readonly Happened[];
}

/** @param lines JSON lines; those that are no events of the sandbox are left out. */
export function storyIn(lines: readonly string[]): Story {
  const events = lines.flatMap((line) => event.safeParse(JSON.parse(line)).data ?? []);
  const said = events.flatMap((entry) => message.safeParse(entry).data ?? []);
  const toAll = said.filter(({ onlyFor }) => onlyFor === undefined);
  return {
    events,
    card: toAll.filter(({ threadTs }) => threadTs === undefined),
    thread: toAll.filter(({ threadTs }) => threadTs !== undefined),
    whispers: said.filter(({ onlyFor }) => onlyFor !== undefined),
    writes: events.flatMap((entry) => write.safeParse(entry).data ?? []),
    failures: events.filter(({ type }) => FAILURES.includes(type)),
  };
}

/** What a card's headline says it is at, each state once. */
export function statesOf(card: readonly Said[]): readonly string[] {
  const states = card.map(({ text }) => text.split('\n')[0]?.split(' · ')[1] ?? '');
  return states.filter((state, index) => state !== states[index - 1]);
}
