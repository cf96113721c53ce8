import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../shared/diagnosis/side-by-side.ts';
import type { Change } from '../../shared/evidence/changes.ts';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import { change, concludes, deployed, kinds, NEWEST, releaseOf, setting } from '../builders/deploys.ts';
import { at, failed, logs, observed, points, revision, serviceMetrics } from '../builders/evidence.ts';

// 00003 was deployed two hours ago; 00002 serves beside it, or did.
const OLD = 'backend-00002';
const late = (over: Partial<ServiceObservation> = {}) =>
  deployed({}, { revisions: [revision(NEWEST, at(-7200)), revision(OLD, at(-86_400))], ...over });
const split = (newest: number, over: Partial<ServiceObservation> = {}) => {
  const serving = [
    { revision: OLD, percent: 100 - newest },
    { revision: NEWEST, percent: newest },
  ];
  return late({ serving, traffic: serving, ...over });
};
const failing = (count: number, firstAt = -240, old = 0) => ({
  failed: [
    failed('backend', count, { revision: NEWEST, status: 500, firstAt: at(firstAt) }),
    ...(old === 0 ? [] : [failed('backend', old, { revision: OLD, status: 500, firstAt: at(firstAt) })]),
  ],
});
const audited = (...changes: readonly Change[]) => ({
  changes: observed({ from: at(-20_000), changes, truncated: false }),
});
const moved = (seconds = -250, over: Partial<Change> = {}) => change({ at: at(seconds), ...over });

describe('release-broken, where traffic came after the deploy', () => {
  it('dates its failures from when traffic was moved, and says who moved it', () => {
    expect(concludes('release-broken', [late()], failing(40), audited(moved()))).toMatchObject([
      {
        claim:
          'Release backend-00003 of backend is broken: 40 requests failed, from 10 s after traffic was moved to it on; backend-00002 before it was not seen to fail.',
        confidence: 'likely',
        evidence: [
          {
            text: 'backend-00003 was deployed at 2026-11-23 01:00:00 UTC and takes 100 % of the traffic; traffic was moved at 2026-11-23 02:55:50 UTC by ann@acme.example.',
          },
          {},
        ],
      },
    ]);
    expect(concludes('release-broken', [late()], failing(40), audited(moved(-240)))).toMatchObject([
      { claim: expect.stringContaining('failed, from the moment that traffic was moved to it;') },
    ]);
    const unnamed = audited(moved(-250, { by: undefined }));
    expect(concludes('release-broken', [late()], failing(40), unnamed)).toMatchObject([
      { evidence: [{ text: expect.stringMatching(/moved at 2026-11-23 02:55:50 UTC\.$/) }, {}] },
    ]);
  });

  it.each([
    ['as late as belongs to it', -1140, 'cause'],
    ['a second later', -1141, 'ruled-out'],
    ['within the skew before it', -180, 'cause'],
    ['a second earlier', -179, 'ruled-out'],
  ])('judges failures that begin %s', (_, movedAt, kind) => {
    expect(kinds(concludes('release-broken', [late()], failing(40), audited(moved(movedAt))))).toEqual([kind]);
  });

  it.each([
    ['before its deploy', moved(-7201)],
    ['of the moment of its deploy, which is the deploy itself', moved(-7200)],
    ['of another service', moved(-250, { name: 'auth' })],
    ['of another field', moved(-250, { fields: ['scaling'] })],
    ['of another product', moved(-250, { thing: 'secret' })],
    ['that was refused', moved(-250, { outcome: 'refused' })],
  ])('takes no traffic to have come by a change %s', (_, other) => {
    expect(concludes('release-broken', [late()], failing(40), audited(other))).toEqual([
      { kind: 'ruled-out', reason: 'backend-00003 was first seen failing 116 min after its deploy' },
    ]);
  });

  it('names the traffic where it came too early to be why', () => {
    expect(concludes('release-broken', [late()], failing(40), audited(moved(-3600)))).toEqual([
      { kind: 'ruled-out', reason: 'backend-00003 was first seen failing 56 min after traffic was moved to it' },
    ]);
  });

  it('is not to blame where the one before it failed first', () => {
    const seen = { failed: [...failing(40).failed, failed('backend', 40, { revision: OLD, firstAt: at(-400) })] };
    expect(concludes('release-broken', [late()], seen, audited(moved()))).toEqual([
      { kind: 'ruled-out', reason: 'backend-00002 failed before backend-00003 came: 40 requests failed' },
    ]);
  });

  const whole = { fields: [], method: 'ReplaceService' };
  const answered = (...values: readonly number[]) => ({
    metrics: observed({
      services: [
        serviceMetrics('backend', { latencyByRevision: [{ revision: NEWEST, p95Ms: points(values, at(-100)) }] }),
      ],
    }),
  });
  const withRevision = (seconds: number) =>
    late({
      revisions: [revision(NEWEST, at(-7200)), revision(OLD, at(-86_400)), revision('backend-00004', at(seconds))],
    });
  it.each([
    ['as it answered nobody before', moved(-250, whole), answered(90, 90), late(), 'cause'],
    [
      'as it never answered anybody',
      moved(-250, whole),
      { metrics: observed({ services: [serviceMetrics('backend')] }) },
      late(),
      'cause',
    ],
    ['not as it answered before', moved(-250, whole), answered(90, 90, 90, 90), late(), 'ruled-out'],
    [
      'not as it answered in the minute that was over with it',
      moved(-280, whole),
      answered(90, 90, 90, 90),
      late(),
      'ruled-out',
    ],
    [
      'as it answered from the minute on in which it came',
      moved(-281, whole),
      answered(90, 90, 90, 90),
      late(),
      'cause',
    ],
    [
      'not where requests are not counted',
      moved(-250, whole),
      { metrics: { status: 'not-applicable' } },
      late(),
      'ruled-out',
    ],
    [
      'not where they are counted of others',
      moved(-250, whole),
      { metrics: observed({ services: [] }) },
      late(),
      'ruled-out',
    ],
    ['not by another method', moved(-250, { ...whole, method: 'DeleteService' }), answered(90), late(), 'ruled-out'],
    ['not as it made a revision', moved(-250, whole), answered(90), withRevision(-255), 'ruled-out'],
    ['not as it may have made one, within the skew', moved(-250, whole), answered(90), withRevision(-310), 'ruled-out'],
    ['as the revision was there a second earlier', moved(-250, whole), answered(90), withRevision(-311), 'cause'],
  ] as const)('takes a change that names no fields for one of traffic: %s', (_, one, metrics, of, kind) => {
    expect(kinds(concludes('release-broken', [of], failing(40), { ...audited(one), ...metrics }))).toEqual([kind]);
  });
});

describe('release-broken, beside an older revision that serves', () => {
  const counts = (of: readonly (readonly [string, number, number])[]) => ({
    metrics: observed({
      services: [
        serviceMetrics('backend', {
          byRevision: of.map(([name, requests, serverErrors]) => ({ revision: name, requests, serverErrors })),
        }),
      ],
    }),
  });

  it('is certain, with both counts, though its containers say nothing', () => {
    const both = counts([
      [OLD, 900, 0],
      [NEWEST, 600, 360],
    ]);
    const found = concludes('release-broken', [split(40)], failing(40), { ...audited(moved()), ...both });
    expect(found).toMatchObject([
      {
        confidence: 'certain',
        evidence: [
          {},
          { text: 'backend-00003 failed 360 of 600 requests, backend-00002 beside it 0 of 900.' },
          { text: 'backend-00002 before it ran the same image: only settings can differ.' },
        ],
      },
    ]);
    const uncounted = [
      counts([[NEWEST, 600, 360]]),
      { metrics: observed({ services: [] }) },
      { metrics: { status: 'not-applicable' } as const },
    ];
    for (const one of uncounted)
      expect(concludes('release-broken', [split(40)], failing(40), { ...audited(moved()), ...one })).toMatchObject([
        { evidence: [{}, { text: expect.stringContaining('same image') }] },
      ]);
  });

  // Of 40 % the newest failed 40, so that 60 are due of the 60 % beside it.
  it.each([
    ['as many as that, and it is worse', 20, 'cause'],
    ['one more, and they are alike', 21, 'ruled-out'],
  ])('compares what each fails of its share: %s', (_, old, kind) => {
    const found = concludes('release-broken', [split(40)], failing(40, -240, old), audited(moved()));
    expect(kinds(found)).toEqual([kind]);
    if (kind === 'ruled-out')
      expect(found).toMatchObject([{ reason: 'backend-00002, which serves beside backend-00003, fails as often' }]);
  });

  it('holds though the one beside it failed a little before', () => {
    const seen = { failed: [...failing(40).failed, failed('backend', 5, { revision: OLD, firstAt: at(-900) })] };
    expect(kinds(concludes('release-broken', [split(40)], seen, audited(moved())))).toEqual(['cause']);
  });

  it('is likely of one whose traffic came by nobody knows what, and only possible where nothing moved it', () => {
    expect(concludes('release-broken', [split(40)], failing(40))).toMatchObject([
      {
        claim:
          'Release backend-00003 of backend is broken: 40 requests failed; backend-00002 before it was not seen to fail.',
        confidence: 'likely',
      },
    ]);
    expect(concludes('release-broken', [split(40)], failing(40), audited())).toMatchObject([
      { confidence: 'possible' },
    ]);
  });

  it('fails before its deploy, by a clock that is wrong, and is worse all the same', () => {
    const fresh = split(40, { revisions: [revision(NEWEST, at(-100)), revision(OLD, at(-86_400))] });
    expect(concludes('release-broken', [fresh], failing(40))).toMatchObject([{ confidence: 'likely' }]);
  });

  it('is compared with the newest that takes a share, not with one between that takes none', () => {
    const revisions = [revision(NEWEST, at(-7200)), revision('backend-00002b', at(-9000)), revision(OLD, at(-86_400))];
    const found = (old: number) =>
      kinds(concludes('release-broken', [split(40, { revisions })], failing(40, -240, old), audited(moved())));
    expect(found(20)).toEqual(['cause']);
    expect(found(21)).toEqual(['ruled-out']);
  });

  // 20 % of the traffic remain: of 12 failed requests 3 would be due, of 11 fewer.
  it.each([
    [12, 'cause'],
    [11, 'ruled-out'],
  ])('says nothing where the other had hardly a chance to fail: %i', (count, kind) => {
    expect(kinds(concludes('release-broken', [split(80)], failing(count)))).toEqual([kind]);
  });
});

it('compares no revision that takes no traffic', () => {
  const of = split(0);
  expect(of.revisions.map((one) => sideBySide(of, one, logs(failing(40))))).toEqual([undefined, undefined]);
});

it('configuration-broken dates what failed from when traffic was moved, too', () => {
  const of = late({ release: releaseOf(setting('env', 'one value', 'another value', 'POSTGRES_HOST')) });
  expect(concludes('configuration-broken', [of], failing(40), audited(moved()))).toMatchObject([
    { claim: expect.stringContaining('40 requests failed from when traffic was moved to it.') },
  ]);
  expect(kinds(concludes('configuration-broken', [of], failing(40), audited()))).toEqual(['ruled-out']);
  const judged = (movedAt: number) =>
    kinds(concludes('configuration-broken', [of], failing(40), audited(moved(movedAt))));
  // What failed began at -240: a quarter of an hour after, or within the skew before.
  expect([-1140, -180].map(judged)).toEqual([['cause'], ['cause']]);
  expect([-1141, -179].map(judged)).toEqual([['ruled-out'], ['ruled-out']]);
});
