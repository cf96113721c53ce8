/** One run of the end-to-end tests of the estate, by a workflow of GitHub's or a trigger of Cloud Build's. */
export interface TestRun {
  readonly id: number;
  /** What it was started by: a workflow's file, or a trigger's name. */
  readonly of: string;
  readonly ref: string;
  readonly createdMs: number;
  readonly state: 'queued' | 'running' | 'passed' | 'failed';
  /** Undefined until it has ended. */
  readonly endedMs: number | undefined;
  /** What it found broken, each in a line. */
  readonly found: readonly string[];
}

export interface TestRuns {
  start(of: string, ref: string): TestRun;
  /** As it stands now: what it had to try until now, it has tried by then. */
  read(id: number): Promise<TestRun | undefined>;
  /** Those of one workflow or trigger, newest first. */
  list(of: string): Promise<readonly TestRun[]>;
}

/** World time: a runner is found, the browser starts, the suite goes through three times, results are uploaded. */
const QUEUED_MS = 15_000;
const ROUNDS_MS = [40_000, 70_000, 100_000] as const;
const ENDS_MS = 110_000;

interface Kept {
  readonly run: Pick<TestRun, 'id' | 'of' | 'ref' | 'createdMs'>;
  readonly found: string[];
  rounds: number;
  /** Two readers wait for the same requests. */
  trying: Promise<void>;
}

/** @param tryAll one round of the suite, made for real: what it found broken. */
export function createTestRuns({
  nowMs,
  tryAll,
}: {
  readonly nowMs: () => number;
  readonly tryAll: () => Promise<readonly string[]>;
}): TestRuns {
  const kept: Kept[] = [];

  async function catchUp(one: Kept): Promise<TestRun> {
    one.trying = one.trying.then(() => tryRounds(one));
    await one.trying;
    return view(one);
  }

  async function tryRounds(one: Kept): Promise<void> {
    for (const dueMs of ROUNDS_MS.slice(one.rounds)) {
      if (nowMs() < one.run.createdMs + dueMs) return;
      one.rounds += 1;
      one.found.push(...(await tryAll()));
    }
  }

  function view({ run, found }: Kept): TestRun {
    const ageMs = nowMs() - run.createdMs;
    if (ageMs < ENDS_MS) return { ...run, found, endedMs: undefined, state: ageMs < QUEUED_MS ? 'queued' : 'running' };
    return { ...run, found, endedMs: run.createdMs + ENDS_MS, state: found.length === 0 ? 'passed' : 'failed' };
  }

  return {
    start(of, ref) {
      const run = { id: 16_203_480_011 + kept.length * 7, of, ref, createdMs: nowMs() };
      const one = { run, found: [], rounds: 0, trying: Promise.resolve() };
      kept.push(one);
      return view(one);
    },
    async read(id) {
      const one = kept.find(({ run }) => run.id === id);
      return one && catchUp(one);
    },
    list: async (of) =>
      Promise.all(
        kept
          .filter(({ run }) => run.of === of)
          .toReversed()
          .map(catchUp),
      ),
  };
}
