import { describe, expect, it } from 'vitest';
import { toTemplate } from '../../../shared/adapters/google/map-template.ts';

const container = (fields: object) => toTemplate({ containers: [fields] }).containers[0];

describe('toTemplate, environment', () => {
  const SECRET = 'sk_live_never_to_be_seen';

  it('keeps names and drops every value', () => {
    const env = [
      { name: 'STRIPE_API_KEY', value: SECRET },
      { name: 'FROM_SECRET', valueSource: { secretKeyRef: { secret: 'stripe-key', version: '3' } } },
    ];
    const template = toTemplate({ containers: [{ image: 'app', env }] });
    expect(template.containers[0]?.envNames).toEqual(['STRIPE_API_KEY', 'FROM_SECRET']);
    expect(JSON.stringify(template)).not.toContain(SECRET);
  });

  it('marks values, so that two of them can be compared and none be read', () => {
    const marked = (value: string) => container({ env: [{ name: 'HOST', value }, { value: 'nameless' }] })?.envMarks;
    expect(marked(SECRET)).toEqual(marked(SECRET));
    expect(marked(SECRET)).not.toEqual(marked('another'));
    expect(Object.keys(marked(SECRET) ?? {})).toEqual(['HOST']);
  });

  it('names secrets and their versions, of variables and of the volumes that are mounted', () => {
    const { containers, volumes } = toTemplate({
      containers: [
        {
          env: [
            { name: 'KEY', valueSource: { secretKeyRef: { secret: 'key', version: '3' } } },
            { name: 'NEWEST', valueSource: { secretKeyRef: { secret: 'projects/p/secrets/newest' } } },
            { valueSource: { secretKeyRef: { secret: 'nameless' } } },
          ],
          volumeMounts: [{ name: 'files', mountPath: '/secrets' }, { name: 'whole' }],
        },
      ],
      volumes: [
        { name: 'files', secret: { secret: 'pem', items: [{ path: 'a', version: '7' }, { path: 'b' }] } },
        { name: 'whole', secret: { secret: 'all' } },
        { name: 'unused', secret: { secret: 'unused' } },
        { secret: { secret: 'unnamed' } },
        { name: 'db', cloudSqlInstance: { instances: ['p:l:i', ''] } },
        { name: 'tmp', emptyDir: { medium: 'MEMORY' } },
        { name: 'share', nfs: { server: '10.0.0.9' } },
        { name: 'bucket', gcs: { bucket: 'b' } },
        { secret: null },
      ],
    });
    expect(containers[0]?.secrets.map(({ secret, version, as, through }) => [secret, version, as, through])).toEqual([
      ['key', '3', 'KEY', 'environment'],
      ['projects/p/secrets/newest', 'latest', 'NEWEST', 'environment'],
      ['nameless', 'latest', '', 'environment'],
      ['pem', '7', 'files', 'volume'],
      ['pem', 'latest', 'files', 'volume'],
      ['all', 'latest', 'whole', 'volume'],
    ]);
    expect(volumes.map(({ name, kind }) => [name, kind])).toEqual([
      ['files', 'secret'],
      ['whole', 'secret'],
      ['unused', 'secret'],
      ['', 'secret'],
      ['db', 'cloud-sql'],
      ['tmp', 'in-memory'],
      ['share', 'nfs'],
      ['bucket', 'bucket'],
      ['', 'other'],
    ]);
    expect(volumes[4]?.cloudSqlInstances).toEqual(['p:l:i']);
  });
});

describe('toTemplate, resources', () => {
  it.each([
    ['512Mi', 512],
    ['1Gi', 1024],
    ['0.5Gi', 512],
    ['953M', 908.85],
    ['1G', 953.67],
    ['536870912', 512],
    ['131072Ki', 128],
  ])('memory %s is %d MiB', (memory, mib) => {
    expect(container({ resources: { limits: { memory } } })?.memoryMib).toBeCloseTo(mib, 2);
  });

  it.each([
    ['1000m', 1],
    ['80m', 0.08],
    ['2', 2],
    ['.5', 0.5],
    ['1.', 1],
    ['+1', 1],
    ['5e-1', 0.5],
    ['1E0', 1],
  ])('cpu %s is %d', (cpu, cores) => {
    expect(container({ resources: { limits: { cpu } } })?.cpu).toBe(cores);
  });

  it('has Cloud Run’s own limits where none are stated', () => {
    expect(container({})).toMatchObject({ cpu: 1, memoryMib: 512 });
  });

  it.each(['plenty', '12Xi', '-1', '.', ''.padEnd(3)])('does not know the amount %j, and has all else', (limit) => {
    expect(container({ image: 'x', resources: { limits: { memory: limit, cpu: limit } } })).toMatchObject({
      image: 'x',
      cpu: undefined,
      memoryMib: undefined,
    });
  });

  it('takes one request at a time with less than one CPU', () => {
    const small = { resources: { limits: { cpu: '500m' } } };
    expect(toTemplate({ containers: [small] }).concurrency).toBe(1);
    expect(toTemplate({ containers: [small], maxInstanceRequestConcurrency: 3 }).concurrency).toBe(3);
  });
});

describe('toTemplate, containers', () => {
  it('puts the one that takes requests first', () => {
    const { containers } = toTemplate({
      containers: [
        { name: 'proxy', image: 'p' },
        { name: 'app', image: 'a', ports: [{ containerPort: 8080 }] },
        { name: 'agent', image: 'g' },
      ],
    });
    expect(containers.map(({ name }) => name)).toEqual(['app', 'proxy', 'agent']);
    expect(containers.map(({ port }) => port)).toEqual([8080, undefined, undefined]);
    expect(containers[1]?.startupProbe, 'a sidecar has no default probe').toBeUndefined();
  });

  it.each([
    [{ httpGet: { path: '/up' } }, 'http', '/up', undefined],
    [{ httpGet: {} }, 'http', '/', undefined],
    [{ grpc: { port: 8080 } }, 'grpc', undefined, 8080],
    [{ tcpSocket: { port: 8080 } }, 'tcp', undefined, 8080],
  ])('reads the probe %j', (probe, kind, path, port) => {
    const startupProbe = { ...probe, initialDelaySeconds: 5, timeoutSeconds: 2, periodSeconds: 3, failureThreshold: 9 };
    expect(container({ startupProbe })?.startupProbe).toEqual({
      kind,
      initialDelaySeconds: 5,
      timeoutSeconds: 2,
      periodSeconds: 3,
      failureThreshold: 9,
      path,
      port,
    });
    expect(container({ livenessProbe: startupProbe, readinessProbe: startupProbe })).toMatchObject({
      livenessProbe: { kind },
      readinessProbe: { kind },
    });
  });

  it('fills a stated probe with the API’s defaults, not with those of none', () => {
    expect(container({ startupProbe: { httpGet: {} } })?.startupProbe).toMatchObject({
      timeoutSeconds: 1,
      periodSeconds: 10,
      failureThreshold: 3,
    });
  });
});

describe('toTemplate, how it runs', () => {
  it.each([
    [[{ name: 'h2c', containerPort: 8080 }], 'h2c'],
    [[{ name: 'http1', containerPort: 8080 }], 'http1'],
    [[], 'http1'],
  ])('speaks, through %j, %s', (ports, protocol) => {
    expect(container({ ports })?.protocol).toBe(protocol);
  });

  it.each([
    [undefined, true, false],
    [{ limits: {} }, false, false],
    [{ cpuIdle: true, startupCpuBoost: true }, true, true],
  ])('gives CPU by %j', (resources, cpuIdle, startupCpuBoost) => {
    expect(container({ resources })).toMatchObject({ cpuIdle, startupCpuBoost });
  });

  it.each([
    ['EXECUTION_ENVIRONMENT_GEN1', 'gen1'],
    [2, 'gen2'],
    [undefined, undefined],
  ])('runs in %j', (executionEnvironment, generation) => {
    expect(toTemplate({ executionEnvironment }).executionEnvironment).toBe(generation);
  });
});

describe('toTemplate, network', () => {
  const vpc = (vpcAccess: unknown) => toTemplate({ vpcAccess }).vpcAccess;
  const connector = 'projects/p/locations/l/connectors/c';

  it('reads connector, direct and none', () => {
    expect(vpc({ connector, egress: 'ALL_TRAFFIC' })).toEqual({ kind: 'connector', connector, egress: 'all-traffic' });
    expect(vpc({ connector })).toEqual({ kind: 'connector', connector, egress: 'private-ranges-only' });
    expect(vpc({ networkInterfaces: [{ network: 'n', subnetwork: 's' }], egress: 'PRIVATE_RANGES_ONLY' })).toEqual({
      kind: 'direct',
      network: 'n',
      subnetwork: 's',
      egress: 'private-ranges-only',
    });
    expect(vpc({ networkInterfaces: [{ subnetwork: 's' }] })).toMatchObject({ network: 's', subnetwork: 's' });
    expect(vpc(undefined)).toEqual({ kind: 'none' });
    expect(vpc({ connector: '', egress: 0, networkInterfaces: [] })).toEqual({ kind: 'none' });
  });
});

describe('toTemplate, marks', () => {
  it('knows when runmedic restarted it', () => {
    expect(toTemplate({ annotations: { 'runmedic.dev/restarted-at': 'inc-1/1' } }).restartedAt).toBe('inc-1/1');
    expect(toTemplate({ annotations: {} }).restartedAt).toBeUndefined();
  });
});
