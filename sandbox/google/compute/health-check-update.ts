import type { VmState } from '../../world/edge/edge-state.ts';
import type { Json } from '../../world/state.ts';
import { numberAt } from '../../world/template.ts';
import { invalidArgument } from '../api-error.ts';

/**
 * The health check that a patch leaves: what it does not say stays.
 * Source of the limits: gcloud compute health-checks update (SDK 528), and HealthCheck in compute v1's discovery document.
 * @throws ApiError where the API would refuse.
 */
export function healthCheckUpdate({ healthCheck }: VmState, body: Json): VmState['healthCheck'] {
  const stated = (field: string, present: number, [low, high]: readonly [number, number]): number => {
    const value = numberAt(body, field) ?? present;
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw invalidArgument(
      `Invalid value for field 'resource.${field}': '${value}'. Must be between ${low} and ${high}.`,
    );
  };
  const intervalSeconds = stated('checkIntervalSec', healthCheck.intervalSeconds, [1, 300]);
  const timeoutSeconds = stated('timeoutSec', healthCheck.timeoutSeconds, [1, 300]);
  if (timeoutSeconds > intervalSeconds)
    throw invalidArgument(
      `Invalid value for field 'resource.timeoutSec': '${timeoutSeconds}'. Must be less than or equal to checkIntervalSec.`,
    );
  return {
    ...healthCheck,
    intervalSeconds,
    timeoutSeconds,
    healthyThreshold: stated('healthyThreshold', healthCheck.healthyThreshold, [1, 10]),
    unhealthyThreshold: stated('unhealthyThreshold', healthCheck.unhealthyThreshold, [1, 10]),
  };
}
