/** What goes wrong with calls to the Web API, for a number of them. Tests ask for it through POST /sandbox/slack/faults. */
type InjectedFault =
  | {
      readonly kind: 'rate-limit';
      readonly calls: number;
      readonly retryAfterSeconds: number;
      readonly method?: string;
    }
  | { readonly kind: 'server-error'; readonly calls: number; readonly status: number; readonly method?: string }
  | { readonly kind: 'latency'; readonly calls: number; readonly latencyMs: number; readonly method?: string };

export interface Faults {
  inject(fault: InjectedFault): void;
  /** The faults that this call meets; each is counted down. */
  meet(method: string): readonly InjectedFault[];
}

export function createFaults(): Faults {
  let pending: readonly InjectedFault[] = [];
  return {
    inject(fault) {
      pending = [...pending, fault];
    },
    meet(method) {
      const met = pending.filter((fault) => fault.method === undefined || fault.method === method);
      pending = pending
        .map((fault) => (met.includes(fault) ? { ...fault, calls: fault.calls - 1 } : fault))
        .filter((fault) => fault.calls > 0);
      return met;
    },
  };
}
