import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { beganWith, failuresOf, lastGoodBefore, readyBefore, shareOf } from '../../shared/diagnosis/revisions.ts';
import { plusSeconds } from '../../shared/ports/clock.ts';
import {
  at,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  revision,
  service,
  serviceMetrics,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const ONSET_SECONDS_MAX = 900;
const SKEW_SECONDS = 60;

const newest = revision('backend-00004', at(-300));
const revisions = [
  newest,
  revision('backend-00003', at(-600)),
  revision('backend-00002', at(-86_400)),
  revision('backend-00001', at(-172_800)),
];
const counted = (requests: Readonly<Record<string, readonly [number, number]>>) => ({
  services: [
    serviceMetrics('backend', {
      byRevision: Object.entries(requests).map(([name, [all, errors]]) => ({
        revision: name,
        requests: all,
        serverErrors: errors,
      })),
    }),
  ],
});
const serving = [{ revision: 'backend-00004', percent: 100 }];

describe('the revision to go back to', () => {
  const good = (metrics = counted({}), seen = logs(), shares = serving) =>
    lastGoodBefore(service('backend', { revisions, serving: shares }), newest, { logs: seen, metrics })?.shortName;

  it.each([
    ['served, though a newer one is ready', counted({ 'backend-00002': [900, 3] }), 'backend-00002'],
    [
      'answered most without errors',
      counted({ 'backend-00003': [1000, 501], 'backend-00002': [9, 4] }),
      'backend-00002',
    ],
    ['answered half without errors', counted({ 'backend-00003': [90, 45], 'backend-00002': [9, 0] }), 'backend-00003'],
    ['answered anything at all', counted({ 'backend-00003': [0, 0], 'backend-00002': [9, 0] }), 'backend-00002'],
    ['is the newest where none was counted', counted({ 'backend-00004': [900, 900] }), 'backend-00003'],
  ])('%s', (_, metrics, expected) => {
    expect(good(metrics)).toBe(expected);
  });

  it('still takes traffic, where none was counted', () => {
    const split = [
      { revision: 'backend-00004', percent: 90 },
      { revision: 'backend-00002', percent: 10 },
    ];
    expect(good(counted({}), logs(), split)).toBe('backend-00002');
  });

  it('never failed too', () => {
    const also = ['backend-00003', 'backend-00002'].map((name) => failed('backend', 3, { revision: name }));
    expect(good(counted({}), logs({ failed: also }))).toBe('backend-00001');
    const exits = logs({ signatures: [line('backend', 'container-exited', 3, { revision: 'backend-00003' })] });
    expect(good(counted({ 'backend-00003': [90, 0] }), exits)).toBe('backend-00002');
    const all = revisions.map(({ shortName }) => failed('backend', 3, { revision: shortName }));
    expect(good(counted({}), logs({ failed: all }))).toBeUndefined();
  });
});

it.each([
  [-SKEW_SECONDS, true],
  [-SKEW_SECONDS - 1, false],
  [ONSET_SECONDS_MAX, true],
  [ONSET_SECONDS_MAX + 1, false],
])('what began %i s after the deploy began with it: %s', (seconds, expected) => {
  expect(beganWith(newest, plusSeconds(newest.createdAt, seconds))).toBe(expected);
});

it('takes only what came earlier for what was there before', () => {
  const twin = revision('backend-00005', newest.createdAt);
  const names = readyBefore(service('backend', { revisions: [twin, ...revisions] }), newest).map(
    (one) => one.shortName,
  );
  expect(names).toEqual(['backend-00003', 'backend-00002', 'backend-00001']);
});

it.each([
  [500, 3],
  [499, 0],
])('counts requests that failed with %i as %i failures of the revision', (status, requests) => {
  const seen = logs({ failed: [failed('backend', 3, { revision: 'backend-00004', status })] });
  expect(failuresOf('backend-00004', 'backend', seen)).toMatchObject({ requests });
});

describe('a release after a broken release', () => {
  const failing = (name: string, firstAt: number) =>
    line('backend', 'container-exited', 9, { revision: name, firstAt: at(firstAt) });
  const found = (since: number) =>
    diagnose(
      evidence({
        'cloud-run': observed({ services: [service('backend', { revisions, serving })] }),
        logs: observed(
          logs({
            failed: [failed('backend', 90, { revision: 'backend-00004' })],
            signatures: [failing('backend-00004', -290), failing('backend-00003', since)],
          }),
        ),
      }),
      context,
    );

  it('is broken too, and the one before both is what served', () => {
    expect(found(-590).root).toMatchObject({
      rule: 'release-broken',
      claim: expect.stringContaining('; backend-00002 before it was not seen to fail.'),
    });
  });

  it('is broken though none before it ever served', () => {
    const found = diagnose(
      evidence({
        'cloud-run': observed({ services: [service('backend', { revisions: revisions.slice(0, 2), serving })] }),
        logs: observed(
          logs({
            failed: [failed('backend', 90, { revision: 'backend-00004' })],
            signatures: [failing('backend-00004', -290), failing('backend-00003', -590)],
          }),
        ),
      }),
      context,
    );
    expect(found.root?.claim).toBe(
      'Release backend-00004 of backend is broken: 90 requests failed and 9 containers exited, from 10 s after its deploy on.',
    );
    expect(found.root).toMatchObject({ expects: [{ seen: 'yes' }, { seen: 'unknown' }] });
    expect(found.root?.evidence.map(({ text }) => text)).not.toContainEqual(expect.stringContaining('before it'));
  });

  it('is not to blame for what the one before it did not bring either', () => {
    expect(found(-900).causes.map(({ rule }) => rule)).toEqual(['crash-after-ready']);
  });
});

it('counts every entry of a revision, tagged or not', () => {
  const shares = [
    { revision: 'backend-00004', percent: 0, tag: 'next' },
    { revision: 'backend-00004', percent: 60 },
    { revision: 'backend-00002', percent: 40 },
  ];
  expect(shareOf({ serving: shares }, 'backend-00004')).toBe(60);
});
