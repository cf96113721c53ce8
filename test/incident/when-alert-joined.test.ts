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

describe('of more alerts than are kept', () => {
  const join = (count: number, over: Parameters<typeof alertNote>[1]): IncidentEvent[] =>
    Array.from({ length: count }, (_, index) => ({
      type: 'alert-joined',
      at: at(3 + index),
      alert: alertNote(`0.later${index}/${over?.state ?? 'open'}`, over),
      services: [],
    }));
  const kept = (...events: IncidentEvent[]) => play(opened(), ...events).alerts.map(({ key }) => key);

  it('the one that began it stays, and so does what it said of how bad it is', () => {
    const { alerts, alertsTotal } = play(opened(), ...join(22, { severity: 'warning', policy: 'Latency p95' }));
    expect(alerts).toHaveLength(20);
    expect(alerts[0]).toMatchObject({ key: '0.abc/open', severity: 'critical' });
    expect(alerts.at(-1)).toMatchObject({ key: '0.later21/open' });
    expect(alertsTotal).toBe(23);
  });

  it('the worst stays, wherever it came', () => {
    const [worst] = join(1, { severity: 'critical' });
    const mild = play(
      { ...opened(), alerts: [alertNote('0.mild/open', { severity: 'warning' })] },
      ...(worst ? [worst] : []),
    );
    const later = join(25, { severity: 'error' }).map((event, index) => ({
      ...event,
      alert: alertNote(`0.after${index}/open`, { severity: 'error' }),
    })) as IncidentEvent[];
    const keys = play(mild, ...later).alerts.map(({ key }) => key);
    expect(keys).toHaveLength(20);
    expect(keys.slice(0, 2)).toEqual(['0.mild/open', '0.later0/open']);
  });

  it('news that one closed goes first', () => {
    const keys = kept(...join(1, { state: 'closed' }), ...join(19, { severity: 'error' }));
    expect(keys).toHaveLength(20);
    expect(keys).not.toContain('0.later0/closed');
    expect(keys).toContain('0.later0/open');
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
