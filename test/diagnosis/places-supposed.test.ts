import { describe, expect, it } from 'vitest';
import { LOST_MIN } from '../../shared/diagnosis/broken-ways.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import {
  at,
  CONNECTOR,
  databases,
  firewall,
  line,
  lost,
  observed,
  observedDatabase,
  observedLook,
  observedRedis,
  route,
  way,
} from '../builders/evidence.ts';
import { conclude } from './network-rules.ts';

// Lines that say that something timed out and not where: the databases that their service uses are where it may have been.

const REDIS_SAYS = 'Redis ping timeout after 10.0s';
const says = (of: string, count: number, sample = REDIS_SAYS, over = {}) =>
  line(of, 'private-connection-timed-out', count, { sample, ...over });
const denyCache = firewall({ name: 'deny-cache', ranges: ['10.20.0.4/32'] });

const see = (
  signatures: ReturnType<typeof says>[],
  over: {
    readonly rule?: Parameters<typeof conclude>[0];
    readonly seen?: readonly ObservedDatabase[];
    readonly view?: NonNullable<Parameters<typeof conclude>[1]['view']>;
    readonly unreachable?: ReturnType<typeof lost>[];
    readonly ways?: ReturnType<typeof way>[];
  } = {},
) =>
  conclude(over.rule ?? 'firewall-blocking', {
    view: { firewalls: [denyCache], ...over.view },
    logs: { signatures, unreachable: over.unreachable ?? [] },
    over: { database: observed(databases(...(over.seen ?? [observedDatabase(), observedRedis()]))) },
    ...(over.ways === undefined ? {} : { ways: over.ways }),
  });

describe('time-outs that name no place', () => {
  it('are likely those of a database that the service uses and that a rule denies', () => {
    expect(see([says('frontend', 34), says('backend', LOST_MIN)])).toMatchObject({
      kind: 'cause',
      confidence: 'likely',
      claim: 'Firewall rule deny-cache denies 10.20.0.4:6379: 37 connections of frontend, backend came to nothing.',
      evidence: [
        {},
        {
          text: 'frontend: 34 connections timed out, and its lines do not say where to; it uses redis at 10.20.0.4:6379.',
        },
        {},
        {},
      ],
      expects: [{ seen: 'yes' }, { seen: 'unknown' }],
      services: ['frontend', 'backend'],
    });
  });

  it.each([
    ['too few', [says('frontend', LOST_MIN - 1)]],
    ['over', [says('frontend', 34, REDIS_SAYS, { lastAt: at(-RECENT_SECONDS - 1) })]],
    ['of a service that does not use it', [says('auth', 34)]],
    ['about another database, in other words', [says('backend', 34, 'Cloud SQL does not answer: timed out')]],
    ['of another place, which they name', [says('frontend', 34, 'dial tcp 10.20.0.4:6379: i/o timeout')]],
  ])('are none of it where they are %s', (_, signatures) => {
    expect(see(signatures).kind).toBe('ruled-out');
  });

  it('are none of it where nothing denies it, its address is unknown, or there is none', () => {
    expect(see([says('frontend', 34)], { view: { firewalls: [] } }).kind).toBe('ruled-out');
    expect(see([says('frontend', 34)], { seen: [observedRedis({ address: undefined })] }).kind).toBe('ruled-out');
    expect(see([says('frontend', 34)], { seen: [] }).kind).toBe('ruled-out');
    expect(see([says('frontend', 34)], { ways: [way('auth')] }).kind).toBe('ruled-out');
  });

  it('are not counted again where the place is named by others of its lines', () => {
    const named = see([says('frontend', 34)], { unreachable: [lost('frontend', '10.20.0.4', { port: 6379 })] });
    expect(named).toMatchObject({
      confidence: 'certain',
      expects: [{}],
      claim: expect.stringContaining('34 connections'),
    });
  });

  it('make it certain together with a service that names it', () => {
    const both = see([says('frontend', 34)], { unreachable: [lost('backend', '10.20.0.4', { port: 6379 })] });
    expect(both).toMatchObject({ confidence: 'certain', services: ['backend', 'frontend'] });
  });

  it.each([
    ['timed-out', 'yes', 'likely'],
    ['answered', 'no', 'possible'],
  ] as const)('are weighed against a probe behind the same connector: %s', (outcome, seen, confidence) => {
    const looks = [observedLook('answered'), observedLook(outcome, { probe: 'behind', through: CONNECTOR })];
    expect(see([says('frontend', 34)], { seen: [observedRedis({ looks })] })).toMatchObject({
      confidence,
      expects: [{ seen: 'yes' }, { seen }],
    });
  });

  it('lead to a database without a port too, by a rule for every port', () => {
    expect(see([says('frontend', 34)], { seen: [observedRedis({ address: '10.20.0.4' })] })).toMatchObject({
      claim: expect.stringContaining('denies 10.20.0.4: 34'),
    });
  });

  it('are those of a database behind a peering that is gone, or behind a next hop that is', () => {
    const routes = [route()];
    expect(
      see([says('frontend', 34)], { rule: 'peering-broken', view: { firewalls: [], peerings: [], routes } }),
    ).toMatchObject({ kind: 'cause', confidence: 'likely', services: ['frontend'] });
    const dead = route({
      name: 'to-appliance',
      destinationRange: '10.20.0.0/16',
      nextHop: 'other',
      warnings: ['GONE'],
    });
    expect(
      see([says('frontend', 34)], { rule: 'egress-misrouted', view: { firewalls: [], routes: [route(), dead] } }),
    ).toMatchObject({ kind: 'cause', confidence: 'likely', services: ['frontend'] });
  });

  it('are none of a database that no static route leads to: a dynamic one may', () => {
    const view = { firewalls: [], peerings: [], privateRanges: [], routes: [route()] };
    expect(see([says('frontend', 34)], { rule: 'egress-misrouted', view }).kind).toBe('ruled-out');
  });
});
