import type { Json } from '../../world/state.ts';
import { isJson } from '../../world/template.ts';

/** Google's clients in REST mode may send enums as numbers. Source: the enums in google/cloud/run/v2/*.proto. */
const names: Readonly<Record<string, readonly string[]>> = {
  type: [
    'TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED',
    'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST',
    'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
  ],
  egress: ['VPC_EGRESS_UNSPECIFIED', 'ALL_TRAFFIC', 'PRIVATE_RANGES_ONLY'],
  ingress: [
    'INGRESS_TRAFFIC_UNSPECIFIED',
    'INGRESS_TRAFFIC_ALL',
    'INGRESS_TRAFFIC_INTERNAL_ONLY',
    'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  ],
  executionEnvironment: [
    'EXECUTION_ENVIRONMENT_UNSPECIFIED',
    'EXECUTION_ENVIRONMENT_GEN1',
    'EXECUTION_ENVIRONMENT_GEN2',
  ],
  launchStage: [
    'LAUNCH_STAGE_UNSPECIFIED',
    'EARLY_ACCESS',
    'ALPHA',
    'BETA',
    'GA',
    'DEPRECATED',
    'UNIMPLEMENTED',
    'PRELAUNCH',
  ],
  scalingMode: ['SCALING_MODE_UNSPECIFIED', 'AUTOMATIC', 'MANUAL'],
};

/** The same message with every enum by its name. */
export function enumNames(message: Json): Json {
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, named(key, value)]));
}

function named(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (isJson(item) ? enumNames(item) : item));
  if (isJson(value)) return enumNames(value);
  return typeof value === 'number' ? (names[key]?.[value] ?? value) : value;
}
