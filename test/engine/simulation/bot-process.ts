import type { Instant } from '../../../shared/ports/clock.ts';

/** A point at which a handler waits until the simulation lets it on, or dies there with its process. */
interface Gate {
  readonly at: string;
  readonly open: () => void;
}

/** One life of the process that runs every function. Killed, it does nothing more: whatever its handlers waited for never comes. */
export class BotProcess {
  readonly gates: Gate[] = [];
  sleepers: readonly { readonly until: Instant; readonly wake: () => void }[] = [];
  #isDead = false;

  /** Handlers stand here before and after everything that outlives them. */
  gate(at: string): Promise<void> {
    return new Promise((open) => {
      if (!this.#isDead) this.gates.push({ at, open });
    });
  }

  sleepUntil(until: Instant): Promise<void> {
    return new Promise((wake) => {
      if (!this.#isDead) this.sleepers = [...this.sleepers, { until, wake }];
    });
  }

  wakeUntil(now: Instant): void {
    const due = this.sleepers.filter(({ until }) => until <= now);
    this.sleepers = this.sleepers.filter(({ until }) => until > now);
    for (const { wake } of due) wake();
  }

  kill(): void {
    this.#isDead = true;
    this.gates.length = 0;
    this.sleepers = [];
  }
}

/** The same object; each of `methods` stands at a gate before it does anything, and at another before anybody learns that it did. */
export function gated<T extends object>(
  target: T,
  methods: readonly (keyof T & string)[],
  { process, name }: { readonly process: BotProcess; readonly name: string },
): T {
  return new Proxy(target, {
    get: (object, property) => {
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== 'function') return value;
      if (!methods.some((method) => method === property)) return value.bind(object);
      return async (...args: unknown[]) => {
        await process.gate(`before ${name}.${String(property)}`);
        const outcome = await settled(Reflect.apply(value, object, args));
        await process.gate(`after ${name}.${String(property)}`);
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      };
    },
  });
}

async function settled(work: unknown): Promise<{ readonly value: unknown } | { readonly error: unknown }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}
