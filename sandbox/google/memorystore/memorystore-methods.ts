import { type ApiMethod, inLocation, name, reads } from '../api-method.ts';

/** Memorystore for Redis v1. */
export const memorystoreMethods: readonly ApiMethod[] = [
  reads('redis', `/v1/${inLocation}/instances`, 'redis.instances.list'),
  reads('redis', `/v1/${inLocation}/instances/${name}`, 'redis.instances.get'),
];
