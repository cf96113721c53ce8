import { describe, expect, it } from 'vitest';
import { validateView } from '../../sandbox/slack/blocks/validate-view.ts';
import type { Incident, IncidentIn } from '../../shared/incident/incident.ts';
import type { Person } from '../../shared/report/chat.ts';
import { parseModalText } from '../../shared/report/click.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import {
  anotherPlan,
  dialogNotOpened,
  expired,
  meanwhile,
  noMember,
  notDecidable,
  notNamed,
  onlyObserved,
  unknownIncident,
} from '../../shared/report/refusals.ts';
import { openingModal, reasonModal, refusedModal } from '../../shared/report/reject-modal.ts';
import { environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { awaitingStage, stages } from './stages.ts';

describe('the dialog', () => {
  it.each([
    ['opened at once', openingModal],
    ['asking why', reasonModal(awaitingStage(), 'C0STAGING')],
    ['refusing', refusedModal('no')],
  ])('keeps to the limits of Slack: %s', (_, view) => expect(validateView(view, 'modal')).toEqual([]));

  it.each([
    ['too-late', 'Slack gives three seconds for it'],
    ['refused', "Slack did not take it, and runmedic's log says why"],
  ] as const)('says why it did not open: %s', (why, words) => {
    expect(dialogNotOpened(why)).toContain(words);
    expect(dialogNotOpened(why)).toContain('Nothing was decided; click Reject again');
  });

  it('asks for a reason that must be given, and carries ids only', () => {
    const incident = awaitingStage();
    const view = reasonModal(incident, 'C0STAGING');
    const input = view.blocks.find((block) => block.type === 'input');
    expect(input).toMatchObject({ element: { type: 'plain_text_input', max_length: 500 } });
    expect(input).not.toHaveProperty('optional');
    const digest = incident.signed.plan.digest.slice(0, 16);
    expect(parseModalText(view.private_metadata ?? '')).toEqual({
      incident: incident.id,
      digest,
      channel: 'C0STAGING',
    });
  });
});

describe('a refusal', () => {
  const late = Object.entries(stages).flatMap(([name, { incident }]) =>
    incident.status === 'awaiting-approval' ? [] : [[name, incident] as const],
  );
  it.each(late)('says what happened meanwhile: %s', (_, incident) => {
    expect(meanwhile(incident as Exclude<Incident, IncidentIn<'awaiting-approval'>>)).toMatchSnapshot();
  });

  it.each(['guest', 'bot', 'deactivated', 'other-workspace', undefined] as const)(
    'says why, and who can: %s',
    (standing) => {
      const person: Person | undefined = standing && { id: 'U0X', name: 'X', standing };
      expect(noMember(person, environment.approvers, environment)).toMatch(
        /^Nothing was decided: .+\. <@U0ANN> or <!subteam\^S0ONCALL> can\.$/,
      );
    },
  );

  it('says that nobody can, where the policy names nobody', () => {
    expect(notNamed({ users: [], usergroups: [] }, environment)).toContain(
      'Nobody can: `environments.staging.approvers`',
    );
    expect(notNamed(environment.approvers, environment)).toContain('<@U0ANN> or <!subteam^S0ONCALL> can.');
  });

  it('says by which setting plans are only shown', () => {
    expect(onlyObserved('observe')).toBe(
      'Nothing was decided, and nobody can: `observe` is true: plans are shown here and not made. Who maintains runmedic.yaml can lift it.',
    );
  });

  it('is not made up for a status that no type lets in', () => {
    expect(() => meanwhile({ status: 'foreign' } as never)).toThrow('unhandled: {"status":"foreign"}');
  });

  it('repeats nothing unescaped', () => {
    for (const words of [unknownIncident('<!here>'), notDecidable('<!here>')]) expect(words).not.toContain('<!here>');
    expect(anotherPlan(awaitingStage())).toContain('no longer offered');
    expect(expired(awaitingStage())).toContain('The offer ended');
  });
});

describe('an escalation', () => {
  const incident = must(stages['nobody decided'].incident, 'escalated');
  const text = (level: number) => escalationMessage(incident, { level, since: incident.since }, environment).text;

  it('calls those who may approve at once, then whom the policy names, level by level', () => {
    expect(text(0)).toMatch(/^<!subteam\^S0ONCALL> <@U0ANN> \*Critical: staging/);
    expect(text(1)).toMatch(/^<!subteam\^S0ONCALL> \*Critical: staging .+ Nobody has ended it since/);
    expect(text(2)).toMatch(/^<@U0ANN> \*Critical/);
  });

  it('goes on calling while it is looked at once more', () => {
    const investigating = stages.investigating.incident;
    const message = escalationMessage(investigating, { level: 1, since: incident.since }, environment);
    expect(message.text).toMatch(
      /^<!subteam\^S0ONCALL> \*Critical: staging .+ Investigating\.\* Nobody has ended it since/,
    );
  });

  const called = Object.entries(stages).filter(
    ([
      ,
      {
        incident: { status, ...of },
      },
    ]) => status === 'escalated' || (status === 'investigating' && 'paged' in of && of.paged !== undefined),
  );
  it.each(called)('says why, the cause as far as it is known, and what there is to do: %s', (_, stage) => {
    const { text, blocks } = escalationMessage(
      stage.incident,
      { level: 0, since: stage.incident.openedAt },
      environment,
    );
    expect(text.split('\n').length).toBeGreaterThan(1);
    expect(blocks).toMatchObject([{ type: 'section', text: { text } }]);
    expect(text).toMatchSnapshot();
  });

  it('has nothing more to say of what is in nobody’s hands', () => {
    const { text } = escalationMessage(stages.resolved.incident, { level: 0, since: incident.since }, environment);
    expect(text).toMatch(/Resolved\.\*$/);
  });

  it('says it all the same where the policy names nobody for a level', () => {
    expect(text(9)).toMatch(/^\*Critical: staging/);
  });
});
