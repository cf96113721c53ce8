import type { CloudReader, Revision, Service } from '../ports/cloud.ts';
import { inBatches } from './in-batches.ts';
import type { Inspector } from './inspector.ts';
import { watchedServices } from './watched-services.ts';

export type ServiceObservation = Service & {
  /** Newest first, at most REVISIONS_MAX. */
  readonly revisions: readonly Revision[];
};

export interface CloudRunObservation {
  readonly services: readonly ServiceObservation[];
}

/** Enough to find the last revision that served; older ones are seldom what anyone wants back. Our own choice: more cost evidence, fewer are soon all of one bad day. */
const REVISIONS_MAX = 10;

/**
 * Sees every watched service: conditions, revisions, traffic, scaling, probes, VPC egress.
 * API: Cloud Run Admin v2 services.list, revisions.list. Permissions: run.services.list, run.revisions.list.
 * Silent about what happens inside a container, and environment values never reach it.
 */
export const cloudRun: Inspector<CloudRunObservation> = {
  deadlineMs: 10_000,
  permissions: ['run.services.list', 'run.revisions.list'],
  appliesTo: () => true,
  inspect: async ({ cloud, environment }, abort) => {
    const services = await watchedServices(cloud, environment, abort);
    return { services: await inBatches(services, (service) => withRevisions(cloud, service, abort)) };
  },
};

async function withRevisions(cloud: CloudReader, service: Service, abort: AbortSignal): Promise<ServiceObservation> {
  const revisions = await cloud.revisions(service.name, abort);
  return { ...service, revisions: revisions.slice(0, REVISIONS_MAX) };
}
