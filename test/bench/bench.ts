// How fast, how heavy and how calm runmedic is on this machine. Judges nothing: what is slow elsewhere may be a slow machine, so look at ratios and aims.
import { availableParallelism, loadavg } from 'node:os';
import { command } from '../../cli/command.ts';
import { CASE } from './case.ts';
import { coldStart } from './cold-start.ts';
import { firstCard } from './first-card.ts';
import { functionsAlone } from './functions-alone.ts';
import { intakeRate } from './intake.ts';
import { judgeKept } from './judge-kept.ts';
import { largeProject } from './large-project.ts';
import { recovery } from './recovery.ts';
import { type Results, rowsOf, summaryOf } from './results.ts';
import { rounds } from './rounds.ts';
import { table } from './table.ts';

/** The same, with an alert that opens before metrics of the minutes that matter have arrived. */
const EARLY = 'staging-503-early-alert';
const FIRST_CARDS = { times: 5, withinMs: 35_000 } as const;
/** Whatever happens it is over by then; children end with the pipe on their stdin. */
const WITHIN_MS = 240_000;

const HOW = `How this was measured
  Everything on 127.0.0.1, over the wire, real bot and sandbox in processes of their own, new for each round.
  First card, diagnosis: speed 1; from just before the sandbox publishes the notification until its Slack channel shows it, read every 20 ms.
  The spread of the diagnosis is the sick services' own: some probes get their 503 at once, some after 1.5 s.
  At speed 1: seconds of world time in one headless run at speed 1, which jumps while everybody waits: what it would take without jumps.
  Memory: resident set of functions/local.ts in the same run; of each function by itself under functions-framework before its first request
  ("at work": with the Google clients that the first investigation loads; the framework: its hello).
  Front door: functions-framework's own program, NODE_ENV production, on 127.0.0.1 by a module that both variants load first; both are sent the
  same signed click on Approve, which slack.ts publishes to a local endpoint; turn and turn about.
  A large project: the case among copies of its services and its connector; every call to Google takes 200 ms; each inspector also by itself.
  Intake: receiveAlert over node:sqlite on disk (fully synced) in one process, beside the same commits into an empty store; turn and turn about.`;

const usage = `Measures runmedic on this machine: how long to the first card, to the diagnosis and to recovery; memory; cold start; intake.

  npm run bench

A table and how it was measured on stdout, last one JSON object; what it is at on stderr. Takes up to ${WITHIN_MS / 1000} s.
`;

process.exitCode = await command({ usage, options: {}, allowPositionals: false }, bench);

async function bench(): Promise<number> {
  const late = setTimeout(() => {
    process.stderr.write(
      `the bench is not over after ${WITHIN_MS / 1000} s: this machine is too busy to measure anything\n`,
    );
    process.exit(1);
  }, WITHIN_MS);
  const machine = {
    node: process.version,
    cores: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
  const results = await measured();
  clearTimeout(late);
  const busy = machine.load > machine.cores ? ' (busy: expect wide spreads)' : '';
  process.stdout.write(`${table(rowsOf(results))}\n\n${HOW}\n`);
  process.stdout.write(
    `  Machine: Node ${machine.node}, ${machine.cores} cores, load ${machine.load} before${busy}.\n\n`,
  );
  process.stdout.write(`${JSON.stringify({ machine, ...summaryOf(results) })}\n`);
  return 0;
}

async function measured(): Promise<Results> {
  return {
    firstCards: await told('first card and diagnosis', () => rounds(FIRST_CARDS, firstCard)),
    recovery: await told('one incident at speed 1', () => recovery({ scenario: CASE, speed: 1 })),
    early: await told('one whose alert overtakes its metrics', () => recovery({ scenario: EARLY, speed: 1 })),
    headless: await told('one at the default speed', () => recovery({ scenario: CASE, speed: undefined })),
    functionsAlone: await told('each function by itself', functionsAlone),
    coldStart: await told("the front door's cold start", coldStart),
    intake: await told('intake', intakeRate),
    large: await told('a look at a large project', largeProject),
    judge: judgeKept(),
  };
}

/** Says on stderr what goes on: a silent minute looks like one that hangs. */
async function told<T>(what: string, measure: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  process.stderr.write(`measuring ${what} ... `);
  const result = await measure();
  process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return result;
}
