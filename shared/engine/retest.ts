import { randomUUID } from 'node:crypto';
import type { Effect } from '../incident/effect.ts';
import type { EndToEndTests, TestResult } from '../incident/end-to-end.ts';
import type { TestRun, TestRuns } from '../incident/test-runs.ts';
import type { EndToEnd } from '../policy/policy.ts';
import { type Clock, earliest, type Instant, plusSeconds } from '../ports/clock.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { advance, environmentIn, loaded, type Shell } from './advance.ts';
import { handOver } from './hand-over.ts';

export interface RetestShell extends Shell {
  readonly clock: Clock;
  readonly testRuns: TestRuns;
}

type Pending = Exclude<EndToEndTests, { readonly status: 'ended' }>;

/** End-to-end tests take minutes; domain time. */
const POLL_SECONDS = 15;
/** Of one delivery: a push acknowledgement ends at 600 s (facts, Pub/Sub), and what is left is taken up again when due. */
const FOLLOW_SECONDS_MAX = 480;

/**
 * Starts the end-to-end tests of a resolved incident, once, and follows them. Safe to deliver twice: who starts claims it first, and where somebody had
 * claimed it before and was not heard of again, a run that has begun since is followed in place of another.
 */
export async function retest(
  { incident: id }: Extract<Effect, { type: 'retest' }>,
  shell: RetestShell,
  abort: AbortSignal,
): Promise<void> {
  const incident = await loaded(id, shell.store);
  if (incident.status !== 'closed') return;
  const tests = incident.endToEnd;
  if (tests === undefined || tests.status === 'ended') return;
  const environment = environmentIn(incident, shell.policy);
  if (environment === undefined) return handOver(incident, shell);
  try {
    const result = await resultOf(tests, { id, plan: environment.endToEnd, shell, abort });
    if (result !== undefined) await end(id, result, shell);
  } catch (error) {
    // Out of time or out of reach: delivered again, and what was begun is looked for first.
    if (abort.aborted || !(error instanceof PlatformFailure) || PASSING.includes(error.code)) throw error;
    const kind = (await isRunning(id, shell)) ? 'unread' : 'not-started';
    await end(id, { kind, detail: error.message }, shell);
  }
}

const PASSING: readonly PlatformFailure['code'][] = ['unavailable', 'timed-out', 'rate-limited', 'conflict'];

interface Task {
  readonly id: string;
  readonly plan: EndToEnd | undefined;
  readonly shell: RetestShell;
  readonly abort: AbortSignal;
}

/** undefined: they go on longer than this delivery may. */
async function resultOf(tests: Pending, task: Task): Promise<TestResult | undefined> {
  const { plan, shell } = task;
  if (tests.status === 'running') return follow(tests.run, tests.deadline, task);
  if (plan === undefined) return { kind: 'not-started', detail: 'the configuration no longer names any' };
  if (!(await claimed(task))) return undefined;
  const run = await begun(tests, plan, task);
  const at = await shell.clock.now();
  const deadline = plusSeconds(at, plan.timeoutSeconds);
  await advance(task.id, { type: 'tests-started', at, run, deadline }, shell);
  return follow(run, deadline, task);
}

/** What was claimed before may have been started before. */
async function begun(
  { askedAt, claim }: Extract<Pending, { readonly status: 'starting' }>,
  plan: EndToEnd,
  { shell: { testRuns }, abort }: Task,
): Promise<TestRun> {
  const earlier = claim && (await testRuns.begunSince(plan, askedAt, abort));
  return earlier ?? testRuns.start(plan, abort);
}

/** false: they are in the hands of another delivery; where that is not heard of, patrol has them asked for again. */
async function claimed({ id, shell }: Task): Promise<boolean> {
  const event = { type: 'tests-claimed', at: await shell.clock.now(), by: randomUUID() } as const;
  const { incident } = await advance(id, event, shell);
  const tests = incident.status === 'closed' ? incident.endToEnd : undefined;
  return tests?.status === 'starting' && tests.claim?.by === event.by;
}

/** Until they end, their time is over or this delivery's is; that their time is over is patrol's to find. */
async function follow(
  { name }: TestRun,
  deadline: Instant,
  { shell: { clock, testRuns }, abort }: Task,
): Promise<TestResult | undefined> {
  const until = earliest(deadline, plusSeconds(await clock.now(), FOLLOW_SECONDS_MAX));
  for (;;) {
    const status = await testRuns.status(name, abort);
    if (status.kind !== 'under-way') return status;
    const at = await clock.now();
    if (at >= until) return undefined;
    await clock.sleepUntil(plusSeconds(at, POLL_SECONDS), abort);
  }
}

async function isRunning(id: string, { store }: RetestShell): Promise<boolean> {
  const incident = await loaded(id, store);
  return incident.status === 'closed' && incident.endToEnd?.status === 'running';
}

async function end(id: string, result: TestResult, shell: RetestShell): Promise<void> {
  await advance(id, { type: 'tests-ended', at: await shell.clock.now(), result }, shell);
}
