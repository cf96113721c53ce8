import type { Instant } from '../../../shared/ports/clock.ts';

/** What will happen by itself: alerts, clicks, somebody else's changes. */
export class Calendar {
  #entries: readonly { readonly at: Instant; readonly happen: () => Promise<void> }[] = [];

  add(at: Instant, happen: () => Promise<void>): void {
    this.#entries = [...this.#entries, { at, happen }];
  }

  moments(): readonly Instant[] {
    return this.#entries.map(({ at }) => at);
  }

  async happenUntil(now: Instant): Promise<void> {
    const due = this.#entries.filter(({ at }) => at <= now);
    this.#entries = this.#entries.filter(({ at }) => at > now);
    for (const { happen } of due) await happen();
  }
}
