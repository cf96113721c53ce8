import type { Series } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';

/**
 * The series of a metric, none where it was never written: such a metric does not exist yet, timeSeries.list answers 404, and some projects never have
 * some of them (a gateway that never dropped a packet, a database without its own metric). No points, and no failure.
 */
export async function knownSeries(series: Promise<readonly Series[]>): Promise<readonly Series[]> {
  try {
    return await series;
  } catch (error) {
    if (error instanceof PlatformFailure && error.code === 'not-found') return [];
    throw error;
  }
}
