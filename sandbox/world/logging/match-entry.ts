import { type Filter, FilterError, type Operator } from '../filters/filter.ts';
import type { Json } from '../state.ts';

const SEVERITIES = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];

/**
 * Whether an entry passes a filter of Cloud Logging. Comparisons of text ignore case, regular expressions do not; a field that is missing
 * fails every comparison but != and !~. Source: Logging query language, read 2026-11-23.
 * @throws FilterError for a function that the sandbox does not have.
 */
export function matchEntry(filter: Filter, entry: Json): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchEntry(part, entry));
    case 'or':
      return filter.parts.some((part) => matchEntry(part, entry));
    case 'not':
      return !matchEntry(filter.part, entry);
    case 'text':
      return JSON.stringify(entry).toLowerCase().includes(filter.value.toLowerCase());
    case 'call':
      return matchCall(filter.name, filter.values, entry);
    case 'compare': {
      if (filter.value.kind === 'call')
        throw new FilterError(`function ${filter.value.name} cannot stand after '${filter.operator}'`);
      const { text } = filter.value;
      const isNegative = filter.operator === '!=' || filter.operator === '!~';
      const found = valuesAt(entry, filter.path);
      if (isNegative)
        return !found.some((value) => compare(filter.path, value, filter.operator === '!=' ? '=' : '=~', text));
      if (filter.operator === ':' && text === '*') return found.length > 0;
      return found.some((value) => compare(filter.path, value, filter.operator, text));
    }
  }
}

function matchCall(name: string, values: readonly string[], entry: Json): boolean {
  const [first = ''] = values;
  if (name === 'log_id') return String(entry['logName']).endsWith(`/logs/${encodeURIComponent(first)}`);
  if (name === 'SEARCH')
    return JSON.stringify(entry)
      .toLowerCase()
      .includes((values.at(-1) ?? '').toLowerCase());
  throw new FilterError(`unknown function ${name}`);
}

/** What stands at a path; through a list, what stands in each of its items. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  if (typeof value !== 'object') return [];
  const fields = value as Record<string, unknown>; // Sound: an object that is neither null nor a list.
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return valuesAt(fields[key] ?? fields[camel], rest);
}

function compare(path: readonly string[], value: unknown, operator: Operator, text: string): boolean {
  if (operator === '=~') return expression(text).test(String(value));
  if (typeof value === 'object')
    return operator === ':' && JSON.stringify(value).toLowerCase().includes(text.toLowerCase());
  if (operator === ':') return String(value).toLowerCase().includes(text.toLowerCase());
  if (path.join('.') === 'severity') return ordered(rank(String(value)), operator, rank(text));
  if (/^(timestamp|receiveTimestamp|receive_timestamp)$/.test(path[0] ?? ''))
    return ordered(Date.parse(String(value)), operator, Date.parse(text));
  if (path.at(-1) === 'latency') return ordered(Number.parseFloat(String(value)), operator, Number.parseFloat(text));
  if (typeof value === 'number' || (text !== '' && isNumeric(text) && isNumeric(value)))
    return ordered(Number(value), operator, Number(text));
  const [a, b] = [String(value).toLowerCase(), text.toLowerCase()];
  return operator === '=' ? a === b : ordered(a.localeCompare(b), operator, 0);
}

const isNumeric = (value: unknown) => Number.isFinite(Number(value));
const rank = (severity: string): number => SEVERITIES.indexOf(severity.toUpperCase());

function ordered(a: number, operator: Operator, b: number): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    case '!=':
      return a !== b;
    case ':':
    case '=~':
    case '!~':
      return false;
  }
}

const expressions = new Map<string, RegExp>();
const EXPRESSIONS_MAX = 500;

function expression(text: string): RegExp {
  const known = expressions.get(text);
  if (known) return known;
  if (expressions.size > EXPRESSIONS_MAX) expressions.clear();
  try {
    // RE2's (?i) at the beginning is a flag here.
    const made = text.startsWith('(?i)') ? new RegExp(text.slice(4), 'i') : new RegExp(text);
    expressions.set(text, made);
    return made;
  } catch (error) {
    throw new FilterError(`invalid regular expression ${JSON.stringify(text)}`, { cause: error });
  }
}
