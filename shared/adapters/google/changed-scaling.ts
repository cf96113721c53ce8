import type { ScalingChange } from '../../ports/cloud.ts';
import type { Fields } from './values.ts';

/** ServiceScaling as the API gave it, with what is set anew and nothing else changed. Source: vendor_settings.proto of Cloud Run Admin v2. Pure. */
export function changedScaling(present: Fields, change: ScalingChange): Fields {
  const { instancesMin, instancesMax, instancesByHand } = change;
  return {
    ...present,
    ...set('minInstanceCount', instancesMin),
    ...set('maxInstanceCount', instancesMax),
    ...(instancesByHand === undefined
      ? {}
      : {
          scalingMode: instancesByHand === null ? 'AUTOMATIC' : 'MANUAL',
          manualInstanceCount: instancesByHand ?? undefined,
        }),
  };
}

/** undefined is left out on the wire, and so taken away. */
const set = (field: string, value: number | null | undefined): Fields =>
  value === undefined ? {} : { [field]: value ?? undefined };
