import { vcpuHeld } from '../platform/effects.ts';
import type { QuotaState } from '../platform/platform-state.ts';
import type { WorldState } from '../state.ts';
import { addPoint, type Series } from './store.ts';

const PERIOD_MS = 60_000;
const PREFIX = 'serviceruntime.googleapis.com/quota';

/** A minute of every quota: its limit, what is used of it, and whether something was refused. */
export function sampleQuotas(state: WorldState): void {
  for (const quota of state.platform.quotas.values()) {
    const isRate = quota.estate.kind === 'rate';
    const family = isRate ? '' : 'concurrent/';
    put(state, quota, { name: `${family}limit`, metricKind: 'GAUGE', valueType: 'INT64', value: quota.estate.limit });
    const used = isRate
      ? {
          name: 'rate/net_usage',
          metricKind: 'DELTA',
          value: Math.min(quota.estate.limit, quota.used + quota.otherUse),
        }
      : { name: 'concurrent/usage', metricKind: 'GAUGE', value: vcpuHeld(state) + quota.otherUse };
    put(state, quota, { ...used, metricKind: isRate ? 'DELTA' : 'GAUGE', valueType: 'INT64' });
    // It has a point only where something was refused.
    if (quota.refused > 0) put(state, quota, { name: 'exceeded', metricKind: 'GAUGE', valueType: 'BOOL', value: 1 });
    quota.used = 0;
    quota.refused = 0;
  }
}

function put(
  state: WorldState,
  { estate }: QuotaState,
  { name, metricKind, valueType, value }: Pick<Series, 'metricKind' | 'valueType'> & { name: string; value: number },
): void {
  const { project, region } = state.scenario.estate;
  const labels = name.endsWith('usage')
    ? { quota_metric: estate.metric, ...(name === 'rate/net_usage' && { method: '' }) }
    : { quota_metric: estate.metric, limit_name: estate.limitName };
  const location = estate.kind === 'vcpu' ? region : 'global';
  const identity = {
    metric: { type: `${PREFIX}/${name}`, labels },
    resource: { type: 'consumer_quota', labels: { project_id: project, service: estate.api, location } },
    metricKind,
    valueType,
  };
  const startMs = metricKind === 'DELTA' ? state.nowMs - PERIOD_MS : state.nowMs;
  addPoint(state.metrics, identity, { startMs, endMs: state.nowMs, value });
}
