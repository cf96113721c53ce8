import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteQueue } from '../../shared/adapters/sqlite/queue.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import { receiveAlert } from '../../shared/engine/receive-alert.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { environment, NOW } from '../builders/evidence.ts';

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'monitoring', 'cloud-run-5xx-open.json'), 'utf8'),
);
const policy: Policy = { ownProject: 'acme-runmedic', environments: [environment] };
const clock = { now: async () => NOW, sleepUntil: async () => undefined };

/** The recorded notification, about our project, with what a case needs. */
const notification = (
  over: { readonly id?: string; readonly service?: string; readonly state?: string; readonly project?: string } = {},
) => {
  const { id = '0.a', service = 'backend', state = 'open', project = 'acme-staging' } = over;
  const labels = {
    ...fixture.incident.resource.labels,
    project_id: project,
    service_name: service,
    location: 'us-central1',
  };
  return {
    ...fixture,
    incident: { ...fixture.incident, incident_id: id, state, resource: { ...fixture.incident.resource, labels } },
  };
};

let database = openDatabase(':memory:');
let store = storeOn(database);
let queue = new SqliteQueue(database, { nowMs: Date.now });

function storeOn(on: typeof database) {
  return new SqliteStore(on, {
    nowMs: Date.now,
    onUnreadable: (fault) => {
      throw fault;
    },
  });
}

const receive = (message: unknown, under = policy) =>
  receiveAlert(message, { store, queue, policy: under, by: 'alert', clock });

beforeEach(() => {
  database = openDatabase(':memory:');
  store = storeOn(database);
  queue = new SqliteQueue(database, { nowMs: Date.now });
});
afterEach(() => database.close());

describe('receiveAlert', () => {
  it('opens an incident, with its announcement and its investigation on the queue', async () => {
    const { verdict, incident } = await receive(notification());
    expect(verdict).toBe('opened');
    expect(await store.load(incident ?? '')).toMatchObject({
      status: 'investigating',
      subject: { environment: 'staging', services: ['backend'] },
    });
    expect([queue.waiting('announcements'), queue.waiting('investigations')]).toEqual([1, 1]);
    expect(await store.alertTrace('0.a/open')).toMatchObject({ verdict: 'opened', incident });
  });

  it('changes nothing when the same notification comes again, also once the incident is closed', async () => {
    const { incident } = await receive(notification());
    expect(await receive(notification())).toMatchObject({ verdict: 'repeated', incident });
    expect((await store.recent(10)).map(({ version }) => version)).toEqual([1]);
  });

  it('joins alerts about the same thing, also when they race', async () => {
    const services = ['backend', 'auth', 'frontend', 'search', 'billing'];
    const received = await Promise.all(
      services.map((service, index) => receive(notification({ id: `0.${index}`, service }))),
    );
    expect(received.map(({ verdict }) => verdict).sort()).toEqual(['joined', 'joined', 'joined', 'joined', 'opened']);
    const [incident, ...others] = await store.recent(10);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ alertsTotal: 5 });
    expect([...(incident?.subject.services ?? [])].sort()).toEqual([...services].sort());
    for (const [index] of services.entries())
      expect(await store.alertTrace(`0.${index}/open`)).toMatchObject({ incident: incident?.id });
  });

  it('leaves a trace of what it ignores, and why', async () => {
    const { verdict, reason } = await receive(notification({ project: 'someone-elses' }));
    expect(verdict).toBe('ignored');
    expect(await store.alertTrace('0.a/open/ignored')).toMatchObject({ verdict: 'ignored', reason });
    expect(await receive(notification({ project: 'someone-elses' }))).toMatchObject({ verdict: 'repeated' });
  });

  it('does not hold against an alert that it was ignored while all was paused', async () => {
    const paused = { ...policy, environments: [{ ...environment, paused: true }] };
    expect(await receive(notification(), paused)).toMatchObject({
      verdict: 'ignored',
      reason: expect.stringContaining('paused'),
    });
    expect(await receive(notification())).toMatchObject({ verdict: 'opened' });
  });

  it('takes a closing that overtook its opening for what it is', async () => {
    expect(await receive(notification({ state: 'closed' }))).toMatchObject({
      verdict: 'ignored',
      reason: 'closed, and no incident about it is open',
    });
    expect(await receive(notification())).toMatchObject({ verdict: 'opened' });
    expect(await receive(notification({ id: '0.b', state: 'closed' }))).toMatchObject({ verdict: 'joined' });
  });

  it.each([['not an object'], [{ incident: {} }], [[]], [null]])(
    'puts %j with the dead letters and has done with it',
    async (message) => {
      expect(await receive(message)).toMatchObject({ verdict: 'refused', incident: undefined });
      expect(queue.waiting('dead-letters')).toBe(1);
      expect(await store.recent(10)).toEqual([]);
    },
  );
});
