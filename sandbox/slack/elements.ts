import { isObject } from './blocks/check.ts';
import type { Block } from './blocks/normalize-blocks.ts';

export type Element = Readonly<Record<string, unknown>>;

/** An element that a person can use, and the block that it stands in. */
export interface PlacedElement {
  readonly block: Block;
  readonly element: Element;
}

/** Every element of these blocks that can be clicked or chosen from, in reading order. */
export function interactiveElements(blocks: readonly Block[]): readonly PlacedElement[] {
  return blocks.flatMap((block) => {
    const elements = block.type === 'input' ? [] : [...asList(block['elements']), ...asList(block['accessory'])];
    return elements
      .filter((element) => typeof element['action_id'] === 'string')
      .map((element) => ({ block, element }));
  });
}

/** Every input of these blocks, in reading order. */
export function inputElements(blocks: readonly Block[]): readonly PlacedElement[] {
  return blocks.flatMap((block) => {
    const element = block['element'];
    return block.type === 'input' && isObject(element) ? [{ block, element }] : [];
  });
}

/** What a text object says, or '' where there is none. */
export const textOf = (value: unknown): string =>
  isObject(value) && typeof value['text'] === 'string' ? value['text'] : '';

function asList(value: unknown): readonly Element[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}
