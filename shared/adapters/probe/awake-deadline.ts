/** How often the time is taken, and how much of it counts at a time. */
const TICK_MS = 25;
const COUNTED_MS_MAX = 2 * TICK_MS;
/** However sleepy the machine, it ends after this many times as long. */
const PATIENCE = 4;

/**
 * A deadline in time that this process was awake for: one that was held up, by a cold start or a crowded machine, did not hear an answer that came,
 * and must not take the other side for dead.
 */
export function awakeDeadline(timeoutMs: number): {
  readonly signal: AbortSignal;
  /** Time awake since it was made: what it says of the other side leaves out what was lost here. */
  readonly elapsedMs: () => number;
  done(): void;
} {
  const controller = new AbortController();
  const started = performance.now();
  const sinceLast = () => Math.min(performance.now() - last, COUNTED_MS_MAX);
  let last = started;
  let counted = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    counted += sinceLast();
    last = now;
    if (counted < timeoutMs && now - started < timeoutMs * PATIENCE) return;
    clearInterval(timer);
    controller.abort(new DOMException('no answer in time', 'TimeoutError'));
  }, TICK_MS);
  return { signal: controller.signal, elapsedMs: () => counted + sinceLast(), done: () => clearInterval(timer) };
}
