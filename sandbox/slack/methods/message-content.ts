import { describeFault, isObject } from '../blocks/check.ts';
import { furtherLimits } from '../blocks/limits.ts';
import { type Block, normalizeBlocks } from '../blocks/normalize-blocks.ts';
import { validateBlocks } from '../blocks/validate-blocks.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type Args, text } from './method.ts';

/** What a message says. `undefined` where the call left a part out. */
export interface Content {
  readonly kind: 'content';
  readonly text: string | undefined;
  readonly blocks: readonly Block[] | undefined;
  readonly metadata: unknown;
}

/** Slack puts this where an app gives blocks and no text (test/fixtures/slack/block-actions-button.json). */
export const TEXT_OF_BLOCKS_ALONE = "This content can't be displayed.";

/** @param tooLong the code with which this method refuses blocks that are too long together. */
export function readContent(args: Args, tooLong: 'msg_blocks_too_long' | 'msg_too_long'): Content | Refusal {
  if (args['markdown_text'] !== undefined && (args['text'] !== undefined || args['blocks'] !== undefined)) {
    return refuse('markdown_text_conflict');
  }
  const blocks = readBlocks(args['blocks'], tooLong);
  if (blocks?.kind === 'refused') return blocks;
  const metadata = args['metadata'];
  if (metadata !== undefined && !isMetadata(metadata)) return refuse('invalid_metadata_format');
  const words = text(args, 'markdown_text') ?? text(args, 'text');
  return {
    kind: 'content',
    text: words?.slice(0, furtherLimits.messageTextTruncatedAt),
    blocks: blocks?.list,
    metadata,
  };
}

/** The refusal of blocks in Slack's form: `errors`, and the same lines as `response_metadata.messages`. */
function readBlocks(
  blocks: unknown,
  tooLong: 'msg_blocks_too_long' | 'msg_too_long',
): { readonly kind: 'blocks'; readonly list: readonly Block[] } | Refusal | undefined {
  if (blocks === undefined || blocks === null || blocks === '') return undefined;
  if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
  const faults = validateBlocks(blocks, 'message', '/blocks').map(describeFault);
  if (faults.length > 0) return refuse('invalid_blocks', faults, { errors: faults });
  if (JSON.stringify(blocks).length > furtherLimits.charactersOfAllBlocks) return refuse(tooLong);
  return { kind: 'blocks', list: normalizeBlocks(blocks) };
}

const isMetadata = (value: unknown): boolean =>
  isObject(value) && typeof value['event_type'] === 'string' && isObject(value['event_payload']);
