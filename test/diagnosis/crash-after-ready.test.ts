import { describe, expect, it } from 'vitest';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import { concludes, deployed, kinds, NEWEST, starts } from '../builders/deploys.ts';
import { failed, line } from '../builders/evidence.ts';

const of = { revision: NEWEST };
const exits = (count: number) => line('backend', 'container-exited', count, of);

describe('crash-after-ready', () => {
  it.each([
    [FAILURES_MIN, 0, 'cause'],
    [FAILURES_MIN - 1, 0, 'ruled-out'],
    [FAILURES_MIN + 4, 4, 'cause'],
    [FAILURES_MIN + 3, 4, 'ruled-out'],
  ])('judges %i exits, of which %i beside a failed start', (count, notStarted, kind) => {
    const signatures = [exits(count), line('backend', 'startup-probe-failed', notStarted, of)];
    expect(kinds(concludes('crash-after-ready', [deployed()], { signatures }))).toEqual([kind]);
  });

  it('says what the containers printed, and how many had come up', () => {
    const seen = {
      failed: [failed('backend', 40, of)],
      signatures: [exits(9), line('backend', 'unknown', 7, of)],
      starts: [starts({ succeeded: 12 })],
    };
    expect(concludes('crash-after-ready', [deployed()], seen)).toMatchObject([
      {
        claim: 'Containers of backend-00003 crash after they were ready: 9 exits, and 40 requests failed.',
        confidence: 'certain',
        evidence: [{ text: '12 starts had succeeded within the look.' }, { text: '7 times: "sample of unknown"' }, {}],
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
      },
    ]);
  });

  it.each([
    [500, 'yes'],
    [499, 'no'],
  ])('takes %i for an error of the container: %s', (status, seen) => {
    const met = { failed: [failed('backend', 40, { ...of, status })], signatures: [exits(9)] };
    expect(concludes('crash-after-ready', [deployed()], met)).toMatchObject([{ expects: [{}, { seen }] }]);
  });

  it('is silent about a revision that takes no traffic', () => {
    const aside = deployed({}, { serving: [{ revision: NEWEST, percent: 0 }] });
    expect(kinds(concludes('crash-after-ready', [aside], { signatures: [exits(9)] }))).toEqual(['ruled-out']);
  });

  it('is less sure where no start was seen and no request failed', () => {
    expect(concludes('crash-after-ready', [deployed()], { signatures: [exits(9)] })).toMatchObject([
      { confidence: 'possible', expects: [{ seen: 'unknown' }, { seen: 'no' }] },
    ]);
  });

  it.each([
    [FAILURES_MIN, 'ruled-out'],
    [FAILURES_MIN - 1, 'cause'],
  ])('leaves it to others beside %i complaints of connections', (count, kind) => {
    const signatures = [exits(9), line('backend', 'private-connection-refused', count, of)];
    expect(kinds(concludes('crash-after-ready', [deployed()], { signatures }))).toEqual([kind]);
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('crash-after-ready', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
