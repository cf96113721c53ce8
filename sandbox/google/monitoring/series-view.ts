import type { Descriptor } from '../../world/metrics/descriptors.ts';
import { distributionJson } from '../../world/metrics/distribution.ts';
import type { Point, Series } from '../../world/metrics/store.ts';

/** google.monitoring.v3.TimeSeries in JSON, newest point first. */
export function seriesView(series: Series, unit: string): Record<string, unknown> {
  return {
    metric: series.metric,
    resource: series.resource,
    metricKind: series.metricKind,
    valueType: series.valueType,
    points: series.points.toReversed().map((point) => pointView(series, point)),
    unit,
  };
}

function pointView(series: Series, point: Point): Record<string, unknown> {
  const endTime = new Date(point.endMs).toISOString();
  // A gauge's interval is one moment.
  const startTime = series.metricKind === 'DELTA' ? new Date(point.startMs).toISOString() : endTime;
  return { interval: { startTime, endTime }, value: typedValue(series.valueType, point.value) };
}

function typedValue(valueType: Series['valueType'], value: Point['value']): Record<string, unknown> {
  if (typeof value === 'object') return { distributionValue: distributionJson(value) };
  switch (valueType) {
    case 'INT64':
      return { int64Value: String(Math.round(value)) };
    case 'BOOL':
      return { boolValue: value !== 0 };
    case 'DOUBLE':
    case 'DISTRIBUTION':
      return { doubleValue: value };
  }
}

/** google.api.MetricDescriptor in JSON. */
export const descriptorView = (project: string, d: Descriptor): Record<string, unknown> => ({
  name: `projects/${project}/metricDescriptors/${d.type}`,
  type: d.type,
  labels: d.labels.map(({ key, valueType }) => (valueType === 'STRING' ? { key } : { key, valueType })),
  metricKind: d.metricKind,
  valueType: d.valueType,
  unit: d.unit,
  displayName: d.displayName,
  metadata: { launchStage: d.launchStage, samplePeriod: '60s', ingestDelay: `${d.ingestDelaySeconds}s` },
  launchStage: d.launchStage,
  monitoredResourceTypes: d.monitoredResourceTypes,
});
