import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { at } from '../builders/evidence.ts';
import { brokenRelease, looked, must, play, shutOut, verifying } from '../builders/incident.ts';

describe('a change being verified', () => {
  const seen = (
    verdict: 'recovered' | 'not-yet' | 'worse' | 'inconclusive',
    seconds: number,
    of = verifying(),
  ): IncidentEvent => ({
    type: 'verified',
    at: at(seconds),
    digest: of.signed.plan.digest,
    recovery: looked(verdict),
  });

  it('resolves after three good looks in a row', () => {
    const twice = play(verifying(), seen('recovered', 240), seen('recovered', 300));
    expect(twice).toMatchObject({ status: 'verifying', passed: 2, dueAt: at(340) });
    expect(play(twice, seen('not-yet', 360))).toMatchObject({ passed: 0 });
    expect(play(twice, seen('recovered', 360))).toMatchObject({
      status: 'closed',
      outcome: { kind: 'resolved', by: 'remediation' },
    });
  });

  it('keeps its count when a look is inconclusive', () => {
    expect(play(verifying(), seen('recovered', 240), seen('inconclusive', 300))).toMatchObject({
      status: 'verifying',
      passed: 1,
    });
  });

  it('asks for the next best plan when it did not help in time', () => {
    expect(play(verifying(), seen('not-yet', 1379))).toMatchObject({ status: 'verifying' });
    expect(play(verifying(), seen('not-yet', 1380))).toMatchObject({
      status: 'investigating',
      round: 2,
      attempts: [{ action: 'scale-connector', result: 'not-verified' }],
    });
  });

  it('escalates, and never undoes, what could not be measured in time', () => {
    expect(play(verifying(brokenRelease), seen('inconclusive', 1380, verifying(brokenRelease)))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
    });
  });

  it('says how people take back what they did by hand, when it made things worse', () => {
    const incident = verifying(shutOut);
    const worse = [seen('worse', 240, incident), seen('worse', 300, incident)];
    expect(play(incident, ...worse)).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
      detail:
        'things got measurably worse after it was done by hand. This puts it back as it was: gcloud compute firewall-rules update deny-databases --no-disabled --project=acme-staging',
      attempts: [{ action: 'guided-firewall', result: 'worse', undone: 'not-possible' }],
    });
    const [step] = incident.signed.plan.steps;
    const { guide: _, ...prospect } = step.prospect;
    const told = { ...incident.signed.plan, steps: [{ ...step, prospect }] } as const;
    expect(play({ ...incident, signed: { ...incident.signed, plan: told } }, ...worse)).toMatchObject({
      detail: 'things got measurably worse after it was done by hand.',
    });
  });

  it('undoes what made things worse twice in a row, then plans anew', () => {
    const incident = verifying(brokenRelease);
    const once = play(incident, seen('worse', 240, incident));
    expect(once.status).toBe('verifying');
    const undoing = must(play(once, seen('worse', 300, incident)), 'executing');
    expect(undoing).toMatchObject({ direction: 'undo', step: 0 });
    const undone: IncidentEvent = {
      type: 'step-finished',
      at: at(330),
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'undo',
      result: { kind: 'done' },
    };
    expect(play(undoing, undone)).toMatchObject({
      status: 'investigating',
      attempts: [{ action: 'shift-traffic', result: 'worse', undone: 'yes' }],
    });
    const failed: IncidentEvent = { ...undone, result: { kind: 'failed', detail: 'conflict' } };
    expect(play(undoing, failed)).toMatchObject({
      status: 'escalated',
      reason: 'execution-failed',
      detail: expect.stringContaining('undoing it failed: conflict'),
    });
  });

  it('escalates when what made things worse cannot be undone', () => {
    expect(play(verifying(), seen('worse', 240), seen('worse', 300))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
      attempts: [{ undone: 'not-possible' }],
    });
  });
});
