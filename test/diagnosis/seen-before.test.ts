import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { at, context, evidence, observed, past, unavailable } from '../builders/evidence.ts';
import { saturated } from '../builders/incident.ts';

const on = (recurrence: ReturnType<typeof evidence>['recurrence'], over = saturated) =>
  diagnose({ ...over, recurrence }, context).seenBefore;

describe('what was there before', () => {
  it('is counted, and the newest is told', () => {
    const older = past({ id: 'inc-old', openedAt: at(-20 * 86_400), closedAt: at(-20 * 86_400 + 60), fixedBy: [] });
    expect(on(observed({ days: 30, ended: [past(), older] }))).toEqual({
      times: 2,
      days: 30,
      last: {
        incident: 'inc-20261110t0300-aaaaaa',
        openedAt: at(-13 * 86_400),
        lastedSeconds: 540,
        outcome: 'resolved',
        fixedBy: ['scale-connector'],
      },
    });
  });

  it.each([
    ['of another rule', past({ root: { rule: 'release-broken', target: past().root?.target ?? '' } })],
    ['of another target', past({ root: { rule: 'connector-saturated', target: 'another' } })],
    ['without a cause', past({ root: undefined })],
  ])('%s does not count', (_, one) => {
    expect(on(observed({ days: 30, ended: [one] }))).toBeUndefined();
  });

  it('is not told where nothing is found now, or where it could not be read', () => {
    expect(on(observed({ days: 30, ended: [past()] }), evidence())).toBeUndefined();
    expect(on(unavailable('the store is away'))).toBeUndefined();
  });
});
