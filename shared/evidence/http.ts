import type { HttpResult } from '../ports/prober.ts';
import { type ChecksObservation, publicChecks } from './checks.ts';
import { inBatches } from './in-batches.ts';
import type { Inspector } from './inspector.ts';
import { redact } from './redact.ts';

/**
 * Sees whether each configured health URL answers as it should: status, and a text in its body where one is expected.
 * API: none, the service's own public URL. Permission: whatever the check's auth names.
 * Silent about what a health URL does not exercise.
 */
export const http: Inspector<ChecksObservation> = {
  deadlineMs: 20_000,
  appliesTo: (inspection) => publicChecks(inspection, 'http').length > 0,
  inspect: async (inspection, abort) => ({
    checks: await inBatches(
      publicChecks(inspection, 'http'),
      async ({ name, url, auth, timeoutMs, expectStatus, expectBody }) => {
        const result = await inspection.prober.http(
          { url, method: 'GET', headers: {}, body: undefined, timeoutMs, auth },
          abort,
        );
        return { name, url, ...judged(result, expectStatus, expectBody) };
      },
    ),
  }),
};

/** Holds an answer against what is expected. */
export function judged(result: HttpResult, expectStatus: number, expectBody: string | undefined) {
  const { latencyMs } = result;
  if (!result.connected)
    return { passed: false, status: undefined, latencyMs, detail: `${result.failure}: ${redact(result.detail)}` };
  const { status } = result;
  const bodyAsExpected = expectBody === undefined || result.body.includes(expectBody);
  const surprise =
    status !== expectStatus ? `, expected ${expectStatus}` : bodyAsExpected ? '' : ', without the expected text';
  return { passed: surprise === '', status, latencyMs, detail: `${status} in ${Math.round(latencyMs)} ms${surprise}` };
}
