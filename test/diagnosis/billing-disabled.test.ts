import { describe, expect, it } from 'vitest';
import { billingDisabled } from '../../shared/diagnosis/billing-disabled.ts';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { PlatformObservation } from '../../shared/evidence/platform.ts';
import { context, evidence, failed, line, logs, observed, platform, unavailable } from '../builders/evidence.ts';

const turnedAway = observed(
  logs({
    failed: [failed('backend', 40, { reachedContainer: false }), failed('auth', 3)],
    signatures: [line('backend', 'no-available-instance', 40)],
  }),
);
const on = (billing: PlatformObservation['billing'], over: Partial<Evidence> = {}) =>
  judge(billingDisabled, evidence({ platform: observed(platform({ billing })), logs: turnedAway, ...over }), context);
const off = { status: 'seen', value: { enabled: false, account: undefined } } as const;

describe('billing-disabled', () => {
  it('fires where nobody pays: every service and every failing check is harmed', () => {
    const check = { name: 'front page', url: 'https://x.test/', detail: '503', httpStatus: 503, latencyMs: 1 };
    const http = observed({
      checks: [
        { ...check, verdict: 'failed' as const },
        { ...check, name: 'api', verdict: 'passed' as const },
      ],
    });
    expect(on(off, { http })).toMatchObject([
      {
        kind: 'cause',
        target: 'projects/acme-staging',
        claim: 'Nobody pays for acme-staging: it has no active billing account, and 1 services answer no more.',
        confidence: 'certain',
        services: ['auth', 'backend', 'frontend'],
        checks: ['front page'],
        expects: [{ seen: 'yes' }],
      },
    ]);
  });

  it('knows harmed services by the log where Cloud Run answers nobody', () => {
    expect(on(off, { 'cloud-run': unavailable('This API method requires billing') })).toMatchObject([
      { services: ['backend'] },
    ]);
  });

  it('is less sure where requests fail in another way, and does not know without the log', () => {
    const otherwise = observed(
      logs({ failed: [failed('backend', 40)], signatures: [line('backend', 'no-available-instance', 20)] }),
    );
    expect(on(off, { logs: otherwise })).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'no' }] }]);
    expect(on(off, { logs: unavailable('no'), 'cloud-run': unavailable('no') })).toMatchObject([
      { services: [], expects: [{ seen: 'unknown' }] },
    ]);
  });

  it('is ruled out where somebody pays', () => {
    expect(on({ status: 'seen', value: { enabled: true, account: 'billingAccounts/1' } })).toEqual([
      { kind: 'ruled-out', reason: 'a billing account pays for the project' },
    ]);
  });

  it.each([
    [{ status: 'unseen', why: 'needs resourcemanager.projects.get' } as const, 'needs resourcemanager.projects.get'],
    [{ status: 'not-enabled' } as const, 'the Cloud Billing API is not enabled in acme-staging'],
  ])('asks a person where it cannot be seen and would explain what is felt', (billing, reason) => {
    expect(on(billing)).toMatchObject([
      {
        kind: 'inconclusive',
        reason,
        about: { services: ['backend'] },
        nextCheck: expect.stringContaining('billing account'),
      },
    ]);
  });

  it('asks nobody where services run', () => {
    const running = observed(logs({ failed: [failed('backend', 40)] }));
    for (const over of [{ logs: running }, { logs: observed(logs()) }, { logs: unavailable('no') }])
      expect(on({ status: 'not-enabled' }, over)).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('does not take containers that start in vain for none', () => {
    const starting = observed(
      logs({
        failed: [failed('backend', 40, { reachedContainer: false })],
        signatures: [line('backend', 'no-available-instance', 40), line('backend', 'startup-probe-failed', 3)],
      }),
    );
    expect(on({ status: 'not-enabled' }, { logs: starting })).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
