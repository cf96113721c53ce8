import { isObject } from './blocks/check.ts';
import type { Block } from './blocks/normalize-blocks.ts';
import { type Element, inputElements } from './elements.ts';

/** What a person put into inputs: by block id, then action id. Text, or the values of chosen options. */
export type Filled = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** `state.values` as a submission carries it: every input is there, empty ones with null. */
export function stateValues(blocks: readonly Block[], filled: Filled): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    inputElements(blocks).map(({ block, element }) => {
      const actionId = String(element['action_id']);
      return [block.block_id, { [actionId]: elementState(element, filled[block.block_id]?.[actionId]) }];
    }),
  );
}

/** What one element holds, in the form of its type. */
export function elementState(
  element: Element,
  value: string | readonly string[] | undefined,
): Readonly<Record<string, unknown>> {
  const type = String(element['type']);
  const chosen = typeof value === 'string' ? [value] : (value ?? []);
  switch (type) {
    case 'checkboxes':
      return {
        type,
        selected_options: optionsOf(element).filter((option) => chosen.includes(String(option['value']))),
      };
    case 'radio_buttons':
    case 'static_select':
    case 'overflow':
      return { type, selected_option: optionsOf(element).find((option) => option['value'] === chosen[0]) ?? null };
    default:
      return { type, value: chosen[0] === undefined || chosen[0] === '' ? null : chosen[0] };
  }
}

/** What keeps Slack from sending a submission, by block id; empty when it would send it. */
export function inputErrors(blocks: readonly Block[], filled: Filled): Readonly<Record<string, string>> {
  const errors = inputElements(blocks).flatMap(({ block, element }) => {
    const value = filled[block.block_id]?.[String(element['action_id'])];
    const problem = inputProblem(element, value, block['optional'] === true);
    return problem === undefined ? [] : [[block.block_id, problem]];
  });
  return Object.fromEntries(errors);
}

function inputProblem(
  element: Element,
  value: string | readonly string[] | undefined,
  optional: boolean,
): string | undefined {
  if (value === undefined || value.length === 0) return optional ? undefined : 'Please complete this required field.';
  if (typeof value !== 'string') return undefined;
  const length = [...value].length;
  const { min_length: min, max_length: max } = element;
  if (typeof min === 'number' && length < min) return `Must be at least ${min} characters.`;
  if (typeof max === 'number' && length > max) return `Must be at most ${max} characters.`;
  if (element['type'] === 'number_input' && !/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a number.';
  return undefined;
}

function optionsOf(element: Element): readonly Element[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'].filter(isObject) : [element];
  return groups.flatMap((group) => (Array.isArray(group['options']) ? group['options'].filter(isObject) : []));
}
