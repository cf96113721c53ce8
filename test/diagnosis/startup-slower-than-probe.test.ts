import { describe, expect, it } from 'vitest';
import type { Probe } from '../../shared/ports/cloud.ts';
import {
  concludes,
  deployed,
  kinds,
  NEWEST,
  notReady,
  releaseOf,
  setting,
  starts,
  withContainer,
} from '../builders/deploys.ts';
import { line } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const NEAR_BUDGET_RATIO = 0.6;
const STARTS_GIVEN_UP_MIN = 2;

/** 5 s and then 5 x 15 s: 80 s in all. */
const probe: Probe = {
  kind: 'tcp',
  initialDelaySeconds: 5,
  timeoutSeconds: 1,
  periodSeconds: 15,
  failureThreshold: 5,
  path: undefined,
  port: undefined,
};
const probed = withContainer({ startupProbe: probe });
const of = { revision: NEWEST };
const ended = (count: number) => [line('backend', 'startup-probe-failed', count, of)];
const judged = (seen: Parameters<typeof concludes>[2], service = deployed(probed)) =>
  concludes('startup-slower-than-probe', [service], seen);

describe('startup-slower-than-probe', () => {
  it.each([
    [STARTS_GIVEN_UP_MIN, 'cause'],
    [STARTS_GIVEN_UP_MIN - 1, 'ruled-out'],
  ])('judges %i starts of a revision that takes traffic', (count, kind) => {
    expect(kinds(judged({ signatures: ended(count) }))).toEqual([kind]);
  });

  it.each([
    [80 * NEAR_BUDGET_RATIO, 'certain', 'yes', 'starts that succeeded took up to 48 s'],
    [80 * NEAR_BUDGET_RATIO - 0.1, 'likely', 'unknown', 'earlier instances of it did come up'],
  ])('is as sure as starts that took %f s of 80 make it', (slowestSeconds, confidence, near, why) => {
    const seen = { signatures: ended(9), starts: [starts({ slowestSeconds, givenUpAfterSeconds: 80.2 })] };
    expect(judged(seen)).toMatchObject([
      {
        claim: `backend-00003 starts too slowly for its startup probe, which allows 80 s: 9 starts were ended, and ${why}.`,
        confidence,
        expects: [{ seen: 'yes' }, { seen: near }, { seen: 'yes' }],
        evidence: [
          {
            text: 'Startup probe: tcp, 5 x 15 s after 5 s, each within 1 s; a start that it ended had been given 80 s.',
          },
          {},
        ],
      },
    ]);
  });

  it('goes by a probe that was tightened', () => {
    const release = releaseOf(setting('startup-probe', 'tcp, 1 x 240 s', 'tcp, 5 x 15 s'));
    expect(judged({ signatures: ended(9) }, deployed(probed, { release }))).toMatchObject([
      { claim: expect.stringContaining('the probe was "tcp, 1 x 240 s" before'), confidence: 'likely' },
    ]);
  });

  it('says that a deploy may be too slow where it neither exited nor listened', () => {
    expect(judged({ signatures: ended(1) }, notReady({}, {}, probed))).toMatchObject([
      {
        claim: expect.stringContaining('1 start was ended, and its container neither exited'),
        confidence: 'possible',
        harm: 'soon',
      },
    ]);
  });

  it.each([
    [64, 'yes', 'certain'],
    [63.9, 'no', 'likely'],
    [undefined, 'unknown', 'certain'],
  ] as const)(
    'a start that was ended after %f s of 80 seconds speaks for it: %s',
    (givenUpAfterSeconds, seen, confidence) => {
      const given = { signatures: ended(9), starts: [starts({ slowestSeconds: 60, givenUpAfterSeconds })] };
      expect(judged(given)).toMatchObject([{ confidence, expects: [{}, {}, { seen }] }]);
    },
  );

  it.each([
    ['a database has no slot left', { signatures: [...ended(9), line('backend', 'database-slots-exhausted', 1, of)] }],
    ['a database refuses its login', { signatures: [...ended(9), line('backend', 'database-login-refused', 1, of)] }],
    ['a database starts up', { signatures: [...ended(9), line('backend', 'database-not-ready', 1, of)] }],
    ['containers exit', { signatures: [...ended(9), line('backend', 'container-exited', 1, of)] }],
    [
      'they complain of connections',
      { signatures: [...ended(9), line('backend', 'private-connection-timed-out', 1, of)] },
    ],
    [
      'they listen elsewhere',
      { signatures: ended(9), starts: [starts({ listeningOn: { port: 3000, address: 'any' } })] },
    ],
    ['no start was ended', {}],
  ] as const)('is silent where %s', (_, seen) => {
    expect(kinds(judged(seen))).toEqual(['ruled-out']);
    expect(kinds(judged(seen, notReady({}, {}, probed)))).toEqual(['ruled-out']);
  });

  it('holds what a container says against the port that is probed', () => {
    const seen = { signatures: ended(9), starts: [starts({ listeningOn: { port: 9090, address: 'any' } })] };
    const elsewhere = withContainer({ startupProbe: { ...probe, port: 9090 } });
    expect(kinds(judged(seen, deployed(elsewhere)))).toEqual(['cause']);
  });

  it('does not count how long the starts of another service took', () => {
    const seen = { signatures: ended(9), starts: [starts({ service: 'auth', slowestSeconds: 79 })] };
    expect(judged(seen)).toMatchObject([{ confidence: 'likely' }]);
  });

  it('is silent where there is no probe, and where nothing is watched', () => {
    expect(kinds(judged({ signatures: ended(9) }, deployed()))).toEqual(['ruled-out']);
    expect(concludes('startup-slower-than-probe', [])).toEqual([
      { kind: 'ruled-out', reason: 'no service is watched' },
    ]);
  });
});
