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

/** Another announcer is done within a second or two, so that waiting is calmer than another delivery; machine time. */
const WAIT_EVERY_MS = 150;
const WAITS_MAX = 20;

export interface LeaseShell {
  readonly store: Store;
  /** Machine time, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Without it nobody waits, and the queue delivers again at once. */
  readonly waitMs?: (ms: number) => Promise<void>;
}

/**
 * Runs `work` while nobody else shows this incident.
 * @throws PlatformFailure 'unavailable' when another has it for longer: the queue delivers again. To give way in silence would lose the
 * announcement whenever the other one is a process that died.
 */
export async function withCard(
  incident: { readonly id: string; readonly channel: string },
  shell: LeaseShell,
  work: (held: HeldCard) => Promise<void>,
): Promise<void> {
  const { store, nowMs } = shell;
  let card = await taken(incident, shell);
  const write = async (change: Partial<Card>): Promise<void> => {
    const after = { ...card, ...change, revision: card.revision + 1 };
    if (!(await store.saveCard(card, after))) throw inOtherHands(incident.id);
    card = after;
  };
  try {
    await work({ card: () => card, save: (change) => write({ ...change, leasedUntilMs: nowMs() + LEASE_MS }) });
  } finally {
    // false: the lease ran out and another has the card now; there is nothing to give back.
    await store.saveCard(card, { ...card, revision: card.revision + 1, leasedUntilMs: 0 });
  }
}

type Wanted = Parameters<typeof withCard>[0];

async function taken(incident: Wanted, shell: LeaseShell): Promise<Card> {
  for (let waits = 0; ; waits += 1) {
    const card = await take(incident, shell);
    if (card !== undefined) return card;
    if (shell.waitMs === undefined || waits >= WAITS_MAX) throw inOtherHands(incident.id);
    await shell.waitMs(WAIT_EVERY_MS);
  }
}

/** undefined: another has it, or was first. */
async function take({ id, channel }: Wanted, { store, nowMs }: LeaseShell): Promise<Card | undefined> {
  const before = await store.card(id);
  if (before !== undefined && before.leasedUntilMs > nowMs()) return undefined;
  const blank = { incident: id, revision: 0, channel, ts: undefined, shown: 0, threaded: 0 };
  const { revision, ...rest } = before ?? blank;
  const after: Card = { ...rest, revision: revision + 1, leasedUntilMs: nowMs() + LEASE_MS };
  return (await store.saveCard(before, after)) ? after : undefined;
}

const inOtherHands = (incident: string): PlatformFailure =>
  new PlatformFailure('unavailable', `the card of ${incident} is in another announcer's hands`);
