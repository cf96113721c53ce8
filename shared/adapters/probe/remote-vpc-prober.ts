import type { Environment } from '../../policy/policy.ts';
import { type FailureCode, PlatformFailure } from '../../ports/platform-failure.ts';
import type { VpcProber } from '../../ports/vpc-prober.ts';
import { probeReport } from './probe-messages.ts';

export interface RemoteVpcProberOptions {
  readonly environments: readonly Environment[];
  /** Where probes answer when not at their own URLs; undefined: there. */
  readonly endpoint: string | undefined;
  readonly idToken: (audience: string) => Promise<string>;
}

/** A cold start, the known-good target, and the slowest handshake that a configuration may ask for. */
const ANSWER_WITHIN_MS = 25_000;
const CODES: Readonly<Record<number, FailureCode>> = {
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  429: 'rate-limited',
  503: 'unavailable',
};

/** Asks the deployed probes over HTTP, in the name of whoever runs it. */
export function remoteVpcProber({ environments, endpoint, idToken }: RemoteVpcProberOptions): VpcProber {
  return {
    async look(request, abort) {
      const environment = environments.find(({ name }) => name === request.environment);
      const probe = environment?.probes.find(({ name }) => name === request.probe);
      const what = `probe ${request.probe} of ${request.environment}`;
      if (probe === undefined) throw new PlatformFailure('not-found', `${what} is not configured`);
      const signal = AbortSignal.any([abort, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const authorization = `Bearer ${await idToken(probe.url)}`;
      const response = await fetch(endpoint ?? probe.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify(request),
        signal,
      }).catch((cause: unknown) => {
        throw new PlatformFailure(signal.aborted ? 'timed-out' : 'unavailable', `${what}: no answer`, { cause });
      });
      if (!response.ok)
        throw new PlatformFailure(CODES[response.status] ?? 'unknown', `${what}: it answered ${response.status}`);
      const parsed = probeReport.safeParse(await response.json().catch(() => undefined));
      if (!parsed.success) throw new PlatformFailure('unknown', `${what}: its answer is no report`);
      return parsed.data;
    },
  };
}
