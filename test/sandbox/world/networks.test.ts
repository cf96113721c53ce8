import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { querySeries } from '../../../sandbox/world/metrics/query.ts';
import type { World } from '../../../sandbox/world/world.ts';

const START_MS = Date.parse('2026-11-23T02:00:00Z');

function play(name: string, seconds: number): World {
  const scenario = structuredClone(loadScenario(name));
  scenario.estate.historySeconds = 600;
  const world = createWorld(scenario, START_MS);
  world.advanceTo(START_MS + seconds * 1000);
  return world;
}

const lines = (world: World, service: string): string[] =>
  world.state.ledger.lines.flatMap((line) => (line.service === service && line.text !== undefined ? [line.text] : []));
const audited = (world: World) =>
  world.state.ledger.lines.flatMap(({ protoPayload }) => {
    const method = protoPayload?.['methodName'];
    return typeof method === 'string' && !method.includes('Service') ? [method] : [];
  });
const stateOf = (world: World, service: string) =>
  world.snapshot().services.find(({ name }) => name === service)?.state;

describe('what someone does to a network is felt, and stands in the activity log', () => {
  test.each([
    ['firewall-egress-deny', 'backend', 'dial tcp 10.20.0.3:5432: i/o timeout', 'v1.compute.firewalls.insert'],
    ['peering-removed', 'backend', 'dial tcp 10.20.0.3:5432: i/o timeout', 'v1.compute.networks.removePeering'],
    ['default-route-removed', 'backend', 'Error: connect ETIMEDOUT 203.0.113.10:443', 'v1.compute.routes.delete'],
    ['egress-without-nat', 'backend', 'Error: connect ETIMEDOUT 203.0.113.10:443', 'v1.compute.routers.patch'],
    [
      'private-dns-record-deleted',
      'auth',
      'Error: getaddrinfo ENOTFOUND db.staging.acme.internal',
      'dns.changes.create',
    ],
    ['private-dns-record-wrong', 'auth', 'dial tcp 10.20.9.9:5432: i/o timeout', 'dns.changes.create'],
    [
      'connector-deleted',
      'backend',
      'dial tcp 10.20.0.3:5432: i/o timeout',
      'google.cloud.vpcaccess.v1.VpcAccessService.DeleteConnector',
    ],
  ])('%s', (name, service, line, method) => {
    const world = play(name, 90);
    expect(stateOf(world, service)).not.toBe('serving');
    expect(lines(world, service)).toContain(line);
    if (!method.includes('Service')) expect(audited(world)).toEqual([method]);
  });
});

describe('a connector that is replaced', () => {
  const steps = (world: World) =>
    world.state.ledger.lines.flatMap(({ protoPayload, operation }) => {
      const method = String(protoPayload?.['methodName']);
      if (!method.includes('VpcAccessService')) return [];
      const part = Object.keys(operation ?? {}).filter((key) => key === 'first' || key === 'last');
      return [[method.split('.').at(-1), ...part, ...(protoPayload?.['status'] === undefined ? [] : ['refused'])]];
    });

  test('is away where its like is refused', () => {
    const world = play('connector-recreate-refused', 90);
    expect(world.state.connectors.size).toBe(0);
    expect(steps(world)).toEqual([['DeleteConnector'], ['CreateConnector', 'refused']]);
    expect(stateOf(world, 'backend')).not.toBe('serving');
  });

  test('carries nothing while it is made, and ends in ERROR without quota for its machines', () => {
    const world = play('connector-recreate-without-quota', 90);
    const state = () => world.state.connectors.get('staging-connector')?.state;
    expect([state(), stateOf(world, 'backend')]).toEqual(['CREATING', 'down']);
    world.advanceTo(START_MS + 200_000);
    expect(state()).toBe('ERROR');
    expect(steps(world)).toEqual([
      ['DeleteConnector'],
      ['CreateConnector', 'first'],
      ['CreateConnector', 'last', 'refused'],
    ]);
  });
});

test('what is undone heals by itself', () => {
  const world = play('recovering-firewall-undone', 430);
  expect(stateOf(world, 'backend')).toBe('down');
  world.advanceTo(START_MS + 700_000);
  expect(stateOf(world, 'backend')).toBe('serving');
  expect(audited(world)).toEqual(['v1.compute.firewalls.insert', 'v1.compute.firewalls.delete']);
});

test('a NAT gateway runs out of ports to one destination, says so four minutes late, and more ports heal it', () => {
  const world = play('nat-exhausted', 300);
  const { state } = world;
  const dropped = () =>
    querySeries(state, {
      filter: 'metric.type="router.googleapis.com/nat/dropped_sent_packets_count"',
      startMs: START_MS,
      endMs: state.nowMs,
      aligner: 'ALIGN_DELTA',
      periodSeconds: 60,
      reducer: 'REDUCE_SUM',
      groupBy: [],
    })[0]?.points ?? [];
  expect(stateOf(world, 'backend')).not.toBe('serving');
  expect(stateOf(world, 'auth')).toBe('serving');
  expect(dropped().every(({ endMs }) => endMs <= state.nowMs - 225_000)).toBe(true);
  world.advanceTo(START_MS + 600_000);
  expect(dropped().length).toBeGreaterThan(0);
  const nat = state.networks.get('staging')?.nat;
  if (nat) nat.config = { ...nat.config, minPortsPerVm: 8192 };
  world.advanceTo(START_MS + 780_000);
  expect(stateOf(world, 'backend')).toBe('serving');
});

test('Direct VPC egress without a port fails at once, as unreachable', () => {
  const world = play('nat-exhausted-direct-vpc', 500);
  expect(lines(world, 'backend')).toContain('Error: connect EHOSTUNREACH 198.51.100.24:443');
});

test('a full subnetwork starts no instance more, and those that run go on', () => {
  const world = play('direct-vpc-subnet-full', 240);
  expect(
    lines(world, 'backend').some((text) => text.includes('insufficient free IP addresses in the subnetwork run')),
  ).toBe(true);
  expect(world.snapshot().services.find(({ name }) => name === 'backend')?.instancesReady).toBe(8);
});

test('a deploy that leaves the network out cannot reach what is private', () => {
  const world = play('deploy-without-vpc', 150);
  expect(stateOf(world, 'backend')).toBe('down');
  expect(stateOf(world, 'auth')).toBe('serving');
});
