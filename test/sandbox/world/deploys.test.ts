import { describe, expect, test } from 'vitest';
import { play } from './play.ts';

const LATEST = [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }];

describe.each([
  ['container-port-wrong', 'backend', 503, 'backend-00041-pob'],
  ['protocol-mismatched', 'frontend', 502, 'frontend-00053-dul'],
  ['configuration-broken', 'backend', 503, 'backend-00041-pob'],
  ['release-lacks-setting', 'backend', 500, 'backend-00041-pob'],
] as const)('%s', (name, service, status, before) => {
  test('fails everyone from its deploy on, and traffic back to the revision before heals', () => {
    const world = play(name);
    world.until(200);
    expect(world.failed(service, 120, 200)).toBeGreaterThan(0.95);
    expect(world.requests(120, 200, (r) => r.service === service && r.status === status)).toBeGreaterThan(100);
    world.shiftTraffic(service, before);
    world.until(400);
    expect(world.failed(service, 300, 400)).toBe(0);
  });
});

describe.each([
  ['deploy-port-wrong', 'auth', 300, 'HEALTH_CHECK_CONTAINER_ERROR'],
  ['deploy-image-deleted', 'backend', 60, 'CONTAINER_MISSING'],
  ['deploy-image-forbidden', 'frontend', 60, 'CONTAINER_PERMISSION_DENIED'],
  ['deploy-secret-missing', 'auth', 60, 'SECRETS_ACCESS_CHECK_FAILED'],
  ['deploy-secrets-removed', 'backend', 60, 'HEALTH_CHECK_CONTAINER_ERROR'],
  ['deploy-model-too-slow', 'backend', 300, 'HEALTH_CHECK_CONTAINER_ERROR'],
  ['deploy-volume-first-generation', 'backend', 300, 'HEALTH_CHECK_CONTAINER_ERROR'],
] as const)('%s', (name, service, seconds, reason) => {
  test('fails as a deploy, and users are served all along', () => {
    const world = play(name);
    world.until(seconds);
    const { ready } = world.world.state.services.get(service) ?? {};
    expect(ready?.state).toBe('CONDITION_FAILED');
    expect([ready?.reason, ready?.revisionReason]).toContain(reason);
    expect(world.failed(service, 0, seconds)).toBe(0);
  });
});

test('scaled-to-zero: nothing runs and nothing is started, until it scales by itself again', () => {
  const world = play('scaled-to-zero');
  world.until(120);
  expect(world.service('auth')).toMatchObject({ instancesReady: 0, instancesMax: 0 });
  expect(world.failed('auth', 60, 120)).toBe(1);
  world.write('auth', { scaling: { scalingMode: 'AUTOMATIC' } }, 'same-revision');
  world.until(240);
  expect(world.failed('auth', 200, 240)).toBe(0);
});

test('traffic-pinned: traffic to the latest heals, a restart of what nobody reaches does not', () => {
  const [forward, restarted] = [play('traffic-pinned'), play('traffic-pinned')];
  forward.until(120);
  restarted.until(120);
  expect(forward.failed('backend', 60, 120)).toBeGreaterThan(0.8);
  forward.write('backend', { traffic: LATEST }, 'same-revision');
  restarted.restart('backend');
  forward.until(240);
  restarted.until(240);
  expect(forward.failed('backend', 180, 240)).toBe(0);
  expect(restarted.failed('backend', 180, 240)).toBeGreaterThan(0.8);
});

test('secret-unavailable: what runs keeps running, nothing new starts, and a deploy of it fails', () => {
  const world = play('secret-unavailable');
  world.until(0);
  expect(world.failed('auth', -600, 0)).toBe(0);
  world.until(180);
  expect(world.service('auth').instancesReady).toBeGreaterThan(0);
  expect(world.failed('auth', 60, 180)).toBeGreaterThan(0.2);
  expect(world.lines(0, 180, 'is in DESTROYED state.').length).toBeGreaterThan(3);
  expect(world.requests(0, 180, (r) => r.kind === 'start-aborted' && r.status === 500)).toBeGreaterThan(10);
  world.restart('auth');
  world.until(240);
  expect(world.world.state.services.get('auth')?.ready.reason).toBe('SECRETS_ACCESS_CHECK_FAILED');
});

test('started-too-early: only new instances fail, and a probe that waits heals', () => {
  const [early, patient] = [play('started-too-early'), play('started-too-early')];
  const probe = { initialDelaySeconds: 40, periodSeconds: 10, failureThreshold: 6, tcpSocket: { port: 8080 } };
  early.until(100);
  patient.until(100);
  expect(early.failed('backend', 0, 60)).toBeGreaterThan(0.05);
  expect(early.failed('backend', 80, 100)).toBe(0);
  const service = patient.world.state.services.get('backend');
  const [container] = (service?.spec.template['containers'] ?? []) as Record<string, unknown>[];
  const template = { ...service?.spec.template, containers: [{ ...container, startupProbe: probe }] };
  patient.write('backend', { template }, 'new-revision');
  patient.until(300);
  expect(patient.requests(175, 300, (r) => r.service === 'backend' && r.kind === 'app-error')).toBe(0);
});

test('startup-slower-than-probe: the service cannot grow, until its probe allows it', () => {
  const world = play('startup-slower-than-probe');
  world.until(300);
  expect(world.failed('backend', 60, 300)).toBeGreaterThan(0.1);
  const service = world.world.state.services.get('backend');
  const [container] = (service?.spec.template['containers'] ?? []) as Record<string, unknown>[];
  const startupProbe = { periodSeconds: 10, failureThreshold: 6, tcpSocket: { port: 8080 } };
  world.write(
    'backend',
    { template: { ...service?.spec.template, containers: [{ ...container, startupProbe }] } },
    'new-revision',
  );
  world.until(600);
  expect(world.failed('backend', 500, 600)).toBeLessThan(0.01);
});

test('crash-after-ready: containers end again and again, and no deploy has to do with it', () => {
  const world = play('crash-after-ready');
  world.until(240);
  expect(world.failed('backend', 60, 240)).toBeGreaterThan(0.02);
  expect(world.lines(0, 240, 'Container called exit(134).').length).toBeGreaterThan(60);
});

test('a change of a secret is in the audit log, under its own resource', () => {
  const world = play('secret-unavailable');
  world.until(0);
  const entries = world.world.state.ledger.lines.filter((line) => line.resource?.type === 'audited_resource');
  expect(entries).toMatchObject([
    {
      log: 'activity',
      protoPayload: {
        serviceName: 'secretmanager.googleapis.com',
        methodName: 'google.cloud.secretmanager.v1.SecretManagerService.DestroySecretVersion',
        authenticationInfo: { principalEmail: 'dora@acme.example' },
      },
    },
  ]);
});

test('crash-by-signal: the kernel and Cloud Run say which signal it was, a line each', () => {
  const world = play('crash-by-signal');
  world.until(240);
  const [kernel, platform] = ['Uncaught signal: 11, pid=1', 'Container terminated on signal 11.'].map(
    (text) => world.lines(0, 240, text).length,
  );
  expect(platform).toBeGreaterThan(60);
  expect(kernel).toBe(platform);
});

test('liveness-probe-kills: what hangs is shut down within half a minute, and what waited in it fails then', () => {
  const world = play('liveness-probe-kills');
  world.until(240);
  expect(world.lines(0, 40, 'LIVENESS HTTP probe failed')).toEqual([]);
  expect(world.lines(40, 240, 'LIVENESS HTTP probe failed 3 times consecutively').length).toBeGreaterThan(5);
  const waited = (r: { readonly latencyMs: number; readonly status: number }) => r.status === 503 && r.latencyMs > 5000;
  expect(world.requests(50, 240, waited)).toBeGreaterThan(50);
});
