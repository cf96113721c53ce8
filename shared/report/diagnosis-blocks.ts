import type { Diagnosis, RankedCause } from '../diagnosis/diagnosis.ts';
import type { Cause } from '../diagnosis/rule.ts';
import type { Instant } from '../ports/clock.ts';
import { context, section } from './blocks.ts';
import { needed, spare, type Weighed } from './limits.ts';
import { escaped, foreign, link, moment } from './mrkdwn.ts';
import { seenBeforeWords } from './seen-before-words.ts';
import { ruleTitle } from './words.ts';

/** Our own choices: a claim with all its lines stays below what a section holds (TEXT_MAX), and can still be read at a glance at night. */
const EVIDENCE_LINES = 4;
const EVIDENCE_LINE_MAX = 240;
const CLAIM_MAX = 700;
const REASON_MAX = 240;
const REASONS_SHOWN = 8;
const SYMPTOMS_SHOWN = 6;

/**
 * Why it is broken, in one sentence with its numbers; or, said plainly, that no cause was found.
 * @param foundAt said where the claim, in the present tense, may no longer hold: somebody has acted on it since.
 */
export function rootCause({ root, symptoms, seenBefore }: Diagnosis, foundAt?: Instant): Weighed[] {
  if (root === undefined) return needed(section(`*No cause found.*\n${seenWords(symptoms)}`));
  const asOf = foundAt === undefined ? '' : `As found ${moment(foundAt)}: `;
  const before = seenBefore === undefined ? [] : spare(context(seenBeforeWords(seenBefore)));
  return [
    ...needed(section(`*Root cause: ${titleOf(root)}* (${root.confidence})\n${asOf}${foreign(root.claim, CLAIM_MAX)}`)),
    ...before,
  ];
}

/** What users or the platform feel. */
export function seenWords(symptoms: Diagnosis['symptoms']): string {
  const lines = symptoms.map(({ text }) => foreign(text, EVIDENCE_LINE_MAX));
  return lines.length === 0 ? 'Nothing wrong was seen.' : bulleted('Seen:', lines, SYMPTOMS_SHOWN);
}

/** What those in trouble print most: where no cause was found, a person may know what it speaks for. */
export function theirOwnWords({ said = [] }: Diagnosis): Weighed[] {
  const lines = said.map(({ text, url }) => `• ${link(text, url, EVIDENCE_LINE_MAX)}`);
  return lines.length === 0 ? [] : spare(context(`*Their logs say most:*\n${lines.join('\n')}`));
}

/** What speaks for it, and where to look. */
export function evidence({ root }: Diagnosis): Weighed[] {
  const all = root?.evidence ?? [];
  const lines = all.slice(0, EVIDENCE_LINES).map(({ text, url }) => `• ${link(text, url, EVIDENCE_LINE_MAX)}`);
  const more = all.length - EVIDENCE_LINES;
  return lines.length === 0 ? [] : spare(context([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')));
}

/** What else was found, what was ruled out and what could not be checked: small, as few will read it, and there, as some must. */
export function folded({ root, causes, ruledOut, unchecked }: Diagnosis): Weighed[] {
  const others = causes.filter(({ rule, target }) => rule !== root?.rule || target !== root.target);
  const lines = [
    ...reasons('Also found', others.map(otherCause)),
    ...reasons('Ruled out', ruledOut.map(inOneLine)),
    ...reasons('Could not be checked', unchecked.map(inOneLine)),
  ];
  return lines.length === 0 ? [] : spare(context(...lines));
}

function otherCause(cause: RankedCause): string {
  const standing = {
    root: 'another cause',
    explained: `brought about by ${cause.explainedBy.map(ruleTitle).map(escaped).join(', ')}`,
    looming: 'nothing fails of it yet',
    incidental: 'explains nothing that was seen',
    unsettled: 'perhaps brought about by what could not be checked yet',
  };
  return `${titleOf(cause)}, ${standing[cause.standing]}: ${foreign(cause.claim, REASON_MAX)}`;
}

const inOneLine = ({ rule, reason }: { readonly rule: string; readonly reason: string }): string =>
  `${escaped(ruleTitle(rule))}: ${foreign(reason, REASON_MAX)}`;

const reasons = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [bulleted(`*${title}:*`, lines, REASONS_SHOWN)];

function bulleted(title: string, lines: readonly string[], max: number): string {
  const more = lines.length - max;
  const shown = [...lines.slice(0, max), ...(more > 0 ? [`and ${more} more`] : [])];
  return [title, ...shown.map((line) => `• ${line}`)].join('\n');
}

const titleOf = ({ rule }: Cause): string => escaped(ruleTitle(rule));
