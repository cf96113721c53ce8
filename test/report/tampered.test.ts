import { expect, it } from 'vitest';
import { card } from '../../shared/report/card.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import { notGenuine } from '../../shared/report/refusals.ts';
import { environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { stages } from './stages.ts';

const stageAwaiting = Object.values(stages).find(({ incident }) => incident.status === 'awaiting-approval');
if (stageAwaiting === undefined) throw new Error('no stage awaits approval');
const fault = 'its digest differs';

it('shows a plan that is not the one that was signed without buttons that decide, and says what to look into', () => {
  const { blocks } = card({ ...stageAwaiting, environment, fault });
  expect(JSON.stringify(blocks)).not.toMatch(/approve-plan|reject-plan/);
  expect(JSON.stringify(blocks)).toContain('Nobody can decide this:* its digest differs');
});

it('tells whoever clicks all the same that nothing was decided, and why', () => {
  expect(notGenuine(fault)).toContain('Nothing was decided, and nobody can: its digest differs');
});

it('hands what was refused right before the write to people with what to look into, on the card and in the call', () => {
  const stage = stages['not what was signed'];
  const incident = must(stage.incident, 'escalated');
  const words =
    "Its digest differs. Nothing was written. What is stored may have been tampered with; find out who can write to runmedic's store.";
  expect(JSON.stringify(card({ ...stage, environment }).blocks)).toContain(words);
  expect(escalationMessage(incident, { level: 0, since: incident.since }, environment).text).toContain(words);
});
