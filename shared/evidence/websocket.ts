import type { WebSocketResult } from '../ports/prober.ts';
import { type CheckResult, type ChecksObservation, checksOf, lookAt } from './checks.ts';
import type { Inspector } from './inspector.ts';
import { redact } from './redact.ts';
import { isDoorStatus } from './turned-away.ts';

/**
 * Sees whether each configured WebSocket opens, and echoes where an echo is configured.
 * API: none, the service's own public URL. Permission: whatever the check's auth names.
 * Silent about connections that are open already.
 */
export const websocket: Inspector<ChecksObservation> = {
  deadlineMs: 20_000,
  permissions: [],
  appliesTo: (inspection) => checksOf(inspection, 'websocket').length > 0,
  inspect: (inspection, abort) =>
    lookAt(
      inspection,
      'websocket',
      async ({ name, url, auth, timeoutMs, echo }) => {
        const result = await inspection.prober.webSocket({ url, timeoutMs, auth, echo }, abort);
        return { name, url, ...judged(result) };
      },
      abort,
    ),
};

function judged(
  result: WebSocketResult,
): Pick<CheckResult, 'verdict' | 'httpStatus' | 'latencyMs' | 'detail' | 'turnedAwayBy'> {
  const { latencyMs } = result;
  const took = `in ${Math.round(latencyMs)} ms`;
  if (!result.opened) {
    const { status, closeCode } = result;
    const answer =
      status !== undefined
        ? `refused with ${status}`
        : closeCode !== undefined
          ? `closed with ${closeCode}`
          : redact(result.detail);
    const verdict = status !== undefined && isDoorStatus(status) ? 'turned-away' : 'failed';
    return {
      verdict,
      ...(verdict === 'turned-away' ? { turnedAwayBy: 'unknown' as const } : {}),
      httpStatus: status,
      latencyMs,
      detail: `${answer} ${took}`,
    };
  }
  if (result.echoed === false)
    return { verdict: 'failed', httpStatus: 101, latencyMs, detail: `opened ${took}, but did not echo` };
  return {
    verdict: 'passed',
    httpStatus: 101,
    latencyMs,
    detail: `opened${result.echoed ? ' and echoed' : ''} ${took}`,
  };
}
