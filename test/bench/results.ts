import type { ColdStart } from './cold-start.ts';
import type { FirstCard } from './first-card.ts';
import type { IntakeRate } from './intake.ts';
import type { JudgeTimes } from './judge-kept.ts';
import { CALL_MS, CONNECTORS, type LargeProject, SERVICES } from './large-project.ts';
import type { Recovery } from './recovery.ts';
import { rounded, spreadOf } from './spread.ts';
import { inMib, inMs, inSeconds, perSecond, type Row, row, spreadRow, times } from './table.ts';

export interface Results {
  readonly firstCards: readonly FirstCard[];
  /** At speed 1, so that a second of the machine counts as one of the world. */
  readonly recovery: Recovery;
  /** The same, where the alert opens before metrics have arrived. */
  readonly early: Recovery;
  /** At the speed that `npm start -- --headless` has by itself. */
  readonly headless: Recovery;
  readonly functionsAlone: Readonly<Record<string, number>>;
  readonly coldStart: ColdStart;
  readonly intake: IntakeRate;
  readonly large: LargeProject;
  readonly judge: JudgeTimes;
}

/** What the aims are. */
const AIM = {
  cardMs: 2000,
  diagnosisMs: 10_000,
  headlessSeconds: 60,
  botMib: 200,
  coldStartRatio: 1.3,
  largeMs: 10_000,
  togetherRatio: 1.2,
  judgeMs: 50,
} as const;

export function rowsOf({
  firstCards,
  recovery,
  early,
  headless,
  functionsAlone,
  coldStart,
  intake,
  large,
  judge,
}: Results): readonly Row[] {
  const { seconds, looks, botMib } = recovery;
  const calls = callsOf(firstCards);
  const world = (value: number): string => `${Math.round(value)} s`;
  return [
    spreadRow(
      'notification to first card',
      spreadOf(firstCards.map(({ cardMs }) => cardMs)),
      inSeconds,
      inSeconds(AIM.cardMs),
    ),
    spreadRow(
      'notification to diagnosis on the card',
      spreadOf(firstCards.map(({ diagnosisMs }) => diagnosisMs)),
      inSeconds,
      inSeconds(AIM.diagnosisMs),
    ),
    row('at speed 1, from notification: diagnosis', world(seconds.diagnosed), inLooks(looks)),
    row('  approved', world(seconds.approved), 'the simulated on-call takes 40 s'),
    row('  changed', world(seconds.changed)),
    row('  resolved', world(seconds.resolved), 'recovery proven from outside and by the same rule'),
    row('  diagnosis where an alert overtakes its metrics', world(early.seconds.diagnosed), inLooks(early.looks)),
    row(
      'npm start -- --headless, wall time',
      world(headless.wallSeconds),
      headless.outcome,
      world(AIM.headlessSeconds),
    ),
    row('bot, all six functions: at start', inMib(botMib.ready), '', inMib(AIM.botMib)),
    row('  at the diagnosis', inMib(botMib.diagnosed), '', inMib(AIM.botMib)),
    row(
      '  at the end',
      inMib(botMib.resolved),
      botMib.peak === undefined ? '' : `${inMib(botMib.peak)} at most`,
      inMib(AIM.botMib),
    ),
    ...Object.entries(functionsAlone).map(([name, mib]) => row(`  alone, as deployed: ${name}`, inMib(mib))),
    spreadRow('front door, spawn to first 200', coldStart.slackMs, inMs),
    spreadRow('  of it until it listens', coldStart.slackListeningMs, inMs),
    spreadRow('  the bare framework', coldStart.frameworkMs, inMs),
    spreadRow('  ratio', coldStart.ratio, times, `${times(AIM.coldStartRatio)} once bundled`),
    row('Google API calls for one look', String(calls.total), calls.words),
    spreadRow(
      `one look at ${SERVICES} services, ${CONNECTORS} connectors, ${CALL_MS} ms a call`,
      spreadOf(large.togetherMs),
      inSeconds,
      inSeconds(AIM.largeMs),
    ),
    row(
      '  over the slowest inspector alone',
      times(togetherRatio(large)),
      slowestOf(large)[0],
      times(AIM.togetherRatio),
    ),
    spreadRow('diagnosis from kept evidence', spreadOf(judge), inMs, inMs(AIM.judgeMs)),
    spreadRow('intake, 1000 alerts about 10 incidents', intake.alertsPerSecond, perSecond),
    spreadRow('  their bare commits', intake.commitsPerSecond, perSecond),
    spreadRow('  ratio', intake.ratio, times),
  ];
}

const slowestOf = ({ aloneMs }: LargeProject): readonly [string, number] =>
  Object.entries(aloneMs).reduce((a, b) => (b[1] > a[1] ? b : a), ['none', 0]);

const togetherRatio = (large: LargeProject): number => spreadOf(large.togetherMs).median / slowestOf(large)[1];

const inLooks = (looks: number): string =>
  looks === 1 ? 'at the first look' : `${looks} looks: connector metrics arrive up to 240 s late`;

/** The same in numbers, units in the names. */
export function summaryOf({
  firstCards,
  recovery,
  early,
  headless,
  functionsAlone,
  coldStart,
  intake,
  large,
  judge,
}: Results) {
  const { seconds, looks, botMib, outcome } = recovery;
  return {
    firstCardMs: { ...spreadOf(firstCards.map(({ cardMs }) => cardMs)), aim: AIM.cardMs },
    diagnosisMs: { ...spreadOf(firstCards.map(({ diagnosisMs }) => diagnosisMs)), aim: AIM.diagnosisMs },
    resolved: { outcome, worldSeconds: seconds, looks, wallSeconds: rounded(recovery.wallSeconds) },
    earlyAlert: { outcome: early.outcome, worldSeconds: early.seconds, looks: early.looks },
    headless: { outcome: headless.outcome, wallSeconds: rounded(headless.wallSeconds), aim: AIM.headlessSeconds },
    botMib: { ...botMib, aim: AIM.botMib },
    functionsAloneMib: functionsAlone,
    coldStart: { ...coldStart, aim: AIM.coldStartRatio },
    googleCalls: callsOf(firstCards).byApi,
    intake,
    large: {
      lookMs: { ...spreadOf(large.togetherMs), aim: AIM.largeMs },
      ratio: rounded(togetherRatio(large)),
      slowest: slowestOf(large)[0],
    },
    judgeMs: { ...spreadOf(judge), aim: AIM.judgeMs },
  };
}

/** Every round makes the same calls; where one did not, that is worth seeing. */
function callsOf(firstCards: readonly FirstCard[]) {
  const [byApi = {}, ...others] = firstCards.map(({ googleCalls }) => googleCalls);
  const total = Object.values(byApi).reduce((sum, count) => sum + count, 0);
  const isSame = others.every((other) => JSON.stringify(sorted(other)) === JSON.stringify(sorted(byApi)));
  const words = sorted(byApi)
    .map(([api, count]) => `${api} ${count}`)
    .join(', ');
  return { byApi, total, words: isSame ? words : `${words}; other rounds made others` };
}

const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));
