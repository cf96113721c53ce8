/** google.api.MetricDescriptor, as far as a reader of metrics needs it. Source: Google's list of metrics, read 2026-11-23. */
export interface Descriptor {
  readonly type: string;
  readonly metricKind: 'GAUGE' | 'DELTA';
  readonly valueType: 'INT64' | 'DOUBLE' | 'BOOL' | 'DISTRIBUTION';
  readonly unit: string;
  readonly displayName: string;
  readonly launchStage: 'GA' | 'BETA' | 'ALPHA';
  /** Points become visible this long after the time that they are about. */
  readonly ingestDelaySeconds: number;
  readonly labels: readonly { readonly key: string; readonly valueType: 'STRING' | 'INT64' }[];
  readonly monitoredResourceTypes: readonly string[];
}

const RUN_DELAY = 120;
const VPC_DELAY = 240;
const LB_DELAY = 210;
const LOG_DELAY = 60;

const text = (...keys: string[]) => keys.map((key) => ({ key, valueType: 'STRING' as const }));

type Row = readonly [
  name: string,
  kind: Descriptor['metricKind'],
  type: Descriptor['valueType'],
  unit: string,
  displayName: string,
  labels: Descriptor['labels'],
];

const family = (
  prefix: string,
  resource: string,
  ingestDelaySeconds: number,
  launchStage: 'GA' | 'BETA',
  rows: readonly Row[],
): Descriptor[] =>
  rows.map(([name, metricKind, valueType, unit, displayName, labels]) => ({
    type: `${prefix}/${name}`,
    metricKind,
    valueType,
    unit,
    displayName,
    launchStage,
    ingestDelaySeconds,
    labels,
    monitoredResourceTypes: [resource],
  }));

const run = family('run.googleapis.com', 'cloud_run_revision', RUN_DELAY, 'GA', [
  ['request_count', 'DELTA', 'INT64', '1', 'Request Count', text('response_code', 'response_code_class', 'route')],
  [
    'request_latencies',
    'DELTA',
    'DISTRIBUTION',
    'ms',
    'Request Latency',
    text('response_code', 'response_code_class', 'route'),
  ],
  ['container/instance_count', 'GAUGE', 'INT64', '1', 'Instance Count', text('state')],
  ['container/max_request_concurrencies', 'DELTA', 'DISTRIBUTION', '1', 'Max Concurrent Requests', text('state')],
  [
    'container/cpu/utilizations',
    'DELTA',
    'DISTRIBUTION',
    '10^2.%',
    'Container CPU Utilization',
    text('container_name'),
  ],
  [
    'container/memory/utilizations',
    'DELTA',
    'DISTRIBUTION',
    '10^2.%',
    'Container Memory Utilization',
    text('container_name'),
  ],
  ['container/startup_latencies', 'DELTA', 'DISTRIBUTION', 'ms', 'Container Startup Latency', []],
  ['container/network/sent_bytes_count', 'DELTA', 'INT64', 'By', 'Sent Bytes', text('kind')],
  ['pending_queue/pending_requests', 'GAUGE', 'INT64', '1', 'Pending Requests', []],
]);

const vpc = family('vpcaccess.googleapis.com', 'vpc_access_connector', VPC_DELAY, 'BETA', [
  ['connector/cpu/utilizations', 'GAUGE', 'DISTRIBUTION', '10^2.%', 'CPU utilizations', []],
  ['connector/instances', 'GAUGE', 'INT64', '1', 'Instance count', []],
  ['connector/received_bytes_count', 'DELTA', 'INT64', 'By', 'Received bytes', []],
  ['connector/sent_bytes_count', 'DELTA', 'INT64', 'By', 'Sent bytes', []],
  ['connector/received_packets_count', 'DELTA', 'INT64', '1', 'Received packets', []],
  ['connector/sent_packets_count', 'DELTA', 'INT64', '1', 'Sent packets', []],
]);

const balancerLabels: Descriptor['labels'] = [
  ...text('protocol', 'load_balancing_scheme', 'proxy_continent', 'cache_result', 'client_country'),
  { key: 'response_code', valueType: 'INT64' },
  { key: 'response_code_class', valueType: 'INT64' },
];

const balancer = family('loadbalancing.googleapis.com', 'https_lb_rule', LB_DELAY, 'GA', [
  ['https/request_count', 'DELTA', 'INT64', '1', 'Request Count', balancerLabels],
  ['https/backend_request_count', 'DELTA', 'INT64', '1', 'Backend Request Count', balancerLabels],
  ['https/backend_latencies', 'DELTA', 'DISTRIBUTION', 'ms', 'Backend Latency', balancerLabels],
  ['https/total_latencies', 'DELTA', 'DISTRIBUTION', 'ms', 'Total Latency', balancerLabels],
]);

const logs = (name: string): Descriptor => ({
  type: `logging.googleapis.com/user/${name}`,
  metricKind: 'DELTA',
  valueType: 'INT64',
  unit: '1',
  displayName: name,
  launchStage: 'GA',
  ingestDelaySeconds: LOG_DELAY,
  labels: [],
  monitoredResourceTypes: ['cloud_run_revision', 'http_load_balancer'],
});

/** What the project measures; `logMetrics` are the names of those that are counted from its logs. */
export const descriptorsWith = (logMetrics: readonly string[]): Descriptor[] => [
  ...run,
  ...vpc,
  ...balancer,
  ...logMetrics.map(logs),
];
