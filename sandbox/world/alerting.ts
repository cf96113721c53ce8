import type { AlertPolicy } from '../scenarios/alerting.ts';
import { querySeries } from './metrics/query.ts';
import type { Series } from './metrics/store.ts';
import { note } from './note.ts';
import { notification } from './notification.ts';
import type { AlertState, WorldState } from './state.ts';

const LOOK_BACK_MS = 10 * 60_000;

/** Looks at every policy as Cloud Monitoring does once a minute: on what its metrics show by now, which is later than what is. */
export function evaluateAlerts(state: WorldState): void {
  for (const policy of state.scenario.alerting.policies) {
    for (const { labels, value, series } of valuesOf(state, policy)) {
      const key = JSON.stringify([policy.id, labels]);
      const known = state.alerts.get(key);
      const alert: AlertState = known ?? {
        policy,
        labels,
        violatingSinceMs: undefined,
        incident: undefined,
        value,
        changedMs: 0,
      };
      if (!known) state.alerts.set(key, alert);
      alert.value = value;
      evaluate(state, alert, series);
    }
  }
}

interface Measured {
  readonly labels: Record<string, string>;
  readonly value: number;
  readonly series: Series;
}

/** The newest value of each group; a group without new points says nothing, and its incident stays as it is. */
function valuesOf(state: WorldState, { condition }: AlertPolicy): Measured[] {
  const numerators = newest(state, condition.filter, condition.aggregations);
  if (condition.denominatorFilter === undefined) return numerators;
  const denominators = newest(
    state,
    condition.denominatorFilter,
    condition.denominatorAggregations ?? condition.aggregations,
  );
  // Where nothing is counted above the line there are no points at all, and the ratio is 0.
  return denominators.map((below) => {
    const above = numerators.find(
      (n) => JSON.stringify(n.labels) === JSON.stringify(below.labels) && endOf(n.series) === endOf(below.series),
    );
    return {
      labels: below.labels,
      value: below.value === 0 ? 0 : (above?.value ?? 0) / below.value,
      series: above?.series ?? below.series,
    };
  });
}

const endOf = (series: Series): number => series.points.at(-1)?.endMs ?? 0;

function newest(state: WorldState, filter: string, aggregations: AlertPolicy['condition']['aggregations']): Measured[] {
  const [aggregation] = aggregations;
  const found = querySeries(state, {
    filter,
    startMs: state.nowMs - LOOK_BACK_MS,
    endMs: state.nowMs,
    aligner: aggregation?.perSeriesAligner ?? 'ALIGN_NONE',
    periodSeconds: Number.parseInt(aggregation?.alignmentPeriod ?? '60', 10),
    reducer: aggregation?.crossSeriesReducer ?? 'REDUCE_NONE',
    groupBy: aggregation?.groupByFields ?? [],
  });
  return found.flatMap((series) => {
    const value = series.points.at(-1)?.value;
    if (typeof value !== 'number') return [];
    return [{ labels: { ...series.resource.labels, ...series.metric.labels }, value, series }];
  });
}

function evaluate(state: WorldState, alert: AlertState, series: Series): void {
  const { condition } = alert.policy;
  const violates =
    condition.comparison === 'COMPARISON_GT'
      ? alert.value > condition.thresholdValue
      : alert.value < condition.thresholdValue;
  if (!violates) {
    alert.violatingSinceMs = undefined;
    if (alert.incident) close(state, alert, series);
    return;
  }
  alert.violatingSinceMs ??= state.nowMs;
  const heldSeconds = (state.nowMs - alert.violatingSinceMs) / 1000;
  if (!alert.incident && heldSeconds >= Number.parseInt(condition.duration, 10)) open(state, alert, series);
}

function open(state: WorldState, alert: AlertState, series: Series): void {
  alert.incident = { id: `0.${state.random.hex(12)}`, startedMs: state.nowMs };
  alert.changedMs = state.nowMs;
  state.notifications.push(notification(state, alert, series, { state: 'open', incident: alert.incident }));
  note(state, 'alert-opened', subjectOf(alert), `${alert.policy.displayName}: ${alert.value.toFixed(3)}`);
}

function close(state: WorldState, alert: AlertState, series: Series): void {
  if (!alert.incident) return;
  state.notifications.push(notification(state, alert, series, { state: 'closed', incident: alert.incident }));
  alert.incident = undefined;
  alert.changedMs = state.nowMs;
  note(state, 'alert-closed', subjectOf(alert), `${alert.policy.displayName}: ${alert.value.toFixed(3)}`);
}

const subjectOf = ({ labels, policy }: AlertState): string =>
  labels['service_name'] ?? labels['connector_name'] ?? policy.displayName;
