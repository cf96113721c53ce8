/** A parsed filter of Cloud Logging or Cloud Monitoring; the two languages share this grammar. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'compare'; readonly path: readonly string[]; readonly operator: Operator; readonly value: Value }
  | { readonly kind: 'call'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly value: string };

export const operators = ['=~', '!~', '!=', '>=', '<=', '=', '>', '<', ':'] as const;
export type Operator = (typeof operators)[number];

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly values: readonly string[] };

/** What does not parse; the message says where. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** The parts that must all be true; the whole filter when it is no conjunction. */
export const conjuncts = (filter: Filter): readonly Filter[] =>
  filter.kind === 'and' ? filter.parts.flatMap(conjuncts) : [filter];

/** Every field that the filter looks at; `undefined` stands for "any field at all". */
export function fieldsOf(filter: Filter): (string | undefined)[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(filter.part);
    case 'compare':
      return [filter.path.join('.')];
    case 'call':
      return filter.name === 'log_id' ? ['logName'] : [undefined];
    case 'text':
      return [undefined];
  }
}
