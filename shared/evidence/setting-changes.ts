import type { Container, Probe, SecretUse, Template, VpcAccess } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';

/** One setting that two revisions have differently, in a person's words; '' where one of them has none. */
export interface SettingChange {
  readonly setting: Setting;
  /** What exactly: a variable's name, a sidecar's. '' where the setting says it all. */
  readonly of: string;
  readonly before: string;
  readonly after: string;
}

export type Setting =
  | 'image'
  | 'port'
  | 'protocol'
  | 'env'
  | 'secret'
  | 'memory'
  | 'cpu'
  | 'cpu-allocation'
  | 'startup-cpu-boost'
  | 'startup-probe'
  | 'liveness-probe'
  | 'readiness-probe'
  | 'sidecar'
  | 'concurrency'
  | 'request-timeout'
  | 'instances'
  | 'network'
  | 'service-account'
  | 'execution-environment'
  | 'volume';

/** Who changes more than this at once has replaced the service; the first of them tell the story. */
const CHANGES_MAX = 25;

/** What `after` has otherwise than `before`. Of a variable that a value is another one, never which. */
export function settingChanges(before: Template, after: Template): readonly SettingChange[] {
  const [was, is] = [before.containers[0], after.containers[0]];
  return [
    ...(was === undefined || is === undefined ? [] : containerChanges(was, is, '')),
    ...sidecarChanges(before.containers.slice(1), after.containers.slice(1)),
    ...compared('concurrency', before.concurrency, after.concurrency),
    ...compared('request-timeout', `${before.timeoutSeconds} s`, `${after.timeoutSeconds} s`),
    ...compared('instances', instances(before), instances(after)),
    ...compared('network', network(before.vpcAccess), network(after.vpcAccess)),
    ...compared('service-account', before.serviceAccount, after.serviceAccount),
    ...compared('execution-environment', before.executionEnvironment, after.executionEnvironment),
    ...compared('volume', volumes(before), volumes(after)),
  ].slice(0, CHANGES_MAX);
}

/** Whether anything but the image differs. */
export const isConfiguration = ({ setting }: SettingChange): boolean => setting !== 'image';

function containerChanges(was: Container, is: Container, of: string): SettingChange[] {
  return [
    ...compared('image', was.image, is.image, of),
    ...compared('port', was.port, is.port, of),
    ...compared('protocol', was.protocol, is.protocol, of),
    ...envChanges(was, is),
    ...secretChanges(was.secrets, is.secrets),
    ...compared('memory', mib(was), mib(is), of),
    ...compared('cpu', was.cpu, is.cpu, of),
    ...compared('cpu-allocation', allocation(was), allocation(is), of),
    ...compared('startup-cpu-boost', onOff(was.startupCpuBoost), onOff(is.startupCpuBoost), of),
    ...compared('startup-probe', probe(was.startupProbe), probe(is.startupProbe), of),
    ...compared('liveness-probe', probe(was.livenessProbe), probe(is.livenessProbe), of),
    ...compared('readiness-probe', probe(was.readinessProbe), probe(is.readinessProbe), of),
  ];
}

function sidecarChanges(before: readonly Container[], after: readonly Container[]): SettingChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [was, is] = [before, after].map((list) => list.find((one) => one.name === name));
    if (was !== undefined && is !== undefined) return containerChanges(was, is, name);
    return compared('sidecar', was?.image, is?.image, name);
  });
}

/** A variable that comes from a secret is told of as a secret. */
function envChanges(was: Container, is: Container): SettingChange[] {
  const secrets = [...was.secrets, ...is.secrets].map(({ as }) => as);
  const names = [...new Set([...was.envNames, ...is.envNames])].filter((name) => !secrets.includes(name));
  return names.flatMap((name): SettingChange[] => {
    const [had, has] = [was.envNames.includes(name), is.envNames.includes(name)];
    if (had !== has) return [{ setting: 'env', of: name, before: had ? 'set' : '', after: has ? 'set' : '' }];
    const [before, after] = [was.envMarks?.[name], is.envMarks?.[name]];
    return before === undefined || after === undefined || before === after
      ? []
      : [{ setting: 'env', of: name, before: 'one value', after: 'another value' }];
  });
}

function secretChanges(was: readonly SecretUse[], is: readonly SecretUse[]): SettingChange[] {
  const names = [...new Set([...was, ...is].map(({ as }) => as))];
  return names.flatMap((name) => compared('secret', versions(was, name), versions(is, name), name));
}

const versions = (uses: readonly SecretUse[], name: string): string =>
  uses
    .filter(({ as }) => as === name)
    .map(({ secret, version }) => `${secret}:${version}`)
    .join(', ');

const mib = ({ memoryMib }: Container): string => (memoryMib === undefined ? '' : `${memoryMib} MiB`);
const allocation = ({ cpuIdle }: Container): string => (cpuIdle ? 'during requests' : 'always');
const onOff = (value: boolean): string => (value ? 'on' : 'off');
const instances = ({ instancesMin, instancesMax }: Template): string => `${instancesMin} to ${instancesMax}`;
const volumes = ({ volumes: all }: Template): string =>
  all.map(({ name, kind, cloudSqlInstances }) => [name, kind, ...cloudSqlInstances].join(' ')).join(', ');

function network(access: VpcAccess): string {
  switch (access.kind) {
    case 'none':
      return 'no VPC';
    case 'direct':
      return `Direct VPC ${access.network}/${access.subnetwork}, ${access.egress}`;
    case 'connector':
      return `connector ${parseName(access.connector).id}, ${access.egress}`;
  }
}

/** `http /healthz on port 8080, 3 x 10 s after 5 s, each within 1 s`: how long it waits is what matters of it. */
export function probe(of: Probe | undefined): string {
  if (of === undefined) return 'none';
  const { kind, path, port, failureThreshold, periodSeconds, initialDelaySeconds, timeoutSeconds } = of;
  const within = timeoutSeconds < periodSeconds ? `, each within ${timeoutSeconds} s` : '';
  const where = `${kind}${path === undefined ? '' : ` ${path}`}${port === undefined ? '' : ` on port ${port}`}`;
  return `${where}, ${failureThreshold} x ${periodSeconds} s${initialDelaySeconds === 0 ? '' : ` after ${initialDelaySeconds} s`}${within}`;
}

function compared(
  setting: Setting,
  before: string | number | undefined,
  after: string | number | undefined,
  of = '',
): SettingChange[] {
  const [was, is] = [String(before ?? ''), String(after ?? '')];
  return was === is ? [] : [{ setting, of, before: was, after: is }];
}
