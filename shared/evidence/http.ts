import type { HttpResult } from '../ports/prober.ts';
import { type CheckResult, type ChecksObservation, checksOf, lookAt } from './checks.ts';
import { checksFromVpc } from './checks-from-vpc.ts';
import type { Inspector } from './inspector.ts';
import { redact } from './redact.ts';
import { turnedAway } from './turned-away.ts';

/**
 * Sees whether each configured health URL answers as it should: status, and a text in its body where one is expected.
 * API: none, the service's own public URL; from inside the VPC the function probe. Permission: whatever the check's auth names.
 * Silent about what a health URL does not exercise.
 */
export const http: Inspector<ChecksObservation> = {
  deadlineMs: 20_000,
  permissions: [],
  appliesTo: (inspection) => checksOf(inspection, 'http').length > 0,
  inspect: (inspection, abort) => {
    const fromVpc = checksFromVpc(inspection, abort);
    return lookAt(
      inspection,
      'http',
      async ({ name, url, auth, timeoutMs, expectStatus, expectBody, vantage }) => {
        const request = { url, method: 'GET', headers: {}, body: undefined, timeoutMs, auth };
        const result = vantage === 'vpc' ? await fromVpc(name) : await inspection.prober.http(request, abort);
        return { name, url, ...judged(result, expectStatus, expectBody) };
      },
      abort,
    );
  },
};

/** Holds an answer against what is expected. */
export function judged(
  result: HttpResult,
  expectStatus: number,
  expectBody: string | undefined,
): Pick<CheckResult, 'verdict' | 'httpStatus' | 'latencyMs' | 'detail' | 'turnedAwayBy'> {
  const { latencyMs } = result;
  if (!result.connected)
    return {
      verdict: 'failed',
      httpStatus: undefined,
      latencyMs,
      detail: `${result.failure}: ${redact(result.detail)}`,
    };
  const { status } = result;
  const bodyAsExpected = expectBody === undefined || result.body.includes(expectBody);
  const surprise =
    status !== expectStatus ? `, expected ${expectStatus}` : bodyAsExpected ? '' : ', without the expected text';
  const by = status === expectStatus ? undefined : turnedAway(result);
  return {
    ...(by === undefined
      ? { verdict: surprise === '' ? 'passed' : 'failed' }
      : { verdict: 'turned-away', turnedAwayBy: by }),
    httpStatus: status,
    latencyMs,
    detail: `${status} in ${Math.round(latencyMs)} ms${surprise}`,
  };
}
