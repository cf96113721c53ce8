import { type Filter, FilterError, type Operator, type Value } from './filter.ts';
import { type Token, tokenize } from './tokens.ts';

const DEPTH_MAX = 50;

/**
 * Parses a filter of Cloud Logging or Cloud Monitoring. NOT binds tightest, then OR, then AND; terms side by side are joined by AND.
 * Source: Logging query language and Monitoring filters, read 2026-11-23.
 * @throws FilterError saying what was unexpected, and where.
 */
export function parseFilter(source: string): Filter {
  const tokens = reader(tokenize(source));
  const filter: Filter = tokens.peek().type === 'end' ? { kind: 'and', parts: [] } : conjunction(tokens, 0);
  tokens.expect('end');
  return filter;
}

interface Reader {
  peek(): Token;
  take(): Token;
  /** @throws FilterError when the next token is of another type. */
  expect(type: Token['type']): void;
}

function reader(tokens: readonly Token[]): Reader {
  let index = 0;
  const peek = (): Token => tokens[index] ?? { type: 'end', text: '', at: -1 };
  const take = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  return {
    peek,
    take,
    expect(type) {
      const token = take();
      if (token.type !== type) throw unexpected(token, type);
    },
  };
}

function unexpected(token: Token, expected: string): FilterError {
  const found = token.text || (token.type === 'end' ? 'end of filter' : token.type);
  return new FilterError(`syntax error at offset ${token.at}, token '${found}', expected ${expected}`);
}

const isWord = (token: Token, text: string): boolean => token.type === 'word' && token.text === text;

function conjunction(tokens: Reader, depth: number): Filter {
  if (depth > DEPTH_MAX) throw new FilterError(`filter is nested more than ${DEPTH_MAX} deep`);
  const first = disjunction(tokens, depth);
  const parts = [first];
  while (!['end', ')'].includes(tokens.peek().type)) {
    if (isWord(tokens.peek(), 'AND')) tokens.take();
    parts.push(disjunction(tokens, depth));
  }
  return parts.length === 1 ? first : { kind: 'and', parts };
}

function disjunction(tokens: Reader, depth: number): Filter {
  const first = negation(tokens, depth);
  const parts = [first];
  while (isWord(tokens.peek(), 'OR')) {
    tokens.take();
    parts.push(negation(tokens, depth));
  }
  return parts.length === 1 ? first : { kind: 'or', parts };
}

function negation(tokens: Reader, depth: number): Filter {
  const token = tokens.take();
  if (isWord(token, 'NOT')) return { kind: 'not', part: negation(tokens, depth) };
  if (token.type === 'word' && token.text.startsWith('-') && token.text.length > 1) {
    return { kind: 'not', part: term(tokens, { ...token, text: token.text.slice(1) }, depth) };
  }
  if (token.type !== '(') return term(tokens, token, depth);
  const inner = conjunction(tokens, depth + 1);
  tokens.expect(')');
  return inner;
}

/** A comparison, a function, or a bare text that is searched for everywhere. */
function term(tokens: Reader, token: Token, depth: number): Filter {
  if (token.type !== 'word' && token.type !== 'string') throw unexpected(token, 'a field or a text');
  const following = tokens.peek();
  if (token.type === 'word' && following.type === '(')
    return { kind: 'call', name: token.text, values: listed(tokens) };
  if (following.type !== 'operator') return { kind: 'text', value: token.text };
  const operator = tokens.take().text as Operator; // Sound: the tokenizer makes operators of nothing else.
  const path = pathOf(token);
  if (tokens.peek().type === '(') return eachValue(tokens, path, operator, depth);
  return { kind: 'compare', path, operator, value: value(tokens, operator) };
}

function value(tokens: Reader, operator: Operator): Value {
  const token = tokens.take();
  if (token.type !== 'word' && token.type !== 'string') throw unexpected(token, `a value after '${operator}'`);
  const isCall = token.type === 'word' && tokens.peek().type === '(';
  return isCall ? { kind: 'call', name: token.text, values: listed(tokens) } : { kind: 'text', text: token.text };
}

/** `severity=(ERROR OR CRITICAL)`: the comparison holds for each value in turn. */
function eachValue(tokens: Reader, path: readonly string[], operator: Operator, depth: number): Filter {
  tokens.expect('(');
  const values = conjunction(tokens, depth + 1);
  tokens.expect(')');
  const spread = (filter: Filter): Filter => {
    if (filter.kind === 'text') return { kind: 'compare', path, operator, value: { kind: 'text', text: filter.value } };
    if (filter.kind === 'not') return { kind: 'not', part: spread(filter.part) };
    if (filter.kind === 'and' || filter.kind === 'or') return { kind: filter.kind, parts: filter.parts.map(spread) };
    throw new FilterError(`a list of values after '${operator}' may only hold values, AND, OR and NOT`);
  };
  return spread(values);
}

function listed(tokens: Reader): string[] {
  tokens.expect('(');
  const values: string[] = [];
  while (tokens.peek().type !== ')') {
    const token = tokens.take();
    if (token.type !== 'word' && token.type !== 'string') throw unexpected(token, 'an argument');
    values.push(token.text);
    if (tokens.peek().type === ',') tokens.take();
  }
  tokens.expect(')');
  return values;
}

/** Dots part a path, except within quotes. */
function pathOf(token: Token): string[] {
  if (token.type === 'string') return [token.text];
  return [...token.text.matchAll(/"((?:[^"\\]|\\.)*)"|[^.]+/g)].map((match) => match[1] ?? match[0]);
}
