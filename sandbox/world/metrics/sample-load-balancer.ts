import { indexAt } from '../ledger.ts';
import { hostOf } from '../logging/entries.ts';
import type { WorldState } from '../state.ts';
import { addValue, type Distribution, emptyDistribution, latencyBuckets } from './distribution.ts';
import { addPoint } from './store.ts';

const PERIOD_MS = 60_000;

/** What the load balancer in front of the public hosts saw in the minute that ends now: every request, also those that reached no container. */
export function sampleLoadBalancer(state: WorldState): void {
  const { requests } = state.ledger;
  const groups = new Map<string, Group>();
  for (const record of requests.slice(indexAt(requests, state.nowMs - PERIOD_MS + 1))) {
    const reachedBackend = record.door === undefined || record.door.statusDetails === 'response_sent_by_backend';
    const key = `${record.service} ${record.status} ${reachedBackend}`;
    const group = groups.get(key) ?? {
      service: record.service,
      status: record.status,
      reachedBackend,
      count: 0,
      latency: emptyDistribution(latencyBuckets),
    };
    groups.set(key, group);
    group.count += record.count;
    addValue(group.latency, record.latencyMs + 5, record.count);
  }
  for (const group of groups.values()) {
    const host = hostOf(state, group.service);
    if (host !== undefined) put(state, host, group);
  }
}

interface Group {
  readonly service: string;
  readonly status: number;
  /** false: the load balancer answered by itself. */
  readonly reachedBackend: boolean;
  count: number;
  readonly latency: Distribution;
}

function put(state: WorldState, host: string, group: Group): void {
  const { project, region } = state.scenario.estate;
  const balancer = host.split('.')[0] ?? host;
  const backend = `${group.service}-backend`;
  const resource = {
    type: 'https_lb_rule',
    labels: {
      project_id: project,
      region: 'global',
      url_map_name: `${balancer}-map`,
      forwarding_rule_name: `${balancer}-https`,
      target_proxy_name: `${balancer}-proxy`,
      matched_url_path_rule: 'UNMATCHED',
      backend_target_name: backend,
      backend_target_type: 'BACKEND_SERVICE',
      backend_name: `${group.service}-neg`,
      backend_type: state.edge.vms.has(group.service) ? 'INSTANCE_GROUP' : 'SERVERLESS_NETWORK_ENDPOINT_GROUP',
      backend_scope: region,
      backend_scope_type: 'REGION',
    },
  };
  const labels = {
    protocol: 'HTTP/2.0',
    load_balancing_scheme: 'EXTERNAL_MANAGED',
    proxy_continent: 'America',
    cache_result: 'DISABLED',
    client_country: 'United States',
    response_code: String(group.status),
    response_code_class: String(Math.floor(group.status / 100) * 100),
  };
  const point = { startMs: state.nowMs - PERIOD_MS, endMs: state.nowMs };
  for (const [name, valueType, value] of [
    ['request_count', 'INT64', group.count],
    ['backend_request_count', 'INT64', group.count],
    ['backend_latencies', 'DISTRIBUTION', group.latency],
    ['total_latencies', 'DISTRIBUTION', group.latency],
  ] as const) {
    if (!group.reachedBackend && name.startsWith('backend_')) continue;
    const metric = { type: `loadbalancing.googleapis.com/https/${name}`, labels };
    addPoint(state.metrics, { metric, resource, metricKind: 'DELTA', valueType }, { ...point, value });
  }
}
