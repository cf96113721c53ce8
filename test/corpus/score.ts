// Plays the whole corpus live, and says how often the root is right, how often a first suggestion harms, and how often nothing is blamed.
import { join } from 'node:path';
import { command, UsageError } from '../../cli/command.ts';
import { startSandbox } from '../../cli/laptop.ts';
import { lookAt } from '../../cli/look-at.ts';
import { planOf } from '../../cli/plan-of.ts';
import { readPolicyFile } from '../../functions/read-policy-file.ts';
import { healed, healthOf, isHealthy } from './heal.ts';
import { inTurn } from './in-turn.ts';
import { isReached, type Judged, judged, scoreOf } from './judged.ts';
import { keepEvidence } from './kept-evidence.ts';
import { type Label, labels } from './labels.ts';

const usage = `Plays every labelled scenario live, as an incident would see it, and scores the diagnoses. Takes some minutes.

  npm run score [-- [--record | --heal] [NAME...]]

NAME...   these scenarios only
--record  keeps the evidence of each look in test/corpus/evidence, which \`npm test\` judges again

--heal    plays each to its end instead, with everything approved that is offered, and asks whether users are served again; about 25 minutes

A table on stdout; its last line is JSON: {n, top1, top3, harmful, falseAlarms, surplusRoots, medianMs, p95Ms}.
Exit code 0 when the aims are reached (top1 0.95, harmful 0, falseAlarms 0, surplusRoots 0), 1 when not.
With --heal: {n, healedFirst, healedSecond, byItself, escalated, declinedByGuardrail, worse, unhealed}. Exit code 0 when nothing was made worse, and
all are healed whose label names a remedy that a bot may make.
`;
const options = { record: { type: 'boolean', default: false }, heal: { type: 'boolean', default: false } } as const;

const CONFIG = join(import.meta.dirname, '..', '..', 'examples', 'acme-staging.yaml');

process.exitCode = await command({ usage, options, allowPositionals: true }, async ({ values, positionals }) => {
  const known = labels();
  const unknown = positionals.filter((name) => !known.some(({ scenario }) => scenario === name));
  if (unknown.length > 0) throw new UsageError(`no label is called ${unknown.join(', ')}`);
  const wanted = known.filter(({ scenario }) => positionals.length === 0 || positionals.includes(scenario));
  if (values.heal) {
    const health = healthOf(await inTurn(wanted, healed));
    process.stdout.write(`${JSON.stringify(health)}\n`);
    return isHealthy(health) ? 0 : 1;
  }
  const all = await inTurn(wanted, (label) => played(label, values.record));
  const score = scoreOf(all);
  process.stdout.write(`${JSON.stringify(score)}\n`);
  return isReached(score) ? 0 : 1;
});

async function played(label: Label, record: boolean): Promise<Judged> {
  const read = readPolicyFile(CONFIG, 'CONFIG');
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const { environments, ownProject } = read.policy;
  const [environment] = environments;
  if (environment === undefined) throw new Error(`${CONFIG} names no environment`);
  const { scenario } = label;
  const sandbox = await startSandbox({ scenario, speed: undefined, headless: false, decision: undefined, port: 0 });
  try {
    const { diagnosis, record: seen, lookMs } = await lookAt(sandbox, environment);
    if (record) keepEvidence(scenario, seen);
    const one = judged(label, diagnosis, planOf(diagnosis, seen, { environment, ownProject }), lookMs);
    process.stdout.write(`${lineOf(one)}\n`);
    return one;
  } finally {
    await sandbox.stop();
  }
}

function lineOf(one: Judged): string {
  const { scenario, expected, found, top1, top3, surplus, offered, harmful, falseAlarm, ms } = one;
  const verdict = top1 ? 'right' : top3 ? 'among three' : 'WRONG';
  const alarm = [harmful ? 'HARMFUL' : '', falseAlarm ? 'FALSE ALARM' : ''].join(' ').trim();
  const more = surplus.length === 0 ? '' : `+${surplus.length}`;
  const cells = [
    scenario.padEnd(48),
    verdict.padEnd(11),
    found.padEnd(32),
    more.padEnd(3),
    offered.padEnd(24),
    `${Math.round(ms)} ms`,
  ];
  const notes = [
    ...(top1 ? [] : [`(it was ${expected})`]),
    ...(surplus.length === 0 ? [] : [`(named beside it: ${surplus.join(', ')})`]),
    ...(alarm === '' ? [] : [alarm]),
  ];
  return [...cells, ...notes].join('  ');
}
