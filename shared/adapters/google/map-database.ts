import type { RedisInstance, SqlInstance, SqlOperation } from '../../ports/databases.ts';
import { memoryOfTier } from './sql-tiers.ts';
import { fields, list, moment, number, positive, text } from './values.ts';

/** A DatabaseInstance of sqladmin v1. */
export function toSqlInstance(api: unknown): SqlInstance {
  const instance = fields(api);
  const settings = fields(instance['settings']);
  const version = text(instance['databaseVersion']) ?? '';
  const tier = text(settings['tier']) ?? '';
  const addresses = list(instance['ipAddresses']).map(fields);
  const flags = list(settings['databaseFlags']).map(fields);
  const [project, region, name] = [text(instance['project']), text(instance['region']), text(instance['name'])];
  return {
    name: name ?? '',
    region: region ?? '',
    connectionName: text(instance['connectionName']) ?? `${project}:${region}:${name}`,
    engine: version.startsWith('POSTGRES') ? 'postgresql' : version.startsWith('MYSQL') ? 'mysql' : 'other',
    version,
    state: text(instance['state']) ?? 'UNKNOWN',
    suspensionReasons: list(instance['suspensionReason']).flatMap((reason) => text(reason) ?? []),
    activationPolicy: text(settings['activationPolicy']) ?? 'ALWAYS',
    tier,
    memoryMib: memoryOfTier(tier),
    maxConnectionsFlag: positive(flags.find((flag) => flag['name'] === 'max_connections')?.['value']),
    privateAddress: text(addresses.find((one) => one['type'] === 'PRIVATE')?.['ipAddress']),
    hasPublicAddress: addresses.some((one) => one['type'] === 'PRIMARY'),
    highlyAvailable: settings['availabilityType'] === 'REGIONAL',
    storageAutoResize: settings['storageAutoResize'] === true,
  };
}

const STATUS: Readonly<Record<string, SqlOperation['status']>> = {
  PENDING: 'pending',
  RUNNING: 'running',
  DONE: 'done',
};

/** An Operation of sqladmin v1. */
export function toSqlOperation(api: unknown): SqlOperation {
  const operation = fields(api);
  const [error] = list(fields(operation['error'])['errors']);
  return {
    type: text(operation['operationType']) ?? 'UNKNOWN',
    status: STATUS[text(operation['status']) ?? ''] ?? 'unknown',
    by: text(operation['user']),
    startedAt: moment(operation['startTime']) ?? moment(operation['insertTime']),
    endedAt: moment(operation['endTime']),
    error: text(fields(error)['message']),
  };
}

/** Source: "The default is volatile-lru", Memorystore for Redis, supported configurations (read 2026-11-23). */
const EVICTION_DEFAULT = 'volatile-lru';

/** An Instance of redis v1. */
export function toRedisInstance(api: unknown): RedisInstance {
  const instance = fields(api);
  return {
    name: text(instance['name']) ?? '',
    host: text(instance['host']),
    port: number(instance['port']),
    state: text(instance['state']) ?? 'UNKNOWN',
    statusMessage: text(instance['statusMessage']),
    tier: text(instance['tier']) ?? '',
    memorySizeGb: positive(instance['memorySizeGb']),
    evictionPolicy: text(fields(instance['redisConfigs'])['maxmemory-policy']) ?? EVICTION_DEFAULT,
  };
}
