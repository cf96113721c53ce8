import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { at } from '../builders/evidence.ts';
import { alertNote, awaiting, opened, play, step, timer } from '../builders/incident.ts';

describe('an incident under investigation', () => {
  it('takes in further alerts once each, and the services that they name', () => {
    const joined = play(opened(), {
      type: 'alert-joined',
      at: at(3),
      alert: alertNote('0.def/open'),
      services: ['auth', 'backend'],
    });
    expect(joined).toMatchObject({ version: 2, alertsTotal: 2, subject: { services: ['backend', 'auth'] } });
    expect(play(joined, { type: 'alert-joined', at: at(4), alert: alertNote('0.def/open'), services: ['auth'] })).toBe(
      joined,
    );
  });
});

describe('a plan awaiting approval', () => {
  it('is looked at again when the alert closes: that is no recovery', () => {
    const { incident: after, effects } = step(awaiting(), {
      type: 'alert-joined',
      at: at(30),
      alert: alertNote('0.abc/closed'),
      services: [],
    });
    expect(after).toMatchObject({ status: 'investigating', round: 2, version: 3, alertsTotal: 1 });
    expect(effects).toContainEqual({ type: 'investigate', incident: after.id, round: 2 });
  });
});

describe('an escalated incident', () => {
  it('is looked at again when a further alert comes: it may be a further outage', () => {
    const incident = play(awaiting(), timer(awaiting(), 1805));
    const news: IncidentEvent = {
      type: 'alert-joined',
      at: at(2000),
      alert: alertNote('0.new/open'),
      services: ['auth'],
    };
    expect(play(incident, news)).toMatchObject({ status: 'investigating', round: 2, alertsTotal: 2 });
  });

  it('is looked at again when its alert closes', () => {
    const incident = play(awaiting(), timer(awaiting(), 1805));
    expect(
      play(incident, { type: 'alert-joined', at: at(2000), alert: alertNote('0.abc/closed'), services: [] }),
    ).toMatchObject({ status: 'investigating', round: 2 });
  });
});
