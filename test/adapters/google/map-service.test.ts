import { describe, expect, it } from 'vitest';
import { toService } from '../../../shared/adapters/google/map-service.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import { recordedService } from './fixtures.ts';

const HELLO = 'projects/gcpdiag-cloudrun1-aaaa/locations/us-central1/services/cloudrun1';

describe('toService, a healthy service as Cloud Run described it', () => {
  const service = toService(recordedService('services-healthy.json', 0));

  it('keeps what identifies it and its version', () => {
    expect(service).toMatchObject({
      name: HELLO,
      shortName: 'cloudrun1',
      generation: '1',
      observedGeneration: '1',
      reconciling: false,
      uri: 'https://cloudrun1-vavezhxkqq-uc.a.run.app',
      ingress: 'INGRESS_TRAFFIC_ALL',
      lastModifier: 'testuser@example.com',
      latestReadyRevision: `${HELLO}/revisions/cloudrun1-fzzds`,
      instancesMax: undefined,
    });
    expect(service.etag).toMatch(/^"CKL_/);
  });

  it('has the labels that people gave it, and none where they gave none', () => {
    expect(service.labels).toBeUndefined();
    expect(toService({ name: HELLO, labels: { runmedic: 'yes', team: '' } }).labels).toEqual({
      runmedic: 'yes',
      team: '',
    });
  });

  it('says that it is ready, since when', () => {
    expect(service.ready).toEqual({
      state: 'succeeded',
      reason: undefined,
      message: undefined,
      at: '2022-08-12T11:55:27.598Z',
    });
  });

  it('resolves LATEST to the revision that serves', () => {
    expect(service.serving).toEqual([{ revision: 'cloudrun1-fzzds', percent: 100 }]);
  });

  it('reads a traffic target that names no revision as the latest', () => {
    expect(service.traffic).toEqual([{ revision: 'LATEST', percent: 100 }]);
  });

  it('gives the default startup probe where none is configured', () => {
    expect(service.template).toEqual({
      containers: [
        {
          name: '',
          image: 'us-docker.pkg.dev/cloudrun/container/hello',
          cpu: 1,
          memoryMib: 512,
          envNames: [],
          secrets: [],
          port: 8080,
          protocol: 'http1',
          startupProbe: {
            kind: 'tcp',
            initialDelaySeconds: 0,
            timeoutSeconds: 240,
            periodSeconds: 240,
            failureThreshold: 1,
            path: undefined,
            port: undefined,
          },
          livenessProbe: undefined,
          readinessProbe: undefined,
          cpuIdle: true,
          startupCpuBoost: false,
        },
      ],
      volumes: [],
      executionEnvironment: undefined,
      vpcAccess: { kind: 'none' },
      serviceAccount: '123400010-compute@developer.gserviceaccount.com',
      timeoutSeconds: 300,
      concurrency: 80,
      instancesMin: 0,
      instancesMax: 100,
      restartedAt: undefined,
    });
  });
});

describe('toService, services that never became ready', () => {
  it.each([
    [0, 'HEALTH_CHECK_CONTAINER_ERROR', 'failed to start and listen on the port'],
    [1, 'CONTAINER_PERMISSION_DENIED', 'must have permission to read the image'],
    [2, 'REVISION_FAILED', 'not found'],
  ])('service %i failed with %s', (index, reason, message) => {
    const service = toService(recordedService('services-failing.json', index));
    expect(service.ready).toMatchObject({ state: 'failed', reason });
    expect(service.ready.message).toContain(message);
    expect(service.traffic).toEqual([{ revision: 'LATEST', percent: 100 }]);
    expect(service.serving, 'nothing serves, and nothing is invented').toEqual([]);
  });
});

describe('toService, what the API leaves out', () => {
  const name = 'projects/p/locations/l/services/s';

  it('is unknown, never healthy', () => {
    const service = toService({ name });
    expect(service.ready.state).toBe('unknown');
    expect(service.serving).toEqual([]);
    expect(service.latestReadyRevision).toBeUndefined();
  });

  it('is read as the default that the API documents', () => {
    expect(toService({ name }).traffic).toEqual([{ revision: 'LATEST', percent: 100 }]);
    expect(toService({ name }).template).toMatchObject({ instancesMax: 100, timeoutSeconds: 300, concurrency: 80 });
  });

  it('a state or reason that is newer than we are is unknown', () => {
    const service = toService({ name, terminalCondition: { state: 'CONDITION_DREAMING', reason: 'NEW_REASON' } });
    expect(service.ready).toMatchObject({ state: 'unknown', reason: 'NEW_REASON' });
    expect(toService({ name, terminalCondition: { state: 17 } }).ready.state).toBe('unknown');
  });

  it.each([[undefined], [{}], ['<html>'], [{ name: '' }]])('refuses %j, which is no service', (api) => {
    expect(() => toService(api)).toThrow(PlatformFailure);
  });
});

describe('toService, the two forms in which the same arrives', () => {
  const name = 'projects/p/locations/l/services/s';
  const rest = {
    name,
    etag: '"1"',
    generation: '7',
    observedGeneration: '6',
    reconciling: true,
    ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
    scaling: { maxInstanceCount: 12 },
    latestReadyRevision: `${name}/revisions/s-00001-abc`,
    terminalCondition: {
      type: 'Ready',
      state: 'CONDITION_RECONCILING',
      lastTransitionTime: '2026-11-23T03:00:00.250Z',
      reason: 'WAITING_FOR_OPERATION',
    },
    traffic: [
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 90 },
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 's-00001-abc', percent: 10 },
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 's-00000-old', tag: 'old' },
    ],
    trafficStatuses: [
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 90 },
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 's-00001-abc', percent: 10, uri: 'https://x' },
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 's-00000-old', tag: 'old' },
    ],
    template: {
      timeout: '3.500s',
      vpcAccess: { connector: 'projects/p/locations/l/connectors/c', egress: 'ALL_TRAFFIC' },
      containers: [{ image: 'app', startupProbe: { httpGet: { path: '/' }, timeoutSeconds: 4 } }],
    },
  };
  /** As Google's client makes it: unset messages null, unset texts '', enums by number where it does not know the name. */
  const client = {
    ...rest,
    uri: '',
    lastModifier: '',
    terminalCondition: {
      type: 'Ready',
      state: 2,
      message: '',
      severity: 0,
      lastTransitionTime: { seconds: '1795402800', nanos: 250_000_000 },
      reason: 13,
      revisionReason: 'REVISION_REASON_UNDEFINED',
    },
    ingress: 3,
    scaling: { minInstanceCount: 0, scalingMode: 0, maxInstanceCount: 12, manualInstanceCount: null },
    traffic: [
      { type: 1, revision: '', percent: 90, tag: '' },
      { type: 2, revision: 's-00001-abc', percent: 10, tag: '' },
      { type: 2, revision: 's-00000-old', percent: 0, tag: 'old' },
    ],
    template: {
      revision: '',
      annotations: {},
      scaling: null,
      timeout: { seconds: '3', nanos: 500_000_000 },
      vpcAccess: { connector: 'projects/p/locations/l/connectors/c', egress: 1, networkInterfaces: [] },
      containers: [
        {
          name: '',
          image: 'app',
          env: [],
          ports: [],
          resources: null,
          startupProbe: {
            initialDelaySeconds: 0,
            timeoutSeconds: 4,
            periodSeconds: 0,
            failureThreshold: 0,
            httpGet: { path: '/' },
            tcpSocket: null,
            grpc: null,
          },
        },
      ],
    },
  };

  it('gives the same service', () => {
    expect(toService(client)).toEqual(toService(rest));
  });

  it('keeps tags, percent 0 and order', () => {
    expect(toService(rest).traffic).toEqual([
      { revision: 'LATEST', percent: 90 },
      { revision: 's-00001-abc', percent: 10 },
      { revision: 's-00000-old', percent: 0, tag: 'old' },
    ]);
    expect(toService(rest).serving[0]).toEqual({ revision: 's-00001-abc', percent: 90 });
  });

  it('reads condition, time and ceiling', () => {
    const service = toService(client);
    expect(service.ready).toEqual({
      state: 'reconciling',
      reason: 'WAITING_FOR_OPERATION',
      message: undefined,
      at: '2026-11-23T03:00:00.250Z',
    });
    expect(service.instancesMax).toBe(12);
    expect(service.template.timeoutSeconds).toBe(3.5);
    expect(service.ingress).toBe('INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER');
  });
});

describe('toService, scaling and reach', () => {
  const named = { name: 'projects/p/locations/l/services/s' };

  it.each([
    [{ scalingMode: 'MANUAL', manualInstanceCount: 0 }, 0],
    [{ scalingMode: 'MANUAL' }, 0],
    [{ scalingMode: 2, manualInstanceCount: 3 }, 3],
    [{ scalingMode: 'AUTOMATIC', minInstanceCount: 2 }, undefined],
    [undefined, undefined],
  ])('reads %j', (scaling, instancesByHand) => {
    expect(toService({ ...named, scaling }).instancesByHand).toBe(instancesByHand);
  });

  it('says who may reach it, and when it was changed', () => {
    const service = {
      ...named,
      invokerIamDisabled: true,
      defaultUriDisabled: true,
      updateTime: '2026-11-23T02:00:00Z',
    };
    expect(toService({ ...service, scaling: { minInstanceCount: 2 } })).toMatchObject({
      invokerIamDisabled: true,
      defaultUriDisabled: true,
      updatedAt: '2026-11-23T02:00:00.000Z',
      instancesMin: 2,
    });
    expect(toService(named)).toMatchObject({
      invokerIamDisabled: false,
      defaultUriDisabled: false,
      updatedAt: undefined,
    });
  });
});
