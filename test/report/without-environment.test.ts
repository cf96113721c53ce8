import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../shared/incident/store.ts';
import { withoutEnvironment } from '../../shared/incident/without-environment.ts';
import { card } from '../../shared/report/card.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import { noEnvironment } from '../../shared/report/refusals.ts';
import { threadMessages } from '../../shared/report/timeline.ts';
import { at, environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { readable } from './readable.ts';
import { awaitingStage, people, type Stage, stageOf } from './stages.ts';

/** One save after the environment is gone. */
function removedFrom({ incident, trail }: Stage, seconds: number): Stage {
  const { incident: after } = withoutEnvironment(incident, at(seconds));
  const entry: AuditEntry = {
    incident: after.id,
    version: after.version,
    at: at(seconds),
    by: 'patrol',
    event: { type: 'environment-removed', at: at(seconds) },
    from: incident.status,
    to: after.status,
  };
  return { incident: after, trail: [...trail, entry] };
}

describe('an incident whose environment is no longer in the configuration', () => {
  it.each(['awaiting approval', 'verifying'] as const)('has no button and promises no look: %s', (name) => {
    const { blocks } = card({ ...stageOf(name), environment: undefined });
    expect(blocks.some(({ type }) => type === 'actions')).toBe(false);
    const words = JSON.stringify(blocks);
    expect(words).toContain('*Nothing goes on here:* `environments.staging` is no longer in the configuration.');
    expect(words).not.toMatch(/may decide until|good looks/);
  });

  it('is looked at again once it is back, and nobody needs to ask for it', () => {
    const words = JSON.stringify(card({ ...removedFrom(stageOf('awaiting approval'), 100), environment }));
    expect(words).toContain('runmedic looks again as soon as an alert here opens or closes');
  });

  it('says on its card why people are called, what was found and what to do', () => {
    const words = JSON.stringify(card({ ...removedFrom(stageOf('awaiting approval'), 100), environment: undefined }));
    expect(words).toContain('Needs people: its environment was removed from the configuration');
    expect(words).toContain('The configuration no longer has environments.staging: nobody may decide');
    expect(words).toContain('Put it back');
    expect(words).toContain('VPC connector saturated');
  });

  it('offers no look of its own once the environment is back: patrol takes the incident up again', () => {
    const { incident, trail } = removedFrom(stageOf('verifying'), 400);
    const said = readable(card({ incident, trail, environment }).blocks);
    expect(said).toContain('runmedic looks again as soon as an alert here opens or closes');
    expect(said).not.toContain('Check again');
  });

  it('calls those whom the top of the file names', () => {
    const incident = must(removedFrom(stageOf('verifying'), 400).incident, 'escalated');
    const callable = { approvers: { users: ['U0TOP'], usergroups: [] }, escalation: [] };
    expect(escalationMessage(incident, { level: 0, since: incident.since }, callable).text).toMatch(
      /^<@U0TOP> \*.+\*\nThe configuration no longer has environments\.staging: the change was made/,
    );
  });

  it('has one line in the thread, and none while it rests', () => {
    const once = removedFrom(stageOf('awaiting approval'), 100);
    const rested = removedFrom(once, 100 + 86_400);
    const { length } = stageOf('awaiting approval').trail;
    expect(rested.trail).toHaveLength(length + 2);
    const [line, ...more] = threadMessages(rested.trail, length, people());
    expect(line).toMatchObject({ kind: 'quiet', upTo: length + 1 });
    expect(line?.text).toContain('Its environment was removed from the configuration.');
    expect(more).toEqual([]);
  });

  it('tells whoever clicks that nobody can decide, and why', () => {
    expect(noEnvironment(awaitingStage())).toBe(
      'Nothing was decided, and nobody can: `environments.staging` is no longer in the configuration. The incident goes to people now.',
    );
  });
});
