import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import type { Planned } from '../shared/remedy/plan-for.ts';
import { ruleTitle } from '../shared/report/words.ts';

export type Report = ReturnType<typeof reportOf>;

/** A diagnosis and what was planned for it, as `--json` prints them. */
export function reportOf(
  { healthy, root, causes, ruledOut, unchecked, nextChecks, symptoms, said = [] }: Diagnosis,
  planned: Planned | undefined,
) {
  return {
    healthy,
    rootCause:
      root === undefined
        ? null
        : { rule: root.rule, target: root.target, confidence: root.confidence, claim: root.claim },
    layer: root?.layer ?? null,
    causes,
    ruledOut,
    unchecked,
    nextChecks,
    symptoms,
    said,
    plan:
      planned?.kind !== 'plan'
        ? null
        : {
            digest: planned.plan.digest,
            steps: planned.plan.steps.map(({ action, target, before, after, prospect }) => ({
              action,
              target,
              before,
              after,
              fit: prospect.fit,
              risk: prospect.risk,
              undo: prospect.undo,
              summary: prospect.summary,
            })),
          },
    notOffered: planned?.kind === 'none' ? planned.refusals : [],
  };
}

/** The same for people. */
export function inWords({
  healthy,
  rootCause,
  causes,
  ruledOut,
  unchecked,
  nextChecks,
  symptoms,
  said,
  plan,
  notOffered,
}: Report): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  const head = healthy
    ? 'Healthy: nothing wrong was seen.\n'
    : rootCause === null
      ? 'No cause was found.\n'
      : `${rootCause.claim} (${rootCause.confidence})\n`;
  return [
    head,
    // Where there is a root it comes first; other causes explain nothing of what is seen, or not yet.
    list('Evidence', rootCause === null ? [] : (causes[0]?.evidence.map(({ text }) => text) ?? [])),
    list(
      'Seen',
      symptoms.map(({ text }) => text),
    ),
    list(
      'Their logs say most',
      said.map(({ text }) => text),
    ),
    list(
      'Offered',
      plan?.steps.map(
        ({ summary, risk, undo, fit }) =>
          `${fit === 'by-hand' ? 'By hand: ' : ''}${summary.title}: ${summary.before} -> ${summary.after} (risk ${risk}; ${undo.kind === 'none' ? `no undo: ${undo.why}` : 'undone by putting back what was before'})`,
      ) ?? [],
    ),
    list('No change to offer', notOffered),
    list(
      'Ruled out',
      ruledOut.map(({ rule, reason }) => `${ruleTitle(rule)}: ${reason}`),
    ),
    list(
      'Could not be checked',
      unchecked.map(({ rule, reason }) => `${ruleTitle(rule)}: ${reason}`),
    ),
    list('What would settle it', nextChecks),
  ].join('');
}
