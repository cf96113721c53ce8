import { z } from 'zod';

/**
 * Cloud Monitoring's notification, read as it is delivered rather than as it is documented: any field may be missing, null, empty or of
 * an older type, and is then undefined. Only `parse-notification.ts` decides what cannot be done without.
 * Seen in real notifications of 2019 to 2025 (test/fixtures/monitoring, read 2026-11-23): `ended_at: "null"`, `version: 1.1`, `documentation` as text, no `condition`.
 */

/** What an incident keeps of any one text; Slack shows at most 3000 characters in a section. */
const TEXT_CHARS_MAX = 2000;
/** A monitored resource has a handful of labels and a metric at most 30 (Monitoring's quotas, read 2026-11-23). */
const LABELS_MAX = 64;
/** A condition's filter or query; Monitoring takes at most 2048 characters in a filter, queries may be longer. */
const FILTER_CHARS_MAX = 10_000;

const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const text = maybe(scalar.transform((value) => meaningful(value)?.slice(0, TEXT_CHARS_MAX)));

const labels = z
  .record(z.string(), maybe(scalar))
  .catch({})
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all)
        .flatMap(([name, value]) => present(name, value))
        .slice(0, LABELS_MAX),
    ),
  );

const query = maybe(z.string().transform((value) => value.slice(0, FILTER_CHARS_MAX)));
const filtered = maybe(z.object({ filter: query }));
const queried = maybe(z.object({ query }));

const condition = z.object({
  displayName: text,
  conditionThreshold: filtered,
  conditionAbsent: filtered,
  conditionMatchedLog: maybe(z.object({ filter: query, resourceContainers: maybe(z.array(z.string())) })),
  conditionMonitoringQueryLanguage: queried,
  conditionPrometheusQueryLanguage: queried,
  conditionSql: queried,
});

const typed = z.object({ type: text, labels: labels.optional() });

export const incidentPayload = z.object({
  scoping_project_id: text,
  url: text,
  severity: text,
  started_at: text,
  ended_at: text,
  summary: text,
  observed_value: text,
  threshold_value: text,
  resource: maybe(typed),
  metric: maybe(typed),
  policy_name: text,
  condition_name: text,
  condition: maybe(condition),
});

export type IncidentPayload = z.output<typeof incidentPayload>;

/** Senders write "null" and "" where they mean nothing. */
function meaningful(value: string): string | undefined {
  const trimmed = value.trim();
  return trimmed === '' || trimmed === 'null' ? undefined : trimmed;
}

const present = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name.slice(0, TEXT_CHARS_MAX), value.slice(0, TEXT_CHARS_MAX)]];
