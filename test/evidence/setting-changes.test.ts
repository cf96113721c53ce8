import { describe, expect, it } from 'vitest';
import { isConfiguration, type SettingChange, settingChanges } from '../../shared/evidence/setting-changes.ts';
import type { Container, Probe, Template } from '../../shared/ports/cloud.ts';
import { CONNECTOR, template } from '../builders/evidence.ts';

const app = (over: Partial<Container>): Container => ({
  name: 'app',
  image: 'app@sha256:aaaa',
  cpu: 1,
  memoryMib: 512,
  envNames: [],
  secrets: [],
  port: 8080,
  protocol: 'http1',
  startupProbe: undefined,
  livenessProbe: undefined,
  readinessProbe: undefined,
  cpuIdle: true,
  startupCpuBoost: false,
  ...over,
});
const of = (over: Partial<Container>, ...sidecars: readonly Container[]): Template => ({
  ...template,
  containers: [app(over), ...sidecars],
});
const changes = (before: Template, after: Template) =>
  settingChanges(before, after).map(({ setting, of: what, before: was, after: is }) => [setting, what, was, is]);
const probe: Probe = {
  kind: 'http',
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  failureThreshold: 3,
  path: '/up',
  port: 9090,
};

describe('what one template has otherwise than another', () => {
  it('is nothing where they are alike', () => {
    expect(settingChanges(template, template)).toEqual([]);
  });

  it.each([
    ['image', { image: 'app@sha256:bbbb' }, ['image', '', 'app@sha256:aaaa', 'app@sha256:bbbb']],
    ['port', { port: undefined }, ['port', '', '8080', '']],
    ['protocol', { protocol: 'h2c' }, ['protocol', '', 'http1', 'h2c']],
    ['memory', { memoryMib: 256 }, ['memory', '', '512 MiB', '256 MiB']],
    ['a memory limit that cannot be read', { memoryMib: undefined }, ['memory', '', '512 MiB', '']],
    ['cpu', { cpu: 2 }, ['cpu', '', '1', '2']],
    ['cpu allocation', { cpuIdle: false }, ['cpu-allocation', '', 'during requests', 'always']],
    ['startup boost', { startupCpuBoost: true }, ['startup-cpu-boost', '', 'off', 'on']],
    [
      'startup probe',
      { startupProbe: probe },
      ['startup-probe', '', 'none', 'http /up on port 9090, 3 x 10 s, each within 1 s'],
    ],
    [
      'liveness probe',
      { livenessProbe: { ...probe, kind: 'tcp', path: undefined, port: undefined, initialDelaySeconds: 5 } },
      ['liveness-probe', '', 'none', 'tcp, 3 x 10 s after 5 s, each within 1 s'],
    ],
    [
      'startup probe that waits all along',
      { startupProbe: { ...probe, timeoutSeconds: 10 } },
      ['startup-probe', '', 'none', 'http /up on port 9090, 3 x 10 s'],
    ],
    [
      'readiness probe',
      { readinessProbe: probe },
      ['readiness-probe', '', 'none', 'http /up on port 9090, 3 x 10 s, each within 1 s'],
    ],
  ] as const)('tells of %s', (_, over, change) => {
    expect(changes(of({}), of(over))).toEqual([change]);
  });

  it.each([
    ['concurrency', { concurrency: 10 }, ['concurrency', '', '80', '10']],
    ['time-out', { timeoutSeconds: 60 }, ['request-timeout', '', '300 s', '60 s']],
    ['instances', { instancesMax: 3 }, ['instances', '', '1 to 20', '1 to 3']],
    ['network', { vpcAccess: { kind: 'none' } }, ['network', '', 'connector staging-connector, all-traffic', 'no VPC']],
    [
      'Direct VPC',
      { vpcAccess: { kind: 'direct', network: 'n', subnetwork: 's', egress: 'private-ranges-only' } },
      ['network', '', 'connector staging-connector, all-traffic', 'Direct VPC n/s, private-ranges-only'],
    ],
    ['service account', { serviceAccount: 'a@b' }, ['service-account', '', '', 'a@b']],
    ['execution environment', { executionEnvironment: 'gen2' }, ['execution-environment', '', '', 'gen2']],
    [
      'volumes',
      { volumes: [{ name: 'db', kind: 'cloud-sql', cloudSqlInstances: ['p:l:i'] }] },
      ['volume', '', '', 'db cloud-sql p:l:i'],
    ],
  ] as const)('tells of %s', (_, over, change) => {
    expect(CONNECTOR).toContain('staging-connector');
    expect(changes(template, { ...template, ...over })).toEqual([change]);
  });

  it('tells of variables by name, and that a value is another one', () => {
    const before = of({ envNames: ['KEPT', 'GONE', 'VALUE', 'BARE'], envMarks: { KEPT: 'a', GONE: 'b', VALUE: 'c' } });
    const after = of({
      envNames: ['KEPT', 'NEW', 'VALUE', 'BARE'],
      envMarks: { KEPT: 'a', NEW: 'd', VALUE: 'e', BARE: 'f' },
    });
    expect(changes(before, after)).toEqual([
      ['env', 'GONE', 'set', ''],
      ['env', 'VALUE', 'one value', 'another value'],
      ['env', 'NEW', '', 'set'],
    ]);
    expect(changes(after, of({ envNames: after.containers[0]?.envNames ?? [] }))).toEqual([]);
  });

  it('tells of secrets by version, and not once more as variables', () => {
    const uses = (version: string) => ({
      envNames: ['KEY'],
      envMarks: { KEY: version },
      secrets: [{ secret: 'key', version, as: 'KEY', through: 'environment' as const }],
    });
    expect(changes(of(uses('2')), of(uses('3')))).toEqual([['secret', 'KEY', 'key:2', 'key:3']]);
    expect(changes(of(uses('2')), of({}))).toEqual([['secret', 'KEY', 'key:2', '']]);
  });

  it('tells of sidecars that come, go and change', () => {
    const proxy = app({ name: 'proxy', image: 'proxy:1', port: undefined });
    expect(changes(of({}), of({}, proxy))).toEqual([['sidecar', 'proxy', '', 'proxy:1']]);
    expect(changes(of({}, proxy), of({}))).toEqual([['sidecar', 'proxy', 'proxy:1', '']]);
    expect(changes(of({}, proxy), of({}, { ...proxy, memoryMib: 64 }))).toEqual([
      ['memory', 'proxy', '512 MiB', '64 MiB'],
    ]);
  });

  it('compares what there is where one has no container', () => {
    expect(changes(of({}), { ...template, containers: [], concurrency: 1 })).toEqual([['concurrency', '', '80', '1']]);
  });

  it('stops at twenty-five', () => {
    const envNames = Array.from({ length: 40 }, (_, index) => `V${index}`);
    expect(settingChanges(of({}), of({ envNames }))).toHaveLength(25);
  });

  it('tells configuration from code', () => {
    const change = (setting: SettingChange['setting']): SettingChange => ({ setting, of: '', before: '', after: '' });
    expect([change('image'), change('env')].map(isConfiguration)).toEqual([false, true]);
  });
});
