import { conjuncts, type Filter, type Operator, type Value } from '../filters/filter.ts';
import { QueryError } from './query-error.ts';
import type { Series } from './store.ts';

type Identity = Pick<Series, 'metric' | 'resource'>;

/** Whether a series passes a filter of Cloud Monitoring. Source: Monitoring filters, read 2026-11-23. @throws QueryError for what the language does not have. */
export function matchSeries(filter: Filter, series: Identity): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchSeries(part, series));
    case 'or':
      return filter.parts.some((part) => matchSeries(part, series));
    case 'not':
      return !matchSeries(filter.part, series);
    case 'compare':
      return compare(labelAt(series, filter.path), filter.operator, filter.value);
    case 'call':
    case 'text':
      throw invalid(filter.kind === 'text' ? filter.value : filter.name);
  }
}

const invalid = (what: string) =>
  new QueryError('INVALID_ARGUMENT', `Field filter had an invalid value: unexpected ${JSON.stringify(what)}.`);

/** The one metric type that every filter must name. @throws QueryError without it. */
export function metricTypeOf(filter: Filter): string {
  for (const part of conjuncts(filter)) {
    const isType = part.kind === 'compare' && part.path.join('.') === 'metric.type';
    if (isType && part.operator === '=' && part.value.kind === 'text') return part.value.text;
  }
  throw new QueryError(
    'INVALID_ARGUMENT',
    'Field filter had an invalid value: The filter must specify a single metric type.',
  );
}

/** `metric.type`, `resource.type`, `resource.labels.x`, `metric.label.x`, `project`. */
export function labelAt(series: Identity, path: readonly string[]): string | undefined {
  const [source, field, ...label] = path;
  if (source === 'project' && path.length === 1) return series.resource.labels['project_id'];
  if (source !== 'metric' && source !== 'resource') throw invalid(path.join('.'));
  if (field === 'type') return series[source].type;
  if (field !== 'label' && field !== 'labels') throw invalid(path.join('.'));
  return series[source].labels[label.join('.')];
}

function compare(found: string | undefined, operator: Operator, value: Value): boolean {
  if (value.kind === 'call') return operator === '!=' ? !call(found ?? '', value) : call(found ?? '', value);
  const label = found ?? '';
  switch (operator) {
    case '=':
      return label === value.text;
    case '!=':
      return label !== value.text;
    case ':':
      return label.includes(value.text);
    case '=~':
      return new RegExp(`^(?:${value.text})$`).test(label);
    case '!~':
      return !new RegExp(`^(?:${value.text})$`).test(label);
    case '>':
      return Number(label) > Number(value.text);
    case '<':
      return Number(label) < Number(value.text);
    case '>=':
      return Number(label) >= Number(value.text);
    case '<=':
      return Number(label) <= Number(value.text);
  }
}

function call(label: string, { name, values }: Extract<Value, { kind: 'call' }>): boolean {
  const [first = ''] = values;
  switch (name) {
    case 'starts_with':
      return label.startsWith(first);
    case 'ends_with':
      return label.endsWith(first);
    case 'has_substring':
      return label.includes(first);
    case 'one_of':
      return values.includes(label);
    case 'monitoring.regex.full_match':
      return new RegExp(`^(?:${first})$`).test(label);
    default:
      throw invalid(name);
  }
}
