import { describe, expect, it } from 'vitest';
import { changedTemplate } from '../../../shared/adapters/google/changed-template.ts';
import { fields } from '../../../shared/adapters/google/values.ts';
import type { TemplateChange } from '../../../shared/ports/cloud.ts';
import { recordedService } from './fixtures.ts';

const restart = { mark: 'inc-1/1', images: ['app@sha256:aaaa'] };

describe('changedTemplate', () => {
  it('changes mark and image of a real template and nothing else', () => {
    const template = fields(recordedService('services-failing.json', 0)['template']);
    const restarted = changedTemplate(template, restart);
    const [container] = template['containers'] as [object];
    expect(restarted).toEqual({
      ...template,
      annotations: { 'runmedic.dev/restarted-at': 'inc-1/1' },
      containers: [{ ...container, image: 'app@sha256:aaaa' }],
    });
  });

  it('clears the revision’s name and keeps other annotations', () => {
    const template = {
      revision: 's-00001-abc',
      annotations: { team: 'shop', 'runmedic.dev/restarted-at': 'before' },
      containers: [{ image: 'app' }],
    };
    const restarted = changedTemplate(template, restart);
    expect('revision' in restarted).toBe(false);
    expect(restarted['annotations']).toEqual({ team: 'shop', 'runmedic.dev/restarted-at': 'inc-1/1' });
  });

  it('pins every container to its own image, wherever it stands, with what we do not know of it', () => {
    const proxy = { name: 'proxy', image: 'proxy:1', dependsOn: [] };
    const app = { name: 'app', image: 'app:latest', ports: [{ containerPort: 8080 }], fieldOfTomorrow: { a: 1 } };
    const agent = { name: 'agent', image: 'agent:2' };
    const images = ['app@sha256:aaaa', 'proxy@sha256:bbbb', 'agent@sha256:cccc'];
    expect(changedTemplate({ containers: [proxy, app, agent] }, { mark: 'm', images })['containers']).toEqual([
      { ...proxy, image: 'proxy@sha256:bbbb' },
      { ...app, image: 'app@sha256:aaaa' },
      { ...agent, image: 'agent@sha256:cccc' },
    ]);
    const bare = [{ image: 'a' }, proxy];
    expect(
      changedTemplate({ containers: bare }, { mark: 'm', images: ['a@sha256:aa', 'p@sha256:bb'] })['containers'],
    ).toEqual([{ image: 'a@sha256:aa' }, { ...proxy, image: 'p@sha256:bb' }]);
  });

  it.each([
    ['one too many', [{ image: 'app' }, { image: 'proxy' }]],
    ['none', []],
  ])('sends nothing that would go out unpinned: %s', (_, containers) => {
    expect(() => changedTemplate({ containers }, restart)).toThrow(
      expect.objectContaining({ code: 'failed-precondition' }),
    );
  });

  const images = ['app@sha256:aaaa'];
  const app = {
    image: 'app:1',
    env: [{ name: 'KEY', value: 'secret' }],
    resources: { limits: { cpu: '1', memory: '512Mi', 'nvidia.com/gpu': '1' }, cpuIdle: false },
    startupProbe: { timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3, tcpSocket: { port: 8080 } },
  };
  const kept = { ...app, image: 'app@sha256:aaaa' };
  const whole = {
    serviceAccount: 'me',
    containers: [app],
    timeout: '300s',
    maxInstanceRequestConcurrency: 80,
    scaling: { minInstanceCount: 1, maxInstanceCount: 20, fieldOfTomorrow: 1 },
    vpcAccess: { connector: 'c', egress: 'ALL_TRAFFIC' },
  };
  const resources = (over: object, limits: object = {}) => ({
    containers: [{ ...kept, resources: { ...app.resources, ...over, limits: { ...app.resources.limits, ...limits } } }],
  });
  const probed = (startupProbe: object) => ({ containers: [{ ...kept, startupProbe }] });
  const timing = { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 48 };
  const probe = { ...timing, kind: 'tcp', path: undefined, port: undefined } as const;

  it.each<[string, Omit<TemplateChange, 'images'>, object]>([
    ['nothing', {}, {}],
    ['no mark', { mark: null }, {}],
    ['CPU', { cpu: 2 }, resources({}, { cpu: '2000m' })],
    ['a part of a CPU', { cpu: 0.583 }, resources({}, { cpu: '583m' })],
    ['memory', { memoryMib: 1024 }, resources({}, { memory: '1024Mi' })],
    ['both', { cpu: 4, memoryMib: 2048 }, resources({}, { cpu: '4000m', memory: '2048Mi' })],
    ['the boost', { startupCpuBoost: true }, resources({ startupCpuBoost: true })],
    ['no boost', { startupCpuBoost: false }, resources({ startupCpuBoost: false })],
    ['a TCP probe', { startupProbe: probe }, probed({ ...timing, tcpSocket: {} })],
    ['its port', { startupProbe: { ...probe, port: 8080 } }, probed({ ...timing, tcpSocket: { port: 8080 } })],
    [
      'an HTTP probe',
      { startupProbe: { ...probe, kind: 'http', path: '/ready', port: 8080 } },
      probed({ ...timing, httpGet: { path: '/ready', port: 8080 } }),
    ],
    [
      'an HTTP probe of any port',
      { startupProbe: { ...probe, kind: 'http', path: '/ready' } },
      probed({ ...timing, httpGet: { path: '/ready' } }),
    ],
    [
      'a gRPC probe',
      { startupProbe: { ...probe, kind: 'grpc', port: 9090 } },
      probed({ ...timing, grpc: { port: 9090 } }),
    ],
    ['concurrency', { concurrency: 4 }, { maxInstanceRequestConcurrency: 4 }],
    ['the timeout', { timeoutSeconds: 3600 }, { timeout: '3600s' }],
    ['the floor', { instancesMin: 3 }, { scaling: { ...whole.scaling, minInstanceCount: 3 } }],
    ['the ceiling', { instancesMax: 40 }, { scaling: { ...whole.scaling, maxInstanceCount: 40 } }],
    [
      'both ends',
      { instancesMin: 0, instancesMax: 1 },
      { scaling: { ...whole.scaling, minInstanceCount: 0, maxInstanceCount: 1 } },
    ],
    [
      'another connector',
      { vpcAccess: { kind: 'connector', connector: 'd', egress: 'private-ranges-only' } },
      { vpcAccess: { connector: 'd', egress: 'PRIVATE_RANGES_ONLY' } },
    ],
    [
      'Direct VPC egress',
      { vpcAccess: { kind: 'direct', network: 'n', subnetwork: 's', egress: 'all-traffic' } },
      { vpcAccess: { networkInterfaces: [{ network: 'n', subnetwork: 's' }], egress: 'ALL_TRAFFIC' } },
    ],
    ['no VPC', { vpcAccess: { kind: 'none' } }, { vpcAccess: undefined }],
  ])('sets %s anew and nothing else', (_, change, expected) => {
    const pinned = { ...whole, containers: [kept] };
    expect(changedTemplate({ ...whole, revision: 's-1' }, { images, ...change })).toStrictEqual({
      ...pinned,
      ...expected,
    });
  });

  it('sets up no scaling and no resources that nobody asked for', () => {
    const bare = { containers: [{ image: 'app:1' }] };
    expect(changedTemplate(bare, { images })).toStrictEqual({ containers: [{ image: 'app@sha256:aaaa' }] });
    expect(changedTemplate(bare, { images, instancesMax: 3 })).toMatchObject({ scaling: { maxInstanceCount: 3 } });
  });

  it.each([
    ['size', { cpu: 1, memoryMib: 512 }, { limits: { cpu: '1000m', memory: '512Mi' }, cpuIdle: true }],
    ['boost', { startupCpuBoost: true }, { cpuIdle: true, startupCpuBoost: true }],
  ])('keeps billing as it was where a container had said nothing of its resources: %s', (_, change, expected) => {
    expect(changedTemplate({ containers: [{ image: 'app:1' }] }, { images, ...change })).toStrictEqual({
      containers: [{ image: 'app@sha256:aaaa', resources: expected }],
    });
  });

  it('sets only what takes requests', () => {
    const proxy = { image: 'proxy:1', resources: { limits: { cpu: '1' } } };
    const changed = changedTemplate(
      { containers: [proxy, { ...app, ports: [{ containerPort: 8080 }] }] },
      { images: [...images, 'proxy@sha256:bbbb'], memoryMib: 1024, startupProbe: probe },
    );
    expect(changed['containers']).toMatchObject([
      { ...proxy, image: 'proxy@sha256:bbbb' },
      { resources: { limits: { memory: '1024Mi' } }, startupProbe: { tcpSocket: {} } },
    ]);
  });
});
