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
import { type Measurement, measureAll } from './measure-all.ts';
import { recovery } from './recovery.ts';
import {
  ofColdStart,
  ofEarlyAlert,
  ofFirstCards,
  ofFunctionsAlone,
  ofHeadless,
  ofIntake,
  ofJudge,
  ofLargeProject,
  ofRecovery,
} from './results.ts';
import { rounds } from './rounds.ts';

/** The same, with an alert that opens before metrics of the minutes that matter have arrived. */
const EARLY = 'staging-503-early-alert';
const FIRST_CARDS = { times: 5, withinMs: 35_000 } as const;
/** Long enough for a machine that does other things as well. Whatever happens it is over by then; children end with the pipe on their stdin. */
const WITHIN_MS = 600_000;

const HOW = `How this was measured
  Everything on 127.0.0.1, over the wire, real bot and sandbox in processes of their own, new for each round.
  First card, diagnosis: speed 1; from just before the sandbox publishes the notification until its Slack channel shows it, read every 20 ms.
  The spread of the diagnosis is the sick services' own: some probes get their 503 at once, some after 1.5 s.
  At speed 1: seconds of world time in one headless run at speed 1, which jumps while everybody waits: what it would take without jumps.
  The least from approval to proof: the operation, two minutes of the connector's throughput after it, the 240 s that they arrive late, and as
  many looks a minute apart as the policy asks for.
  Memory: resident set of functions/local.ts in the same run; of each function by itself under functions-framework before its first request
  ("at work": with the Google clients that the first investigation loads; the framework: its hello).
  Front door: functions-framework's own program, NODE_ENV production, on 127.0.0.1 by a module that both variants load first; both are sent the
  same signed click on Approve, which slack.ts publishes to a local endpoint; turn and turn about.
  A large project: the case among copies of its services and its connector; every call to Google takes 200 ms; each inspector also by itself.
  Intake: receiveAlert over node:sqlite on disk (fully synced) in one process, beside the same commits into an empty store; turn and turn about.`;

const usage = `Measures runmedic on this machine: how long to the first card, to the diagnosis and to recovery; memory; cold start; intake.

  npm run bench

A table, row by row, and how it was measured on stdout, last one JSON object ("unmeasured" names what failed or came too late, and the exit code
is then 1); what it is at on stderr. Takes a few minutes, up to ${WITHIN_MS / 1000} s.
`;

const MEASUREMENTS: readonly Measurement[] = [
  { what: 'first card and diagnosis', measure: async () => ofFirstCards(await rounds(FIRST_CARDS, firstCard)) },
  {
    what: 'one incident at speed 1',
    measure: async () => ofRecovery(await recovery({ scenario: CASE, speed: 1 })),
  },
  {
    what: 'one whose alert overtakes its metrics',
    measure: async () => ofEarlyAlert(await recovery({ scenario: EARLY, speed: 1 })),
  },
  {
    what: 'one at the default speed',
    measure: async () => ofHeadless(await recovery({ scenario: CASE, speed: undefined })),
  },
  { what: 'each function by itself', measure: async () => ofFunctionsAlone(await functionsAlone()) },
  { what: "the front door's cold start", measure: async () => ofColdStart(await coldStart()) },
  { what: 'intake', measure: async () => ofIntake(await intakeRate()) },
  { what: 'a look at a large project', measure: async () => ofLargeProject(await largeProject()) },
  { what: 'diagnosis from kept evidence', measure: async () => ofJudge(judgeKept()) },
];

process.exitCode = await command({ usage, options: {}, allowPositionals: false }, bench);

async function bench(): Promise<number> {
  const machine = {
    node: process.version,
    cores: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
  const { summary, unmeasured } = await measureAll({
    measurements: MEASUREMENTS,
    withinMs: WITHIN_MS,
    print: (line) => process.stdout.write(`${line}\n`),
    tell: (words) => process.stderr.write(words),
  });
  const busy = machine.load > machine.cores ? ' (busy: expect wide spreads)' : '';
  process.stdout.write(`\n${HOW}\n`);
  process.stdout.write(
    `  Machine: Node ${machine.node}, ${machine.cores} cores, load ${machine.load} before${busy}.\n\n`,
  );
  process.stdout.write(`${JSON.stringify({ machine, ...summary, unmeasured })}\n`);
  if (unmeasured.length === 0) return 0;
  // What took too long is still at it.
  process.exit(1);
}
