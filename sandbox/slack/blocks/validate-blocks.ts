import { blockKinds, type Surface } from './block-kinds.ts';
import { type Check, type Fault, isObject, list, typed } from './check.ts';
import { furtherLimits, limits } from './limits.ts';

const maxBlocks: Readonly<Record<Surface, number>> = {
  message: furtherLimits.blocksPerMessage,
  modal: limits.view.blocks.max_items,
  home: limits.view.blocks.max_items,
};

/**
 * What is wrong with `blocks` on this surface, in document order; empty when Slack would take them.
 * @param pointer where the list stands in the request, e.g. `/blocks` or `/view/blocks`.
 */
export function validateBlocks(blocks: unknown, surface: Surface, pointer: string): readonly Fault[] {
  const faults = list(blockOn(surface), { max: maxBlocks[surface] })(blocks, pointer);
  if (faults.length > 0 || !Array.isArray(blocks)) return faults;
  return [
    ...repeatedBlockIds(blocks, pointer),
    ...repeatedActionIds(blocks, pointer),
    ...markdownTooLong(blocks, pointer),
  ];
}

function blockOn(surface: Surface): Check {
  const shown = Object.entries(blockKinds).filter(([, kind]) => kind.surfaces.includes(surface));
  return typed(Object.fromEntries(shown.map(([type, kind]) => [type, kind.check])));
}

function repeatedBlockIds(blocks: readonly unknown[], pointer: string): readonly Fault[] {
  return repeated(
    blocks.map((block, index) => ({ id: idOf(block, 'block_id'), at: `${pointer}/${index}/block_id` })),
    'block_id',
  );
}

/** Unique within the block that contains them. @see @slack/types 3.2.0 Actionable.action_id */
function repeatedActionIds(blocks: readonly unknown[], pointer: string): readonly Fault[] {
  return blocks.flatMap((block, index) => {
    if (!isObject(block) || !Array.isArray(block['elements'])) return [];
    const ids = block['elements'].map((element, at) => ({
      id: idOf(element, 'action_id'),
      at: `${pointer}/${index}/elements/${at}/action_id`,
    }));
    return repeated(ids, 'action_id');
  });
}

/** The words are those of a real refusal: "`action_id` "x" already exists [json-pointer:/blocks/1/elements/1/action_id]". */
function repeated(ids: readonly { id: string | undefined; at: string }[], field: string): readonly Fault[] {
  return ids
    .filter(({ id }, index) => id !== undefined && ids.findIndex((other) => other.id === id) < index)
    .map(({ id, at }) => ({ pointer: at, message: `\`${field}\` "${id}" already exists` }));
}

/** The limit of markdown holds for all markdown blocks of a message together. @see @slack/types 3.2.0 MarkdownBlock */
function markdownTooLong(blocks: readonly unknown[], pointer: string): readonly Fault[] {
  const max = limits.markdown.text.max_length;
  const texts = blocks.map((block) => (isObject(block) && block['type'] === 'markdown' ? String(block['text']) : ''));
  return [...texts.join('')].length > max ? [{ pointer, message: `must be less than ${max + 1} characters` }] : [];
}

function idOf(value: unknown, field: 'block_id' | 'action_id'): string | undefined {
  const id = isObject(value) ? value[field] : undefined;
  return typeof id === 'string' ? id : undefined;
}
