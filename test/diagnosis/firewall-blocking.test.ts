import { describe, expect, it } from 'vitest';
import { SKEW_SECONDS } from '../../shared/diagnosis/revisions.ts';
import { at, firewall, line, lost, observed, revision, service } from '../builders/evidence.ts';
import { conclude, concludeAll } from './network-rules.ts';

// Told again, so that a threshold that is changed is noticed.
const LOST_MIN = 3;

const denying = { view: { firewalls: [firewall()] } };
const see = (over: Parameters<typeof conclude>[1] = {}) =>
  conclude('firewall-blocking', { ...denying, logs: { unreachable: [lost('backend', '10.20.0.3')] }, ...over });

describe('firewall-blocking', () => {
  it('names the rule that denies a place that times out', () => {
    expect(see()).toMatchObject({
      kind: 'cause',
      target: 'projects/acme-staging/global/firewalls/deny-databases',
      claim: 'Firewall rule deny-databases denies 10.20.0.3:5432: 34 connections of backend came to nothing.',
      confidence: 'certain',
      evidence: [
        {
          text: 'deny-databases: egress, deny to 10.20.0.0/16, priority 1000, for every machine; made at 2026-11-23T02:55:00.000Z.',
        },
        {},
        {},
      ],
      expects: [{ seen: 'yes' }],
      services: ['backend'],
    });
  });

  it.each([
    [LOST_MIN, 'cause'],
    [LOST_MIN - 1, 'ruled-out'],
  ])('with %i connections that come to nothing: %s', (count, kind) => {
    expect(see({ logs: { unreachable: [lost('backend', '10.20.0.3', { count })] } }).kind).toBe(kind);
  });

  it('counts services whose time-outs name no place among the harmed, where they take the same way', () => {
    const signatures = [
      line('backend', 'private-connection-timed-out', 34),
      line('auth', 'private-connection-timed-out', LOST_MIN),
      line('frontend', 'private-connection-timed-out', LOST_MIN - 1),
    ];
    const seen = see({ logs: { signatures, unreachable: [lost('backend', '10.20.0.3')] } });
    expect(seen).toMatchObject({ services: ['backend', 'auth'] });
  });

  it.each([
    ['older', at(-300), 'yes', 'certain'],
    ['as young as clocks differ', at(-240 + SKEW_SECONDS), 'yes', 'certain'],
    ['younger', at(-239 + SKEW_SECONDS), 'no', 'likely'],
    ['of unknown age', undefined, 'unknown', 'certain'],
  ])('a rule that is %s than the failures', (_, createdAt, seen, confidence) => {
    const rule = firewall({ createdAt, targetTags: ['vpc-connector'], direction: 'egress' });
    expect(see({ view: { firewalls: [rule] } })).toMatchObject({
      expects: [{ seen }],
      confidence,
      evidence: [
        { text: expect.stringMatching(createdAt === undefined ? /for tags vpc-connector\.$/ : /-connector; made at/) },
        {},
        {},
      ],
    });
  });

  it('an ingress rule denies from where it comes', () => {
    const rule = firewall({ direction: 'ingress', ranges: ['10.8.0.0/28'] });
    const seen = see({ view: { firewalls: [rule] }, logs: { unreachable: [lost('backend', '10.30.0.9')] } });
    expect(seen).toMatchObject({
      evidence: [{ text: expect.stringContaining('ingress, deny from 10.8.0.0/28') }, {}, {}],
    });
  });

  it('each rule is a finding of its own, with all that it denies', () => {
    const firewalls = [firewall(), firewall({ name: 'deny-web', ranges: ['203.0.113.0/24'] })];
    const unreachable = [
      lost('backend', '10.20.0.3'),
      lost('auth', '10.20.0.4', { port: undefined, how: 'no-route' }),
      lost('frontend', '203.0.113.10', { port: 443 }),
    ];
    const found = concludeAll('firewall-blocking', { view: { firewalls }, logs: { unreachable } });
    expect(found[0]).toMatchObject({
      evidence: expect.arrayContaining([
        { text: 'backend: 34 connections to 10.20.0.3:5432 timed out.' },
        { text: 'auth: 34 connections to 10.20.0.4 found no way.' },
      ]),
    });
    expect(found.map((one) => (one.kind === 'cause' ? one.claim : ''))).toEqual([
      'Firewall rule deny-databases denies 10.20.0.3:5432, 10.20.0.4: 68 connections of backend, auth came to nothing.',
      'Firewall rule deny-web denies 203.0.113.10:443: 34 connections of frontend came to nothing.',
    ]);
  });

  it.each<[string, Parameters<typeof conclude>[1], string]>([
    ['nothing is out of reach', { logs: {} }, 'ruled-out'],
    [
      'what is refused was reached',
      { logs: { unreachable: [lost('backend', '10.20.0.3', { how: 'refused' })] } },
      'ruled-out',
    ],
    [
      'it is over',
      { logs: { signatures: [], unreachable: [lost('backend', '10.20.0.3', { lastAt: at(-301) })] } },
      'ruled-out',
    ],
    [
      'containers that start name it no more',
      { logs: { unreachable: [lost('backend', '10.20.0.3', { lastAt: at(-301) })] } },
      'cause',
    ],
    ['the service is not watched', { logs: { unreachable: [lost('other', '10.20.0.3')] } }, 'ruled-out'],
    ['rules could not be read', { view: { unread: [{ part: 'firewalls', detail: 'denied' }] } }, 'inconclusive'],
  ])('where %s', (_, over, kind) => {
    expect(see(over).kind).toBe(kind);
  });

  it('leaves a service out whose newest release says what breaks it', () => {
    const newest = revision('backend-00002', at(-250));
    const seen = see({
      logs: {
        unreachable: [lost('backend', '10.20.0.3')],
        signatures: [line('backend', 'module-missing', 5)],
      },
      over: { 'cloud-run': observed({ services: [service('backend', { revisions: [newest] })] }) },
    });
    expect(seen.kind).toBe('ruled-out');
  });
});
