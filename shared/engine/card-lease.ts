import type { Card, Store } from '../incident/store.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';

/** A card that one announcer has to itself. */
export interface HeldCard {
  readonly card: () => Card;
  /** Saves what was just done in Slack, and keeps the lease for another LEASE_MS. */
  readonly save: (change: Partial<Pick<Card, 'channel' | 'ts' | 'shown' | 'threaded'>>) => Promise<void>;
}

/** Longer than any one call to Slack between two saves (5 s at most, shared/adapters/slack); a crash blocks the card no longer than this. */
const LEASE_MS = 15_000;

/**
 * Runs `work` while nobody else shows this incident.
 * @throws PlatformFailure 'unavailable' when another has it: the queue delivers again. To give way in silence would lose the announcement
 * whenever the other one is a process that died.
 */
export async function withCard(
  incident: { readonly id: string; readonly channel: string },
  { store, nowMs }: { readonly store: Store; readonly nowMs: () => number },
  work: (held: HeldCard) => Promise<void>,
): Promise<void> {
  let card = await take(incident, store, nowMs);
  const write = async (change: Partial<Card>): Promise<void> => {
    const after = { ...card, ...change, revision: card.revision + 1 };
    if (!(await store.saveCard(card, after))) throw taken(incident.id);
    card = after;
  };
  try {
    await work({ card: () => card, save: (change) => write({ ...change, leasedUntilMs: nowMs() + LEASE_MS }) });
  } finally {
    // false: the lease ran out and another has the card now; there is nothing to give back.
    await store.saveCard(card, { ...card, revision: card.revision + 1, leasedUntilMs: 0 });
  }
}

async function take(
  { id, channel }: { readonly id: string; readonly channel: string },
  store: Store,
  nowMs: () => number,
): Promise<Card> {
  const before = await store.card(id);
  if (before !== undefined && before.leasedUntilMs > nowMs()) throw taken(id);
  const blank = { incident: id, revision: 0, channel, ts: undefined, shown: 0, threaded: 0 };
  const { revision, ...rest } = before ?? blank;
  const after: Card = { ...rest, revision: revision + 1, leasedUntilMs: nowMs() + LEASE_MS };
  if (await store.saveCard(before, after)) return after;
  throw taken(id);
}

const taken = (incident: string): PlatformFailure =>
  new PlatformFailure('unavailable', `the card of ${incident} is in another announcer's hands`);
