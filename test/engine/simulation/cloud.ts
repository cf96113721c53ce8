import { type Instant, instant, plusSeconds } from '../../../shared/ports/clock.ts';
import type {
  CloudReader,
  CloudWriter,
  Connector,
  LogEntry,
  LogQuery,
  SeriesQuery,
  TrafficShare,
} from '../../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import type { HttpResult, Prober } from '../../../shared/ports/prober.ts';
import { at, CONNECTOR, networkView, revision, service } from '../../builders/evidence.ts';
import { emptyProject } from '../../builders/ports.ts';
import type { Random } from './random.ts';

/** What is wrong, and what the change that answers it will bring. */
export interface Trouble {
  readonly kind: 'connector-full' | 'release-broken';
  readonly change: 'heals' | 'does-nothing' | 'makes-worse' | 'fails' | 'meets-another';
  /** How likely a call to the platform fails; of the writes that fail, half took effect all the same. */
  readonly failing: number;
}

/** One accepted write, as the platform saw it. */
export interface Write {
  readonly target: string;
  readonly after: unknown;
  readonly at: Instant;
  readonly endsAt: Instant;
  /** false: its operation ended in an error, and nothing was changed. */
  readonly tookEffect: boolean;
}

const noCertificates = async (name: string): Promise<never> => {
  throw new PlatformFailure('failed-precondition', `nothing here presents ${name}`);
};

const SERVICES = ['auth', 'backend', 'frontend'];
/** The trouble is this old when the story begins. */
const BEGAN = at(-600);
const OPERATION_SECONDS = 60;
const HEALS_AFTER_SECONDS = 30;
const FAILURE_EVERY_SECONDS = 30;
const NEVER = at(1e7);

/** A project with three services behind one connector: just enough cause and effect for rules, actions and verification to be the real ones. */
export class SimulatedCloud {
  readonly writes: Write[] = [];
  readonly #trouble: Trouble;
  readonly #random: Random;
  readonly #now: () => Instant;
  readonly #operations = new Map<string, Instant>();
  #connector = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 };
  #traffic: readonly TrafficShare[] = [{ revision: 'LATEST', percent: 100 }];
  #etag = 1;
  #busyUntil = at(-1e6);
  #endsAt = NEVER;
  #worse: { from: Instant; to: Instant } | undefined;

  constructor(trouble: Trouble, random: Random, now: () => Instant) {
    this.#trouble = trouble;
    this.#random = random;
    this.#now = now;
  }

  /** Somebody else changes what a plan may be about to change. */
  meddle(): void {
    if (this.#trouble.kind === 'connector-full') this.#connector = { ...this.#connector, instancesMax: 4 };
    else this.#traffic = [{ revision: 'backend-00003', percent: 100 }];
    this.#etag += 1;
  }

  get reader(): CloudReader {
    return {
      ...emptyProject,
      services: async () => this.#answer(() => SERVICES.map((name) => this.#service(name))),
      service: async (name) => this.#answer(() => this.#service(name.split('/').at(-1) ?? '')),
      revisions: async (name) => this.#answer(() => this.#service(name.split('/').at(-1) ?? '').revisions),
      regionRevisions: async () =>
        this.#answer(() => ({
          revisions: SERVICES.flatMap((name) => this.#service(name).revisions),
          truncated: false,
        })),
      connector: async () => this.#answer(() => this.#connectorNow()),
      network: async (name) => this.#answer(() => ({ name, peerings: [] })),
      routes: async () => this.#answer(() => networkView().routes),
      series: async (query) => this.#answer(() => this.#series(query)),
      logs: async (query) => this.#answer(() => ({ entries: this.#logs(query), truncated: false })),
    };
  }

  get writer(): CloudWriter {
    return {
      updateConnector: async (target, after) =>
        this.#write({ target, after, etag: undefined }, () => {
          this.#connector = after;
        }),
      updateTraffic: async ({ name, etag }, traffic) =>
        this.#write({ target: name, after: { traffic }, etag }, () => {
          this.#traffic = traffic;
        }),
      changeService: async ({ name }) => {
        throw new PlatformFailure('failed-precondition', `nothing here answers a restart of ${name}`);
      },
      createConnector: async (name) => {
        throw new PlatformFailure('failed-precondition', `nothing here asks for a connector ${name}`);
      },
      changeHealthCheck: async (name) => {
        throw new PlatformFailure('failed-precondition', `nothing here is checked by ${name}`);
      },
      changeNatPorts: async (gateway) => {
        throw new PlatformFailure('failed-precondition', `nothing here goes out by ${gateway}`);
      },
      createManagedCertificate: noCertificates,
      setProxyCertificates: noCertificates,
      setProxyCertificateMap: noCertificates,
      operation: async (name) =>
        this.#answer(() => {
          const ends = this.#operations.get(name);
          if (ends === undefined) throw new PlatformFailure('not-found', `no operation ${name}`);
          if (this.#now() < ends) return { done: false } as const;
          const error = this.#trouble.change === 'fails' ? 'internal error' : undefined;
          return { done: true, error } as const;
        }),
    };
  }

  get prober(): Prober {
    return {
      http: async (): Promise<HttpResult> => {
        const status = this.#fails('frontend', this.#now()) ? 503 : 200;
        return { connected: true, status, latencyMs: 12, body: '', headers: {} };
      },
      webSocket: async () => ({ opened: true, echoed: undefined, latencyMs: 12 }),
      tls: async () => ({ connected: false, failure: 'refused', detail: 'nothing here speaks TLS' }),
      dns: async () => ({ kind: 'no-such-name' }),
    };
  }

  #answer<T>(read: () => T): T {
    if (this.#random.chance(this.#trouble.failing)) throw unavailable();
    return read();
  }

  #write(
    write: Pick<Write, 'target' | 'after'> & { readonly etag: string | undefined },
    apply: () => void,
  ): { operation: string } {
    const fails = this.#random.chance(this.#trouble.failing);
    if (fails && this.#random.chance(0.5)) throw unavailable();
    if (write.etag !== undefined && write.etag !== this.#etagNow())
      throw new PlatformFailure('conflict', `version ${write.etag} was specified, current is ${this.#etagNow()}`);
    const now = this.#now();
    const operation = `projects/acme-staging/locations/us-central1/operations/${this.writes.length + 1}`;
    const tookEffect = this.#trouble.change !== 'fails';
    const endsAt = plusSeconds(now, OPERATION_SECONDS);
    this.writes.push({ target: write.target, after: write.after, at: now, endsAt, tookEffect });
    this.#etag += 1;
    this.#busyUntil = endsAt;
    this.#operations.set(operation, this.#busyUntil);
    if (tookEffect) {
      apply();
      this.#takeEffect(this.#busyUntil);
    }
    if (fails) throw unavailable();
    return { operation };
  }

  #takeEffect(from: Instant): void {
    const { change } = this.#trouble;
    if (change === 'heals' || change === 'meets-another') this.#endsAt = plusSeconds(from, HEALS_AFTER_SECONDS);
    if (change !== 'makes-worse') return;
    // What makes it worse ends when it is put back.
    this.#worse = this.#worse === undefined ? { from, to: NEVER } : { ...this.#worse, to: from };
  }

  #etagNow = (): string => `"${this.#etag}"`;

  #connectorNow(): Connector {
    const state = this.#now() < this.#busyUntil ? 'updating' : 'ready';
    const where = { network: 'staging', ipCidrRange: '10.8.0.0/28', subnetwork: undefined };
    return { name: CONNECTOR, state, ...this.#connector, ...where };
  }

  #service(name: string) {
    if (name !== 'backend' || this.#trouble.kind !== 'release-broken') return service(name);
    const share = this.#traffic[0]?.revision ?? 'LATEST';
    const newest = revision('backend-00003', plusSeconds(BEGAN, -20));
    return service(name, {
      etag: this.#etagNow(),
      reconciling: this.#now() < this.#busyUntil,
      traffic: this.#traffic,
      serving: [{ revision: share === 'LATEST' ? newest.shortName : share, percent: 100 }],
      latestReadyRevision: newest.name,
      latestCreatedRevision: newest.name,
      revisions: [newest, revision('backend-00002', at(-86_400))],
    });
  }

  #fails(name: string, when: Instant): boolean {
    const worse = this.#worse !== undefined && when >= this.#worse.from && when < this.#worse.to;
    const hit = this.#trouble.kind === 'connector-full' || name === 'backend' || worse;
    return hit && when >= BEGAN && when < this.#endsAt;
  }

  #logs({ filter, from, to }: LogQuery): LogEntry[] {
    const kind = kindOf(filter);
    if (kind === undefined) return [];
    const moments: Instant[] = [];
    const first = Math.ceil(Date.parse(from) / (FAILURE_EVERY_SECONDS * 1000)) * FAILURE_EVERY_SECONDS * 1000;
    for (let ms = first; ms <= Date.parse(to); ms += FAILURE_EVERY_SECONDS * 1000) moments.push(instant(ms));
    return moments
      .flatMap((when) =>
        SERVICES.filter((name) => this.#fails(name, when)).flatMap((name) => this.#entry(kind, name, when)),
      )
      .reverse();
  }

  #entry(kind: 'requests' | 'system' | 'application', name: string, when: Instant): LogEntry[] {
    const isRelease = this.#trouble.kind === 'release-broken';
    const serving = isRelease && name === 'backend' ? 'backend-00003' : `${name}-00002`;
    const entry = { at: when, log: kind, service: name, revision: serving, latencyMs: 20 };
    if (kind === 'requests') return [{ ...entry, severity: 'ERROR', text: '', instanceId: 'i-1', httpStatus: 503 }];
    const told = { ...entry, instanceId: 'i-1', httpStatus: undefined };
    if (kind === 'system')
      return isRelease ? [{ ...told, severity: 'WARNING', text: 'Container called exit(1).' }] : [];
    return isRelease ? [] : [{ ...told, severity: 'ERROR', text: 'connect ETIMEDOUT 10.20.0.3:5432' }];
  }

  /** Requests by service and class: what is served before the trouble and after it, and what fails in between. */
  #requests(minutes: readonly Instant[]) {
    return SERVICES.flatMap((name) =>
      ['2xx', '5xx'].flatMap((responseClass) => {
        const points = minutes
          .filter((when) => this.#fails(name, when) === (responseClass === '5xx'))
          .map((when) => ({ at: when, value: responseClass === '5xx' ? 2 : 60 }));
        const labels = { service_name: name, revision_name: `${name}-00002`, response_code_class: responseClass };
        return points.length === 0 ? [] : [{ labels, points }];
      }),
    );
  }

  #series({ filter, from, to }: SeriesQuery) {
    // Most of what is asked for is not measured here.
    if (!MEASURED.some((metric) => filter.includes(metric))) return [];
    const value = (when: Instant): number | undefined => {
      const full = this.#trouble.kind === 'connector-full' && when >= BEGAN && when < this.#endsAt;
      if (filter.includes('_bytes_count')) return ((full ? 297 : 60) * 1e6) / 8;
      if (filter.includes('connector/instances')) return full ? 3 : 2;
      return filter.includes('connector/cpu') ? 0.5 : undefined;
    };
    const minutes: Instant[] = [];
    for (let ms = Math.ceil(Date.parse(from) / 60_000) * 60_000; ms <= Date.parse(to); ms += 60_000)
      minutes.push(instant(ms));
    if (filter.includes('request_count')) return this.#requests(minutes);
    const points = minutes.flatMap((when) => {
      const found = value(when);
      return found === undefined ? [] : [{ at: when, value: found }];
    });
    const labels = { connector_name: 'staging-connector', location: 'us-central1' };
    return points.length === 0 ? [] : [{ labels, points }];
  }
}

const MEASURED = ['request_count', '_bytes_count', 'connector/instances', 'connector/cpu'] as const;

/** The logs of this project: requests, the platform's lines and the applications'; nobody audits or balances anything in it. */
function kindOf(filter: string): 'requests' | 'system' | 'application' | undefined {
  if (filter.includes('Frequests')) return 'requests';
  if (filter.includes('varlog')) return 'system';
  return filter.includes('Fstderr') ? 'application' : undefined;
}

const unavailable = () => new PlatformFailure('unavailable', 'the platform did not answer');
