import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import { decodeEvidence, encodeEvidence } from '../shared/adapters/documents/evidence-document.ts';
import { diagnose } from '../shared/diagnosis/diagnose.ts';
import type { EvidenceRecord } from '../shared/evidence/evidence.ts';
import { command, UsageError } from './command.ts';
import { inWords, reportOf } from './diagnosis-report.ts';
import { DidNotStart, startSandbox } from './laptop.ts';
import { lookAt } from './look-at.ts';
import { planOf } from './plan-of.ts';

const usage = `Looks at a scenario as an incident would, and says what broke, why, and the one change that would help. Changes nothing.

  npm run diagnose -- --scenario NAME|FILE [--save FILE] [--json] [--config FILE]
  npm run diagnose -- --evidence FILE [--json] [--config FILE]

--scenario NAME|FILE  a shipped scenario, or a file (sandbox/scenarios/README.md says how to write one)
--save FILE           keeps the evidence of the last look, to be judged again
--evidence FILE       judges evidence that was kept: of --save, or of an incident's document evidence/ID/ROUND
--json                one JSON object on stdout, instead of words
--config FILE         the configuration that says what is watched; examples/acme-staging.yaml when left out
`;
const options = {
  scenario: { type: 'string' },
  evidence: { type: 'string' },
  save: { type: 'string' },
  json: { type: 'boolean', default: false },
  config: { type: 'string', default: join(import.meta.dirname, '..', 'examples', 'acme-staging.yaml') },
} as const;

process.exitCode = await command({ usage, options, allowPositionals: false }, async ({ values }) => {
  const { scenario, evidence, save, json, config } = values;
  if ((scenario === undefined) === (evidence === undefined))
    throw new UsageError('one of --scenario and --evidence is needed');
  if (evidence !== undefined && save !== undefined) throw new UsageError('--save goes with --scenario');
  const record = scenario === undefined ? recordIn(evidence ?? '') : await observed(scenario, config);
  if (save !== undefined) writeFileSync(save, `${encodeEvidence(save, record)}\n`);
  const diagnosis = diagnose(record.evidence, record);
  const report = reportOf(diagnosis, planOf(diagnosis, record, environmentOf(record, config)));
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report));
  return 0;
}).catch((error: unknown) => {
  if (error instanceof DidNotStart) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});

/** @throws Error where the file is not there, StoredDocumentInvalid where it is no evidence. */
function recordIn(file: string): EvidenceRecord {
  try {
    return decodeEvidence(file, readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new Error(`${file} cannot be read: ${error.message}`) : error;
  }
}

async function observed(scenario: string, config: string): Promise<EvidenceRecord> {
  const [environment] = policyIn(config).environments;
  if (environment === undefined) throw new Error(`${config} names no environment`);
  const sandbox = await startSandbox({ scenario, speed: undefined, headless: false, decision: undefined, port: 0 });
  try {
    return (await lookAt(sandbox, environment)).record;
  } finally {
    await sandbox.stop();
  }
}

function environmentOf({ subject }: EvidenceRecord, config: string) {
  const { environments, ownProject } = policyIn(config);
  const environment = environments.find(({ name }) => name === subject.environment);
  if (environment === undefined)
    throw new Error(
      `the evidence is about environment ${subject.environment}; ${config} has ${environments.map(({ name }) => name).join(', ')}`,
    );
  return { environment, ownProject };
}

function policyIn(config: string) {
  const read = readPolicyFile(config, '--config');
  if (!read.ok) throw new Error([...read.faults, read.help].join('\n'));
  return read.policy;
}
