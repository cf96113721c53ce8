import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import { inspectorNames } from '../../shared/evidence/evidence.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import type { Card, CommitResult, Store } from '../../shared/incident/store.ts';
import { plusSeconds } from '../../shared/ports/clock.ts';
import type { Lease } from '../../shared/remedy/lease.ts';
import type { MadeChange } from '../../shared/remedy/made-change.ts';
import { correlationKey } from '../../shared/signal/subject.ts';
import { incident, moving, opening, START, states, trace } from './incidents.ts';

/** One empty store to test, and how to be rid of it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Lets machine time, as this store stamps it, move on by at least a millisecond. */
  tick(): Promise<void>;
  /** Another handle on the same data, as another process would have; the same handle where there is no such thing. */
  reopened(): Promise<Store>;
  close(): Promise<void>;
}

/** What every Store must do, whatever holds the documents. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the contract of Store`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.close());

    const saved = async (result: Promise<CommitResult>) => {
      const outcome = await result;
      if (outcome.kind !== 'saved') throw new Error(`expected saved, got ${outcome.kind}`);
      return outcome.effects;
    };

    describe('incidents', () => {
      it('knows nothing at first', async () => {
        expect(await store.load('inc-1')).toBeUndefined();
        expect(await store.openIncident('staging/us-central1')).toBeUndefined();
        expect(await store.recent(10)).toEqual([]);
        expect(await store.due(plusSeconds(START, 1e6), 10)).toEqual([]);
        expect(await store.undelivered(0, 10)).toEqual([]);
        expect(await store.audit('inc-1')).toEqual([]);
      });

      it.each(Object.values(states))('gives back an incident that is $status as it was saved', async (state) => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        const commit = moving(first, state);
        await saved(store.commit(commit));
        expect(await store.load('inc-1')).toEqual(commit.after);
        expect(await (await under.reopened()).load('inc-1')).toEqual(commit.after);
      });

      it('saves incident, trail, effects and alert together, and numbers the effects', async () => {
        const first = incident('inc-1');
        const commit = opening(first, trace('0.abc/open', 'inc-1'));
        const effects = await saved(store.commit(commit));
        expect(effects.map(({ id }) => id)).toEqual(['inc-1:1:0', 'inc-1:1:1']);
        expect(effects.map(({ effect }) => effect)).toEqual(commit.effects);
        expect(await store.load('inc-1')).toEqual(first);
        expect(await store.audit('inc-1')).toEqual([commit.audit]);
        expect(await store.alertTrace('0.abc/open')).toEqual(commit.alert);
        expect(await store.undelivered(0, 10)).toEqual(effects);
      });

      it('lets one of many writers of the same version win, and leaves nothing of the others', async () => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        const kinds = await Promise.all(
          Array.from({ length: 8 }, async (_, n) => {
            const alert = trace(`0.${n}/open`, 'inc-1');
            return (await store.commit(moving(first, states.escalated, alert))).kind;
          }),
        );
        expect(kinds.filter((kind) => kind === 'saved')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'version-conflict')).toHaveLength(7);
        expect((await store.load('inc-1'))?.version).toBe(2);
        expect(await store.audit('inc-1')).toHaveLength(2);
        expect(await store.undelivered(0, 100)).toHaveLength(3);
        const traces = await Promise.all(kinds.map((_, n) => store.alertTrace(`0.${n}/open`)));
        expect(traces.filter((found) => found !== undefined)).toHaveLength(1);
      });

      it('refuses a version that was never saved', async () => {
        const first = incident('inc-1');
        expect((await store.commit(moving(first, states.escalated))).kind).toBe('version-conflict');
        expect(await store.load('inc-1')).toBeUndefined();
        expect(await store.undelivered(0, 10)).toEqual([]);
      });

      it('lists the newest first, at most as many as asked for', async () => {
        const ids = ['inc-1', 'inc-2', 'inc-3'];
        for (const [n, id] of ids.entries())
          await saved(store.commit(opening({ ...incident(id, `env${n}`), openedAt: plusSeconds(START, n) })));
        expect((await store.recent(2)).map(({ id }) => id)).toEqual(['inc-3', 'inc-2']);
      });

      it.each([
        ['a version that skips one', (first: Incident) => ({ ...moving(first, states.escalated).after, version: 3 })],
        ['another incident', (first: Incident) => ({ ...moving(first, states.escalated).after, id: 'inc-2' })],
        [
          'another region',
          (first: Incident) => ({
            ...moving(first, states.escalated).after,
            subject: { ...first.subject, region: 'europe-west1' },
          }),
        ],
      ])('does not save a commit that contradicts itself: %s', async (_, twisted) => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        await expect(store.commit({ ...moving(first, states.escalated), after: twisted(first) })).rejects.toThrow(
          'was not saved',
        );
        expect(await store.load('inc-1')).toEqual(first);
        expect(await store.audit('inc-1')).toHaveLength(1);
      });
    });

    describe('one open incident for one thing', () => {
      it('opens one however many alerts race, and the others learn which', async () => {
        const results = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            store.commit(opening(incident(`inc-${n}`), trace(`0.${n}/open`, `inc-${n}`))),
          ),
        );
        const open = await store.openIncident('staging/us-central1');
        expect(results.filter(({ kind }) => kind === 'saved')).toHaveLength(1);
        const others = results.flatMap((result) => (result.kind === 'already-open' ? [result.incident] : []));
        expect(others).toEqual(Array.from({ length: 7 }, () => open?.id));
        expect(await store.recent(10)).toEqual([open]);
      });

      it('keeps environments apart', async () => {
        await saved(store.commit(opening(incident('inc-1', 'staging'))));
        await saved(store.commit(opening(incident('inc-2', 'production'))));
        expect((await store.openIncident('staging/us-central1'))?.id).toBe('inc-1');
        expect((await store.openIncident('production/us-central1'))?.id).toBe('inc-2');
      });

      it('is found under its key while it is open in any state, and no longer once it is closed', async () => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        const key = correlationKey(first.subject);
        const escalated = moving(first, states.escalated);
        await saved(store.commit(escalated));
        expect(await store.openIncident(key)).toEqual(escalated.after);
        await saved(store.commit(moving(escalated.after, states.closed)));
        expect(await store.openIncident(key)).toBeUndefined();
      });

      it('lets the next one open after the last was closed, and a late word to the closed one does not free its place', async () => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        const closed = moving(first, states.closed);
        await saved(store.commit(closed));
        await saved(store.commit(opening(incident('inc-2'))));
        await saved(store.commit(moving(closed.after, states.closed)));
        expect((await store.openIncident('staging/us-central1'))?.id).toBe('inc-2');
        expect((await store.commit(opening(incident('inc-3')))).kind).toBe('already-open');
      });

      it('does not open an id twice', async () => {
        await saved(store.commit(opening(incident('inc-1', 'staging'))));
        expect((await store.commit(opening(incident('inc-1', 'production')))).kind).toBe('version-conflict');
        expect(await store.openIncident('production/us-central1')).toBeUndefined();
      });
    });

    describe('alerts', () => {
      it('keeps the first word about an alert', async () => {
        const first = trace('0.abc/open', undefined);
        expect(await store.recordAlert(first)).toBe(true);
        expect(await store.recordAlert({ ...first, reason: 'another' })).toBe(false);
        expect(await store.alertTrace('0.abc/open')).toEqual(first);
        expect(await store.alertTrace('0.abc/closed')).toBeUndefined();
      });

      it('saves nothing for an alert that was recorded, also when an incident is open or was changed meanwhile', async () => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first, trace('0.abc/open', 'inc-1'))));
        const again = trace('0.abc/open', 'inc-2');
        expect((await store.commit(opening(incident('inc-2'), again))).kind).toBe('alert-already-recorded');
        expect((await store.commit(opening(incident('inc-3', 'production'), again))).kind).toBe(
          'alert-already-recorded',
        );
        expect((await store.commit(moving(first, states.escalated, again))).kind).toBe('alert-already-recorded');
        expect(await store.recent(10)).toEqual([first]);
        expect(await store.undelivered(0, 10)).toHaveLength(2);
      });

      it('takes keys with slashes, dots and spaces', async () => {
        const odd = trace('0.a/b c/../d%2F/open', undefined);
        expect(await store.recordAlert(odd)).toBe(true);
        expect(await store.alertTrace(odd.key)).toEqual(odd);
      });
    });

    describe('timers', () => {
      it('lists what is due by domain time, the longest due first', async () => {
        for (const [id, seconds] of [
          ['inc-1', 30],
          ['inc-2', 10],
          ['inc-3', 20],
          ['inc-4', 40],
        ] as const)
          await saved(
            store.commit(opening(incident(id, id, { ...states.investigating, dueAt: plusSeconds(START, seconds) }))),
          );
        expect(await store.due(plusSeconds(START, 9), 10)).toEqual([]);
        expect(await store.due(plusSeconds(START, 30), 10)).toEqual([
          { incident: 'inc-2', version: 1 },
          { incident: 'inc-3', version: 1 },
          { incident: 'inc-1', version: 1 },
        ]);
        expect(await store.due(plusSeconds(START, 30), 1)).toEqual([{ incident: 'inc-2', version: 1 }]);
      });

      it('does not list what is not due yet, nor what is closed', async () => {
        const first = incident('inc-1');
        await saved(store.commit(opening(first)));
        const escalated = moving(first, { ...states.escalated, dueAt: plusSeconds(START, 900) });
        await saved(store.commit(escalated));
        expect(await store.due(plusSeconds(START, 899), 10)).toEqual([]);
        expect(await store.due(plusSeconds(START, 900), 10)).toEqual([{ incident: 'inc-1', version: 2 }]);
        await saved(store.commit(moving(escalated.after, states.closed)));
        expect(await store.due(plusSeconds(START, 1e6), 10)).toEqual([]);
      });
    });

    describe('effects', () => {
      it('keeps an effect until it was marked as delivered, and marking twice does no harm', async () => {
        const effects = await saved(store.commit(opening(incident('inc-1'))));
        await store.markDelivered(['inc-1:1:0']);
        await store.markDelivered(['inc-1:1:0', 'inc-9:9:9']);
        expect(await store.undelivered(0, 10)).toEqual(effects.slice(1));
        await store.markDelivered([]);
        await store.markDelivered(['inc-1:1:1']);
        expect(await store.undelivered(0, 10)).toEqual([]);
      });

      it('lists the oldest first, at most as many as asked for, and none that is younger than asked for', async () => {
        await saved(store.commit(opening(incident('inc-2', 'b'))));
        await under.tick();
        await saved(store.commit(opening(incident('inc-1', 'a'))));
        const ids = (await store.undelivered(0, 3)).map(({ id }) => id);
        expect(ids).toEqual(['inc-2:1:0', 'inc-2:1:1', 'inc-1:1:0']);
        expect(await store.undelivered(3_600_000, 10)).toEqual([]);
      });
    });

    describe('evidence', () => {
      const evidence = Object.fromEntries(
        inspectorNames.map((inspector, n) => [
          inspector,
          n === 0
            ? { status: 'unavailable', at: START, reason: 'denied', detail: 'no right' }
            : { status: 'observed', at: START, value: { numbers: [1, 2.5], nested: { text: 'äöü' } } },
        ]),
        // Sound: the store does not look into an observation.
      ) as unknown as Evidence;
      const subject = { environment: 'staging', project: 'acme-staging', region: 'us-central1', services: ['backend'] };
      const record = { subject, since: START, until: START, evidence };

      it('gives a round back as it was saved, and saving it again replaces it', async () => {
        await store.saveEvidence('inc-1', 1, record);
        await store.saveEvidence('inc-1', 1, record);
        expect(await store.evidence('inc-1', 1)).toEqual(record);
        expect(await store.evidence('inc-1', 2)).toBeUndefined();
        expect(await store.evidence('inc-2', 1)).toBeUndefined();
      });

      it('refuses what is larger than a document may be, saying how large, and keeps what was there', async () => {
        await store.saveEvidence('inc-1', 1, record);
        const value = { text: 'x'.repeat(1_100_000) };
        const large = { ...evidence, [inspectorNames[0] ?? '']: { status: 'observed', at: START, value } };
        // Sound: as above.
        const tooMuch = { ...record, evidence: large as unknown as Evidence };
        await expect(store.saveEvidence('inc-1', 1, tooMuch)).rejects.toMatchObject({
          code: 'invalid-argument',
          message: expect.stringMatching(/evidence\/inc-1\/1 was not saved: it is 11\d{5} bytes/),
        });
        expect(await store.evidence('inc-1', 1)).toEqual(record);
      });
    });

    it('refuses an incident that is larger than a document may be, and saves nothing with it', async () => {
      const large = incident('inc-1', 'staging', { ...states.escalated, detail: 'ä'.repeat(600_000) });
      await expect(store.commit(opening(large, trace('0.abc/open', 'inc-1')))).rejects.toMatchObject({
        code: 'invalid-argument',
      });
      expect(await store.load('inc-1')).toBeUndefined();
      expect(await store.openIncident('staging/us-central1')).toBeUndefined();
      expect(await store.alertTrace('0.abc/open')).toBeUndefined();
      expect(await store.undelivered(0, 10)).toEqual([]);
    });

    describe('cards', () => {
      const card: Card = {
        incident: 'inc-1',
        revision: 1,
        channel: 'C0STAGING',
        ts: undefined,
        shown: 0,
        threaded: 0,
        leasedUntilMs: 1_800_000_000_000,
      };

      it('creates a card once', async () => {
        const made = await Promise.all(Array.from({ length: 4 }, () => store.saveCard(undefined, card)));
        expect(made.filter(Boolean)).toHaveLength(1);
        expect(await store.card('inc-1')).toEqual(card);
        expect(await store.card('inc-2')).toBeUndefined();
      });

      it('lets one of many writers of the same revision win', async () => {
        await store.saveCard(undefined, card);
        const after = { ...card, revision: 2, ts: '1764000000.000100', shown: 3 };
        const won = await Promise.all(Array.from({ length: 4 }, () => store.saveCard(card, after)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await store.card('inc-1')).toEqual(after);
        expect(await store.saveCard(card, { ...after, channel: 'C0OTHER' })).toBe(false);
        expect(await store.card('inc-1')).toEqual(after);
      });

      it('does not change a card that does not exist', async () => {
        expect(await store.saveCard(card, { ...card, revision: 2 })).toBe(false);
        expect(await store.card('inc-1')).toBeUndefined();
      });
    });

    describe('leases', () => {
      const lease: Lease = {
        resource: 'projects/p/locations/l/connectors/c',
        incident: 'inc-1',
        digest: 'a3f1',
        step: 0,
        direction: 'apply',
        operation: undefined,
        takenAt: START,
        mark: 'first',
      };
      const other = { ...lease, incident: 'inc-2', mark: 'second' };

      it('gives a resource to one of many', async () => {
        const takers = Array.from({ length: 4 }, (_, n) => ({ ...lease, mark: `${n}` }));
        const taken = await Promise.all(takers.map((one) => store.saveLease(undefined, one)));
        expect(taken.filter(Boolean)).toHaveLength(1);
        expect(await store.leases()).toEqual(takers.filter((_, n) => taken[n]));
        expect(await (await under.reopened()).leases()).toEqual(await store.leases());
      });

      it('is changed, taken over and ended by who knows what stands, and by nobody else', async () => {
        await store.saveLease(undefined, lease);
        const begun = { ...lease, operation: 'operations/1', mark: 'begun' };
        expect(await store.saveLease(lease, begun)).toBe(true);
        expect(await store.saveLease(lease, other)).toBe(false);
        expect(await store.endLease(lease)).toBe(false);
        expect(await store.leases()).toEqual([begun]);
        const over = await Promise.all([0, 1, 2].map((n) => store.saveLease(begun, { ...other, mark: `${n}` })));
        expect(over.filter(Boolean)).toHaveLength(1);
        const [now] = await store.leases();
        expect(now && (await store.endLease(now))).toBe(true);
        expect(await store.leases()).toEqual([]);
      });

      it('does not come back when it has ended, and lets alone what was taken since', async () => {
        await store.saveLease(undefined, lease);
        await store.endLease(lease);
        expect(await store.saveLease(lease, other)).toBe(false);
        expect(await store.saveLease(undefined, other)).toBe(true);
        expect(await store.endLease(lease)).toBe(false);
        expect(await store.leases()).toEqual([other]);
      });

      it('is one for each resource', async () => {
        const beside = { ...lease, resource: 'projects/p/locations/l/services/s' };
        expect(await store.saveLease(undefined, lease)).toBe(true);
        expect(await store.saveLease(undefined, beside)).toBe(true);
        expect(await store.leases()).toEqual([lease, beside]);
      });
    });

    describe('single use', () => {
      it('spends a key once, however many try', async () => {
        const key = 'a3f1/0/apply';
        expect(await store.spent(key)).toBe(false);
        const spent = await Promise.all(Array.from({ length: 4 }, () => store.spend(key, START)));
        expect(spent.filter(Boolean)).toHaveLength(1);
        expect(await store.spent(key)).toBe(true);
        expect(await store.spent('a3f1/0/undo')).toBe(false);
      });

      it('remembers what was made with it, once, newest first, by environment and time', async () => {
        const change = (over: Partial<MadeChange>): MadeChange => ({
          incident: 'inc-1',
          environment: 'staging',
          action: 'shift-traffic',
          target: 'projects/p/locations/l/services/s',
          direction: 'apply',
          rule: 'release-broken',
          costUsdPerMonth: 'unknown',
          at: START,
          ...over,
        });
        const later = change({ at: plusSeconds(START, 60), costUsdPerMonth: 12.5 });
        await store.spend('a/0/apply', START, change({}));
        await store.spend('a/0/apply', START, change({ incident: 'inc-2' }));
        await store.spend('b/0/apply', START, later);
        await store.spend('c/0/apply', START, change({ environment: 'production' }));
        expect(await store.changes('staging', START)).toEqual([later, change({})]);
        expect(await store.changes('staging', plusSeconds(START, 1))).toEqual([later]);
      });
    });
  });
}
