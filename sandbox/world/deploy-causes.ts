import type { CauseOf } from '../scenarios/causes.ts';
import { change } from './change-by-person.ts';
import { note } from './note.ts';
import { changeSecret } from './secrets.ts';
import { withSettings } from './settings.ts';
import type { Json, WorldState } from './state.ts';

/** What people change about a service and its secrets. */
export function happenToService(
  state: WorldState,
  cause: CauseOf<'reconfigure'> | CauseOf<'secret-changed'> | CauseOf<'poison'>,
): void {
  switch (cause.type) {
    case 'secret-changed':
      changeSecret(state, cause);
      return;
    case 'poison':
      note(state, 'poison', cause.service, `${cause.perMinute} requests a minute that no container survives`);
      return;
    case 'reconfigure':
      reconfigure(state, cause);
      return;
  }
}

function reconfigure(state: WorldState, cause: CauseOf<'reconfigure'>): void {
  const service = state.services.get(cause.service);
  if (!service) return;
  const { settings, traffic, manualInstances, by } = cause;
  const { revision: _name, ...present } = structuredClone(service.spec.template);
  const fields = {
    ...(settings && { template: withSettings(present, settings) }),
    ...(traffic !== undefined && { traffic: targets(traffic) }),
    ...(manualInstances !== undefined && { scaling: scalingFor(manualInstances) }),
  };
  change(state, service, fields, settings ? 'new-revision' : 'same-revision', by);
}

const targets = (traffic: NonNullable<CauseOf<'reconfigure'>['traffic']>): Json[] =>
  traffic === 'latest'
    ? [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }]
    : traffic.map(({ revision, percent }) => ({
        type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
        revision,
        percent,
      }));

/** "From automatic to manual: service-level minimum and maximum instances are unset." Google's page about manual scaling, read 2026-11-23. */
const scalingFor = (instances: number | 'automatic'): Json =>
  instances === 'automatic' ? { scalingMode: 'AUTOMATIC' } : { scalingMode: 'MANUAL', manualInstanceCount: instances };
