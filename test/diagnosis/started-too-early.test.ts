import { describe, expect, it } from 'vitest';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { InstanceStarts } from '../../shared/evidence/instance-starts.ts';
import type { Probe } from '../../shared/ports/cloud.ts';
import { concludes, deployed, kinds, NEWEST, starts, withContainer } from '../builders/deploys.ts';
import { line } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const STARTS_MIN = 2;
const YOUNG_RATIO_MIN = 0.8;

const young: Partial<InstanceStarts> = { succeeded: 4, failedYoung: 80, failedOlder: 0, failedUntilSeconds: 24.4 };
const judged = (over: Partial<InstanceStarts>, service = deployed()) =>
  concludes('started-too-early', [service], { starts: [starts({ ...young, ...over })] });

describe('started-too-early', () => {
  it.each([
    ['as many errors as make trouble', { failedYoung: FAILED_REQUESTS_MIN }, 'cause'],
    ['one fewer', { failedYoung: FAILED_REQUESTS_MIN - 1 }, 'ruled-out'],
    ['as many starts as it takes', { succeeded: STARTS_MIN }, 'cause'],
    ['one fewer start', { succeeded: STARTS_MIN - 1 }, 'ruled-out'],
    [
      'as large a share of young instances as it takes',
      { failedYoung: 100 * YOUNG_RATIO_MIN, failedOlder: 20 },
      'cause',
    ],
    ['a hair less', { failedYoung: 100 * YOUNG_RATIO_MIN, failedOlder: 21 }, 'ruled-out'],
  ])('judges %s', (_, over, kind) => {
    expect(kinds(judged(over))).toEqual([kind]);
  });

  const probe = (kind: Probe['kind']): Probe => ({
    kind,
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    failureThreshold: 3,
    path: kind === 'http' ? '/ready' : undefined,
    port: undefined,
  });

  it.each([
    ['no probe', undefined, 'yes'],
    ['one that looks at a port', probe('tcp'), 'yes'],
    ['one that looks at an answer', probe('http'), 'no'],
  ] as const)('says what the probe looks at: %s', (_, startupProbe, seen) => {
    expect(judged({}, deployed(withContainer({ startupProbe })))).toMatchObject([
      {
        claim:
          "New instances of backend-00003 get requests before they can serve: 80 of 80 errors fell within 24 s of an instance's start, over 4 starts.",
        expects: [{ seen }, { seen: 'yes' }],
      },
    ]);
  });

  it.each(['container-exited', 'memory-limit-exceeded', 'response-malformed', 'private-connection-timed-out'] as const)(
    'is silent beside %s',
    (signature) => {
      const seen = { starts: [starts(young)], signatures: [line('backend', signature, 1, { revision: NEWEST })] };
      expect(kinds(concludes('started-too-early', [deployed()], seen))).toEqual(['ruled-out']);
    },
  );

  it('is silent where no start was seen, and where nothing is watched', () => {
    expect(kinds(concludes('started-too-early', [deployed()]))).toEqual(['ruled-out']);
    expect(concludes('started-too-early', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });

  it('does without an age that is not known', () => {
    expect(judged({ failedUntilSeconds: undefined })).toMatchObject([{ claim: expect.stringContaining('within 0 s') }]);
  });
});
