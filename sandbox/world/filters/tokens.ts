import { FilterError, operators } from './filter.ts';

export interface Token {
  readonly type: 'word' | 'string' | 'operator' | '(' | ')' | ',' | 'end';
  readonly text: string;
  readonly at: number;
}

const FILTER_LENGTH_MAX = 20_000; // Cloud Logging's own limit. Source: Logging query language, read 2026-11-23.

/** Splits a filter into tokens; comments run from -- to the end of the line. @throws FilterError for an unterminated string. */
export function tokenize(source: string): Token[] {
  if (source.length > FILTER_LENGTH_MAX) throw new FilterError(`filter is longer than ${FILTER_LENGTH_MAX} characters`);
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const skipped = /^(\s+|--[^\n]*)/.exec(rest)?.[0];
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const token = next(rest, at);
    tokens.push(token.token);
    at += token.length;
  }
  return [...tokens, { type: 'end', text: '', at }];
}

function next(rest: string, at: number): { token: Token; length: number } {
  const first = rest[0] ?? '';
  if (first === '(' || first === ')' || first === ',') return { token: { type: first, text: first, at }, length: 1 };
  if (first === '"' || first === "'") return quoted(rest, first, at);
  const operator = operators.find((o) => rest.startsWith(o));
  if (operator) return { token: { type: 'operator', text: operator, at }, length: operator.length };
  // A quoted part may stand inside a path: labels."run.googleapis.com/x".
  const word = /^(?:[^\s()=!<>:~,"']|(?<=\.)"(?:[^"\\]|\\.)*")+/.exec(rest)?.[0];
  if (!word) throw new FilterError(`syntax error at offset ${at}, token '${first}'`);
  return { token: { type: 'word', text: word, at }, length: word.length };
}

function quoted(rest: string, quote: string, at: number): { token: Token; length: number } {
  const match = new RegExp(`^${quote}((?:[^${quote}\\\\]|\\\\[\\s\\S])*)${quote}`).exec(rest);
  if (!match) throw new FilterError(`unterminated string at offset ${at}`);
  return { token: { type: 'string', text: resolveEscapes(match[1] ?? ''), at }, length: match[0].length };
}

/** Escapes of quotes and backslashes are resolved; those of regular expressions (\d, \.) stay. */
const resolveEscapes = (text: string): string =>
  text.replace(/\\(["'\\nt])/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
