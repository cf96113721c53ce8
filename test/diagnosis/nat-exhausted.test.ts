import { describe, expect, it } from 'vitest';
import type { NatObservation } from '../../shared/evidence/network.ts';
import { at, lost, nat, points, way } from '../builders/evidence.ts';
import { conclude } from './network-rules.ts';

// Told again, so that a threshold that is changed is noticed.
const DROPPED_PACKETS_MIN = 20;
const PORTS_USED_RATIO = 0.9;

const partner = lost('backend', '203.0.113.10', { port: 443 });
const dropping = (count: number, seconds = -120) => ({ droppedPackets: [{ at: at(seconds), value: count }] });
const full = { portUsage: points([64, 64, 64], at(-120)) };
const see = (over: Partial<NatObservation>, seen: Parameters<typeof conclude>[1] = {}) =>
  conclude('nat-exhausted', {
    view: { gateways: [nat({ ...full, ...over })] },
    logs: { unreachable: [partner] },
    ...seen,
  });

describe('nat-exhausted', () => {
  it('names a gateway that drops while public places are out of reach', () => {
    expect(see(dropping(4314))).toMatchObject({
      kind: 'cause',
      target: 'projects/acme-staging/regions/us-central1/routers/staging-router/nats/staging-nat',
      claim:
        'NAT gateway staging-nat has no ports left: it dropped 4314 packets with 64 of 64 ports in use to one destination, and 34 connections to 203.0.113.10:443 came to nothing.',
      confidence: 'certain',
      services: ['backend'],
    });
  });

  it.each([
    [DROPPED_PACKETS_MIN, -120, 'cause'],
    [DROPPED_PACKETS_MIN - 1, -120, 'ruled-out'],
    [DROPPED_PACKETS_MIN, -300, 'cause'],
    [DROPPED_PACKETS_MIN, -301, 'ruled-out'],
  ])('with %i packets dropped, %i s from now: %s', (count, seconds, kind) => {
    expect(see(dropping(count, seconds)).kind).toBe(kind);
  });

  it.each([
    [100 * PORTS_USED_RATIO, 'yes', 'certain'],
    [100 * PORTS_USED_RATIO - 1, 'no', 'likely'],
  ])('with %i of 100 ports in use: %s', (used, seen, confidence) => {
    const found = see({ ...dropping(100), minPortsPerVm: 100, portUsage: points([used], at(-120)) });
    expect(found).toMatchObject({ expects: [{ seen: 'yes' }, { seen }], confidence });
  });

  it('knows the most that dynamic allocation gives, addresses that are not by hand, and ports that nobody counted', () => {
    const found = see({ ...dropping(100), portUsage: [], maxPortsPerVm: 128, addresses: undefined });
    expect(found).toMatchObject({
      claim: expect.stringContaining('0 of 128 ports'),
      evidence: [{ text: expect.stringContaining('and up to 128, any number of addresses') }, {}, {}],
      expects: [{}, { seen: 'unknown' }],
    });
  });

  it('names one that has no address left for some machines', () => {
    const found = see({ allocationFailed: points([0, 1], at(-60)) });
    expect(found).toMatchObject({
      claim: expect.stringContaining('no address or ports left for some machines'),
      expects: [{}, { seen: 'unknown' }],
    });
  });

  it('looms where it drops and no public place is out of reach', () => {
    const privately = { logs: { unreachable: [lost('backend', '10.20.0.3')] } };
    expect(see(dropping(100), privately)).toMatchObject({
      kind: 'cause',
      harm: 'soon',
      confidence: 'possible',
      expects: [{ seen: 'no' }, { seen: 'yes' }],
      services: ['auth', 'backend', 'frontend'],
    });
    expect(see(dropping(100), { ...privately, ways: [way('x', { egress: 'private-ranges-only' })] })).toMatchObject({
      evidence: [{}, { text: 'Goes out by it: no watched service.' }],
    });
  });

  it('does not hold metrics from before the trouble against it', () => {
    const early = { logs: { unreachable: [lost('backend', '203.0.113.10', { firstAt: at(-119) })] } };
    expect(see({}, early)).toMatchObject({ kind: 'inconclusive', settles: 'soon' });
    expect(see({ portUsage: [] }, early)).toMatchObject({ kind: 'inconclusive', settles: 'soon' });
    const since = { logs: { unreachable: [lost('backend', '203.0.113.10', { firstAt: at(-120) })] } };
    expect(see({}, since)).toMatchObject({ kind: 'ruled-out', reason: expect.stringContaining('dropped 0 packets') });
  });

  it.each([
    ['a public place is out of reach', [partner], 'inconclusive'],
    ['none is', [], 'ruled-out'],
  ])('where its metrics could not be read and %s', (_, unreachable, kind) => {
    const view = { gateways: [nat()], unread: [{ part: 'metrics' as const, detail: 'denied' }] };
    expect(conclude('nat-exhausted', { view, logs: { unreachable } }).kind).toBe(kind);
  });

  it('is ruled out where there is no gateway', () => {
    expect(conclude('nat-exhausted', { view: { gateways: [] } })).toEqual({
      kind: 'ruled-out',
      reason: 'no network has a NAT gateway',
    });
  });

  it('leaves another gateway’s services to that', () => {
    const gateways = [nat(dropping(0)), nat({ name: 'other', ...full, ...dropping(100), subnetworks: ['s'] })];
    const found = conclude('nat-exhausted', { view: { gateways }, logs: { unreachable: [partner] } });
    expect(found).toMatchObject({ kind: 'cause', harm: 'soon', services: [] });
  });
});
