import type { Settings } from '../scenarios/settings.ts';
import type { Json } from './state.ts';
import { listAt, objectAt, textAt } from './template.ts';

/** The template with what a person set otherwise, in the shape of google.cloud.run.v2.RevisionTemplate. */
export function withSettings(template: Json, settings: Settings): Json {
  const [first = {}, ...others] = listAt(template, 'containers');
  const { concurrency, timeoutSeconds, minInstances, maxInstances, executionEnvironment, inMemoryVolume } = settings;
  const container = { ...first, ...containerFields(first, settings) };
  if (settings.startupProbe === null) delete container['startupProbe'];
  if (settings.livenessProbe === null) delete container['livenessProbe'];
  return {
    ...template,
    scaling: {
      ...objectAt(template, 'scaling'),
      ...(minInstances !== undefined && { minInstanceCount: minInstances }),
      ...(maxInstances !== undefined && { maxInstanceCount: maxInstances }),
    },
    ...(timeoutSeconds !== undefined && { timeout: `${timeoutSeconds}s` }),
    ...(concurrency !== undefined && { maxInstanceRequestConcurrency: concurrency }),
    ...(executionEnvironment !== undefined && {
      executionEnvironment: `EXECUTION_ENVIRONMENT_${executionEnvironment.toUpperCase()}`,
    }),
    ...(inMemoryVolume !== undefined && { volumes: [{ name: 'memory', emptyDir: { medium: 'MEMORY' } }] }),
    containers: [container, ...others],
  };
}

function containerFields(container: Json, settings: Settings): Json {
  const { cpu, memoryMib, port, protocol, env, secrets, startupProbe, livenessProbe, inMemoryVolume } = settings;
  const { startupCpuBoost } = settings;
  const present = listAt(container, 'ports')[0] ?? {};
  const resources = objectAt(container, 'resources');
  const limits = {
    ...objectAt(resources, 'limits'),
    ...(cpu !== undefined && { cpu: `${cpu * 1000}m` }),
    ...(memoryMib !== undefined && { memory: `${memoryMib}Mi` }),
  };
  const served = port ?? present['containerPort'];
  const moved = port === undefined ? {} : movedProbe(container, Number(present['containerPort']), port);
  return {
    env: environment(listAt(container, 'env'), env ?? {}, secrets ?? {}),
    resources: { ...resources, limits, ...(startupCpuBoost !== undefined && { startupCpuBoost }) },
    ports: [{ ...present, ...(protocol !== undefined && { name: protocol }), containerPort: served }],
    ...moved,
    ...(startupProbe && { startupProbe: probeFor(startupProbe, Number(served)) }),
    ...(livenessProbe && { livenessProbe: probeFor(livenessProbe, Number(served)) }),
    ...(inMemoryVolume !== undefined && { volumeMounts: [{ name: 'memory', mountPath: inMemoryVolume }] }),
  };
}

/** A probe that looked at the container's port goes with it. */
function movedProbe(container: Json, from: number, to: number): Json {
  const probe = objectAt(container, 'startupProbe');
  const kind = 'httpGet' in probe ? 'httpGet' : 'tcpSocket';
  const looked = objectAt(probe, kind);
  return looked['port'] === from ? { startupProbe: { ...probe, [kind]: { ...looked, port: to } } } : {};
}

const probeFor = (probe: NonNullable<Settings['startupProbe']>, port: number): Json => ({
  timeoutSeconds: probe.timeoutSeconds,
  periodSeconds: probe.periodSeconds,
  failureThreshold: probe.failureThreshold,
  ...(probe.initialDelaySeconds !== undefined && { initialDelaySeconds: probe.initialDelaySeconds }),
  ...(probe.type === 'http'
    ? { httpGet: { path: probe.path, port: probe.port ?? port } }
    : { tcpSocket: { port: probe.port ?? port } }),
});

/** The variables in their order, those that are new at the end. */
function environment(
  present: readonly Json[],
  env: NonNullable<Settings['env']>,
  secrets: NonNullable<Settings['secrets']>,
): Json[] {
  const told = new Map<string, Json[]>();
  for (const [name, value] of Object.entries(env)) told.set(name, value === null ? [] : [{ name, value }]);
  for (const [name, secretKeyRef] of Object.entries(secrets))
    told.set(name, secretKeyRef === null ? [] : [{ name, valueSource: { secretKeyRef } }]);
  const names = present.map((variable) => textAt(variable, 'name'));
  const kept = present.flatMap((variable) => told.get(textAt(variable, 'name')) ?? [variable]);
  return [...kept, ...[...told].flatMap(([name, variables]) => (names.includes(name) ? [] : variables))];
}
