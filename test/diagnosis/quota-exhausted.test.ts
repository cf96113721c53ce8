import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { quotaExhausted } from '../../shared/diagnosis/quota-exhausted.ts';
import type { SignatureCount } from '../../shared/evidence/logs.ts';
import type { PlatformObservation } from '../../shared/evidence/platform.ts';
import { at, context, evidence, line, logs, observed, platform, quota, unavailable } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const QUOTA_METRICS_SECONDS = 300;
const REFUSALS_MIN = 3;

const SQL = `googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'sqladmin.googleapis.com' for consumer 'project_number:1'., rateLimitExceeded`;
const RUN = `The request failed because the project exceeded its quota limit for run.googleapis.com/cpu_allocation recently.`;
const refused = (count: number, over: Partial<SignatureCount> = {}) =>
  line('backend', 'quota-exceeded', count, { sample: SQL, firstAt: at(-600), ...over });
const seen = (quotas: PlatformObservation['quotas']) => observed(platform({ quotas }));
const on = (lines: readonly SignatureCount[], ground = seen({ status: 'seen', value: [quota()] })) =>
  judge(quotaExhausted, evidence({ logs: observed(logs({ signatures: lines })), platform: ground }), context);

describe('quota-exhausted', () => {
  it('fires where a service is refused and Monitoring has the quota at its limit', () => {
    expect(on([refused(40)])).toMatchObject([
      {
        kind: 'cause',
        target: 'projects/acme-staging/services/sqladmin.googleapis.com',
        claim:
          'A quota of sqladmin.googleapis.com is used up: 180 of 180 within a minute, refusals in 3 minutes; backend was refused 40 times.',
        confidence: 'certain',
        services: ['backend'],
        expects: [{ seen: 'yes' }],
        evidence: [
          { text: `40 times in backend: "${SQL}"` },
          {
            text: 'sqladmin.googleapis.com/default in the project: 180 of 180 within a minute, refusals in 3 minutes.',
            url: 'https://console.cloud.google.com/iam-admin/quotas?project=acme-staging&service=sqladmin.googleapis.com',
          },
        ],
      },
    ]);
  });

  it.each([
    [REFUSALS_MIN - 1, 'ruled-out'],
    [REFUSALS_MIN, 'cause'],
  ] as const)('of %i refusals is %s', (count, kind) => {
    expect(on([refused(count)])).toMatchObject([{ kind }]);
  });

  it('knows an API by the words of Cloud Run itself, and each API by itself', () => {
    const lines = [
      refused(9),
      refused(2, { service: 'auth' }),
      refused(5, { sample: RUN, log: 'requests' }),
      refused(4, { sample: 'Error 429: Quota exceeded' }),
    ];
    expect(on(lines)).toMatchObject([
      { target: 'projects/acme-staging/services/a Google API' },
      { target: 'projects/acme-staging/services/run.googleapis.com', confidence: 'possible' },
      { target: 'projects/acme-staging/services/sqladmin.googleapis.com', services: ['auth', 'backend'] },
    ]);
  });

  it('says at least where the log was cut', () => {
    const cut = logs({
      signatures: [refused(12)],
      truncated: { requests: false, system: false, application: true },
    });
    const [found] = judge(quotaExhausted, evidence({ logs: observed(cut) }), context);
    expect(found).toMatchObject({ claim: expect.stringContaining('refused at least 12 times') });
  });

  it.each([
    [
      'what is full, held in the region',
      quota({ location: 'us-central1', kind: 'concurrent', refusedMinutes: 0 }),
      'yes',
    ],
    ['what is nearly full', quota({ used: 179, refusedMinutes: 0 }), 'no'],
    ['refusals of a use that is not known', quota({ used: undefined, refusedMinutes: 1 }), 'yes'],
    ['neither', quota({ limit: undefined, refusedMinutes: 0 }), 'no'],
    ['what others hold', quota({ kind: 'allocation' }), 'yes'],
    ['an unknown kind', quota({ kind: 'unknown' }), 'yes'],
  ] as const)('holds against it %s', (_, one, expected) => {
    expect(on([refused(40)], seen({ status: 'seen', value: [one] }))).toMatchObject([
      { expects: [{ seen: expected }] },
    ]);
  });

  it.each([
    [QUOTA_METRICS_SECONDS, 'no'],
    [QUOTA_METRICS_SECONDS - 1, 'unknown'],
  ] as const)('expects Monitoring to count refusals that are %i s old: %s', (seconds, expected) => {
    const found = on([refused(40, { firstAt: at(-seconds) })], seen({ status: 'seen', value: [] }));
    expect(found).toMatchObject([
      { confidence: expected === 'no' ? 'possible' : 'likely', expects: [{ seen: expected }] },
    ]);
  });

  it.each([
    ['the platform is out of reach', unavailable('no'), 'Monitoring does not show it near its limit.'],
    ['its use is', seen({ status: 'unseen', why: 'needs a right' }), 'Its use could not be read: needs a right'],
  ] as const)('is likely where %s', (_, ground, text) => {
    expect(on([refused(40)], ground)).toMatchObject([
      { confidence: 'likely', expects: [{ seen: 'unknown' }], evidence: [{}, { text }] },
    ]);
  });

  it('is silent where nobody is refused now, however full a quota is', () => {
    expect(on([])).toEqual([{ kind: 'ruled-out', reason: 'no service was refused for want of a quota' }]);
    expect(on([refused(40, { lastAt: at(-900) })])).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
