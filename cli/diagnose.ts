import { join } from 'node:path';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import type { Evidence } from '../shared/evidence/evidence.ts';
import type { Environment, Policy } from '../shared/policy/policy.ts';
import { type Planned, planFor } from '../shared/remedy/plan-for.ts';
import { command, UsageError } from './command.ts';
import { DidNotStart, startSandbox } from './laptop.ts';
import { lookAt } from './look-at.ts';

const usage = `Looks at a scenario as an incident would, and says what broke, why, and the one change that would help. Changes nothing.

  npm run diagnose -- --scenario NAME|FILE [--json] [--config FILE]

--scenario NAME|FILE  a shipped scenario, or a file (sandbox/scenarios/README.md says how to write one)
--json                one JSON object on stdout, instead of words
--config FILE         the configuration that says what is watched; examples/acme-staging.yaml when left out
`;
const options = {
  scenario: { type: 'string' },
  json: { type: 'boolean', default: false },
  config: { type: 'string', default: join(import.meta.dirname, '..', 'examples', 'acme-staging.yaml') },
} as const;

process.exitCode = await command({ usage, options, allowPositionals: false }, ({ values }) => {
  const { scenario, ...how } = values;
  if (scenario === undefined) throw new UsageError('--scenario is needed');
  return main({ scenario, ...how });
}).catch((error: unknown) => {
  if (error instanceof DidNotStart) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});

interface Asked {
  readonly scenario: string;
  readonly json: boolean;
  readonly config: string;
}

async function main({ scenario, json, config }: Asked): Promise<number> {
  const read = readPolicyFile(config, '--config');
  if (!read.ok) throw new Error([...read.faults, read.help].join('\n'));
  const { policy } = read;
  const [environment] = policy.environments;
  if (environment === undefined) throw new Error(`${config} names no environment`);
  const sandbox = await startSandbox({ scenario, speed: undefined, headless: false, decision: undefined, port: 0 });
  try {
    const { diagnosis, evidence } = await lookAt(sandbox, environment);
    const report = reportOf(diagnosis, planOf(diagnosis, evidence, environment, policy));
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report));
    return 0;
  } finally {
    await sandbox.stop();
  }
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
