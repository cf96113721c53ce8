import { describe, expect, it } from 'vitest';
import { FAILURES_MIN, ONSET_SECONDS_MAX, SKEW_SECONDS } from '../../shared/diagnosis/revisions.ts';
import type { Change } from '../../shared/evidence/changes.ts';
import { change, concludes, kinds } from '../builders/deploys.ts';
import { at, failed, observed, revision, service } from '../builders/evidence.ts';

const OLD = 'backend-00002';
const pinned = (newestAt = -3600, over: Parameters<typeof service>[1] = {}) =>
  service('backend', {
    traffic: [{ revision: OLD, percent: 100 }],
    serving: [{ revision: OLD, percent: 100 }],
    revisions: [revision('backend-00003', at(newestAt)), revision(OLD, at(-86_400))],
    ...over,
  });
const failing = (count = 40, firstAt = -240) => ({
  failed: [failed('backend', count, { revision: OLD, firstAt: at(firstAt) })],
});
const audited = (...changes: readonly Change[]) => ({
  changes: observed({ from: at(-20_000), changes, truncated: false }),
});
const judged = (seen = failing(), over: ReturnType<typeof audited> | object = audited(change()), of = pinned()) =>
  concludes('traffic-pinned', [of], seen, over);

describe('traffic-pinned', () => {
  it('is certain of a revision that failed from the moment that it was pinned', () => {
    expect(judged()).toMatchObject([
      {
        claim:
          'Traffic of backend is pinned to backend-00002, of which 40 requests failed, while the newer backend-00003 is ready and gets none.',
        confidence: 'certain',
        evidence: [{}, { text: 'ann@acme.example: UpdateService on backend (traffic) at 2026-11-23 02:54:40 UTC.' }],
      },
    ]);
  });

  it.each([
    ['as many failures as it takes', FAILURES_MIN, 'cause'],
    ['one fewer', FAILURES_MIN - 1, 'ruled-out'],
  ])('judges %s', (_, count, kind) => {
    expect(kinds(judged(failing(count)))).toEqual([kind]);
  });

  it.each([
    ['as late as belongs to the pin', -240 - ONSET_SECONDS_MAX, 'cause'],
    ['a second later', -241 - ONSET_SECONDS_MAX, 'ruled-out'],
    ['within the skew before it', -240 + SKEW_SECONDS, 'cause'],
    ['a second earlier', -239 + SKEW_SECONDS, 'ruled-out'],
  ])('judges failures that begin %s', (_, pinnedAt, kind) => {
    expect(kinds(judged(failing(), audited(change({ at: at(pinnedAt) }))))).toEqual([kind]);
  });

  it('suspects the pin where a newer revision came after the trouble and takes no traffic', () => {
    expect(judged(failing(), {}, pinned(-100))).toMatchObject([
      { confidence: 'likely', expects: [{ seen: 'unknown' }] },
    ]);
    expect(judged(failing(), audited(), pinned(-100))).toMatchObject([
      { confidence: 'possible', expects: [{ seen: 'no' }] },
    ]);
  });

  it.each([
    ['a change of another service', change({ name: 'auth' })],
    ['one that was refused', change({ outcome: 'refused' })],
    ['one of another field', change({ fields: ['scaling'] })],
    ['one of another product', change({ thing: 'secret' })],
  ])('does not take for a pin %s', (_, other) => {
    expect(kinds(judged(failing(), audited(other)))).toEqual(['ruled-out']);
  });

  it.each([
    ['the latest', 'LATEST'],
    ['the newest', 'backend-00003'],
  ])('fires where %s is named and takes nothing', (_, name) => {
    const traffic = [
      { revision: OLD, percent: 100 },
      { revision: name, percent: 0 },
    ];
    expect(kinds(judged(failing(), audited(change()), pinned(-3600, { traffic })))).toEqual(['cause']);
  });

  it.each([
    ['just after it began', -239, 'cause'],
    ['as it began', -240, 'ruled-out'],
  ])('asks whether what is newer came since the trouble: %s', (_, newestAt, kind) => {
    expect(kinds(judged(failing(), {}, pinned(newestAt)))).toEqual([kind]);
  });

  it('says what is pinned where that is the newest', () => {
    const newest = pinned(-3600, { traffic: [{ revision: 'backend-00003', percent: 100 }] });
    expect(judged(failing(), audited(change()), newest)).toEqual([
      { kind: 'ruled-out', reason: 'backend: what is pinned is the newest that is ready' },
    ]);
  });

  it.each([
    ['traffic goes to the latest', pinned(-3600, { traffic: [{ revision: 'LATEST', percent: 100 }] })],
    ['the newest is pinned', pinned(-3600, { traffic: [{ revision: 'backend-00003', percent: 100 }] })],
    [
      'the latest takes a share',
      pinned(-3600, {
        traffic: [
          { revision: OLD, percent: 90 },
          { revision: 'LATEST', percent: 10 },
        ],
      }),
    ],
    [
      'the newest takes a share',
      pinned(-3600, {
        traffic: [
          { revision: OLD, percent: 90 },
          { revision: 'backend-00003', percent: 10 },
        ],
      }),
    ],
    ['nothing is ready', pinned(-3600, { revisions: [] })],
  ])('is silent where %s', (_, of) => {
    expect(kinds(judged(failing(), audited(change()), of))).toEqual(['ruled-out']);
  });

  it('is silent at a rollback that stands and serves', () => {
    expect(judged({ failed: [] })).toEqual([
      { kind: 'ruled-out', reason: 'backend: backend-00002 is pinned and does not fail' },
    ]);
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('traffic-pinned', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
