import data from '../data/block-limits.json' with { type: 'json' };

/** Limits of every block and element as recorded in data/block-limits.json, whose source it names. */
export const limits = data.limits;

/** Limits that the recorded table lacks; each with where it is written. */
export const furtherLimits = {
  /** docs.slack.dev/reference/block-kit/blocks, and @slack/types 3.2.0 ChatPostMessageArguments (read 2026-11-23). */
  blocksPerMessage: 50,
  /** bolt-js issue 2509: all blocks of a message together, as JSON; not in the reference. */
  charactersOfAllBlocks: 13_200,
  /** docs.slack.dev/reference/methods/chat.postMessage, truncating content. */
  messageTextTruncatedAt: 40_000,
  /** @slack/types 3.2.0, PlanBlock and TaskCardBlock: tasks of a plan. */
  tasksPerPlan: 50,
  /** @slack/types 3.2.0, Placeholdable: 150 characters. */
  placeholder: 150,
  /** @slack/types 3.2.0, TableBlock: 100 rows of 20 cells. */
  tableRows: 100,
  tableCells: 20,
} as const;
