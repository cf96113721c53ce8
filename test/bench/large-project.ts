import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../cli/laptop.ts';
import { alerted, inspectionOf } from '../../cli/look-at.ts';
import { apis } from '../../sandbox/scenarios/apis.ts';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { type InspectorName, inspectorNames, inspectors } from '../../shared/evidence/evidence.ts';
import { gather } from '../../shared/evidence/gather.ts';
import type { Inspection } from '../../shared/evidence/inspector.ts';
import { remember } from '../../shared/evidence/remember.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { CASE, exampleEnvironment } from './case.ts';

/** A look at a project of SERVICES services behind CONNECTORS connectors, where every call to Google takes CALL_MS. */
export interface LargeProject {
  /** Everything, at once. */
  readonly togetherMs: readonly number[];
  /** Each inspector by itself, with nothing remembered. */
  readonly aloneMs: Readonly<Record<string, number>>;
}

export const SERVICES = 30;
export const CONNECTORS = 3;
export const CALL_MS = 200;
const ROUNDS = 3;
const WITHIN_MS = 60_000;

export async function largeProject(): Promise<LargeProject> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-bench-'));
  const scenario = join(folder, 'large.yaml');
  // JSON is YAML.
  writeFileSync(scenario, JSON.stringify(enlarged(loadScenario(CASE))));
  const sandbox = await startSandbox({ scenario, speed: undefined, headless: false, decision: undefined, port: 0 });
  try {
    await alerted(sandbox);
    // All of the region, as a minimal configuration has it.
    const environment: Environment = { ...exampleEnvironment(), services: undefined, connectors: undefined };
    const inspection = await inspectionOf(sandbox, environment);
    const abort = AbortSignal.timeout(WITHIN_MS);
    // The first look also loads Google's clients.
    await gather(inspection, abort);
    const aloneMs: Record<string, number> = {};
    for (const name of inspectorNames) aloneMs[name] = await timed(() => alone(name, inspection, abort));
    const togetherMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) togetherMs.push(await timed(() => gather(inspection, abort)));
    return { togetherMs, aloneMs };
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function alone(name: InspectorName, inspection: Inspection, abort: AbortSignal): Promise<void> {
  const own = { ...inspection, cloud: remember(inspection.cloud) };
  const inspector = inspectors[name];
  // What it could not look at took its time as well.
  if (inspector.appliesTo(own)) await inspector.inspect(own, abort).catch(() => undefined);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** The same outage, among copies of its services that ask little, behind copies of its connector. */
function enlarged(scenario: Scenario): unknown {
  const { estate } = scenario;
  const copies = <T extends { readonly name: string }>(items: readonly T[], total: number): T[] =>
    Array.from({ length: total - items.length }, (_, index) => {
      const item = items[index % items.length];
      if (item === undefined) throw new Error('nothing to copy');
      return { ...structuredClone(item), name: `${item.name}-${index}` };
    });
  const connectors = [...estate.connectors, ...copies(estate.connectors, CONNECTORS)];
  const others = copies(estate.services, SERVICES).map((service, index) => ({
    ...service,
    requestsPerSecond: 0.2,
    vpcAccess: { ...service.vpcAccess, connector: connectors[index % CONNECTORS]?.name },
    revisions: service.revisions.map((revision) => ({ ...revision, name: `${revision.name}-${index}` })),
    code: { ...service.code, request: { ...service.code.request, calls: [] } },
  }));
  return {
    ...scenario,
    estate: { ...estate, connectors, services: [...estate.services, ...others] },
    apis: apis.map((api) => ({ api, latencyMs: CALL_MS })),
  };
}
