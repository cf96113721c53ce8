import type { Prospect } from '../remedy/action.ts';
import type { PlanStep } from '../remedy/actions.ts';
import { isByHand, lastOnEach, type Plan } from '../remedy/plan.ts';
import { fields, section } from './blocks.ts';
import { byHandBlocks, inTerraform } from './by-hand-blocks.ts';
import { needed, spare, type Weighed } from './limits.ts';
import { code, codeBlock, codeLines, foreign } from './mrkdwn.ts';
import { capital, costWords, durationWords } from './words.ts';

/** Our own choices: together they stay below what a section holds (TEXT_MAX), so that Slack refuses no card for its longest names. */
const TITLE_MAX = 150;
const SETTINGS_MAX = 300;
const WORDS_MAX = 300;
const COMMAND_MAX = 900;

/** What is offered, step by step: before -> after, and what each costs, risks and brings. All of it is needed: it is what gets approved. */
export function recommendedChange(plan: Plan): Weighed[] {
  const { steps } = plan;
  if (isByHand(plan)) return steps.flatMap((step) => [...toDo(step), ...byHandBlocks(step.prospect)]);
  return steps.flatMap((step, index) => {
    const which =
      steps.length === 1 ? 'Recommended change' : `Recommended change, step ${index + 1} of ${steps.length}`;
    const danger = foreign(step.prospect.whatCouldGoWrong, WORDS_MAX);
    return needed(
      section(`*${which}: ${titleOf(step)}*\n${beforeAfter(step)}`),
      fields(prospectOf(step.prospect)),
      section(`*What could go wrong:* ${danger}`),
    );
  });
}

const toDo = (step: PlanStep): Weighed[] => needed(section(`*By hand: ${titleOf(step)}*\n${beforeAfter(step)}`));

function prospectOf(prospect: Prospect): (readonly [string, string])[] {
  const { risk, costUsdPerMonth, expectedEffect, expectedSeconds } = prospect;
  return [
    ['Risk', capital(risk)],
    ['Cost', capital(costWords(costUsdPerMonth))],
    ['Expected', `${foreign(capital(expectedEffect), WORDS_MAX)} (about ${durationWords(expectedSeconds)})`],
    ['Undo', capital(undoWords(prospect))],
  ];
}

const undoWords = ({ undo }: Prospect): string =>
  undo.kind === 'none'
    ? `none: ${foreign(undo.why, WORDS_MAX)}`
    : 'what was before is put back without asking, if things get worse';

/** What was offered or made, without the buttons' small print. */
export const changeLines = ({ steps }: Plan): string =>
  steps.map((step) => `*${byHandWord(step)}${titleOf(step)}*\n${beforeAfter(step)}`).join('\n');

const byHandWord = ({ prospect: { fit } }: PlanStep): string => (fit === 'by-hand' ? 'By hand: ' : '');

/** How the change is written down, and so kept: the next deployment from someone's own configuration would take it back. */
export function permanentLines(plan: Plan): Weighed[] {
  const isLast = lastOnEach(plan);
  return plan.steps.flatMap(({ prospect: { permanent, fit } }, index) => {
    if (isLast[index] === false) return [];
    const { first, gcloud, terraform } = permanent;
    // Whoever made it by hand has had the commands.
    if (fit === 'by-hand') return inTerraform(terraform);
    const lead = first ?? 'put the new values into your own configuration, or the next deployment takes them back.';
    return [
      ...spare(section(`*To keep it:* ${foreign(lead, WORDS_MAX)}\n${codeBlock(gcloud, COMMAND_MAX)}`)),
      ...spare(section(`In Terraform:\n${codeLines(terraform, COMMAND_MAX)}`)),
    ];
  });
}

export const titleOf = ({ prospect }: PlanStep): string => foreign(prospect.summary.title, TITLE_MAX);

export const beforeAfter = ({ prospect: { summary } }: PlanStep, direction: 'apply' | 'undo' = 'apply'): string => {
  const [from, to] = direction === 'apply' ? [summary.before, summary.after] : [summary.after, summary.before];
  return `${code(from, SETTINGS_MAX)} → ${code(to, SETTINGS_MAX)}`;
};
