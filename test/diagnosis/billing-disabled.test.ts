import { describe, expect, it } from 'vitest';
import { billingDisabled, SETTLING_SECONDS_MAX } from '../../shared/diagnosis/billing-disabled.ts';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import type { Change } from '../../shared/evidence/changes.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { PlatformObservation } from '../../shared/evidence/platform.ts';
import { at, context, evidence, failed, line, logs, observed, platform, unavailable } from '../builders/evidence.ts';

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

  describe('that was lifted', () => {
    const paid = { status: 'seen', value: { enabled: true, account: 'billingAccounts/1' } } as const;
    const change = (method: string, seconds: number, over: Partial<Change> = {}): Change => ({
      at: at(seconds),
      by: 'finance@acme.example',
      thing: 'billing',
      method,
      resource: 'projects/acme-staging',
      name: 'acme-staging',
      fields: [],
      outcome: 'made',
      detail: '',
      ...over,
    });
    const [stops, lifts] = ['DisableResourceBilling', 'AssignResourceToBillingAccount'];
    const told = (...changes: readonly Change[]) => ({
      changes: observed({ from: at(-21_600), changes, truncated: false }),
    });

    it('still keeps instances away', () => {
      expect(on(paid, told(change(lifts, -300), change(stops, -420)))).toMatchObject([
        {
          kind: 'cause',
          claim:
            'acme-staging had no billing account from 2026-11-23 02:53:00 UTC until 2026-11-23 02:55:00 UTC, and 1 services find no instance: Cloud Run may give none for up to 30 minutes after it is paid for again.',
          confidence: 'likely',
          services: ['backend'],
          evidence: [
            { text: 'finance@acme.example: DisableResourceBilling on acme-staging at 2026-11-23 02:53:00 UTC.' },
            { text: expect.stringContaining('AssignResourceToBillingAccount') },
            { text: expect.stringContaining('scale nothing') },
          ],
        },
      ]);
    });

    it('is known by the audit log alone where Cloud Billing may not be asked', () => {
      expect(on({ status: 'not-enabled' }, told(change(stops, -300)))).toMatchObject([
        { kind: 'cause', claim: expect.stringContaining('from 2026-11-23 02:55:00 UTC, and 1 services') },
      ]);
    });

    it('names who took it away where it is off still', () => {
      expect(on(off, told(change(stops, -300)))).toMatchObject([
        { evidence: [{}, { text: expect.stringContaining('finance@acme.example') }, {}] },
      ]);
    });

    it.each<[string, readonly Change[], Partial<Evidence>, string]>([
      ['half an hour ago', [change(lifts, -SETTLING_SECONDS_MAX), change(stops, -7200)], {}, 'cause'],
      ['longer ago', [change(lifts, -SETTLING_SECONDS_MAX - 1), change(stops, -7200)], {}, 'ruled-out'],
      [
        'half an hour ago, and moved to another account since',
        [change(lifts, -60), change(lifts, -SETTLING_SECONDS_MAX - 1), change(stops, -7200)],
        {},
        'ruled-out',
      ],
      ['a second after', [change(lifts, -419), change(stops, -420)], {}, 'cause'],
      ['in the same moment, so that it was never without', [change(lifts, -420), change(stops, -420)], {}, 'ruled-out'],
      ['by nobody who is known', [change(stops, -300)], {}, 'ruled-out'],
      ['in vain', [change(lifts, -300), change(stops, -420, { outcome: 'refused' })], {}, 'ruled-out'],
      ['and something else was stopped', [change(lifts, -300), change(stops, -420, { thing: 'api' })], {}, 'ruled-out'],
      ['while services run', [change(lifts, -300), change(stops, -420)], { logs: observed(logs()) }, 'ruled-out'],
      [
        'while logs cannot be read',
        [change(lifts, -300), change(stops, -420)],
        { logs: unavailable('no') },
        'ruled-out',
      ],
    ])('is judged %s', (_, changes, over, kind) => {
      expect(on(paid, { ...told(...changes), ...over })).toMatchObject([{ kind }]);
    });
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
