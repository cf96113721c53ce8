import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { type Delivery, SqliteQueue } from '../../../shared/adapters/sqlite/queue.ts';
import { SqliteStore } from '../../../shared/adapters/sqlite/store.ts';
import type { Topic } from '../../../shared/incident/effect.ts';
import { type Instant, instant, plusSeconds } from '../../../shared/ports/clock.ts';
import type { Click } from '../../../shared/report/click.ts';
import { at, NOW } from '../../builders/evidence.ts';
import { withoutProbes } from '../../builders/ports.ts';
import { backend5xx, cloudRun } from '../../signal/notifications.ts';
import { BotProcess, gated } from './bot-process.ts';
import { Calendar } from './calendar.ts';
import { SimulatedChat } from './chat.ts';
import { SimulatedCloud } from './cloud.ts';
import { type Functions, functionsOver } from './functions.ts';
import { type Consent, NAMED, reactions } from './people.ts';
import { type AlertTold, type Ended, type Plot, policy, projectOfAlert, type Tampering } from './plot.ts';
import { type Random, randomFrom } from './random.ts';
import { SimulatedTests } from './tests.ts';

const STORE_WRITES = [
  'commit',
  'recordAlert',
  'markDelivered',
  'saveEvidence',
  'saveCard',
  'spend',
  'saveLease',
  'endLease',
] as const;
const TOPICS: readonly Topic[] = ['alerts', 'clicks', 'investigations', 'remediations', 'retests', 'announcements'];
/** Handlers at the same time. */
const IN_FLIGHT_MAX = 4;
const STEPS_MAX = 20_000;
/** An escalated incident is looked at for ever, once an hour; from here on a story only waits for what is under way and for levels yet to be told. */
const STORY_ENDS = at(3000);
/** An effect that nobody handed to the queue for this long is patrol's. */
const UNDELIVERED_MS = 15_000;
const RETRY_MS = 1_000;
/** People who decide at once come together this often. */
const TOGETHER_EVERY_MS = 300_000;
/** How likely time passes although there is work. Messages are late by as much as it takes; a handler that is at work only by a moment. */
const DAWDLING = 0.03;
/**
 * Calls to Google and Slack end within seconds by their own deadlines, and claims and leases outlast them. A process that stands still for
 * longer than its claim and then goes on is the race that connectors, which have no etag, leave open; it is not played here.
 */
const MOMENT_MS = 1_000;

/** Plays one plot to its end over the real engine, the real embedded store and queue, and a clock that only the simulation moves. */
export class Simulation {
  readonly #plot: Plot;
  readonly #tamper: Tampering;
  readonly #random: Random;
  readonly #database: DatabaseSync;
  readonly #earliest: StatementSync;
  readonly #store: SqliteStore;
  readonly #queue: SqliteQueue;
  readonly #chat: SimulatedChat;
  readonly #cloud: SimulatedCloud;
  readonly #tests: SimulatedTests;
  readonly #consents: Consent[] = [];
  readonly #clicks: Click[] = [];
  readonly #gates: string[] = [];
  readonly #offered = new Set<string>();
  readonly #later = new Calendar();
  #crashes = 0;
  #nowMs = Date.parse(NOW);
  #process = new BotProcess();
  #functions: Functions;
  #bag: Delivery[] = [];
  #inFlight = new Set<string>();
  #isPatrolling = false;
  #mayBeReady = true;

  constructor(plot: Plot, tamper: Tampering = (parts) => parts) {
    this.#plot = plot;
    this.#tamper = tamper;
    this.#random = randomFrom(plot.seed);
    this.#database = openDatabase(':memory:');
    const nowMs = () => this.#nowMs;
    this.#store = new SqliteStore(this.#database, {
      nowMs,
      onUnreadable: (fault) => {
        throw fault;
      },
    });
    this.#queue = new SqliteQueue(this.#database, { nowMs });
    this.#queue.onPublished(() => {
      this.#mayBeReady = true;
    });
    this.#earliest = this.#database.prepare(
      `SELECT (SELECT min(due_at) FROM incidents WHERE due_at <= '${STORY_ENDS}' OR json_extract(document, '$.status') <> 'escalated'
          OR json_extract(document, '$.level') <= ${policy.environments[0]?.escalation.length ?? 0}) AS due,
        (SELECT min(saved_at_ms) FROM effects) AS saved`,
    );
    this.#cloud = new SimulatedCloud(plot.trouble, this.#random, () => this.#now());
    this.#tests = new SimulatedTests(plot.tests, this.#random, () => this.#now());
    this.#chat = new SimulatedChat((value, { channel }) => this.#seen(value, channel));
    this.#functions = this.#start();
    for (const alert of plot.alerts) this.#tell(alert);
  }

  async run(): Promise<Ended> {
    let steps = 0;
    while (steps < STEPS_MAX && (await this.#step())) steps += 1;
    return {
      plot: this.#plot,
      store: this.#store,
      queue: this.#queue,
      chat: this.#chat,
      cloud: this.#cloud,
      tests: this.#tests,
      policy,
      consents: this.#consents,
      clicks: this.#clicks,
      gates: this.#gates,
      crashes: this.#crashes,
      rested: steps < STEPS_MAX,
    };
  }

  close(): void {
    this.#process.kill();
    this.#database.close();
  }

  /** One thing happens; false when there is nothing left to happen. */
  async #step(): Promise<boolean> {
    // Every promise that can settle by itself has settled then: nothing here waits for the outside.
    await new Promise(setImmediate);
    this.#fillBag();
    const canStart = this.#bag.length > 0 && this.#inFlight.size < IN_FLIGHT_MAX;
    const { gates } = this.#process;
    if (gates.length === 0 && !canStart) return this.#timePasses('as-long-as-it-takes');
    if (this.#random.chance(DAWDLING)) return this.#timePasses(gates.length > 0 ? 'a-moment' : 'as-long-as-it-takes');
    if (gates.length > 0 && (!canStart || this.#random.chance(0.75))) this.#openOrDie();
    else this.#deliver(this.#random.takeFrom(this.#bag));
    return true;
  }

  /** Takes every message that is ready; looks only when there may be one. */
  #fillBag(): void {
    if (!this.#mayBeReady) return;
    this.#mayBeReady = false;
    for (const topic of TOPICS)
      for (let next = this.#queue.lease(topic); next !== undefined; next = this.#queue.lease(topic))
        this.#bag.push(next);
  }

  #openOrDie(): void {
    const gate = this.#random.takeFrom(this.#process.gates);
    this.#gates.push(gate.at);
    if (this.#plot.crashesAt.includes(this.#gates.length)) this.#crash();
    else gate.open();
  }

  #crash(): void {
    this.#crashes += 1;
    this.#process.kill();
    this.#process = new BotProcess();
    this.#bag = [];
    this.#inFlight = new Set();
    this.#isPatrolling = false;
    this.#queue.recover();
    this.#mayBeReady = true;
    this.#functions = this.#start();
  }

  #deliver(delivery: Delivery): void {
    const flights = this.#inFlight;
    flights.add(delivery.id);
    const end = (settle: () => void) => {
      // A dead process settles nothing: its messages were recovered.
      if (flights !== this.#inFlight) return;
      flights.delete(delivery.id);
      settle();
      this.#mayBeReady = true;
    };
    this.#functions.handle(delivery).then(
      () =>
        end(() => {
          if (this.#random.chance(this.#plot.repeating)) this.#queue.release(delivery.id, this.#random.below(90_000));
          else this.#queue.acknowledge(delivery.id);
        }),
      () => end(() => this.#queue.release(delivery.id, RETRY_MS * delivery.attempt)),
    );
  }

  /** Moves to the next moment at which something happens, or less far; false when nothing is left that could. */
  async #timePasses(how: 'a-moment' | 'as-long-as-it-takes'): Promise<boolean> {
    const { sleepers } = this.#process;
    const patrolAt = this.#isPatrolling ? undefined : this.#nextPatrol();
    const moments = [
      ...sleepers.map(({ until }) => Date.parse(until)),
      ...this.#later.moments().map((at) => Date.parse(at)),
      ...TOPICS.flatMap((topic) => {
        const inMs = this.#queue.nextInMs(topic);
        return inMs === undefined ? [] : [this.#nowMs + inMs];
      }),
      ...(patrolAt === undefined ? [] : [patrolAt]),
    ];
    const next = Math.max(this.#nowMs, Math.min(...moments));
    if (how === 'as-long-as-it-takes' && moments.length === 0) return this.#bag.length > 0;
    this.#mayBeReady = true;
    this.#nowMs = how === 'a-moment' ? Math.min(next, this.#nowMs + MOMENT_MS) : next;
    const now = this.#now();
    this.#process.wakeUntil(now);
    await this.#later.happenUntil(now);
    if (patrolAt !== undefined && patrolAt <= this.#nowMs) this.#patrol();
    return true;
  }

  /** Cloud Scheduler calls every full minute; the calls that would find nothing are left out. */
  #nextPatrol(): number | undefined {
    const { due, saved } = this.#earliest.get() ?? {};
    const wanted = [
      ...(typeof due === 'string' ? [Date.parse(due)] : []),
      ...(typeof saved === 'number' ? [saved + UNDELIVERED_MS] : []),
    ];
    if (wanted.length === 0) return undefined;
    return Math.ceil(Math.max(Math.min(...wanted), this.#nowMs + 1) / 60_000) * 60_000;
  }

  #patrol(): void {
    const life = this.#process;
    this.#isPatrolling = true;
    const end = () => {
      if (life === this.#process) this.#isPatrolling = false;
    };
    this.#functions.patrol().then(end, end);
  }

  #start(): Functions {
    const process = this.#process;
    const within = (name: string) => ({ process, name });
    const { reader: cloud, writer, prober } = this.#cloud;
    const parts = this.#tamper({
      store: this.#store,
      queue: this.#queue,
      clock: { now: async () => this.#now(), sleepUntil: (until) => process.sleepUntil(until) },
      cloud,
      writer,
      prober,
      vpcProber: withoutProbes,
      testRuns: this.#tests,
      chat: this.#chat,
      policy,
      nowMs: () => this.#nowMs,
      waitMs: (ms) => process.sleepUntil(instant(this.#nowMs + ms)),
    });
    return functionsOver({
      ...parts,
      store: gated(parts.store, STORE_WRITES, within('store')),
      queue: gated(parts.queue, ['publish'], within('queue')),
      testRuns: gated(parts.testRuns, ['start'], within('tests')),
      writer: gated(parts.writer, ['updateConnector', 'updateTraffic'], within('cloud')),
      chat: gated(parts.chat, ['post', 'update', 'whisper', 'updateModal'], within('chat')),
    });
  }

  #tell({ afterSeconds, incident, state }: AlertTold): void {
    const resource = cloudRun({ service_name: 'backend', project_id: projectOfAlert(incident) });
    const told = backend5xx({ incident_id: `0.${incident}`, state, started_at: Date.parse(NOW) / 1000, resource });
    this.#after(afterSeconds, () => this.#queue.publish('alerts', [{ data: JSON.stringify(told), attributes: {} }]));
  }

  /** Somebody sees a plan that they have not seen before. */
  #seen(value: string, channel: string): void {
    if (this.#offered.has(value)) return;
    this.#offered.add(value);
    const { persona, trouble, deciding } = this.#plot;
    const untilTogetherMs = TOGETHER_EVERY_MS - (this.#nowMs % TOGETHER_EVERY_MS);
    const delaySeconds = deciding === 'at-once' ? 20 + untilTogetherMs / 1000 : 20 + this.#random.below(300);
    for (const { afterSeconds, click } of reactions(persona, value, channel, delaySeconds))
      this.#after(afterSeconds, () => this.#click(click));
    if (trouble.change === 'meets-another' && this.#offered.size === 1)
      this.#after(delaySeconds - 5 + this.#random.below(10), async () => this.#cloud.meddle());
  }

  async #click(click: Click): Promise<void> {
    this.#clicks.push(click);
    if (click.kind === 'approve' && NAMED.includes(click.user))
      this.#consents.push({ user: click.user, at: this.#now(), digest: click.digest });
    await this.#queue.publish('clicks', [{ data: JSON.stringify(click), attributes: {} }]);
  }

  #after(seconds: number, happen: () => Promise<void>): void {
    this.#later.add(plusSeconds(this.#now(), seconds), happen);
  }

  #now = (): Instant => instant(this.#nowMs);
}
