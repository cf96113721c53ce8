const TEXT_SHOWN_MAX = 80;
const KEYS_SHOWN_MAX = 6;
const URL_CREDENTIALS = /:\/\/[^\s/@]*@/g;

/** What was found, for a person: text in quotes, cut at 80 characters and without a URL's password, lists and mappings by their size, `nothing` for null. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${cut(value.replace(URL_CREDENTIALS, '://…@'), TEXT_SHOWN_MAX)}"`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return describeKeys(Object.keys(value));
  return String(value);
}

/** The same text when it fits, else its beginning and an ellipsis, together no longer than `charsMax`. */
export const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;

function describeKeys(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty mapping';
  const more = keys.length > KEYS_SHOWN_MAX ? ', …' : '';
  return `a mapping with ${keys.slice(0, KEYS_SHOWN_MAX).join(', ')}${more}`;
}
