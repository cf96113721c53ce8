/** Which permission a call needs, by method and path. Source: IAM permissions of each REST method's documentation, read 2026-11-23. */
interface Rule {
  readonly method: string;
  readonly path: RegExp;
  readonly permission: string;
  readonly api: Api;
}

export type Api = 'run' | 'vpcaccess' | 'monitoring' | 'logging';

const name = '[^/]+';
const inLocation = `projects/${name}/locations/${name}`;
const rule = (api: Api, method: string, path: string, permission: string): Rule => ({
  api,
  method,
  path: new RegExp(`^${path}$`),
  permission,
});

const rules: readonly Rule[] = [
  rule('run', 'GET', `/v2/${inLocation}/services`, 'run.services.list'),
  rule('run', 'GET', `/v2/${inLocation}/services/${name}`, 'run.services.get'),
  rule('run', 'PATCH', `/v2/${inLocation}/services/${name}`, 'run.services.update'),
  rule('run', 'GET', `/v2/${inLocation}/services/${name}/revisions`, 'run.revisions.list'),
  rule('run', 'GET', `/v2/${inLocation}/services/${name}/revisions/${name}`, 'run.revisions.get'),
  rule('run', 'GET', `/v2/${inLocation}/operations/${name}`, 'run.operations.get'),
  rule('vpcaccess', 'GET', `/v1/${inLocation}/connectors`, 'vpcaccess.connectors.list'),
  rule('vpcaccess', 'GET', `/v1/${inLocation}/connectors/${name}`, 'vpcaccess.connectors.get'),
  rule('vpcaccess', 'PATCH', `/v1/${inLocation}/connectors/${name}`, 'vpcaccess.connectors.update'),
  rule('vpcaccess', 'GET', `/v1/${inLocation}/operations/${name}`, 'vpcaccess.operations.get'),
  rule('monitoring', 'GET', `/v3/projects/${name}/timeSeries`, 'monitoring.timeSeries.list'),
  rule('monitoring', 'GET', `/v3/projects/${name}/metricDescriptors`, 'monitoring.metricDescriptors.list'),
  rule('monitoring', 'GET', `/v3/projects/${name}/metricDescriptors/.+`, 'monitoring.metricDescriptors.get'),
  rule('logging', 'POST', '/v2/entries:list', 'logging.logEntries.list'),
];

export const permissionFor = (method: string, path: string): { permission: string; api: Api } | undefined =>
  rules.find((r) => r.method === method && r.path.test(path));

/** What each of runmedic's identities may do, by the part of its e-mail before @; whoever is not here may do nothing. */
const grants: Readonly<Record<string, readonly string[]>> = {
  investigate: [
    'run.services.get',
    'run.services.list',
    'run.revisions.get',
    'run.revisions.list',
    'run.operations.get',
    'vpcaccess.connectors.get',
    'vpcaccess.connectors.list',
    'vpcaccess.operations.get',
    'monitoring.timeSeries.list',
    'monitoring.metricDescriptors.get',
    'monitoring.metricDescriptors.list',
    'logging.logEntries.list',
  ],
  remediate: [
    'run.services.get',
    'run.services.update',
    'run.revisions.get',
    'run.revisions.list',
    'run.operations.get',
    'vpcaccess.connectors.get',
    'vpcaccess.connectors.update',
    'vpcaccess.connectors.use',
    'vpcaccess.operations.get',
  ],
};

export const grantedTo = (identity: string): readonly string[] => grants[identity.split('@')[0] ?? ''] ?? [];
