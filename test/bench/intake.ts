import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteQueue } from '../../shared/adapters/sqlite/queue.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import { receiveAlert } from '../../shared/engine/receive-alert.ts';
import type { Commit, Store } from '../../shared/incident/store.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { instant } from '../../shared/ports/clock.ts';
import { cloudRun, edited, inPubsub } from '../signal/notifications.ts';
import { rounds } from './rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface IntakeRate {
  readonly alertsPerSecond: Spread;
  /** The same commits into an empty store, with nothing around them. */
  readonly commitsPerSecond: Spread;
  /** How many times longer an alert takes than its commit by itself, round by round. */
  readonly ratio: Spread;
}

const ALERTS = 1000;
const INCIDENTS = 10;
const ROUNDS = { times: 5, withinMs: 8_000 } as const;
const NOW = instant('2026-11-23T03:00:00.000Z');

/** A storm into an empty store on disk, turn and turn about with the bare commits that it came to; one process, one alert after the other. */
export async function intakeRate(): Promise<IntakeRate> {
  const measured = await rounds(ROUNDS, async () => {
    const commits: Commit[] = [];
    const alertsMs = await inFreshStore(async ({ store, queue }) => {
      const shell = { store: noting(store, commits), queue, policy, by: 'alert', clock };
      return timed(storm, async (notification) => {
        await receiveAlert(notification, shell);
      });
    });
    const commitsMs = await inFreshStore(({ store }) =>
      timed(commits, async (commit) => {
        const { kind } = await store.commit(commit);
        if (kind !== 'saved') throw new Error(`a commit that was saved before met ${kind}`);
      }),
    );
    if (commits.length !== ALERTS) throw new Error(`${ALERTS} alerts came to ${commits.length} commits`);
    return { alertsMs, commitsMs };
  });
  const perSecond = (ms: number): number => (ALERTS / ms) * 1000;
  return {
    alertsPerSecond: spreadOf(measured.map(({ alertsMs }) => perSecond(alertsMs))),
    commitsPerSecond: spreadOf(measured.map(({ commitsMs }) => perSecond(commitsMs))),
    ratio: spreadOf(measured.map(({ alertsMs, commitsMs }) => alertsMs / commitsMs)),
  };
}

const clock = { now: async () => NOW, sleepUntil: () => Promise.reject(new Error('nobody sleeps here')) };
const projects = Array.from({ length: INCIDENTS }, (_, index) => `acme-${index}`);
const policy = policyOf(projects);
/** Each alert is another one, and the incidents take turns: the worst order for anything that remembers the last. */
const storm = Array.from({ length: ALERTS }, (_, index) =>
  inPubsub(
    edited('cloud-run-5xx-open', {
      incident_id: `0.storm${index}`,
      resource: cloudRun({ service_name: 'backend', project_id: projects[index % INCIDENTS] }),
    }),
  ),
);

function policyOf(watched: readonly string[]) {
  const environments = watched.map((project) => `  ${project}: { project: ${project}, region: us-central1 }`);
  const text = ['environments:', ...environments, 'slack: { channel: C0STAGING }', 'approvers: { users: [U0ANN] }'];
  const parsed = parsePolicy(text.join('\n'), 'bench.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

async function inFreshStore<T>(
  work: (opened: { readonly store: SqliteStore; readonly queue: SqliteQueue }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-bench-'));
  const database = openDatabase(join(folder, 'runmedic.sqlite'));
  const onUnreadable = (fault: Error) => {
    throw fault;
  };
  try {
    return await work({
      store: new SqliteStore(database, { nowMs: Date.now, onUnreadable }),
      queue: new SqliteQueue(database, { nowMs: Date.now }),
    });
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same store; what it saves is kept. */
function noting(store: SqliteStore, commits: Commit[]): Store {
  const commit: Store['commit'] = async (wanted) => {
    const result = await store.commit(wanted);
    if (result.kind === 'saved') commits.push(wanted);
    return result;
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      // Sound: what is not commit is the store's own, called on the store itself.
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

async function timed<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  for (const item of items) await each(item);
  return performance.now() - startedMs;
}
