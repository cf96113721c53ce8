import type { Freeze } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import type { Guardrail } from './guardrails.ts';

/** A time in which nothing is changed, in the time zone of those who keep it. */
export const frozen: Guardrail = (_, { environment: { name, guardrails }, at }) => {
  const freeze = guardrails.freezes.find((one) => holds(one, at));
  return freeze === undefined
    ? undefined
    : `nothing is changed during the freeze "${freeze.name}" (${inWords(freeze)}): environments.${name}.guardrails.freezes`;
};

/** Whether a freeze holds at a moment. `from` is inside, `to` is not. A weekly one that ends before it begins ends on the next day. */
export function holds(freeze: Freeze, at: Instant): boolean {
  const local = localTime(at, freeze.timeZone);
  if (freeze.kind === 'dates') return local >= freeze.from && local < freeze.to;
  const [date, time] = [local.slice(0, 10), local.slice(11)];
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const covers = (day: number): boolean => freeze.days.some((named) => DAYS.indexOf(named) === day);
  if (freeze.from < freeze.to) return covers(weekday) && time >= freeze.from && time < freeze.to;
  return (covers(weekday) && time >= freeze.from) || (covers((weekday + 6) % 7) && time < freeze.to);
}

/** In the order of `Date.getUTCDay`. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `2026-11-30T21:10`, as clocks show it there: Swedish dates are written as ISO 8601 writes them. */
const localTime = (at: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(new Date(at))
    .replace(' ', 'T');

const inWords = (freeze: Freeze): string =>
  freeze.kind === 'dates'
    ? `${freeze.from} to ${freeze.to} ${freeze.timeZone}`
    : `${freeze.days.join(', ')} ${freeze.from} to ${freeze.to} ${freeze.timeZone}`;
