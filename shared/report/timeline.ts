import type { AuditEntry } from '../incident/store.ts';
import { cut, TEXT_MAX } from './limits.ts';
import { timeOfDay } from './mrkdwn.ts';
import { lineOf, type People, type Telling } from './timeline-line.ts';

/** A message for the thread. */
export interface ThreadMessage {
  readonly text: string;
  /** 'told': the channel is told of it as well, as somebody must do or know something. */
  readonly kind: 'quiet' | 'told';
  /** How many entries of the trail the thread has after it. */
  readonly upTo: number;
}

/** More in one message is no timeline any more; a storm of alerts is counted instead. */
const LINES_MAX = 15;

/**
 * What the thread still lacks, oldest first: quiet lines together, each that is told by itself.
 * @param from how many entries the thread has.
 * Who did what is said by name, as a mention would call them; mentioned are those alone who have to do something by hand.
 */
export function threadMessages(trail: readonly AuditEntry[], from: number, people: People): ThreadMessage[] {
  const messages: { lines: string[]; kind: Telling; upTo: number }[] = [];
  for (const [index, entry] of trail.entries()) {
    const line = index < from ? undefined : lineOf(entry, trail.slice(0, index), people);
    if (line === undefined) continue;
    const stamped = `${timeOfDay(entry.at)} ${line.text}`;
    const last = messages.at(-1);
    if (last !== undefined && last.kind === 'quiet' && line.telling === 'quiet') {
      last.lines.push(stamped);
      last.upTo = index + 1;
    } else messages.push({ lines: [stamped], kind: line.telling, upTo: index + 1 });
  }
  return messages.map(({ lines, kind, upTo }) => ({ text: cut(shortened(lines).join('\n'), TEXT_MAX), kind, upTo }));
}

/** The first and the last lines of many, and how many there were between them. */
function shortened(lines: readonly string[]): readonly string[] {
  const left = lines.length - LINES_MAX;
  if (left <= 0) return lines;
  const half = Math.floor(LINES_MAX / 2);
  return [...lines.slice(0, half), `… ${left + 1} more …`, ...lines.slice(lines.length - (LINES_MAX - half - 1))];
}

/** Whose names the lines of these entries say. */
export const peopleIn = (entries: readonly AuditEntry[]): readonly string[] => [
  ...new Set(
    entries.flatMap(({ event }) => {
      if (event.type === 'approved') return [event.approval.approver];
      if (event.type === 'check-asked') return [event.by];
      return event.type === 'rejected' ? [event.refusal.approver] : [];
    }),
  ),
];
