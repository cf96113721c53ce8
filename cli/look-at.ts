import { readFileSync } from 'node:fs';
import { remoteClock } from '../shared/adapters/clock/remote-clock.ts';
import { tokenAuth } from '../shared/adapters/google/auth.ts';
import { googleReader } from '../shared/adapters/google/reader.ts';
import { prober } from '../shared/adapters/probe/prober.ts';
import { vpcProbe } from '../shared/adapters/probe/vpc-probe.ts';
import { diagnose } from '../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import { LOOKBACK_SECONDS } from '../shared/engine/investigate.ts';
import type { EvidenceRecord } from '../shared/evidence/evidence.ts';
import { gather } from '../shared/evidence/gather.ts';
import type { Inspection } from '../shared/evidence/inspector.ts';
import { LOOK_EVERY_SECONDS, UNEXPLAINED_LOOKS } from '../shared/incident/moves.ts';
import type { Environment } from '../shared/policy/policy.ts';
import { plusSeconds } from '../shared/ports/clock.ts';
import { control, type Sandbox } from './laptop.ts';

/** Looks that take longer than this together are given up. */
const LOOK_WITHIN_MS = 120_000;

/**
 * Looks at a sandbox as an incident would: once the alert is there, and again every minute while there is trouble without a cause.
 * Reads only, under the identity of investigate, which can change nothing.
 */
export async function lookAt(
  sandbox: Sandbox,
  environment: Environment,
): Promise<{ readonly diagnosis: Diagnosis; readonly record: EvidenceRecord; readonly lookMs: number }> {
  await alerted(sandbox);
  const abort = AbortSignal.timeout(LOOK_WITHIN_MS);
  for (let looks = 1; ; looks += 1) {
    const inspection = await inspectionOf(sandbox, environment);
    const startedMs = performance.now();
    const evidence = await gather(inspection, abort);
    const diagnosis = diagnose(evidence, inspection);
    const lookMs = performance.now() - startedMs;
    const { subject, since, until } = inspection;
    if (diagnosis.healthy || diagnosis.root !== undefined || looks === UNEXPLAINED_LOOKS)
      return { diagnosis, record: { subject, since, until, evidence }, lookMs };
    await control(sandbox, 'run-until', { thenSeconds: LOOK_EVERY_SECONDS });
  }
}

/** Lets the world run until Cloud Monitoring notifies, or an hour without it. */
export const alerted = (sandbox: Sandbox): Promise<unknown> =>
  control(sandbox, 'run-until', { alert: true, thenSeconds: 0 });

/** What a look at a sandbox is about, under the identity of investigate. */
export async function inspectionOf(sandbox: Sandbox, environment: Environment): Promise<Inspection> {
  const { url, secrets, connectTo, vpcConnectTo, caFile, dnsServers } = sandbox;
  const { hostname: host, port } = new URL(url);
  const until = await remoteClock(`${url}/time`).now();
  return {
    purpose: 'diagnosis',
    environment,
    subject: { environment: environment.name, project: environment.project, region: environment.region, services: [] },
    since: plusSeconds(until, -LOOKBACK_SECONDS),
    until,
    cloud: googleReader({
      auth: tokenAuth(secrets.tokens['investigate'] ?? ''),
      endpoint: { host, port: Number(port), protocol: 'http' },
    }),
    prober: prober({ connectTo, dnsServers, ca: readFileSync(caFile, 'utf8') }),
    // The same looks that the function probe makes, from this process.
    vpcProber: vpcProbe({ environments: [environment], only: undefined, connectTo: vpcConnectTo }),
    // A scenario has no past that runmedic saw.
    history: { ended: async () => [] },
  };
}
