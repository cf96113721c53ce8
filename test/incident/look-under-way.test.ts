import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { at } from '../builders/evidence.ts';
import { awaiting, executing, opened, play, step, timer, verifying } from '../builders/incident.ts';

const underWay = (seconds: number, round = 1): IncidentEvent => ({ type: 'look-under-way', at: at(seconds), round });
const asked = (seconds: number): IncidentEvent => ({ type: 'check-asked', at: at(seconds), by: 'U0SAM' });

describe('a look that is being made', () => {
  it.each([
    ['of the cause', opened(), 100, 220],
    ['beside a plan', play(awaiting(), asked(60)), 100, 220],
    ['of recovery', verifying(), 1000, 1120],
  ])('%s is not asked for again while it says so', (_, before, seconds, dueSeconds) => {
    const { incident, effects } = step(before, underWay(seconds));
    expect(incident).toEqual({ ...before, dueAt: at(dueSeconds), version: before.version + 1 });
    expect(effects, 'no news to anybody').toEqual([]);
    expect(play(incident, timer(before, seconds + 1)), 'the timer that it overtook').toBe(incident);
  });

  it('does not have the end of an offer wait, and hastens nothing', () => {
    expect(play(awaiting(), asked(1700), underWay(1790))).toMatchObject({ dueAt: at(1805) });
    expect(play(verifying(), underWay(10))).toMatchObject({ dueAt: at(220) });
  });

  it.each([
    ['of another round', opened(), underWay(100, 2)],
    ['that was not asked for', awaiting(), underWay(100)],
    ['while a change is made', executing(), underWay(100)],
  ])('%s changes nothing', (_, before, event) => {
    expect(play(before, event)).toBe(before);
  });

  it('that was answered already changes nothing', () => {
    const between = play(opened(), {
      type: 'investigated',
      at: at(5),
      round: 1,
      diagnosis: {
        healthy: true,
        root: undefined,
        causes: [],
        ruledOut: [],
        unchecked: [],
        nextChecks: [],
        symptoms: [],
      },
      offer: { kind: 'none', reason: 'healthy', detail: '' },
    });
    expect(play(between, underWay(6))).toBe(between);
  });
});
