import { describe, expect, it } from 'vitest';
import { FAILURES_MIN, ONSET_SECONDS_MAX } from '../../shared/diagnosis/revisions.ts';
import { conclude } from '../builders/conclude.ts';
import { at, failed, line, logs, observed, revision, service, template } from '../builders/evidence.ts';
import { failedBy, released } from '../builders/scenes.ts';

describe('release-broken', () => {
  const withRelease = (over: {
    readonly count?: number;
    readonly firstAt?: number;
    readonly share?: number;
    readonly before?: number;
    readonly earlier?: boolean;
  }) => {
    const { count = 20, firstAt = -280, share = 100, before = 0, earlier = true } = over;
    const newest = revision('backend-00003', at(-300), {
      template: {
        ...template,
        containers: template.containers.map((container) => ({ ...container, image: 'app@sha256:bbbb' })),
      },
    });
    return conclude('release-broken', {
      'cloud-run': observed({
        services: [
          service('backend', {
            lastModifier: 'deploy@acme-ci.iam.gserviceaccount.com',
            serving: [{ revision: newest.shortName, percent: share }],
            revisions: earlier ? [newest, revision('backend-00002', at(-86_400))] : [newest],
          }),
        ],
      }),
      logs: observed(
        logs({
          failed: [failed('backend', before, { revision: 'backend-00002', firstAt: at(-900) })].filter(
            ({ count: n }) => n > 0,
          ),
          signatures:
            count === 0
              ? []
              : [line('backend', 'container-exited', count, { revision: 'backend-00003', firstAt: at(firstAt) })],
        }),
      ),
    });
  };

  it.each([
    ['as many failures as it takes', { count: FAILURES_MIN }, 'cause'],
    ['one too few', { count: FAILURES_MIN - 1 }, 'ruled-out'],
    ['failures from the latest onset on', { firstAt: -300 + ONSET_SECONDS_MAX }, 'cause'],
    ['failures that came later', { firstAt: -300 + ONSET_SECONDS_MAX + 1 }, 'ruled-out'],
    ['failures within the skew of clocks before the deploy', { firstAt: -360 }, 'cause'],
    ['failures older than the deploy', { firstAt: -361 }, 'ruled-out'],
    ['a sliver of traffic', { share: 1 }, 'cause'],
    ['no traffic', { share: 0 }, 'ruled-out'],
    ['an earlier revision that failed as well', { before: FAILURES_MIN }, 'ruled-out'],
    ['an earlier revision with a hiccup', { before: FAILURES_MIN - 1 }, 'cause'],
    ['nothing to compare with', { earlier: false }, 'ruled-out'],
  ])('judges %s', (_, over, kind) => {
    expect(withRelease(over).kind).toBe(kind);
  });

  it.each([
    ['as late as belongs to it', -300 + ONSET_SECONDS_MAX],
    ['as early as clocks may differ', -360],
  ])('is as certain of failures that began %s', (_, firstAt) => {
    expect(withRelease({ firstAt })).toMatchObject({
      confidence: 'certain',
      expects: [{ seen: 'yes' }, { seen: 'yes' }],
    });
  });

  it.each([
    ['at once', { firstAt: -300 }, 'from its deploy on'],
    ['a second later', { firstAt: -299 }, 'from 1 s after its deploy on'],
    ['minutes later', { firstAt: -180 }, 'from 2 min after its deploy on'],
    ['just not minutes later', { firstAt: -181 }, 'from 119 s after its deploy on'],
    ['hours before', { firstAt: -7500 }, 'was seen failing 2 h before its deploy'],
    ['just not two hours before', { firstAt: -7499 }, 'was seen failing 120 min before its deploy'],
    [
      'too late, and as often as it takes',
      { count: FAILURES_MIN, firstAt: 601 },
      'was first seen failing 15 min after',
    ],
    ['too late and too seldom', { count: FAILURES_MIN - 1, firstAt: 601 }, 'hardly failed: 2 containers exited'],
  ])('says when it failed: %s', (_, over, words) => {
    const found = withRelease(over);
    expect(found.kind === 'cause' ? found.claim : found.reason).toContain(words);
  });

  it.each([
    ['just within reach of the logs that were cut', -1800 - ONSET_SECONDS_MAX, 'inconclusive'],
    ['out of their reach', -1800 - ONSET_SECONDS_MAX - 1, 'ruled-out'],
  ])('that did not fail and was deployed %s', (_, seconds, kind) => {
    const revisions = [revision('backend-00003', at(seconds)), revision('backend-00002', at(-86_400))];
    const serving = [{ revision: 'backend-00003', percent: 100 }];
    const found = conclude('release-broken', {
      'cloud-run': observed({ services: [service('backend', { serving, revisions })] }),
      logs: observed(logs({ truncated: { requests: true, system: false, application: false } })),
    });
    expect(found.kind).toBe(kind);
  });

  it('says who deployed what, when, and what it printed', () => {
    expect(withRelease({})).toMatchObject({
      claim:
        'Release backend-00003 of backend is broken: 20 containers exited, from 20 s after its deploy on; backend-00002 before it was not seen to fail.',
      confidence: 'certain',
      expects: [{ seen: 'yes' }, { seen: 'yes' }],
      evidence: [
        {
          text: 'backend-00003 was deployed at 2026-11-23 02:55:00 UTC by deploy@acme-ci.iam.gserviceaccount.com and takes 100 % of the traffic.',
        },
        { text: '20 times: "sample of container-exited"' },
        { text: 'backend-00002 before it ran another image.' },
      ],
    });
  });

  it.each([
    ['module-missing', true],
    ['setting-missing', true],
    ['container-exited', false],
  ] as const)('takes %s for a confession: %s', (signature, confessed) => {
    const found = conclude('release-broken', {
      'cloud-run': observed({ services: [released('backend')] }),
      logs: observed(
        logs({
          failed: [failedBy('backend', 20)],
          signatures: [line('backend', signature, 9, { revision: 'backend-00003', firstAt: at(-280) })],
        }),
      ),
    });
    expect(found).toMatchObject({ kind: 'cause', confessed });
  });

  it('says so when the image did not change', () => {
    const found = conclude('release-broken', {
      'cloud-run': observed({
        services: [released('backend')],
      }),
      logs: observed(logs({ failed: [failedBy('backend', 20)] })),
    });
    expect(found).toMatchObject({
      confidence: 'likely',
      evidence: expect.arrayContaining([
        { text: 'backend-00002 before it ran the same image: only settings can differ.' },
      ]),
    });
  });

  it.each([
    ['no service is watched', []],
    ['backend has no revision', [service('backend', { revisions: [] })]],
  ])('is ruled out where %s', (reason, services) => {
    expect(conclude('release-broken', { 'cloud-run': observed({ services }) })).toEqual({ kind: 'ruled-out', reason });
  });

  it('is silent when the newest revision never became ready: the old one serves', () => {
    const newest = revision('backend-00003', at(-300), {
      ready: { state: 'failed', reason: 'HEALTH_CHECK_CONTAINER_ERROR', message: '', at: at(-60) },
    });
    const found = conclude('release-broken', {
      'cloud-run': observed({
        services: [service('backend', { revisions: [newest, revision('backend-00002', at(-86_400))] })],
      }),
    });
    expect(found).toMatchObject({ kind: 'ruled-out', reason: expect.stringContaining('takes no traffic') });
  });
});
