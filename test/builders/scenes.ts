import type { FailedRequests, SignatureCount } from '../../shared/evidence/logs.ts';
import { at, connector, failed, line, points, revision, service } from './evidence.ts';

// What many a case begins with: who is there, a connector that is full, a release of five minutes ago, a look from outside.

export const everyService = ['auth', 'backend', 'frontend'] as const;

/** At its largest, and carrying all that it can. */
export const fullConnector = connector({ throughputMbps: points([291, 296, 298]), instances: points([3, 3, 3]) });

/** A service whose third revision came five minutes ago and takes all traffic. */
export const released = (name: string) =>
  service(name, {
    serving: [{ revision: `${name}-00003`, percent: 100 }],
    revisions: [revision(`${name}-00003`, at(-300)), revision(`${name}-00002`, at(-86_400))],
  });
export const failedBy = (name: string, count = 90, over: Partial<FailedRequests> = {}) =>
  failed(name, count, { revision: `${name}-00003`, ...over });
export const printedBy = (name: string, signature: SignatureCount['signature'], count = 12) =>
  line(name, signature, count, { revision: `${name}-00003` });

/** One look of a check from outside. */
export const checkOf = (name: string, verdict: 'passed' | 'failed' | 'unavailable') => ({
  name,
  url: 'https://x',
  verdict,
  detail: { passed: '200', failed: '503', unavailable: '' }[verdict],
  httpStatus: undefined,
  latencyMs: 1,
});
