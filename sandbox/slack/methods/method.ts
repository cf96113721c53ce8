import type { RateLimit } from '../rate-limits.ts';
import type { Refusal } from '../refusal.ts';
import type { SlackState } from '../slack-state.ts';

/** What a call brings, whether it came as a form or as JSON; blocks, view and metadata are parsed. */
export type Args = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly kind: 'done';
  readonly body: Readonly<Record<string, unknown>>;
}

/** One method of the Web API. */
export interface Method {
  /** Any one of these is enough; none: every token will do. */
  readonly scopes: readonly string[];
  readonly limit: RateLimit;
  readonly answer: (args: Args, slack: SlackState) => Reply | Refusal;
}

export const done = (body: Readonly<Record<string, unknown>> = {}): Reply => ({ kind: 'done', body });

/** A text argument; numbers count as text, as they do in a form. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const flag = (args: Args, name: string): boolean =>
  args[name] === true || args[name] === 'true' || args[name] === '1';
