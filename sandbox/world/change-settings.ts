import type { CauseOf } from '../scenarios/causes.ts';
import type { Json } from './state.ts';
import { listAt, objectAt } from './template.ts';

/** A template as someone leaves it who changes settings: the same image, a new revision. */
export function changedTemplate(before: Json, change: CauseOf<'settings-changed'>): Json {
  const { revision: _, ...template } = structuredClone(before);
  const [container = {}, ...others] = listAt(template, 'containers');
  const resources = objectAt(container, 'resources');
  const limits = {
    ...objectAt(resources, 'limits'),
    ...(change.cpu !== undefined && { cpu: `${change.cpu * 1000}m` }),
    ...(change.memoryMib !== undefined && { memory: `${change.memoryMib}Mi` }),
  };
  return {
    ...template,
    containers: [{ ...container, resources: { ...resources, limits } }, ...others],
    ...(change.timeoutSeconds !== undefined && { timeout: `${change.timeoutSeconds}s` }),
    ...(change.concurrency !== undefined && { maxInstanceRequestConcurrency: change.concurrency }),
    ...(change.maxInstances !== undefined && {
      scaling: { ...objectAt(template, 'scaling'), maxInstanceCount: change.maxInstances },
    }),
  };
}
