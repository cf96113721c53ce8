import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { shiftTraffic } from '../../shared/remedy/shift-traffic.ts';
import { trafficTarget } from '../../shared/remedy/traffic-target.ts';
import { deployed, NEWEST, withContainer } from '../builders/deploys.ts';
import { at, environment, failed, logs, NETWORK, revision, service, template } from '../builders/evidence.ts';

const failing = (firstAt: number) => ({
  logs: logs({ failed: [failed('backend', 40, { revision: NEWEST, firstAt: at(firstAt) })] }),
  metrics: { services: [] },
});
const target = (rule: string, of = deployed(), seen = failing(-240)) => {
  const [newest] = of.revisions;
  if (newest === undefined) throw new Error('it has no revision');
  return trafficTarget({ rule }, of, newest, seen);
};
const secrets = (state: 'disabled' | 'unknown' | 'enabled') => [
  { name: 'projects/acme-staging/secrets/db/versions/3', state, detail: undefined },
];
const uses = withContainer({ secrets: [{ secret: 'db', version: '3', as: 'DB', through: 'environment' }] });

describe('where traffic is better off', () => {
  it.each(['release-broken', 'configuration-broken', 'container-port-wrong'])('is back, for %s', (rule) => {
    expect(target(rule)).toMatchObject({
      kind: 'back',
      to: { shortName: 'backend-00002' },
      from: { shortName: NEWEST },
    });
  });

  it('is nowhere where the trouble did not come with the newest revision, unless a rule found just that', () => {
    const seen = failing(-300 + 901);
    expect(target('crash-after-ready', deployed(), seen)).toEqual({
      kind: 'nowhere',
      reason: 'backend-00003 did not begin to fail with its deploy: an earlier revision would fare no better',
    });
    expect(target('crash-after-ready', deployed(), { ...seen, logs: logs() }).kind).toBe('nowhere');
    for (const rule of ['release-broken', 'configuration-broken'])
      expect(target(rule, deployed(), seen).kind).toBe('back');
  });

  it('is nowhere where the newest takes no traffic, or no earlier one is good', () => {
    expect(target('release-broken', deployed({}, { serving: [{ revision: 'backend-00002', percent: 100 }] }))).toEqual({
      kind: 'nowhere',
      reason: 'backend-00003, the newest of backend, takes no traffic to be shifted away',
    });
    expect(target('release-broken', deployed({}, { revisions: [revision(NEWEST, at(-300))] })).kind).toBe('nowhere');
  });

  describe('is back from a way that leads nowhere', () => {
    const none = { ...template, vpcAccess: { kind: 'none' } as const };
    const left = deployed(
      {},
      { revisions: [revision(NEWEST, at(-300), { template: none }), revision('backend-00002', at(-86_400))] },
    );
    const cause = (over: Partial<Cause>) => ({ rule: 'egress-misrouted', services: ['backend'], ...over }) as Cause;
    const offered = (over: Partial<Cause>) =>
      shiftTraffic.propose({
        cause: cause(over),
        seen: { 'cloud-run': { services: [left] }, ...failing(-240) },
        environment,
        mark: 'x',
      }).kind;

    it('to one that takes another', () => {
      expect(target('egress-misrouted', left)).toMatchObject({ kind: 'back', to: { shortName: 'backend-00002' } });
      expect(target('egress-misrouted')).toEqual({
        kind: 'nowhere',
        reason: 'backend-00002 takes the same way out as backend-00003',
      });
    });

    it.each<[string, Partial<Cause>, string]>([
      ['itself', { target: left.name }, 'proposed'],
      ['a network that it alone takes', { target: NETWORK }, 'proposed'],
      ['a network that others take as well', { target: NETWORK, services: ['backend', 'auth'] }, 'refused'],
      ['something else', { rule: 'release-broken', target: NETWORK }, 'refused'],
    ])('where it is about %s', (_, over, kind) => {
      expect(offered(over)).toBe(kind);
    });
  });

  it.each([
    ['disabled', 'nowhere'],
    ['unknown', 'back'],
    ['enabled', 'back'],
  ] as const)('looks at the secrets of the one before: %s', (state, kind) => {
    const revisions = [revision(NEWEST, at(-300)), revision('backend-00002', at(-86_400), uses)];
    expect(target('secret-unavailable', deployed({}, { revisions, secrets: secrets(state) })).kind).toBe(kind);
  });

  const pinned = service('backend', {
    traffic: [{ revision: 'backend-00002', percent: 100 }],
    serving: [{ revision: 'backend-00002', percent: 100 }],
    revisions: [revision(NEWEST, at(-300)), revision('backend-00002', at(-86_400))],
  });

  it('is forward from what is pinned', () => {
    expect(target('traffic-pinned', pinned)).toMatchObject({
      kind: 'forward',
      to: { shortName: NEWEST },
      from: { shortName: 'backend-00002' },
    });
    expect(target('traffic-pinned', { ...pinned, serving: [] })).toMatchObject({ from: { shortName: NEWEST } });
    const revisions = [
      revision(NEWEST, at(-300), { ready: { state: 'failed', reason: undefined, message: undefined, at: undefined } }),
    ];
    expect(target('traffic-pinned', { ...pinned, revisions }).kind).toBe('nowhere');
    expect(target('traffic-pinned', deployed()).kind).toBe('nowhere');
  });

  const cause = { rule: 'traffic-pinned', target: pinned.name, services: ['backend'] } as Partial<Cause> as Cause;
  const proposed = (latestReadyRevision: string | undefined) =>
    shiftTraffic.propose({
      cause,
      seen: { 'cloud-run': { services: [{ ...pinned, latestReadyRevision }] }, ...failing(-240) },
      environment,
      mark: 'm',
    });

  it('goes to the latest, so that the next deploy takes traffic again, or else by name', () => {
    expect(proposed(`${pinned.name}/revisions/${NEWEST}`)).toMatchObject({
      change: { after: { traffic: [{ revision: 'LATEST', percent: 100 }] } },
      prospect: {
        summary: {
          title: 'Shift backend forward to backend-00003',
          before: '100 % backend-00002',
          after: '100 % latest',
        },
        permanent: {
          gcloud: 'gcloud run services update-traffic backend --project=acme-staging --region=us-central1 --to-latest',
          terraform: expect.stringContaining('type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"'),
        },
      },
    });
    expect(proposed('elsewhere')).toMatchObject({
      change: { after: { traffic: [{ revision: NEWEST, percent: 100 }] } },
    });
  });
});
