import { describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident/incident.ts';
import { transition } from '../../shared/incident/transition.ts';
import { REST_SECONDS, withoutEnvironment } from '../../shared/incident/without-environment.ts';
import { at, environment } from '../builders/evidence.ts';
import { awaiting, executing, looked, must, opened, play, verifying } from '../builders/incident.ts';

const expired = (): Incident => {
  const incident = awaiting();
  return play(incident, { type: 'timer-due', at: incident.dueAt, version: incident.version });
};
const started = (): Incident => {
  const incident = executing();
  const { digest } = incident.signed.plan;
  return play(incident, { type: 'step-started', at: at(62), digest, step: 0, direction: 'apply', operation: 'op-7' });
};
const resolved = (): Incident => {
  const incident = verifying();
  const look = (seconds: number) =>
    ({
      type: 'verified',
      at: at(seconds),
      digest: incident.signed.plan.digest,
      recovery: looked('recovered'),
    }) as const;
  return play(incident, look(240), look(300), look(360));
};

describe('an incident whose environment is no longer in the configuration', () => {
  it.each<[string, Incident, string]>([
    ['while its cause is looked for', opened(), 'the cause is not looked for any more'],
    ['while people decide', awaiting(), 'nobody may decide on the change that was offered, and nothing was changed'],
    ['before its change has begun', executing(), 'is not seen through; nothing is known to be under way'],
    ['while its change is made', started(), 'is not seen through; op-7 may still be under way'],
    ['while recovery is checked', verifying(), 'the change was made, and whether it helped is not checked any more'],
    ['while it is in hands already', expired(), 'it is not looked at any more'],
  ])('goes to people, %s, and says why and what is left open', (_, incident, left) => {
    const { incident: after, effects } = withoutEnvironment(incident, at(4000));
    expect(after).toMatchObject({
      status: 'escalated',
      reason: 'environment-removed',
      detail: expect.stringMatching(/^the configuration no longer has environments\.staging: .+ Put it back/),
      version: incident.version + 1,
      since: at(4000),
      level: 1,
      dueAt: at(4000 + REST_SECONDS),
    });
    expect(must(after, 'escalated').detail).toContain(left);
    expect(effects).toEqual([
      { type: 'escalate', incident: incident.id, level: 0 },
      { type: 'announce', incident: incident.id },
    ]);
  });

  it('keeps what was found and what was tried', () => {
    expect(withoutEnvironment(awaiting(), at(400)).incident).toMatchObject({
      diagnosis: { root: { rule: 'connector-saturated' } },
      attempts: [],
    });
    for (const incident of [executing(), verifying()])
      expect(withoutEnvironment(incident, at(400)).incident.attempts).toMatchObject([
        { action: 'scale-connector', result: 'not-verified', undone: 'no' },
      ]);
  });

  it('then rests: nobody is called again, and it is due once a day', () => {
    const { incident } = withoutEnvironment(opened(), at(400));
    expect(withoutEnvironment(incident, at(400 + REST_SECONDS - 1))).toEqual({ incident, effects: [] });
    const { incident: after, effects } = withoutEnvironment(incident, at(400 + REST_SECONDS));
    expect(effects).toEqual([]);
    expect(after).toEqual({ ...incident, version: incident.version + 1, dueAt: at(400 + 2 * REST_SECONDS) });
  });

  it('is left alone when it is over', () => {
    const incident = must(resolved(), 'closed');
    expect(withoutEnvironment(incident, at(4000))).toEqual({ incident, effects: [] });
  });

  it('is looked at once the environment is back, before anybody else is called', () => {
    const { incident } = withoutEnvironment(opened(), at(400));
    const back = { type: 'timer-due', at: at(400 + REST_SECONDS), version: incident.version } as const;
    expect(transition(incident, back, environment)).toMatchObject({
      incident: { status: 'investigating', round: 2 },
      effects: [{ type: 'investigate' }, { type: 'announce' }],
    });
  });

  it('in a status that no type lets in is refused aloud', () => {
    const foreign = { ...opened(), status: 'foreign' } as never;
    expect(() => withoutEnvironment(foreign, at(400))).toThrow(/^unhandled: .*foreign/);
  });
});
