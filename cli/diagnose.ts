import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { remoteClock } from '../shared/adapters/clock/remote-clock.ts';
import { tokenAuth } from '../shared/adapters/google/auth.ts';
import { googleReader } from '../shared/adapters/google/reader.ts';
import { prober } from '../shared/adapters/probe/prober.ts';
import { diagnose } from '../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import { LOOKBACK_SECONDS } from '../shared/engine/investigate.ts';
import type { Evidence } from '../shared/evidence/evidence.ts';
import { gather } from '../shared/evidence/gather.ts';
import type { Inspection } from '../shared/evidence/inspector.ts';
import { LOOK_EVERY_SECONDS, UNEXPLAINED_LOOKS } from '../shared/incident/moves.ts';
import type { Environment, Policy } from '../shared/policy/policy.ts';
import { plusSeconds } from '../shared/ports/clock.ts';
import { type Planned, planFor } from '../shared/remedy/plan-for.ts';
import { control, DidNotStart, type Sandbox, startSandbox } from './laptop.ts';
import { readPolicyFile } from './read-policy-file.ts';

const USAGE = 'npm run diagnose -- --scenario NAME|FILE [--json] [--config FILE]';
/** Looks that take longer than this together are given up. */
const LOOK_WITHIN_MS = 120_000;

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof DidNotStart) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});

async function main(): Promise<number> {
  const { scenario, json, config } = readOptions();
  const read = readPolicyFile(config);
  if (!read.ok) throw new Error(read.complaint);
  const { policy } = read;
  const [environment] = policy.environments;
  if (environment === undefined) throw new Error(`${config} names no environment`);
  const sandbox = await startSandbox({ scenario, speed: undefined, headless: true, decision: undefined, port: 0 });
  try {
    const { diagnosis, evidence } = await look(sandbox, environment);
    const report = reportOf(diagnosis, planOf(diagnosis, evidence, environment, policy));
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report));
    return 0;
  } finally {
    await sandbox.stop();
  }
}

/** As an incident would: once the alert is there, and again every minute while there is trouble without a cause. */
async function look(
  sandbox: Sandbox,
  environment: Environment,
): Promise<{ readonly diagnosis: Diagnosis; readonly evidence: Evidence }> {
  await control(sandbox, 'run-until', { alert: true, thenSeconds: 0 });
  const abort = AbortSignal.timeout(LOOK_WITHIN_MS);
  for (let looks = 1; ; looks += 1) {
    const inspection = await inspectionOf(sandbox, environment);
    const evidence = await gather(inspection, abort);
    const diagnosis = diagnose(evidence, inspection);
    if (diagnosis.healthy || diagnosis.root !== undefined || looks === UNEXPLAINED_LOOKS)
      return { diagnosis, evidence };
    await control(sandbox, 'run-until', { thenSeconds: LOOK_EVERY_SECONDS });
  }
}

async function inspectionOf(sandbox: Sandbox, environment: Environment): Promise<Inspection> {
  const { url, secrets, connectTo, caFile } = sandbox;
  const { hostname: host, port } = new URL(url);
  const until = await remoteClock(`${url}/time`).now();
  return {
    environment,
    subject: { environment: environment.name, project: environment.project, region: environment.region, services: [] },
    since: plusSeconds(until, -LOOKBACK_SECONDS),
    until,
    // Read-only: the identity of investigate.
    cloud: googleReader({
      auth: tokenAuth(secrets.tokens['investigate'] ?? ''),
      endpoint: { host, port: Number(port), protocol: 'http' },
    }),
    prober: prober({ connectTo, ca: readFileSync(caFile, 'utf8') }),
  };
}

function planOf(
  { root }: Diagnosis,
  evidence: Evidence,
  environment: Environment,
  { ownProject }: Policy,
): Planned | undefined {
  return root && planFor({ incident: 'diagnose', round: 1, root, evidence, environment, ownProject, tried: [] });
}

type Report = ReturnType<typeof reportOf>;

function reportOf({ healthy, root, causes, ruledOut, unchecked, symptoms }: Diagnosis, planned: Planned | undefined) {
  return {
    healthy,
    rootCause:
      root === undefined
        ? null
        : { rule: root.rule, target: root.target, confidence: root.confidence, claim: root.claim },
    layer: root?.layer ?? null,
    causes,
    ruledOut,
    unchecked,
    symptoms,
    plan:
      planned?.kind !== 'plan'
        ? null
        : {
            digest: planned.plan.digest,
            steps: planned.plan.steps.map(({ action, target, before, after, prospect }) => ({
              action,
              target,
              before,
              after,
              risk: prospect.risk,
              undo: prospect.undo,
              summary: prospect.summary,
            })),
          },
    notOffered: planned?.kind === 'none' ? planned.refusals : [],
  };
}

function inWords({ healthy, rootCause, causes, ruledOut, unchecked, symptoms, plan, notOffered }: Report): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  const head = healthy
    ? 'Healthy: nothing wrong was seen.\n'
    : rootCause === null
      ? 'No cause was found.\n'
      : `${rootCause.claim} (${rootCause.confidence})\n`;
  return [
    head,
    list('Evidence', causes[0]?.evidence.map(({ text }) => text) ?? []),
    list(
      'Seen',
      symptoms.map(({ text }) => text),
    ),
    list(
      'Offered',
      plan?.steps.map(
        ({ summary, risk, undo }) =>
          `${summary.title}: ${summary.before} -> ${summary.after} (risk ${risk}, undo ${undo.kind})`,
      ) ?? [],
    ),
    list('Not offered', notOffered),
    list(
      'Ruled out',
      ruledOut.map(({ rule, reason }) => `${rule}: ${reason}`),
    ),
    list(
      'Could not be checked',
      unchecked.map(({ rule, reason }) => `${rule}: ${reason}`),
    ),
  ].join('');
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string' },
        json: { type: 'boolean', default: false },
        config: { type: 'string', default: join(import.meta.dirname, '..', 'examples', 'acme-staging.yaml') },
      },
    });
    if (values.scenario === undefined) throw new Error('--scenario is needed');
    return { ...values, scenario: values.scenario };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nusage: ${USAGE}\n`);
    process.exit(2);
  }
}
