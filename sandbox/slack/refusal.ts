import data from './data/method-errors.json' with { type: 'json' };

/** What a method says instead of doing as asked. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  /** Sentences for `response_metadata.messages`, without their [ERROR]. */
  readonly messages: readonly string[];
  /** Fields beside `ok` and `error`, e.g. `needed` and `provided`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export const refuse = (
  code: string,
  messages: readonly string[] = [],
  fields: Readonly<Record<string, unknown>> = {},
): Refusal => ({ kind: 'refused', code, messages, fields });

/** The error codes that a method may answer with: those that Slack's reference lists, and those seen in real replies. */
export function errorCodesOf(method: string): ReadonlySet<string> {
  const listed: Readonly<Record<string, readonly string[]>> = data.methods;
  const observed = data.observed
    .filter(({ methods }) => methods === 'all' || methods.includes(method))
    .map(({ code }) => code);
  return new Set([...(listed[method] ?? []), ...observed]);
}

/** @throws Error when this double would say what Slack never says: a bug here, not in the caller. */
export function assertListed(method: string, code: string): void {
  if (errorCodesOf(method).has(code)) return;
  throw new Error(
    `the Slack double answered ${method} with "${code}", which neither the reference lists nor a real reply shows`,
  );
}
