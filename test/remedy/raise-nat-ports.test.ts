import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { raiseNatPorts } from '../../shared/remedy/raise-nat-ports.ts';
import { at, environment, nat, networkView, points } from '../builders/evidence.ts';
import { reading, recording, unhurried } from '../builders/ports.ts';

const GATEWAY = 'projects/acme-staging/regions/us-central1/routers/staging-router/nats/staging-nat';
const { bounds } = environment;

const cause: Cause = {
  rule: 'nat-exhausted',
  layer: 'infrastructure',
  explains: [],
  target: GATEWAY,
  claim: 'it is full',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
};

/** As many machines as have this many ports together. */
const given = (ports: number) => points([ports, ports], at(-60));

const propose = (over: Parameters<typeof nat>[0], target = GATEWAY) =>
  raiseNatPorts.propose({
    cause: { ...cause, target },
    seen: { network: { ways: [], networks: [networkView({ gateways: [nat(over)] })] } },
    environment,
    mark: 'inc-1-1',
  });

describe('raise-nat-ports', () => {
  it.each([
    ['four times as many where the addresses give them', { allocatedPorts: given(640) }, 256],
    ['up to the last machine that they give room for', { allocatedPorts: given(126 * 64) }, 256],
    ['twice as many beyond that', { allocatedPorts: given(127 * 64) }, 128],
    ['as much where nobody said whether any got none', { allocationFailed: [], allocatedPorts: given(640) }, 256],
    ['from what Google rounds up to', { minPortsPerVm: 50, allocatedPorts: given(640) }, 256],
    [
      'never more than a machine may have',
      { minPortsPerVm: 32_768, addresses: 9, allocatedPorts: given(32_768) },
      65_536,
    ],
  ])('gives %s', (_, over, ports) => {
    expect(propose(over)).toMatchObject({
      kind: 'proposed',
      change: { target: GATEWAY, etag: undefined, after: { minPortsPerVm: ports, maxPortsPerVm: null } },
      prospect: { fit: 'mends', risk: 'low', costUsdPerMonth: 0, undo: { kind: 'restore-before' } },
    });
  });

  it('says how many machines the addresses serve then, and how it is made permanent', () => {
    expect(propose({ allocatedPorts: given(640), addresses: 2 })).toMatchObject({
      prospect: {
        summary: {
          title: 'Raise the ports of staging-nat',
          before: '64 ports for each machine',
          after: '256 ports for each machine',
        },
        whatCouldGoWrong: expect.stringContaining('serve 504 machines at most; 10 were seen'),
        permanent: {
          gcloud:
            'gcloud compute routers nats update staging-nat --router=staging-router --project=acme-staging --region=us-central1 --min-ports-per-vm=256',
          terraform: 'resource "google_compute_router_nat" "staging_nat" {\n  min_ports_per_vm = 256\n}',
        },
      },
    });
  });

  it('tells the price of the addresses that a gateway then takes by itself', () => {
    expect(propose({ addresses: undefined, allocatedPorts: given(64 * 504) })).toMatchObject({
      // 504 machines: 1 address with 64 ports each, 2 with 256.
      prospect: { costUsdPerMonth: 3.65, whatCouldGoWrong: expect.stringContaining('more addresses by itself') },
    });
  });

  it('raises the most where ports are given as they are needed', () => {
    const dynamic = { minPortsPerVm: 64, maxPortsPerVm: 1024, allocatedPorts: given(2048) };
    expect(propose(dynamic)).toMatchObject({
      change: { before: { minPortsPerVm: 64, maxPortsPerVm: 1024 }, after: { minPortsPerVm: 64, maxPortsPerVm: 4096 } },
      prospect: {
        risk: 'medium',
        costUsdPerMonth: 0,
        summary: { before: '64 to 1024 ports for each machine', after: '64 to 4096 ports for each machine' },
        permanent: {
          terraform: expect.stringContaining('max_ports_per_vm = 4096\n  enable_dynamic_port_allocation = true'),
        },
      },
    });
    expect(propose({ ...dynamic, maxPortsPerVm: 32_768 })).toMatchObject({
      change: { after: { maxPortsPerVm: 65_536 } },
    });
    expect(propose({ ...dynamic, addresses: undefined })).toMatchObject({ prospect: { costUsdPerMonth: 'unknown' } });
  });

  it.each([
    ['what was not seen', {}, 'projects/p/regions/r/routers/x/nats/y', 'was not observed'],
    [
      'where nobody counted its ports',
      {},
      GATEWAY,
      'how many machines share the addresses of staging-nat is not known',
    ],
    ['where the count is empty', { allocatedPorts: [] }, GATEWAY, 'is not known'],
    [
      'where machines got no ports at all',
      { allocationFailed: points([0, 1], at(-60)), allocatedPorts: given(640) },
      GATEWAY,
      'it needs more addresses',
    ],
    [
      'where the addresses give no room',
      { allocatedPorts: given(253 * 64) },
      GATEWAY,
      '1 address of staging-nat give 64512 ports: with 128 for each they serve 504 machines, and 253 were seen',
    ],
    ['where two addresses give no room', { addresses: 2, allocatedPorts: given(505 * 64) }, GATEWAY, '2 addresses of'],
    [
      'more than a machine may have',
      { minPortsPerVm: 65_536, allocatedPorts: given(640) },
      GATEWAY,
      'no machine more than 65536',
    ],
    [
      'more than a machine may have, as they are needed',
      { maxPortsPerVm: 65_536, allocatedPorts: given(640) },
      GATEWAY,
      'no machine more than 65536',
    ],
    [
      'where all ports are given out',
      { maxPortsPerVm: 1024, allocatedPorts: given(58_061) },
      GATEWAY,
      '58061 of the 64512 ports of staging-nat are given out',
    ],
  ])('refuses %s', (_, over, target, reason) => {
    expect(propose(over, target)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('still raises the most where nine in ten ports are not yet given out', () => {
    expect(propose({ maxPortsPerVm: 1024, allocatedPorts: given(58_060) }).kind).toBe('proposed');
  });

  const ports = (minPortsPerVm: number, maxPortsPerVm: number | null = null) => ({ minPortsPerVm, maxPortsPerVm });
  it.each([
    [ports(2), ports(2), undefined],
    [ports(1), ports(1), '2 to 65536 ports, not 1'],
    [ports(65_536), ports(64), undefined],
    [ports(65_537), ports(64), 'not 65537'],
    [ports(64.5), ports(64), 'not 64.5'],
    [ports(32, 64), ports(32, 64), undefined],
    [ports(16, 64), ports(16, 64), 'powers of two from 32'],
    [ports(64, 64), ports(32, 64), 'the minimum below the maximum'],
    [ports(48, 64), ports(32, 64), 'powers of two'],
    [ports(32, 96), ports(32, 64), 'powers of two'],
    [ports(32, 65_536), ports(32, 64), undefined],
    [ports(32, 131_072), ports(32, 64), 'to 65536'],
    [ports(64), ports(128), 'ports are only raised: the gateway has 128 ports for each machine'],
    [ports(32, 64), ports(32, 128), 'ports are only raised'],
    [ports(64, 128), ports(64), 'another way of giving them out'],
    [ports(64), ports(64, 128), 'another way of giving them out'],
  ])('%j where %j stands: %s', (after, present, refusal) => {
    const said = raiseNatPorts.outOfLimits?.({ after, present, bounds, boundsAt: 'environments.staging.bounds' });
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(refusal);
  });

  it('reads what stands, and says what is gone', async () => {
    const { cloud } = reading({
      also: { natGateways: async () => [nat(), nat({ name: 'other', maxPortsPerVm: 128 })] },
    });
    const read = (name: string) => raiseNatPorts.read(GATEWAY.replace(/staging-nat$/, name), cloud, unhurried);
    expect(await read('staging-nat')).toEqual({ settings: ports(64), etag: undefined, settled: true });
    expect(await read('other')).toMatchObject({ settings: ports(64, 128) });
    await expect(read('gone')).rejects.toMatchObject({ code: 'not-found' });
    await expect(raiseNatPorts.read('projects/p/x', cloud, unhurried)).rejects.toThrow('not the name of a NAT gateway');
  });

  it('writes the ports of that gateway', async () => {
    const { cloud, written } = recording();
    const change = { target: GATEWAY, etag: undefined, before: ports(64), after: ports(256) };
    expect(await raiseNatPorts.write(change, cloud, unhurried)).toEqual({ operation: 'changeNatPorts-1' });
    expect(written).toEqual([['changeNatPorts', GATEWAY, ports(256)]]);
  });
});
