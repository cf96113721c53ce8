import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';

/** Instances that a service may run: the lower of its own ceiling and its newest revision's. */
export const ceilingOf = ({ instancesMax, template }: Pick<ServiceObservation, 'instancesMax' | 'template'>): number =>
  Math.min(instancesMax ?? Number.POSITIVE_INFINITY, template.instancesMax);

/** The most instances that ran in a minute of the look; the ceiling where Monitoring had no count, so that no cost is told too low. */
export function instancesSeen(service: ServiceObservation, metrics: MetricsObservation | undefined): number {
  const own = metrics?.services.find((one) => one.service === service.shortName);
  const counts = (own?.instances ?? []).map(({ value }) => value);
  return counts.length === 0 ? ceilingOf(service) : Math.max(...counts);
}
