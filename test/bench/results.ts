import type { ColdStart } from './cold-start.ts';
import type { FirstCard } from './first-card.ts';
import type { IntakeRate } from './intake.ts';
import type { JudgeTimes } from './judge-kept.ts';
import { CALL_MS, CONNECTORS, type LargeProject, SERVICES } from './large-project.ts';
import type { Recovery } from './recovery.ts';
import { rounded, spreadOf } from './spread.ts';
import { inMib, inMs, inSeconds, perSecond, type Row, row, spreadRow, times } from './table.ts';

/** What one measurement came to: for people, and the same in numbers, units in the names. */
export interface Result {
  readonly rows: readonly Row[];
  readonly summary: Readonly<Record<string, unknown>>;
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
  healingRatio: 1.1,
} as const;

export function ofFirstCards(firstCards: readonly FirstCard[]): Result {
  const cards = spreadOf(firstCards.map(({ cardMs }) => cardMs));
  const diagnoses = spreadOf(firstCards.map(({ diagnosisMs }) => diagnosisMs));
  const calls = callsOf(firstCards);
  return {
    rows: [
      spreadRow('notification to first card', cards, inSeconds, inSeconds(AIM.cardMs)),
      spreadRow('notification to diagnosis on the card', diagnoses, inSeconds, inSeconds(AIM.diagnosisMs)),
      row('Google API calls for one look', String(calls.total), calls.words),
    ],
    summary: {
      firstCardMs: { ...cards, aim: AIM.cardMs },
      diagnosisMs: { ...diagnoses, aim: AIM.diagnosisMs },
      googleCalls: calls.byApi,
    },
  };
}

/** At speed 1, so that a second of the machine counts as one of the world. */
export function ofRecovery({ seconds, healing, looks, botMib, outcome, wallSeconds, googleCalls }: Recovery): Result {
  const { tookSeconds, operationSeconds, servedSeconds, windowSeconds } = healing;
  const leastSeconds = operationSeconds + windowSeconds;

  const most = botMib.peak === undefined ? '' : `${inMib(botMib.peak)} at most`;
  return {
    rows: [
      row('at speed 1, from notification: diagnosis', inWorld(seconds.diagnosed), inLooks(looks)),
      row('  approved', inWorld(seconds.approved), 'the simulated on-call takes 40 s'),
      row('  changed', inWorld(seconds.changed)),
      row('  resolved', inWorld(seconds.resolved), 'recovery proven from outside and by the same rule'),
      row(
        'approval to proof, beside the least that it takes',
        times(tookSeconds / leastSeconds),
        `${inWorld(tookSeconds)}; operation ${inWorld(operationSeconds)}, window ${inWorld(windowSeconds)}; served ${inWorld(servedSeconds)} into it`,
        times(AIM.healingRatio),
      ),
      row(
        'Google API calls for the whole incident',
        String(googleCalls.total),
        `${googleCalls.logReads} of them Logging reads`,
      ),
      row('bot, all six functions: at start', inMib(botMib.ready), '', inMib(AIM.botMib)),
      row('  at the diagnosis', inMib(botMib.diagnosed), '', inMib(AIM.botMib)),
      row('  at the end', inMib(botMib.resolved), most, inMib(AIM.botMib)),
    ],
    summary: {
      resolved: { outcome, worldSeconds: seconds, looks, googleCalls, wallSeconds: rounded(wallSeconds) },
      healing: { ...healing, ratio: rounded(tookSeconds / leastSeconds), aim: AIM.healingRatio },
      botMib: { ...botMib, aim: AIM.botMib },
    },
  };
}

/** The same, where the alert opens before metrics have arrived. */
export const ofEarlyAlert = ({ outcome, seconds, looks }: Recovery): Result => ({
  rows: [row('diagnosis where an alert overtakes its metrics', inWorld(seconds.diagnosed), inLooks(looks))],
  summary: { earlyAlert: { outcome, worldSeconds: seconds, looks } },
});

/** At the speed that `npm start -- --headless` has by itself. */
export const ofHeadless = ({ outcome, wallSeconds }: Recovery): Result => ({
  rows: [row('npm start -- --headless, wall time', inWorld(wallSeconds), outcome, inWorld(AIM.headlessSeconds))],
  summary: { headless: { outcome, wallSeconds: rounded(wallSeconds), aim: AIM.headlessSeconds } },
});

export const ofFunctionsAlone = (weights: Readonly<Record<string, number>>): Result => ({
  rows: Object.entries(weights).map(([name, mib]) => row(`alone, as deployed: ${name}`, inMib(mib))),
  summary: { functionsAloneMib: weights },
});

export const ofColdStart = (coldStart: ColdStart): Result => ({
  rows: [
    spreadRow('front door, spawn to first 200', coldStart.slackMs, inMs),
    spreadRow('  of it until it listens', coldStart.slackListeningMs, inMs),
    spreadRow('  the bare framework', coldStart.frameworkMs, inMs),
    spreadRow('  ratio', coldStart.ratio, times, `${times(AIM.coldStartRatio)} once bundled`),
  ],
  summary: { coldStart: { ...coldStart, aim: AIM.coldStartRatio } },
});

export const ofIntake = (intake: IntakeRate): Result => ({
  rows: [
    spreadRow('intake, 1000 alerts about 10 incidents', intake.alertsPerSecond, perSecond),
    spreadRow('  their bare commits', intake.commitsPerSecond, perSecond),
    spreadRow('  ratio', intake.ratio, times),
  ],
  summary: { intake },
});

export function ofLargeProject(large: LargeProject): Result {
  const together = spreadOf(large.togetherMs);
  const [slowest, slowestMs] = slowestOf(large);
  const ratio = together.median / slowestMs;
  const what = `one look at ${SERVICES} services, ${CONNECTORS} connectors, ${CALL_MS} ms a call`;
  return {
    rows: [
      spreadRow(what, together, inSeconds, inSeconds(AIM.largeMs)),
      row('  over the slowest inspector alone', times(ratio), slowest, times(AIM.togetherRatio)),
    ],
    summary: { large: { lookMs: { ...together, aim: AIM.largeMs }, ratio: rounded(ratio), slowest } },
  };
}

export const ofJudge = (judge: JudgeTimes): Result => ({
  rows: [spreadRow('diagnosis from kept evidence', spreadOf(judge), inMs, inMs(AIM.judgeMs))],
  summary: { judgeMs: { ...spreadOf(judge), aim: AIM.judgeMs } },
});

const slowestOf = ({ aloneMs }: LargeProject): readonly [string, number] =>
  Object.entries(aloneMs).reduce((a, b) => (b[1] > a[1] ? b : a), ['none', 0]);

const inWorld = (seconds: number): string => `${Math.round(seconds)} s`;

const inLooks = (looks: number): string =>
  looks === 1 ? 'at the first look' : `${looks} looks: connector metrics arrive up to 240 s late`;

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
