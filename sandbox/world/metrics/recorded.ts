import type { WorldState } from '../state.ts';
import type { Series } from './store.ts';

/** Series that the scenario states word for word, as far as their time has come. */
export function recordedSeries(state: WorldState): Series[] {
  return state.scenario.recorded.timeSeries.map((series) => ({
    metric: series.metric,
    resource: {
      type: series.resource.type,
      labels: { project_id: state.scenario.estate.project, ...series.resource.labels },
    },
    metricKind: series.metricKind,
    valueType: series.valueType,
    points: series.points
      .map(({ at, value }) => ({ endMs: state.startMs + at * 1000, value }))
      .filter(({ endMs }) => endMs <= state.nowMs)
      .sort((a, b) => a.endMs - b.endMs)
      .map(({ endMs, value }) => ({ startMs: series.metricKind === 'DELTA' ? endMs - 60_000 : endMs, endMs, value })),
  }));
}
