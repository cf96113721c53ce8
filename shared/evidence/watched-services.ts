import type { Environment } from '../policy/policy.ts';
import type { CloudReader, Service } from '../ports/cloud.ts';

/** The environment's services: those that the configuration names, or all of the region. */
export async function watchedServices(
  cloud: CloudReader,
  environment: Environment,
  abort: AbortSignal,
): Promise<readonly Service[]> {
  const services = await cloud.services(environment, abort);
  const named = environment.services;
  return named === undefined ? services : services.filter(({ shortName }) => named.includes(shortName));
}
