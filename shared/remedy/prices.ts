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
