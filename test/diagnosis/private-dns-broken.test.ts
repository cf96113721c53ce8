import { describe, expect, it } from 'vitest';
import { LOST_MIN } from '../../shared/diagnosis/broken-ways.ts';
import { SKEW_SECONDS } from '../../shared/diagnosis/revisions.ts';
import type { NetworkView, ZoneObservation } from '../../shared/evidence/network.ts';
import type { Unreachable } from '../../shared/evidence/unreachable.ts';
import { at, line, lost, observed, revision, service, way, zone } from '../builders/evidence.ts';
import { conclude, concludeAll } from './network-rules.ts';

const DB = 'db.staging.acme.internal';
const notFound = (over: Partial<Unreachable> = {}) =>
  lost('backend', DB, { how: 'not-resolved', port: undefined, ...over });
const record = (value: string) => ({ name: DB, type: 'A', values: [value] });
const see = (
  over: Partial<ZoneObservation>,
  place = notFound(),
  view: Partial<NetworkView> = {},
  rest: Parameters<typeof conclude>[1] = {},
) =>
  conclude('private-dns-broken', { view: { zones: [zone(over)], ...view }, logs: { unreachable: [place] }, ...rest });

describe('a name that does not resolve', () => {
  it('names the zone that lost its record, and when', () => {
    const changes = [{ at: at(-260), added: [], removed: [record('10.20.0.3')] }];
    expect(see({ records: [], changes })).toMatchObject({
      kind: 'cause',
      target: DB,
      claim: `${DB} does not lead to where it should: zone staging-internal has no record of it any more, and 34 tries of backend came to nothing.`,
      confidence: 'certain',
      services: ['backend'],
      expects: [{ seen: 'yes' }],
      evidence: [{}, { text: `It was changed at ${at(-260)}.` }, {}],
    });
  });

  it.each([
    ['never had it', { records: [] }, 'has no record of it, and', 'certain'],
    ['is seen by no network', { networks: [] }, 'is seen by no network', 'certain'],
    ['asks elsewhere', { answers: 'elsewhere' as const, records: [] }, 'asks another network or server', 'likely'],
  ])('in a zone that %s', (_, over, why, confidence) => {
    expect(see(over)).toMatchObject({
      kind: 'cause',
      claim: expect.stringContaining(why),
      confidence,
      expects: [{ seen: 'unknown' }],
    });
  });

  it.each([
    [at(-240 + SKEW_SECONDS), 'yes'],
    [at(-239 + SKEW_SECONDS), 'no'],
  ])('whose record was removed at %s', (when, seen) => {
    const changes = [{ at: when, added: [], removed: [record('10.20.0.3')] }];
    expect(see({ records: [], changes })).toMatchObject({ expects: [{ seen }] });
  });

  it('is looked for in the zone of the longest domain', () => {
    const wide = zone({ name: 'acme-internal', domain: 'acme.internal', records: [record('10.20.0.3')] });
    const found = see({}, notFound(), { zones: [wide, zone({ records: [] })] });
    expect(found).toMatchObject({ claim: expect.stringContaining('zone staging-internal has no record') });
  });

  it('may be a zone’s own name', () => {
    const apex = notFound({ host: 'staging.acme.internal' });
    expect(see({ records: [] }, apex)).toMatchObject({ kind: 'cause', target: 'staging.acme.internal' });
  });

  it('is one finding for all who look it up', () => {
    const unreachable = [notFound(), notFound({ service: 'auth' })];
    const found = concludeAll('private-dns-broken', {
      view: { zones: [zone({ records: [] })] },
      logs: { unreachable },
    });
    expect(found).toMatchObject([
      {
        services: ['backend', 'auth'],
        evidence: [{}, { text: expect.stringContaining('backend') }, { text: expect.stringContaining('auth') }],
      },
    ]);
  });

  it('was looked up just often enough', () => {
    expect(see({ records: [] }, notFound({ count: LOST_MIN }))).toMatchObject({ kind: 'cause' });
  });

  it('that the zone has is not broken here', () => {
    expect(see({})).toMatchObject({ kind: 'inconclusive', settles: 'soon', nextCheck: expect.stringContaining(DB) });
  });

  it.each<[string, Partial<Unreachable>, string]>([
    ['is in no private zone', { host: 'api.pay.example' }, 'no private zone is behind api.pay.example'],
    ['was looked up too seldom', { count: LOST_MIN - 1 }, 'no private zone is behind'],
    ['was refused, and so resolved', { how: 'refused' }, 'every name that was looked up resolved'],
  ])('that %s is ruled out', (_, over, reason) => {
    expect(see({ records: [] }, notFound(over))).toEqual({
      kind: 'ruled-out',
      reason: expect.stringContaining(reason),
    });
  });

  it.each<[string, Parameters<typeof see>[2], Parameters<typeof see>[3], string]>([
    ['zones could not be read', { zones: [], unread: [{ part: 'zones', detail: 'denied' }] }, {}, 'denied'],
    ['the network could not be read', {}, { ways: [way('backend', { network: undefined })] }, 'could not be read'],
  ])('cannot be judged where %s', (_, view, rest, reason) => {
    expect(see({}, notFound(), view, rest)).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining(reason),
    });
  });

  it('of a service that enters no network is in no private zone', () => {
    expect(
      see({ records: [] }, notFound(), {}, { ways: [way('backend', { kind: 'none', network: undefined })] }).kind,
    ).toBe('ruled-out');
  });

  it('is left to a release that says what it lacks', () => {
    const over = {
      'cloud-run': observed({ services: [service('backend', { revisions: [revision('backend-00002', at(-250))] })] }),
    };
    const logs = { unreachable: [notFound()], signatures: [line('backend', 'setting-missing', 1)] };
    expect(see({ records: [] }, undefined, {}, { over, logs }).kind).toBe('ruled-out');
  });
});

describe('an address that times out', () => {
  const wrong = lost('backend', '10.20.9.9');
  const changed = (seconds: number) => [
    { at: at(seconds), added: [record('10.20.9.9')], removed: [record('10.20.0.3')] },
  ];

  it('is where a record was changed to', () => {
    expect(see({ records: [record('10.20.9.9')], changes: changed(-250) }, wrong)).toMatchObject({
      kind: 'cause',
      target: DB,
      claim: expect.stringContaining('zone staging-internal gives 10.20.9.9 for it, 10.20.0.3 before'),
      confidence: 'likely',
    });
  });

  it.each<[string, Partial<ZoneObservation>, string]>([
    ['as clocks differ', { records: [record('10.20.9.9')], changes: changed(-240 + SKEW_SECONDS) }, 'cause'],
    ['after the failures', { records: [record('10.20.9.9')], changes: changed(-239 + SKEW_SECONDS) }, 'ruled-out'],
    ['and is changed back', { records: [record('10.20.0.3')], changes: changed(-250) }, 'ruled-out'],
    [
      'when it was made',
      { records: [record('10.20.9.9')], changes: [{ at: at(-250), added: [record('10.20.9.9')], removed: [] }] },
      'ruled-out',
    ],
    [
      'at a time that is not known',
      {
        records: [record('10.20.9.9')],
        changes: [{ at: undefined, added: [record('10.20.9.9')], removed: [record('10.20.0.3')] }],
      },
      'ruled-out',
    ],
    ['never', { records: [record('10.20.9.9')] }, 'ruled-out'],
  ])('that a record was changed to %s', (_, over, kind) => {
    expect(see(over, wrong).kind).toBe(kind);
  });

  it('in no network is no record’s', () => {
    expect(see({}, wrong, {}, { ways: [way('backend', { kind: 'none', network: undefined })] }).kind).toBe('ruled-out');
  });
});
