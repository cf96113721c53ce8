import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brief, type Json, LOCATION, type Served, serveGoogle } from './serve-google.ts';

// Every field and every enum value that the sandbox answers is one of the protos that Google ships in its npm packages.

const require = createRequire(import.meta.url);

interface ProtoNode {
  readonly fields?: Record<string, { readonly type: string; readonly keyType?: string; readonly rule?: string }>;
  readonly values?: Record<string, number>;
  readonly nested?: Record<string, ProtoNode>;
}

const protosOf = (name: string): ProtoNode =>
  JSON.parse(readFileSync(join(dirname(require.resolve(`${name}/package.json`)), 'build/protos/protos.json'), 'utf8'));

/** Looks a type up from within `scope`, outwards, as protobuf does. */
function lookUp(
  root: ProtoNode,
  scope: readonly string[],
  type: string,
): { node: ProtoNode; path: string[] } | undefined {
  for (let depth = scope.length; depth >= 0; depth--) {
    const path = [...scope.slice(0, depth), ...type.split('.')];
    const node = path.reduce<ProtoNode | undefined>((at, part) => at?.nested?.[part], root);
    if (node && (node.fields || node.values)) return { node, path };
  }
  return undefined;
}

/** These have a JSON form of their own. */
const WELL_KNOWN = /^(\.?google\.protobuf\.)?(Timestamp|Duration|FieldMask|Any|Struct|Value)$/;

function faults(root: ProtoNode, type: string, value: Json, at = type, scope: readonly string[] = []): string[] {
  const found = lookUp(root, scope, type.replace(/^\./, ''));
  if (!found) return [];
  if (found.node.values)
    return typeof value === 'string' && value in found.node.values ? [] : [`${at}: ${value} is no ${type}`];
  return Object.entries(value as Record<string, Json>).flatMap(([key, inner]) => {
    if (key === '@type') return [];
    const field = found.node.fields?.[key] ?? found.node.fields?.[key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)];
    if (!field) return [`${at}.${key} is no field of ${type}`];
    if (WELL_KNOWN.test(field.type)) return [];
    const items: Json[] = field.keyType ? Object.values(inner) : field.rule === 'repeated' ? inner : [inner];
    if (field.rule === 'repeated' && !Array.isArray(inner)) return [`${at}.${key} is no list`];
    return items.flatMap((item) => faults(root, field.type, item, `${at}.${key}`, found.path));
  });
}

let google: Served;
beforeAll(async () => {
  google = await serveGoogle(brief('staging-503'));
  google.after(400);
});
afterAll(() => google.close());

const run = protosOf('@google-cloud/run');
const monitoring = protosOf('@google-cloud/monitoring');
const get = async (path: string): Promise<Json> => (await google.call('investigate', 'GET', path)).body;

test('the check itself sees a wrong field and a wrong enum', () => {
  const service = {
    name: 'x',
    nonsense: 1,
    terminalCondition: { state: 'CONDITION_MAYBE' },
    template: { containers: [{ imagen: 'x' }] },
  };
  expect(faults(run, 'google.cloud.run.v2.Service', service)).toEqual([
    'google.cloud.run.v2.Service.nonsense is no field of google.cloud.run.v2.Service',
    'google.cloud.run.v2.Service.terminalCondition.state: CONDITION_MAYBE is no State',
    'google.cloud.run.v2.Service.template.containers.imagen is no field of Container',
  ]);
});

test('services, revisions and operations of Cloud Run', async () => {
  const { services } = await get(`/v2/${LOCATION}/services`);
  const { revisions } = await get(`/v2/${LOCATION}/services/-/revisions`);
  const { body: operation } = await google.call(
    'remediate',
    'PATCH',
    `/v2/${LOCATION}/services/auth?updateMask=template&forceNewRevision=true`,
    { template: services[1].template },
  );
  const during = await get(`/v2/${LOCATION}/services/auth`);
  google.after(60);
  const after = await get(`/v2/${LOCATION}/services/auth`);
  for (const service of [...services, during, after, operation.metadata])
    expect(faults(run, 'google.cloud.run.v2.Service', service)).toEqual([]);
  for (const revision of revisions) expect(faults(run, 'google.cloud.run.v2.Revision', revision)).toEqual([]);
});

test('connectors of Serverless VPC Access', async () => {
  const { connectors } = await get(`/v1/${LOCATION}/connectors`);
  expect(faults(protosOf('@google-cloud/vpc-access'), 'google.cloud.vpcaccess.v1.Connector', connectors[0])).toEqual(
    [],
  );
});

test('time series and metric descriptors of Cloud Monitoring', async () => {
  const { metricDescriptors } = await get('/v3/projects/acme-staging/metricDescriptors');
  const now = google.world.nowMs;
  const interval = `interval.startTime=${new Date(now - 900_000).toISOString()}&interval.endTime=${new Date(now).toISOString()}`;
  let series = 0;
  for (const descriptor of metricDescriptors) {
    expect(faults(monitoring, 'google.api.MetricDescriptor', descriptor)).toEqual([]);
    const reply = await get(
      `/v3/projects/acme-staging/timeSeries?${interval}&filter=${encodeURIComponent(`metric.type="${descriptor.type}"`)}`,
    );
    for (const one of reply.timeSeries ?? []) {
      series += 1;
      expect(faults(monitoring, 'google.monitoring.v3.TimeSeries', one)).toEqual([]);
      expect([one.metricKind, one.valueType]).toEqual([descriptor.metricKind, descriptor.valueType]);
      expect(
        Object.keys(one.metric.labels).every((key) => descriptor.labels.some((l: Json) => l.key === key)),
        descriptor.type,
      ).toBe(true);
      expect(descriptor.monitoredResourceTypes).toContain(one.resource.type);
    }
  }
  expect(series).toBeGreaterThan(40);
});
