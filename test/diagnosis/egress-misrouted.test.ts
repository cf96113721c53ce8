import { describe, expect, it } from 'vitest';
import { LOST_MIN } from '../../shared/diagnosis/broken-ways.ts';
import { ONSET_SECONDS_MAX } from '../../shared/diagnosis/revisions.ts';
import type { NetworkView, Way } from '../../shared/evidence/network.ts';
import type { VpcAccess } from '../../shared/ports/cloud.ts';
import {
  at,
  CONNECTOR,
  line,
  lost,
  NETWORK,
  observed,
  revision,
  route,
  SUBNETWORK,
  service,
  serviceName,
  template,
  way,
} from '../builders/evidence.ts';
import { conclude, concludeAll } from './network-rules.ts';

const partner = lost('backend', '203.0.113.10', { port: 443 });
const database = lost('backend', '10.20.0.3');
const see = (view: Partial<NetworkView>, unreachable = [partner], ways?: readonly Way[]) =>
  conclude('egress-misrouted', { view, logs: { unreachable }, ...(ways && { ways }) });
const gone = route({ name: 'by-proxy', nextHop: 'other', priority: 1, warnings: ['NEXT_HOP_INSTANCE_NOT_FOUND'] });

/** backend, whose newest revision took another way than the one before, `seconds` from now. */
function changed(was: VpcAccess, is: VpcAccess, seconds = -250) {
  const made = (name: string, when: number, vpcAccess: VpcAccess) =>
    revision(name, at(when), { template: { ...template, vpcAccess } });
  const revisions = [made('backend-00002', seconds, is), made('backend-00001', -86_400, was)];
  return { 'cloud-run': observed({ services: [service('backend', { revisions })] }) };
}
const connector: VpcAccess = { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' };
const partly: VpcAccess = { ...connector, egress: 'private-ranges-only' };
const direct: VpcAccess = { kind: 'direct', network: NETWORK, subnetwork: SUBNETWORK, egress: 'all-traffic' };
const none: VpcAccess = { kind: 'none' };

describe('egress-misrouted', () => {
  it.each<[string, Partial<NetworkView>, typeof partner, string, string]>([
    [
      'no NAT',
      { gateways: [] },
      partner,
      'Network staging has no NAT for its services, and all their traffic goes there: 34 connections to 203.0.113.10:443 came to nothing.',
      'certain',
    ],
    [
      'no default route',
      { routes: [route({ destinationRange: '10.30.0.0/26', nextHop: 'subnetwork' })] },
      partner,
      'Network staging has no default route, and all traffic of its services goes there: 34 connections to 203.0.113.10:443 came to nothing.',
      'certain',
    ],
    [
      'a route to what is gone',
      { routes: [gone] },
      partner,
      'Route by-proxy of network staging sends 0.0.0.0/0 to a next hop that is gone: 34 connections to 203.0.113.10:443 came to nothing.',
      'certain',
    ],
    [
      'no route to a private place',
      { routes: [route()], privateRanges: [] },
      database,
      'No route of network staging leads to 10.20.0.3: 34 connections to 10.20.0.3:5432 came to nothing.',
      'possible',
    ],
  ])('names %s', (_, view, place, claim, confidence) => {
    expect(see(view, [place])).toMatchObject({
      kind: 'cause',
      target: NETWORK,
      claim,
      confidence,
      services: ['backend'],
    });
  });

  it('names a service that enters no network while what it needs is private', () => {
    const found = see({}, [database], [way('backend', { kind: 'none', network: undefined })]);
    expect(found).toMatchObject({
      kind: 'cause',
      target: serviceName('backend'),
      claim: 'backend has no VPC egress, and 10.20.0.3 is private: 34 connections to 10.20.0.3:5432 came to nothing.',
      confidence: 'certain',
      expects: [{ seen: 'unknown' }],
    });
  });

  it('is one finding for all places and services of the same fault, also of those that name none', () => {
    const places = [partner, lost('auth', '198.51.100.24', { port: 443, count: LOST_MIN })];
    const signatures = [
      line('backend', 'private-connection-timed-out', 37),
      line('frontend', 'private-connection-timed-out', LOST_MIN),
    ];
    const found = conclude('egress-misrouted', { view: { gateways: [] }, logs: { unreachable: places, signatures } });
    expect(found).toMatchObject({
      claim: expect.stringContaining('37 connections to 203.0.113.10:443, 198.51.100.24:443 came to nothing'),
      services: ['backend', 'auth', 'frontend'],
    });
  });

  it('is two findings for two faults', () => {
    const view = { gateways: [], routes: [route()], privateRanges: [] };
    const found = concludeAll('egress-misrouted', { view, logs: { unreachable: [partner, database] } });
    expect(found.map(({ kind }) => kind)).toEqual(['cause', 'cause']);
  });

  it.each<[string, Parameters<typeof see>[1], string]>([
    ['nothing is out of reach', [], 'no service names a place'],
    ['too little is', [lost('backend', '203.0.113.10', { count: LOST_MIN - 1 })], 'no service names a place'],
    ['the network leads there', [database], '1 places are out of reach, and the network leads to each of them'],
  ])('is ruled out where %s', (_, unreachable, reason) => {
    expect(see({}, unreachable)).toEqual({ kind: 'ruled-out', reason: expect.stringContaining(reason) });
  });

  it.each<[string, Partial<NetworkView>, string]>([
    ['the network could not be read', { unread: [{ part: 'routes', detail: 'denied' }] }, 'backend: denied'],
    ['no route of it is listed', { routes: [] }, 'backend: no route of staging is listed'],
  ])('cannot tell where %s', (_, view, reason) => {
    expect(see(view)).toMatchObject({ kind: 'inconclusive', reason });
  });

  describe('of a private place that no route leads to', () => {
    const view = { routes: [route()], privateRanges: [] };
    const release = (setting: 'env' | 'network', seconds: number) =>
      service('backend', {
        revisions: [revision('backend-00002', at(seconds))],
        release: {
          revision: 'backend-00002',
          at: at(seconds),
          by: undefined,
          before: 'backend-00001',
          changes: [{ setting, of: 'POSTGRES_HOST', before: 'one value', after: 'another value' }],
        },
      });
    const judge = (own: ReturnType<typeof service>, unreachable = [database]) =>
      conclude('egress-misrouted', {
        view,
        logs: { unreachable },
        over: { 'cloud-run': observed({ services: [own, service('auth')] }) },
      });

    it('says nothing where it was asked for by a deploy that left the way as it was', () => {
      expect(judge(release('env', -250))).toEqual({
        kind: 'ruled-out',
        reason: '10.20.0.3:5432 was not asked for before backend was deployed anew, and the way is as it was',
      });
    });

    it.each<[string, ReturnType<typeof service>, (typeof database)[] | undefined]>([
      ['the deploy changed the way', release('network', -250), undefined],
      ['the deploy came later', release('env', -60), undefined],
      ['the deploy changed nothing that is known', { ...release('env', -250), release: undefined }, undefined],
      ['another service, not deployed, misses it too', release('env', -250), [database, lost('auth', '10.20.0.3')]],
      ['nobody knows the service', service('other'), undefined],
      ['it has no revision', { ...release('env', -250), revisions: [] }, undefined],
    ])('is possible where %s', (_, own, unreachable) => {
      expect(judge(own, unreachable)).toMatchObject({ kind: 'cause', confidence: 'possible' });
    });
  });

  describe('past the network', () => {
    const past = (over: ReturnType<typeof changed>, place = partner) =>
      conclude('egress-misrouted', {
        ways: [way('backend', { egress: 'private-ranges-only' })],
        logs: { unreachable: [place] },
        over,
      });

    it('is likely where the newest revision left it, and failures began then', () => {
      expect(past(changed(connector, partly))).toMatchObject({
        kind: 'cause',
        claim:
          'backend-00002 of backend leaves the network out: egress was all-traffic by staging-connector, and is private-ranges-only by staging-connector: 34 connections to 203.0.113.10:443 came to nothing.',
        confidence: 'likely',
        expects: [{ seen: 'yes' }],
        evidence: [{}, { text: expect.stringContaining('by backend-00002 at') }, {}],
      });
    });

    it.each([
      ['nothing changed', changed(partly, partly), partner],
      ['failures are older', changed(connector, partly, -60), partner],
      ['failures came long after', changed(connector, partly, -240 - ONSET_SECONDS_MAX - 1), partner],
    ])('is no finding where %s', (_, over, place) => {
      expect(past(over, place).kind).toBe('ruled-out');
    });

    it.each([
      ['with no revision', []],
      ['with one revision', [revision('backend-00002', at(-250))]],
    ])('is no finding for a service %s', (_, revisions) => {
      const over = { 'cloud-run': observed({ services: [service('backend', { revisions })] }) };
      expect(past(over).kind).toBe('ruled-out');
    });

    it('is no finding for a service that Cloud Run does not list', () => {
      expect(past({ 'cloud-run': observed({ services: [] }) }).kind).toBe('ruled-out');
    });
  });

  it.each([
    ['when failures began with it', -250, 'yes', 'certain'],
    ['when they are older', -60, 'no', 'likely'],
  ])('a change of egress speaks for it %s', (_, seconds, seen, confidence) => {
    const ways = [way('backend', { kind: 'none', network: undefined })];
    const found = conclude('egress-misrouted', {
      ways,
      logs: { unreachable: [database] },
      over: changed(direct, none, seconds),
    });
    expect(found).toMatchObject({
      expects: [{ seen }],
      confidence,
      evidence: [{}, { text: expect.stringContaining('egress was all-traffic by run, and is none') }, {}],
    });
  });

  it('names the network or the service itself where nobody knows more', () => {
    const ways = [way('backend', { kind: 'none', network: undefined })];
    const over = { 'cloud-run': observed({ services: [] }) };
    expect(conclude('egress-misrouted', { ways, logs: { unreachable: [database] }, over })).toMatchObject({
      target: 'backend',
    });
  });
});
