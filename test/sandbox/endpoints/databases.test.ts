import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DatabaseEndpoints, KNOWN_GOOD, startDatabases } from '../../../sandbox/endpoints/databases.ts';
import { firewall } from '../../../sandbox/scenarios/estate-network.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { vpcProbe } from '../../../shared/adapters/probe/vpc-probe.ts';
import { CONNECTOR, environment } from '../../builders/evidence.ts';
import { brief } from '../google/serve-google.ts';

const START_MS = Date.parse('2026-11-23T03:00:00.000Z');
const unhurried = new AbortController().signal;

let endpoints: DatabaseEndpoints;
afterEach(() => endpoints.close());

async function opened(causes: ReturnType<typeof brief>['causes'] = []): Promise<World> {
  const world = createWorld({ ...brief('healthy'), causes }, START_MS);
  endpoints = await startDatabases(world);
  return world;
}

/** Until they fare so: what became of the world reaches their thread a moment later. */
const see = (through: string, wanted: readonly unknown[]) =>
  vi.waitFor(async () => expect(await looks(through)).toEqual(wanted), { timeout: 20_000, interval: 50 });

/** What the real clients make of it, from one way into the VPC. */
async function looks(through: string) {
  const common = {
    instance: undefined,
    services: undefined,
    login: undefined,
    encryption: 'none',
    timeoutMs: 700,
  } as const;
  const probe = vpcProbe({
    environments: [
      {
        ...environment,
        databases: [
          { name: 'postgres', kind: 'postgresql', address: '10.20.0.3:5432', ...common },
          { name: 'redis', kind: 'redis', address: '10.20.0.4:6379', ...common },
        ],
        probes: [{ name: 'probe', url: 'https://p.test/', through, knownGood: KNOWN_GOOD }],
      },
    ],
    only: undefined,
    connectTo: endpoints.vpcConnectTo,
  });
  const report = await probe.look({ environment: 'staging', probe: 'probe', look: 'databases' }, unhurried);
  return [report.knownGood.answered, ...report.databases.map(({ outcome }) => outcome)];
}

const down = (how: 'refuses' | 'times-out', until?: number) => ({
  type: 'database-down' as const,
  at: 5,
  until,
  database: 'postgres',
  how,
});

const deny = (targetTags: string[]) =>
  firewall.parse({ name: 'no-postgres', direction: 'EGRESS', action: 'DENY', ranges: ['10.20.0.3/32'], targetTags });

describe('databases of the sandbox, asked by the real clients', () => {
  it('answer SELECT 1 and PING, by both ways', async () => {
    await opened();
    await see('direct-vpc', [true, 'answered', 'answered']);
    await see(CONNECTOR, [true, 'answered', 'answered']);
  });

  it('refuse while their process is down, and answer again', async () => {
    const world = await opened([down('refuses', 20)]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    await see('direct-vpc', [true, 'refused', 'answered']);
    world.advanceTo(START_MS + 25_000);
    endpoints.follow();
    await see('direct-vpc', [true, 'answered', 'answered']);
  });

  it('say nothing while their machine hangs', async () => {
    const world = await opened([down('times-out')]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    await see('direct-vpc', [true, 'timed-out', 'answered']);
  });

  it('are full when their slots are', async () => {
    const world = await opened([{ type: 'database-connections', at: 5, database: 'postgres', count: 900 }]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    await see('direct-vpc', [true, 'too-many-connections', 'answered']);
  });

  it.each<[string, ReturnType<typeof brief>['causes'][number], readonly unknown[]]>([
    [
      'a firewall rule',
      { type: 'firewall-added', at: 5, network: 'staging', by: 'ops@acme.example', rule: deny([]) },
      [true, 'timed-out', 'answered'],
    ],
    [
      'the end of the peering',
      { type: 'peering-removed', at: 5, network: 'staging', by: 'ops@acme.example', side: 'ours' },
      [true, 'timed-out', 'timed-out'],
    ],
  ])('are cut off by %s, from both ways', async (_, cause, wanted) => {
    const world = await opened([cause]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    await see('direct-vpc', wanted);
    await see(CONNECTOR, wanted);
  });

  it('are cut off by a rule for connectors from behind one alone, and by a connector that is gone', async () => {
    const rule = deny(['vpc-connector']);
    const world = await opened([
      { type: 'firewall-added', at: 5, network: 'staging', by: 'ops@acme.example', rule },
      { type: 'connector-deleted', at: 15, connector: 'staging-connector', by: 'ops@acme.example' },
    ]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    await see(CONNECTOR, [true, 'timed-out', 'answered']);
    await see('direct-vpc', [true, 'answered', 'answered']);
    world.advanceTo(START_MS + 20_000);
    endpoints.follow();
    await see(CONNECTOR, [true, 'timed-out', 'timed-out']);
  });

  it('are cut off with everything else behind a connector in error, and reached past it', async () => {
    const world = await opened([{ type: 'connector-changed', at: 5, connector: 'staging-connector', state: 'ERROR' }]);
    world.advanceTo(START_MS + 10_000);
    endpoints.follow();
    // This machine accepts what the world loses, so that the known-good target seems to answer.
    await see(CONNECTOR, [true, 'timed-out', 'timed-out']);
    await see('direct-vpc', [true, 'answered', 'answered']);
  });
});
