/** The part of the world that time moves. */
export interface TimedWorld {
  readonly nowMs: number;
  advanceTo(ms: number): void;
  nextAlertEvaluationMs(): number;
}

/** The world's clock: the only caller of `advanceTo`. It stands still until `play`. */
export interface WorldTime {
  nowMs(): number;
  /** World seconds per second of the machine. */
  readonly speed: number;
  /** Starts ticking; a second call changes nothing. */
  play(): void;
  /** Runs `due` once the world has reached `ms`; the result takes that back. Not later than the call when that is past already. */
  at(ms: number, due: () => void): () => void;
  /** When the next of those is due; undefined when there is none. */
  nextDueMs(): number | undefined;
  /** Simulates every second up to the next moment at which something is due: a timer, or a look at the alert policies. */
  jump(): void;
  /** Simulates every second up to `ms` at once. */
  runTo(ms: number): void;
  stop(): void;
}

const SECOND_MS = 1000;
/** How often the world ticks by the machine's clock: once per world second, but neither busier nor lazier than this. */
const TICK_MS = { min: 20, max: 250 } as const;

/** @param afterSecond called after each simulated second, before what is due then. */
export function createTime(options: {
  readonly world: TimedWorld;
  readonly speed: number;
  readonly machineNowMs: () => number;
  readonly afterSecond: () => void;
}): WorldTime {
  const { world, speed, machineNowMs } = options;
  const timers = new Set<{ readonly ms: number; readonly due: () => void }>();
  let ticking: NodeJS.Timeout | undefined;
  let anchor = { worldMs: world.nowMs, machineMs: machineNowMs() };

  function runTo(ms: number): void {
    while (world.nowMs < ms) {
      world.advanceTo(Math.min(ms, (Math.floor(world.nowMs / SECOND_MS) + 1) * SECOND_MS));
      options.afterSecond();
      runDue();
    }
  }

  function runDue(): void {
    const due = [...timers].filter((timer) => timer.ms <= world.nowMs).sort((a, b) => a.ms - b.ms);
    for (const timer of due) {
      // An earlier one may have taken a later one back.
      if (timers.delete(timer)) timer.due();
    }
  }

  const setAnchor = (): void => {
    anchor = { worldMs: world.nowMs, machineMs: machineNowMs() };
  };

  const nextDueMs = (): number | undefined => {
    const moments = [...timers].map(({ ms }) => ms);
    return moments.length === 0 ? undefined : Math.min(...moments);
  };

  return {
    nowMs: () => world.nowMs,
    speed,
    play() {
      if (ticking !== undefined) return;
      setAnchor();
      const everyMs = Math.min(TICK_MS.max, Math.max(TICK_MS.min, SECOND_MS / speed));
      ticking = setInterval(() => runTo(anchor.worldMs + (machineNowMs() - anchor.machineMs) * speed), everyMs);
    },
    at(ms, due) {
      const timer = { ms, due };
      timers.add(timer);
      if (ms <= world.nowMs) queueMicrotask(runDue);
      return () => void timers.delete(timer);
    },
    nextDueMs,
    jump() {
      runTo(Math.min(nextDueMs() ?? Number.POSITIVE_INFINITY, world.nextAlertEvaluationMs()));
      setAnchor();
    },
    runTo(ms) {
      runTo(ms);
      setAnchor();
    },
    stop: () => clearInterval(ticking),
  };
}
