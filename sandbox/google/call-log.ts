/** One call to a Google API, as the sandbox answered it. */
export interface ApiCall {
  readonly sequence: number;
  /** World time, ISO 8601. */
  readonly at: string;
  /** The e-mail behind the token; `anonymous` where there is none that is known. */
  readonly identity: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly permission?: string;
}

export interface CallLog {
  list(): ApiCall[];
  /** The calls whose sequence is above this one. */
  since(sequence: number): ApiCall[];
  record(call: Omit<ApiCall, 'sequence'>): void;
}

const CALLS_MAX = 10_000;

/** Who called what; the oldest calls are forgotten beyond 10,000. */
export function createCallLog(): CallLog {
  const calls: ApiCall[] = [];
  let sequence = 0;
  return {
    list: () => [...calls],
    // Sequences are gapless, so the place is known.
    since: (after) => calls.slice(Math.max(0, after + 1 - (calls[0]?.sequence ?? 1))),
    record(call) {
      sequence += 1;
      calls.push({ sequence, ...call });
      if (calls.length > CALLS_MAX) calls.shift();
    },
  };
}
