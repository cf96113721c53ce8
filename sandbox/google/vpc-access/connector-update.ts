import { machineType, machineTypes } from '../../scenarios/estate.ts';
import type { ConnectorLimits } from '../../world/change-connector.ts';
import type { ConnectorState, Json } from '../../world/state.ts';
import { failedPrecondition, invalidArgument } from '../api-error.ts';

const UPDATABLE = ['machineType', 'minInstances', 'maxInstances'];
const MIN_INSTANCES = [2, 9] as const;
const MAX_INSTANCES = [3, 10] as const;

/**
 * The limits that an update leaves. They can only be raised, and both go together.
 * Source: gcloud's own checks for `compute networks vpc-access connectors update` (SDK 528, update.yaml), read 2026-11-23.
 * @throws ApiError where the API would refuse.
 */
export function connectorUpdate(connector: ConnectorState, body: Json, updateMask: unknown): ConnectorLimits {
  const paths = String(updateMask ?? '')
    .split(',')
    .filter(Boolean)
    .map(camelCase);
  if (paths.length === 0) throw invalidArgument('The request must have an update_mask.');
  const other = paths.find((path) => !UPDATABLE.includes(path));
  if (other)
    throw invalidArgument(`Field ${other} of a connector cannot be updated; only ${UPDATABLE.join(', ')} can.`);
  if (connector.state !== 'READY') {
    throw failedPrecondition(
      `Connector ${connector.name} is in state ${connector.state}; it can only be updated when it is READY.`,
    );
  }
  if (paths.includes('minInstances') !== paths.includes('maxInstances')) {
    throw invalidArgument('Both min_instances and max_instances must be specified together.');
  }
  const limits = {
    machineType: paths.includes('machineType') ? knownType(body['machineType']) : connector.machineType,
    minInstances: paths.includes('minInstances') ? Number(body['minInstances']) : connector.minInstances,
    maxInstances: paths.includes('maxInstances') ? Number(body['maxInstances']) : connector.maxInstances,
  };
  checkRange('min_instances', limits.minInstances, MIN_INSTANCES, connector.minInstances);
  checkRange('max_instances', limits.maxInstances, MAX_INSTANCES, connector.maxInstances);
  if (limits.minInstances >= limits.maxInstances)
    throw invalidArgument('min_instances must be less than max_instances.');
  return limits;
}

function checkRange(field: string, value: number, [low, high]: readonly [number, number], current: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw invalidArgument(`${field} must be between ${low} and ${high}, inclusive.`);
  }
  if (value < current) throw invalidArgument(`${field} cannot be lower than its current value, ${current}.`);
}

function knownType(value: unknown): ConnectorLimits['machineType'] {
  const parsed = machineType.safeParse(value);
  if (!parsed.success) throw invalidArgument(`machine_type must be one of ${machineTypes.join(', ')}.`);
  return parsed.data;
}

const camelCase = (path: string): string => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
