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
const SQL_DELAY = 165;
const REDIS_DELAY = 240;
const LOG_DELAY = 60;
const UPTIME_DELAY = 60; // Not stated in the list of metrics; checks are made once a minute.
const NAT_DELAY = 225;
const NAT_ALLOCATION_DELAY = 120;
const QUOTA_DELAY = 150;

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

const sql = family('cloudsql.googleapis.com', 'cloudsql_database', SQL_DELAY, 'GA', [
  ['database/up', 'GAUGE', 'INT64', '1', 'Server up', []],
  ['database/cpu/utilization', 'GAUGE', 'DOUBLE', '10^2.%', 'CPU utilization', []],
  ['database/memory/utilization', 'GAUGE', 'DOUBLE', '10^2.%', 'Memory utilization', []],
  ['database/disk/utilization', 'GAUGE', 'DOUBLE', '10^2.%', 'Disk utilization', []],
  ['database/network/connections', 'GAUGE', 'INT64', '1', 'Cloud SQL Connections', []],
  ['database/postgresql/num_backends', 'GAUGE', 'INT64', '1', 'PostgreSQL Connections', text('database')],
]);

const redis = family('redis.googleapis.com', 'redis_instance', REDIS_DELAY, 'GA', [
  ['stats/memory/usage_ratio', 'GAUGE', 'DOUBLE', '1', 'Memory Usage Ratio', text('role')],
  ['clients/connected', 'GAUGE', 'INT64', '1', 'Connected Clients', text('role')],
]);

const uptime = family('monitoring.googleapis.com', 'uptime_url', UPTIME_DELAY, 'GA', [
  [
    'uptime_check/check_passed',
    'GAUGE',
    'BOOL',
    '',
    'Check passed',
    text('check_id', 'checked_resource_id', 'checker_location'),
  ],
  [
    'uptime_check/time_until_ssl_cert_expires',
    'GAUGE',
    'DOUBLE',
    'd',
    'Time until SSL certificate expires',
    text('check_id', 'checked_resource_id', 'checker_location'),
  ],
]);
/** Source: Cloud NAT, gateway metrics, read 2026-11-23. Of the seven that it has, those that say how its ports fare. */
const nat = [
  ...family('router.googleapis.com', 'nat_gateway', NAT_DELAY, 'GA', [
    ['nat/allocated_ports', 'GAUGE', 'INT64', '{port}', 'Allocated ports', text('nat_ip')],
    ['nat/port_usage', 'GAUGE', 'INT64', '{port}', 'Port usage', text('ip_protocol')],
    [
      'nat/dropped_sent_packets_count',
      'DELTA',
      'INT64',
      '{packet}',
      'Sent packets dropped count',
      text('ip_protocol', 'reason'),
    ],
    ['nat/new_connections_count', 'DELTA', 'INT64', '{connection}', 'New connections count', text('ip_protocol')],
  ]),
  ...family('router.googleapis.com', 'nat_gateway', NAT_ALLOCATION_DELAY, 'GA', [
    ['nat/nat_allocation_failed', 'GAUGE', 'BOOL', '1', 'NAT allocation failed', []],
  ]),
];

const quotas = family('serviceruntime.googleapis.com/quota', 'consumer_quota', QUOTA_DELAY, 'GA', [
  ['exceeded', 'GAUGE', 'BOOL', '1', 'Quota exceeded error', text('limit_name', 'quota_metric')],
  ['limit', 'GAUGE', 'INT64', '1', 'Quota limit', text('limit_name', 'quota_metric')],
  ['rate/net_usage', 'DELTA', 'INT64', '1', 'Rate quota usage', text('method', 'quota_metric')],
  ['allocation/usage', 'GAUGE', 'INT64', '1', 'Allocation quota usage', text('quota_metric')],
  ['concurrent/limit', 'GAUGE', 'INT64', '1', 'Concurrent quota limit', text('limit_name', 'quota_metric')],
  ['concurrent/usage', 'GAUGE', 'INT64', '1', 'Concurrent quota usage', text('quota_metric')],
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
  ...sql,
  ...redis,
  ...uptime,
  ...nat,
  ...quotas,
  ...logMetrics.map(logs),
];
