import type { Guide, Instruction, Prospect } from '../remedy/action.ts';
import { context, section } from './blocks.ts';
import { needed, spare, type Weighed } from './limits.ts';
import { codeLines, foreign } from './mrkdwn.ts';
import { durationWords } from './words.ts';

/** Our own choices: a section (TEXT_MAX) holds both, and commands are never cut in truth: half a command is worse than none. */
const WORDS_MAX = 500;
export const COMMANDS_MAX = 1200;

/** What somebody does who was woken for it, in the order in which they do it. All of it is what Done is said of, but for what Terraform has of it. */
export function byHandBlocks(prospect: Prospect): Weighed[] {
  const { guide, permanent, risk, expectedEffect, expectedSeconds, whatCouldGoWrong } = prospect;
  if (guide === undefined) return [];
  const { check, make, undo }: Guide = guide;
  const then = permanent.gcloud === '' ? { words: make } : { words: make, commands: permanent.gcloud };
  return needed(
    instruction('1. Check first:', check),
    instruction('2. Then:', then),
    instruction('To undo it:', undo),
    context(
      `*Risk:* ${risk}. ${foreign(whatCouldGoWrong, WORDS_MAX)}`,
      `*Expected:* ${foreign(expectedEffect, WORDS_MAX)} (about ${durationWords(expectedSeconds)} after it is done).`,
    ),
  );
}

const instruction = (lead: string, { words, commands }: Instruction) =>
  section(
    `*${lead}* ${foreign(words, WORDS_MAX)}${commands === undefined ? '' : `\n${codeLines(commands, COMMANDS_MAX)}`}`,
  );

/** What is in someone's own configuration comes back with its next deployment. */
export const inTerraform = (terraform: string): Weighed[] =>
  terraform === ''
    ? []
    : spare(
        section(`*To keep it*, in Terraform, or its next apply takes it back:\n${codeLines(terraform, COMMANDS_MAX)}`),
      );
