import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import type { NetworkView } from '../../shared/evidence/network.ts';
import {
  at,
  direct,
  failed,
  line,
  NETWORK,
  observed,
  points,
  SUBNETWORK,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';
import { conclude } from './network-rules.ts';

const full = line('backend', 'subnetwork-full', 12, {
  sample: 'Instance failed to start because of insufficient free IP addresses in the subnetwork run.',
});
const counting = (...counts: readonly (number | undefined)[]) =>
  observed({
    services: counts.flatMap((count, index) =>
      count === undefined ? [] : [serviceMetrics(['backend', 'auth'][index] ?? '', { instances: points([count]) })],
    ),
  });
const see = (
  signatures: readonly (typeof full)[],
  metrics: Evidence['metrics'] = counting(3),
  view: Partial<NetworkView> = {},
  ways = [direct('backend')],
) => conclude('direct-vpc-subnet-full', { ways, view, logs: { signatures }, over: { metrics } });
const SLOW = { latencyP95Ms: points([4000, 4000, 4000], at(-120)) };
// A /26 has 60 addresses to give, which are three blocks of 16: 48.
const sized = (ipCidrRange: string) => ({
  subnetworks: [{ name: SUBNETWORK, network: NETWORK, ipCidrRange, privateGoogleAccess: true }],
});

describe('direct-vpc-subnet-full', () => {
  it('names the subnetwork that Cloud Run says is full', () => {
    expect(see([full], counting(24))).toMatchObject({
      kind: 'cause',
      target: SUBNETWORK,
      claim: 'Subnetwork run (10.30.0.0/26) has no addresses left: 12 instances of backend could not start.',
      confidence: 'certain',
      services: ['backend'],
      expects: [{ seen: 'yes' }],
      evidence: [
        { text: 'run (10.30.0.0/26): 24 instances of backend, which take about 48 of 48 addresses.' },
        { text: expect.stringContaining('12 x') },
      ],
    });
  });

  it('does not hold a low count against it: others take addresses too', () => {
    expect(see([full], counting(3))).toMatchObject({ confidence: 'certain', expects: [{ seen: 'unknown' }] });
  });

  it('holds where neither the subnetwork nor its instances are known', () => {
    expect(see([full], unavailable('denied'), { subnetworks: [] })).toMatchObject({
      claim: 'Subnetwork run has no addresses left: 12 instances of backend could not start.',
      evidence: [
        {
          text: 'run: an unknown number of instances of backend, which take about an unknown number of its addresses.',
        },
        {},
      ],
    });
  });

  it.each<[string, Partial<LogsObservation>, Partial<ServiceMetrics>, string | undefined]>([
    ['nobody feels it yet', {}, {}, 'soon'],
    ['four requests failed', { failed: [failed('backend', 4)] }, {}, 'soon'],
    ['five requests failed', { failed: [failed('backend', 5)] }, {}, undefined],
    ['requests failed a while ago', { failed: [failed('backend', 5, { lastAt: at(-301) })] }, {}, 'soon'],
    ['requests of another failed', { failed: [failed('auth', 5)] }, {}, 'soon'],
    ['requests wait', {}, SLOW, undefined],
  ])('harms those who feel it: %s', (_, said, measured, harm) => {
    const metrics = observed({ services: [serviceMetrics('backend', { instances: points([24]), ...measured })] });
    const judged = conclude('direct-vpc-subnet-full', {
      ways: [direct('backend')],
      logs: { signatures: [full], failed: [], ...said },
      over: { metrics },
    });
    expect(judged).toMatchObject({ kind: 'cause', services: ['backend'] });
    expect('harm' in judged ? judged.harm : undefined).toBe(harm);
  });

  it.each([
    ['still said', -300, 'cause'],
    ['said no more', -301, 'ruled-out'],
  ])('%s', (_, seconds, kind) => {
    expect(see([{ ...full, lastAt: at(seconds) }]).kind).toBe(kind);
  });

  it.each([
    ['of services elsewhere', [line('auth', 'subnetwork-full', 3)]],
    ['of other things', [line('backend', 'container-exited', 3)]],
  ])('lines %s say nothing of it', (_, signatures) => {
    expect(see(signatures as (typeof full)[]).kind).toBe('ruled-out');
  });

  it.each([
    ['three of ten blocks', '10.30.0.0/24', 24, 'ruled-out'],
    ['as many blocks as it has', '10.30.0.0/26', 17, 'cause'],
    ['a block less', '10.30.0.0/26', 16, 'ruled-out'],
    ['28 of 31 blocks', '10.30.0.0/23', 224, 'cause'],
    ['114 of 127 blocks', '10.30.0.0/21', 912, 'ruled-out'],
    ['14 of 15 blocks', '10.30.0.0/24', 112, 'cause'],
    ['13 of 15 blocks', '10.30.0.0/24', 104, 'ruled-out'],
  ])('with %s of %s in use', (_, range, count, kind) => {
    const found = see([], counting(count), sized(range));
    expect(found.kind).toBe(kind);
    if (kind === 'cause') expect(found).toMatchObject({ harm: 'soon', confidence: 'possible' });
  });

  it('adds up the services that share it', () => {
    const ways = [direct('backend'), direct('auth')];
    expect(see([], counting(8, 8), {}, ways)).toMatchObject({
      kind: 'ruled-out',
      reason: expect.stringContaining('32 of 48'),
    });
    expect(see([], counting(8, undefined), {}, ways)).toMatchObject({ kind: 'inconclusive', settles: 'soon' });
  });

  it.each<[string, Partial<NetworkView>, string]>([
    ['it is not there', { subnetworks: [] }, 'could not be read'],
    [
      'it may not be read',
      { subnetworks: [], unread: [{ part: 'subnetworks', detail: 'denied' }] },
      'could not be read',
    ],
  ])('cannot tell where %s', (_, view, reason) => {
    expect(see([], counting(3), view)).toMatchObject({
      kind: 'inconclusive',
      settles: 'not-by-itself',
      reason: expect.stringContaining(reason),
    });
  });

  it('is ruled out where no service uses Direct VPC egress', () => {
    expect(conclude('direct-vpc-subnet-full', {})).toEqual({
      kind: 'ruled-out',
      reason: 'no watched service uses Direct VPC egress',
    });
    expect(see([], counting(3), {}, [direct('backend', { subnetwork: undefined })]).kind).toBe('ruled-out');
  });
});
