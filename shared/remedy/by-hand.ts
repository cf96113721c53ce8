import type { RuleName } from '../diagnosis/rules.ts';
import type { InspectorName } from '../evidence/evidence.ts';
import type { Action, Instruction, ProposalInput, Prospect } from './action.ts';
import type { Or } from './new-revision.ts';

/** Nothing is read and nothing is written of what people do. */
export type NoSettings = Readonly<Record<string, never>>;

/** What somebody does who was woken for it: what to look at first, the commands, what they change, and how it is taken back. */
export interface Instructions
  extends Pick<Prospect, 'summary' | 'risk' | 'expectedEffect' | 'expectedSeconds' | 'whatCouldGoWrong'> {
  readonly check: Instruction;
  /** What the commands change; exact, with the names that were seen, and a placeholder in capitals for what is not known. */
  readonly make: Instruction;
  readonly undo: Instruction;
  /** The lines that match the new state; left out where Terraform has nothing of it. */
  readonly terraform?: string;
}

interface ByHand<Needs extends InspectorName, Considers extends InspectorName> {
  readonly title: string;
  readonly answers: readonly RuleName[];
  readonly needs: readonly Needs[];
  readonly considers?: readonly Considers[];
  readonly guide: (input: ProposalInput<Needs, Considers>) => Or<{ readonly guide: Instructions }>;
}

/**
 * An action that people make, where a bot must not touch the cloud. Saying that it is done is its approval, nothing is written, and what follows is the
 * proof of recovery, as after any change.
 */
export const byHand = <Needs extends InspectorName, Considers extends InspectorName = never>({
  guide: guideFor,
  ...named
}: ByHand<Needs, Considers>): Action<NoSettings, Needs, Considers> => ({
  ...named,
  madeBy: 'people',
  permissions: [],
  terms: { risk: ['low', 'medium', 'high'], undo: 'none', cost: 'unknown' },
  propose: (input) => {
    const guided = guideFor(input);
    if (guided.kind === 'refused') return guided;
    const { check, make, undo, terraform = '', ...told } = guided.guide;
    return {
      kind: 'proposed',
      change: { target: input.cause.target, etag: undefined, before: {}, after: {} },
      prospect: {
        ...told,
        fit: 'by-hand',
        costUsdPerMonth: 'unknown',
        undo: { kind: 'none', why: 'what people did is theirs to take back' },
        permanent: { gcloud: make.commands ?? '', terraform },
        guide: { check, make: make.words, undo },
      },
    };
  },
  read: async () => ({ settings: {}, etag: undefined, settled: true }),
  write: ({ target }) => Promise.reject(new Error(`what people do by hand is never written: ${target}`)),
});
