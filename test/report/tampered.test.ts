import { expect, it } from 'vitest';
import { card } from '../../shared/report/card.ts';
import { notGenuine } from '../../shared/report/refusals.ts';
import { environment } from '../builders/evidence.ts';
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
