/**
 * List prices, US dollars, us-central1, on demand, no discounts; other regions differ by some percent either way.
 * Source: Compute Engine VM pricing (e2-micro 0.008376, e2-standard-4 0.134012, f1-micro 0.0076 a hour), as known on 2026-11-23; a connector is billed
 * as the machines it runs on ("Serverless VPC Access pricing").
 */
const CONNECTOR_MACHINE_USD_PER_HOUR: Readonly<Record<string, number>> = {
  'f1-micro': 0.0076,
  'e2-micro': 0.008376,
  'e2-standard-4': 0.134012,
};

/** Google's own month: 730 hours. */
const HOURS_PER_MONTH = 730;

/** What `instances` machines of a connector cost a month; 'unknown' for a machine type without a price here. */
export function connectorUsdPerMonth(machineType: string, instances: number): number | 'unknown' {
  const perHour = CONNECTOR_MACHINE_USD_PER_HOUR[machineType];
  return perHour === undefined ? 'unknown' : perHour * HOURS_PER_MONTH * instances;
}

/** An external IPv4 address in use by Cloud NAT, a hour. Source: VPC network pricing, external IP addresses, as known on 2026-11-30. */
const NAT_ADDRESS_USD_PER_HOUR = 0.005;

/** What so many addresses of a NAT gateway cost a month. */
export const addressesUsdPerMonth = (addresses: number): number =>
  NAT_ADDRESS_USD_PER_HOUR * HOURS_PER_MONTH * addresses;

/**
 * Cloud Run services, US dollars a second, tier 1 regions, beyond the free tier. Source: cloud.google.com/run/pricing (a stored copy read 2026-11-30);
 * the idle rate, of instances that are kept without a request, as a dozen projects quote that page in 2026.
 */
const RUN_USD_PER_SECOND = {
  /** CPU during requests only: billed while an instance has one. */
  'by-request': { vcpu: 0.000024, gib: 0.0000025 },
  /** CPU always: billed as long as an instance lives. */
  'by-instance': { vcpu: 0.000018, gib: 0.000002 },
  /** Kept at the ready, with CPU during requests only. */
  idle: { vcpu: 0.0000025, gib: 0.0000025 },
} as const;
const SECONDS_PER_HOUR = 3600;
const MIB_PER_GIB = 1024;

export interface InstanceSize {
  readonly cpu: number | undefined;
  readonly memoryMib: number | undefined;
  /** CPU during requests only. */
  readonly cpuIdle: boolean;
}

/** What `instances` of a service cost a month at most, as if each worked all the time; 'unknown' where its size is. */
export const instancesUsdPerMonth = (size: InstanceSize, instances: number): number | 'unknown' =>
  usdPerMonth(size, instances, size.cpuIdle ? 'by-request' : 'by-instance');

/** What it costs a month to keep `instances` at the ready. */
export const idleUsdPerMonth = (size: InstanceSize, instances: number): number | 'unknown' =>
  usdPerMonth(size, instances, size.cpuIdle ? 'idle' : 'by-instance');

function usdPerMonth(
  { cpu, memoryMib }: InstanceSize,
  instances: number,
  billing: keyof typeof RUN_USD_PER_SECOND,
): number | 'unknown' {
  if (cpu === undefined || memoryMib === undefined) return 'unknown';
  const { vcpu, gib } = RUN_USD_PER_SECOND[billing];
  return (cpu * vcpu + (memoryMib / MIB_PER_GIB) * gib) * SECONDS_PER_HOUR * HOURS_PER_MONTH * instances;
}

/** More a month, in whole cents; 'unknown' where either is. */
export const moreUsd = (after: number | 'unknown', before: number | 'unknown'): number | 'unknown' =>
  after === 'unknown' || before === 'unknown' ? 'unknown' : Math.round((after - before) * 100) / 100;
