/** One thing that happened in the sandbox; `at` is the world's time. */
interface LoggedEvent {
  readonly at: string;
  readonly source: 'world' | 'google' | 'slack' | 'monitoring' | 'scheduler' | 'on-call' | 'sandbox';
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface EventLog {
  append(event: Omit<LoggedEvent, 'at'> & { readonly source: LoggedEvent['source']; readonly type: string }): void;
  /** Oldest first. */
  list(): readonly LoggedEvent[];
  subscribe(listener: (event: LoggedEvent) => void): () => void;
}

/** Hours of a storm; beyond it the oldest are forgotten. */
const EVENTS_KEPT = 10_000;

export function createEventLog(worldNowMs: () => number): EventLog {
  let events: LoggedEvent[] = [];
  const listeners = new Set<(event: LoggedEvent) => void>();
  return {
    append({ source, type, ...fields }) {
      const event = { at: new Date(worldNowMs()).toISOString(), source, type, ...fields };
      events.push(event);
      if (events.length > EVENTS_KEPT) events = events.slice(-EVENTS_KEPT);
      for (const listener of listeners) listener(event);
    },
    list: () => events,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
