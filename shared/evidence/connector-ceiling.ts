/**
 * Megabits a second that one connector instance carries, by machine type. Estimates, as Google calls them: e2-micro 200-1000 Mbps at 2-10
 * instances, e2-standard-4 3200-16000. Source: Serverless VPC Access "throughput and scaling" (read 2026-11-23); f1-micro 100-500 from the same table's older copy.
 */
const MBPS_PER_INSTANCE: Readonly<Record<string, number>> = { 'f1-micro': 50, 'e2-micro': 100, 'e2-standard-4': 1600 };

/** undefined for a machine type that the table does not know. */
export function connectorCeilingMbps(machineType: string, instances: number): number | undefined {
  const perInstance = MBPS_PER_INSTANCE[machineType];
  return perInstance === undefined ? undefined : perInstance * instances;
}
