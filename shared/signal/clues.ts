import type { IncidentPayload } from './incident-payload.ts';

/** What a notification says about its subject beside the resource's own labels. */
export interface Clues {
  /** From the condition: its filter or query, and the containers of a log match. */
  readonly projects: readonly string[];
  readonly locations: readonly string[];
  readonly services: readonly string[];
  readonly metricLabels: Readonly<Record<string, string>>;
  /** Where the policy lives, which may be a project that only monitors others: never the subject by itself. */
  readonly scopingProject: string | undefined;
}

/** Reads the condition's filter (Monitoring, Logging, PromQL and MQL write a label's value alike: `name="value"`). */
export function readClues({ condition, metric, scoping_project_id: scopingProject }: IncidentPayload): Clues {
  const matchedLog = condition?.conditionMatchedLog;
  const filter = [
    condition?.conditionThreshold?.filter,
    condition?.conditionAbsent?.filter,
    matchedLog?.filter,
    condition?.conditionMonitoringQueryLanguage?.query,
    condition?.conditionPrometheusQueryLanguage?.query,
    condition?.conditionSql?.query,
  ].join('\n');
  const containers = (matchedLog?.resourceContainers ?? []).flatMap(
    (container) => /^projects\/([^/]+)$/.exec(container)?.[1] ?? [],
  );
  const projects = [...valuesOf('project_id', 'anywhere', filter), ...valuesOf('project', 'alone', filter)];
  return {
    projects: unique(projects.length > 0 ? projects : containers),
    locations: valuesOf('location', 'anywhere', filter),
    services: valuesOf('service_name', 'anywhere', filter),
    metricLabels: metric?.labels ?? {},
    scopingProject,
  };
}

const QUOTED = /(["'])([^"'\n]{1,200})\1/g;
const DEMANDED = String.raw`["')\]]{0,3}\s*={1,2}\s*(one_of\([^)]{0,1000}\)|"[^"\n]{1,200}"|'[^'\n]{1,200}')`;
const NOT_EXCLUDED = String.raw`(?<!\bNOT\s+(?:[\w.]+\.)?)(?<!-(?:[\w.]+\.)?)`;
const NOT_A_USERS = String.raw`(?<!user_labels\.)`;

/**
 * The values that the filter demands of one label, `label="a"` or `label = one_of("a", "b")`: not what it excludes, nor what a pattern may match,
 * nor labels of the same name that users put on their resources. 'anywhere': however deep; 'alone': only where it is not part of a longer name.
 */
function valuesOf(label: string, where: 'anywhere' | 'alone', filter: string): readonly string[] {
  const start = where === 'alone' ? String.raw`(?<![\w.])` : String.raw`\b`;
  const demand = new RegExp(NOT_EXCLUDED + NOT_A_USERS + start + label + DEMANDED, 'g');
  const written = [...filter.matchAll(demand)].flatMap((match) => match.slice(1, 2));
  return unique(written.flatMap((values) => [...values.matchAll(QUOTED)].flatMap((match) => match.slice(2, 3))));
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
