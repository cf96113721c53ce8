import { PlatformFailure } from '../ports/platform-failure.ts';
import { type Evidence, type InspectorName, inspectorNames, inspectors } from './evidence.ts';
import type { Inspection, Inspector, Reading } from './inspector.ts';
import { withLogBudget } from './log-budget.ts';
import { redact } from './redact.ts';
import { remember } from './remember.ts';

/**
 * Runs inspectors at once, each inside its own deadline: all, or those that are wanted, and then the others' readings are `not-applicable`.
 * Never rejects: what went wrong is a reading.
 */
export async function gather(
  inspection: Inspection,
  abort: AbortSignal,
  wanted: readonly InspectorName[] = inspectorNames,
): Promise<Evidence> {
  const shared = { ...inspection, cloud: remember(withLogBudget(inspection.cloud)) };
  const readings = await Promise.all(
    inspectorNames.map(
      async (name): Promise<[InspectorName, Reading<unknown>]> => [
        name,
        wanted.includes(name) ? await read(inspectors[name], shared, abort) : { status: 'not-applicable' },
      ],
    ),
  );
  // Sound: one entry for every inspector name, each the reading of that inspector.
  return Object.fromEntries(readings) as unknown as Evidence;
}

async function read(
  inspector: Inspector<unknown>,
  inspection: Inspection,
  abort: AbortSignal,
): Promise<Reading<unknown>> {
  if (!inspector.appliesTo(inspection)) return { status: 'not-applicable' };
  const at = inspection.until;
  const deadline = new AbortController();
  // Cleared, as most looks end long before: fifteen signals a look would each hold on to what it read until their time is over.
  const timer = setTimeout(() => deadline.abort(), inspector.deadlineMs);
  const either = AbortSignal.any([abort, deadline.signal]);
  try {
    const value = await Promise.race([inspector.inspect(inspection, either), rejectedBy(either)]);
    return { status: 'observed', at, value };
  } catch (error) {
    if (deadline.signal.aborted)
      return {
        status: 'unavailable',
        at,
        reason: 'timed-out',
        detail: `no answer within ${inspector.deadlineMs / 1000} s`,
      };
    const denied =
      error instanceof PlatformFailure && (error.code === 'permission-denied' || error.code === 'unauthenticated');
    const detail = redact(error instanceof Error ? error.message : String(error));
    return { status: 'unavailable', at, reason: denied ? 'denied' : 'failed', detail };
  } finally {
    clearTimeout(timer);
  }
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
