import { type Filter, FilterError, type Operator, type Value } from './filter.ts';
import { type Token, tokenize } from './tokens.ts';

const DEPTH_MAX = 50;

/**
 * Parses a filter of Cloud Logging or Cloud Monitoring. NOT binds tightest, then OR, then AND; terms side by side are joined by AND.
 * Source: Logging query language and Monitoring filters, read 2026-11-23.
 * @throws FilterError saying what was unexpected, and where.
 */
export function parseFilter(source: string): Filter {
  const parser = new Parser(tokenize(source));
  const filter = parser.peek().type === 'end' ? { kind: 'and' as const, parts: [] } : parser.conjunction(0);
  parser.expect('end');
  return filter;
}

class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? { type: 'end', text: '', at: -1 };
  }

  take(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  expect(type: Token['type']): Token {
    const token = this.take();
    if (token.type !== type)
      throw new FilterError(
        `syntax error at offset ${token.at}, token '${token.text || 'end of filter'}', expected ${type}`,
      );
    return token;
  }

  conjunction(depth: number): Filter {
    if (depth > DEPTH_MAX) throw new FilterError(`filter is nested more than ${DEPTH_MAX} deep`);
    const parts = [this.disjunction(depth)];
    while (!['end', ')'].includes(this.peek().type)) {
      if (this.#isWord('AND')) this.take();
      parts.push(this.disjunction(depth));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  disjunction(depth: number): Filter {
    const parts = [this.negation(depth)];
    while (this.#isWord('OR')) {
      this.take();
      parts.push(this.negation(depth));
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  negation(depth: number): Filter {
    const token = this.peek();
    if (this.#isWord('NOT')) {
      this.take();
      return { kind: 'not', part: this.negation(depth) };
    }
    if (token.type === 'word' && token.text.startsWith('-') && token.text.length > 1) {
      return { kind: 'not', part: this.#term({ ...this.take(), text: token.text.slice(1) }, depth) };
    }
    if (token.type === '(') {
      this.take();
      const inner = this.conjunction(depth + 1);
      this.expect(')');
      return inner;
    }
    return this.#term(this.take(), depth);
  }

  #term(token: Token, depth: number): Filter {
    if (token.type !== 'word' && token.type !== 'string')
      throw new FilterError(`syntax error at offset ${token.at}, token '${token.text || 'end of filter'}'`);
    const following = this.peek();
    if (token.type === 'word' && following.type === '(')
      return { kind: 'call', name: token.text, values: this.#arguments() };
    if (following.type !== 'operator') return { kind: 'text', value: token.text };
    const operator = this.take().text as Operator; // Sound: the tokenizer makes operators of nothing else.
    return this.#comparison(pathOf(token), operator, depth);
  }

  #comparison(path: readonly string[], operator: Operator, depth: number): Filter {
    if (this.peek().type === '(') return this.#valueList(path, operator, depth);
    const token = this.take();
    if (token.type !== 'word' && token.type !== 'string')
      throw new FilterError(`syntax error at offset ${token.at}, expected a value after '${operator}'`);
    const isCall = token.type === 'word' && this.peek().type === '(';
    const value: Value = isCall
      ? { kind: 'call', name: token.text, values: this.#arguments() }
      : { kind: 'text', text: token.text, isQuoted: token.type === 'string' };
    return { kind: 'compare', path, operator, value };
  }

  /** `severity=(ERROR OR CRITICAL)`: the comparison holds for each value in turn. */
  #valueList(path: readonly string[], operator: Operator, depth: number): Filter {
    this.expect('(');
    const values = this.conjunction(depth + 1);
    this.expect(')');
    const spread = (filter: Filter): Filter => {
      if (filter.kind === 'text')
        return { kind: 'compare', path, operator, value: { kind: 'text', text: filter.value, isQuoted: true } };
      if (filter.kind === 'not') return { kind: 'not', part: spread(filter.part) };
      if (filter.kind === 'and' || filter.kind === 'or') return { kind: filter.kind, parts: filter.parts.map(spread) };
      throw new FilterError(`a list of values after '${operator}' may only hold values, AND, OR and NOT`);
    };
    return spread(values);
  }

  #arguments(): string[] {
    this.expect('(');
    const values: string[] = [];
    while (this.peek().type !== ')') {
      values.push(this.take().text);
      if (this.peek().type === ',') this.take();
      if (this.peek().type === 'end') throw new FilterError('unterminated list of arguments');
    }
    this.expect(')');
    return values;
  }

  #isWord(text: string): boolean {
    return this.peek().type === 'word' && this.peek().text === text;
  }
}

/** Dots part a path, except within quotes. */
function pathOf(token: Token): string[] {
  if (token.type === 'string') return [token.text];
  return [...token.text.matchAll(/"((?:[^"\\]|\\.)*)"|[^.]+/g)].map((match) => match[1] ?? match[0]);
}
