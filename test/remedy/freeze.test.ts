import { describe, expect, it } from 'vitest';
import type { Freeze } from '../../shared/policy/policy.ts';
import { instant } from '../../shared/ports/clock.ts';
import { frozen, holds } from '../../shared/remedy/freeze.ts';
import { environment } from '../builders/evidence.ts';
import { planOf } from '../builders/incident.ts';

const weekend: Freeze = {
  kind: 'weekly',
  name: 'weekend',
  days: ['sat', 'sun'],
  from: '00:00',
  to: '24:00',
  timeZone: 'Europe/Berlin',
};
const night: Freeze = {
  kind: 'weekly',
  name: 'night',
  days: ['fri'],
  from: '22:00',
  to: '06:00',
  timeZone: 'America/New_York',
};
const sunday: Freeze = { ...night, days: ['sun'] };
const holidays: Freeze = {
  kind: 'dates',
  name: 'holidays',
  from: '2026-12-24T12:00',
  to: '2026-12-27T00:00',
  timeZone: 'Europe/Berlin',
};

describe('a freeze', () => {
  it.each<[string, Freeze, string, boolean]>([
    // Saturday begins in Berlin an hour before it does in UTC.
    ['before its day begins there', weekend, '2026-11-27T22:59:59.000Z', false],
    ['as its day begins there', weekend, '2026-11-27T23:00:00.000Z', true],
    ['at its last minute', weekend, '2026-11-29T22:59:00.000Z', true],
    ['as it ends', weekend, '2026-11-29T23:00:00.000Z', false],
    // In summer Berlin is two hours ahead.
    ['in summer time', weekend, '2026-07-03T22:00:00.000Z', true],
    ['over midnight, in the evening', night, '2026-11-28T03:00:00.000Z', true],
    ['over midnight, in the morning after', night, '2026-11-28T10:59:00.000Z', true],
    ['over midnight, as it ends', night, '2026-11-28T11:00:00.000Z', false],
    ['over midnight, the evening before', night, '2026-11-27T11:00:00.000Z', false],
    ['from Sunday to Monday', sunday, '2026-11-30T05:00:00.000Z', true],
    ['a minute before its date', holidays, '2026-12-24T10:59:00.000Z', false],
    ['from its date on', holidays, '2026-12-24T11:00:00.000Z', true],
    ['as its date ends', holidays, '2026-12-26T23:00:00.000Z', false],
  ])('%s', (_, freeze, at, expected) => expect(holds(freeze, instant(at))).toBe(expected));

  it.each([
    [
      weekend,
      '2026-11-28T12:00:00.000Z',
      'during the freeze "weekend" (sat, sun 00:00 to 24:00 Europe/Berlin): environments.staging.guardrails.freezes',
    ],
    [holidays, '2026-12-25T12:00:00.000Z', '"holidays" (2026-12-24T12:00 to 2026-12-27T00:00 Europe/Berlin)'],
    [weekend, '2026-11-30T12:00:00.000Z', undefined],
  ])('refuses by its name: $name', (freeze, at, words) => {
    const here = { ...environment, guardrails: { ...environment.guardrails, freezes: [freeze] } };
    const context = {
      environment: here,
      ownProject: undefined,
      at: instant(at),
      incident: 'inc-1',
      rule: 'r',
      made: [],
    };
    const said = frozen(planOf('inc-1').steps[0], context);
    if (words === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(words);
  });
});
