import type { Check, Database, Environment, Probe } from '../../policy/policy.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { DatabaseLook, KnownGoodLook, ProbeReport, ProbeRequest, VpcProber } from '../../ports/vpc-prober.ts';
import { awakeDeadline } from './awake-deadline.ts';
import { type Address, connectTo } from './connect-to.ts';
import { brokenBy, type Handshake, knock, type Shaken, shakeHands } from './handshake.ts';
import { mysqlHandshake } from './mysql-handshake.ts';
import { postgresqlHandshake } from './postgresql-handshake.ts';
import type { ProbeOptions } from './probe-options.ts';
import { prober } from './prober.ts';
import { redisHandshake } from './redis-handshake.ts';

export interface VpcProbeOptions extends Omit<ProbeOptions, 'connectTo'> {
  readonly environments: readonly Environment[];
  /** The one probe that this is, by its name; undefined: all that the configuration names, as on a laptop. */
  readonly only: string | undefined;
  /** As ProbeOptions.connectTo, by the way into the VPC. */
  readonly connectTo: Readonly<Record<string, readonly string[]>>;
}

/** A probe that stands in the VPC knows it by one connection; a second would say nothing more. */
const KNOWN_GOOD_TIMEOUT_MS = 3_000;

const SHAKES: Readonly<Record<Database['kind'], (made: Handshake) => Promise<Shaken>>> = {
  postgresql: postgresqlHandshake,
  mysql: mysqlHandshake,
  redis: redisHandshake,
};

/** Looks from where it runs, at nothing but what its configuration names. */
export function vpcProbe(options: VpcProbeOptions): VpcProber {
  return {
    async look(request, abort) {
      const { environment, probe } = found(request, options);
      const rules = options.connectTo[probe.through] ?? [];
      const addressOf = (target: string): Address => connectTo(rules)(parsed(target));
      const knownGood = await knowsItsWay(addressOf(probe.knownGood), abort);
      if (!knownGood.answered) return { knownGood, databases: [], checks: [] };
      if (request.look === 'checks') return { knownGood, databases: [], checks: await checked(environment, rules) };
      const databases = environment.databases.filter(({ address }) => address !== undefined);
      return { knownGood, checks: [], databases: await Promise.all(databases.map((one) => shaken(one, addressOf))) };

      function checked(
        { checks }: Environment,
        connectToRules: readonly string[],
      ): Promise<ProbeReport['checks'][number][]> {
        const looker = prober({ ...options, connectTo: connectToRules });
        return Promise.all(
          checks.filter(isHttpFromVpc).map(async ({ name, url, timeoutMs, auth }) => {
            const asked = { url, method: 'GET', headers: {}, body: undefined, timeoutMs, auth };
            return { check: name, result: await looker.http(asked, abort) };
          }),
        );
      }

      async function shaken(database: Database, at: (target: string) => Address): Promise<DatabaseLook> {
        const { name, kind, login, encryption, timeoutMs } = database;
        const deadline = awakeDeadline(timeoutMs);
        const { elapsedMs } = deadline;
        const end = AbortSignal.any([abort, deadline.signal]);
        try {
          const password = login?.secret === undefined ? undefined : await secretNamed(login.secret, options);
          const address = at(database.address ?? '');
          const who = login && { user: login.user, database: login.database, password };
          return await shakeHands(name, { address, encryption, login: who, end, elapsedMs }, SHAKES[kind]);
        } catch (error) {
          // Without its secret the handshake is not made, and the others are.
          if (!(error instanceof PlatformFailure)) throw error;
          const nothing = { tcpMs: undefined, tlsMs: undefined, totalMs: elapsedMs() };
          return { database: name, outcome: 'not-made', detail: error.message, ...nothing };
        } finally {
          deadline.done();
        }
      }
    },
  };
}

type HttpCheck = Extract<Check, { readonly kind: 'http' }>;
const isHttpFromVpc = (check: Check): check is HttpCheck => check.kind === 'http' && check.vantage === 'vpc';

/** @throws PlatformFailure for whatever is not in its own configuration. */
function found(
  request: ProbeRequest,
  { environments, only }: VpcProbeOptions,
): { readonly environment: Environment; readonly probe: Probe } {
  const environment = environments.find(({ name }) => name === request.environment);
  const probe = environment?.probes.find(({ name }) => name === request.probe);
  if (environment === undefined || probe === undefined || (only !== undefined && only !== probe.name))
    throw new PlatformFailure('not-found', `no probe ${request.probe} of environment ${request.environment} here`);
  return { environment, probe };
}

/** A refusal is an answer too: it came from there. */
async function knowsItsWay(address: Address, abort: AbortSignal): Promise<KnownGoodLook> {
  const deadline = awakeDeadline(KNOWN_GOOD_TIMEOUT_MS);
  const made: Handshake = {
    address,
    encryption: 'none',
    login: undefined,
    end: AbortSignal.any([abort, deadline.signal]),
    elapsedMs: deadline.elapsedMs,
  };
  try {
    return { answered: true, detail: `answered in ${Math.round(await knock(made))} ms` };
  } catch (error) {
    const { outcome, detail } = brokenBy(error, made);
    return { answered: outcome === 'refused', detail: `${outcome}: ${detail}` };
  } finally {
    deadline.done();
  }
}

async function secretNamed(name: string, { secret }: VpcProbeOptions): Promise<string> {
  if (secret === undefined) throw new PlatformFailure('failed-precondition', `nothing here gives the secret ${name}`);
  return secret(name);
}

function parsed(target: string): Address {
  const colon = target.lastIndexOf(':');
  return { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
}
