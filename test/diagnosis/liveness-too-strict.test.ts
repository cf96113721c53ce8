import { describe, expect, it } from 'vitest';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { Probe } from '../../shared/ports/cloud.ts';
import { concludes, deployed, kinds, NEWEST, releaseOf, setting, withContainer } from '../builders/deploys.ts';
import { at, line, observed, points, revision, service, serviceMetrics, unavailable } from '../builders/evidence.ts';

const probe: Probe = {
  kind: 'http',
  path: '/livez',
  port: 8080,
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  failureThreshold: 3,
};
const probed = withContainer({ livenessProbe: probe });
const shutDown = (count: number, over = {}) =>
  line('backend', 'liveness-probe-failed', count, { revision: NEWEST, ...over });
const older = { firstAt: at(-3600) };
const old = { ...probed, createdAt: at(-86_000) };
const rule = 'health-check-too-strict';
const slow = (seconds: number): Partial<Evidence> => ({
  metrics: observed({ services: [serviceMetrics('backend', { latencyP95Ms: points([seconds * 1000]) })] }),
});

describe('a liveness probe', () => {
  it('that a deploy tightened is named with what it was', () => {
    const release = releaseOf(setting('liveness-probe', 'http /livez, 3 x 30 s', 'http /livez, 3 x 10 s'));
    expect(concludes(rule, [deployed(probed, { release })], { signatures: [shutDown(14)] })).toMatchObject([
      {
        kind: 'cause',
        claim:
          'The liveness probe of backend (http /livez on port 8080, 3 x 10 s, each within 1 s) shuts down instances that work: 14 of them, and the probe was "http /livez, 3 x 30 s" before backend-00003.',
        confidence: 'certain',
        services: ['backend'],
        expects: [{ seen: 'unknown' }],
      },
    ]);
  });

  it('is less sure with another image, and is not blamed for a deploy that left it as it was', () => {
    const both = releaseOf(setting('liveness-probe'), setting('image'));
    const signatures = [shutDown(14)];
    expect(concludes(rule, [deployed(probed, { release: both })], { signatures })).toMatchObject([
      { confidence: 'likely' },
    ]);
    const image = releaseOf(setting('image'));
    expect(concludes(rule, [deployed(probed, { release: image })], { signatures })).toMatchObject([
      { kind: 'ruled-out', reason: expect.stringContaining('left the probe as it was') },
    ]);
  });

  it.each([
    ['two of them', 2, {}, 'cause'],
    ['one, which may really have hung', 1, {}, 'ruled-out'],
    ['long ago', 9, { lastAt: at(-3000) }, 'ruled-out'],
    ['of another revision', 9, { revision: 'backend-00001' }, 'ruled-out'],
  ])('counts instances that it shut down: %s', (_, count, over, kind) => {
    const signatures = [shutDown(count, { ...older, ...over })];
    expect(kinds(concludes(rule, [deployed(old)], { signatures }, slow(1.4)))).toEqual([kind]);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['as long as it allows', slow(1), 'cause'],
    ['a little less', slow(0.99), 'inconclusive'],
    ['nobody knows how long', {}, 'inconclusive'],
    ['of another service', { metrics: observed({ services: [serviceMetrics('auth')] }) }, 'inconclusive'],
  ])('is held against the time of answers: %s', (_, over, kind) => {
    const found = concludes(rule, [deployed(old)], { signatures: [shutDown(9, older)] }, over);
    expect(kinds(found)).toEqual([kind]);
    if (kind === 'cause') expect(found).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'yes' }] }]);
    else expect(found).toMatchObject([{ nextCheck: expect.stringContaining('/livez') }]);
  });

  it('of a port is asked for by its port', () => {
    const tcp = withContainer({ livenessProbe: { ...probe, kind: 'tcp', path: undefined } });
    const found = concludes(rule, [deployed({ ...old, ...tcp })], { signatures: [shutDown(9, older)] });
    expect(found).toMatchObject([{ nextCheck: expect.stringContaining('for its port itself') }]);
  });

  it.each([
    ['as often as counts', FAILED_REQUESTS_MIN, 'ruled-out'],
    ['less often', FAILED_REQUESTS_MIN - 1, 'cause'],
  ])('is right about instances that complain of a dependency %s', (_, count, kind) => {
    const signatures = [shutDown(9, older), line('backend', 'private-connection-timed-out', count)];
    expect(kinds(concludes(rule, [deployed(old)], { signatures }, slow(2)))).toEqual([kind]);
  });

  it('that only a revision of before had is none', () => {
    const gone = deployed(
      {},
      { revisions: [revision(NEWEST, at(-300)), revision('backend-00002', at(-86_400), probed)] },
    );
    expect(kinds(concludes(rule, [gone], { signatures: [shutDown(9)] }))).toEqual(['ruled-out']);
  });

  it('is nothing where there is none', () => {
    const nothing = [
      { kind: 'ruled-out', reason: 'no load balancer leads anywhere, and no service has a liveness probe' },
    ];
    expect(concludes(rule, [service('backend')], { signatures: [shutDown(9)] })).toEqual(nothing);
    expect(concludes(rule, [deployed(probed)], {}, { logs: unavailable('denied') })).toEqual(nothing);
    expect(concludes(rule, [deployed(probed)], {}, { 'cloud-run': unavailable('denied') })).toEqual(nothing);
  });
});
