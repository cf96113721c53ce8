import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Block } from '../../slack/blocks/normalize-blocks.ts';
import type { Filled } from '../../slack/input-values.ts';
import type { Desk } from './desk.ts';
import { isJson, type Json, listOf, optionsOf, TickList } from './elements.ts';
import { plainTextOf } from './text.ts';

interface InputProps {
  readonly block: Block;
  readonly desk: Desk;
  readonly error: string | undefined;
  readonly value: string | readonly string[];
  readonly onFill: (actionId: string, value: string | readonly string[]) => void;
}

/** An input block: its label, its field, and its hint or what is wrong. */
export function InputField({ block, desk, error, value, onFill }: InputProps): VNode {
  const element: Json = isJson(block['element']) ? block['element'] : {};
  const id = inputId(block.block_id);
  const label = plainTextOf(block['label']);
  const hint = plainTextOf(block['hint']);
  const fill = (given: string | readonly string[]): void => onFill(String(element['action_id']), given);
  return html`<div class="input">
    <label for=${id}>${label}${block['optional'] === true ? html` <span class="muted">(optional)</span>` : undefined}</label>
    ${field({ element, id, desk, value, fill, described: `${id}-words`, invalid: error !== undefined })}
    <p id=${`${id}-words`} class=${error === undefined ? 'hint' : 'field-error'} role=${error === undefined ? undefined : 'alert'}>
      ${error === undefined ? hint : `⚠ ${error}`}
    </p>
  </div>`;
}

function field(props: {
  element: Json;
  id: string;
  desk: Desk;
  value: string | readonly string[];
  fill: (given: string | readonly string[]) => void;
  described: string;
  invalid: boolean;
}): VNode {
  const { element, id, value, fill, described, invalid } = props;
  const text = typeof value === 'string' ? value : '';
  const onInput = (event: Event & { currentTarget: HTMLInputElement | HTMLTextAreaElement }): void =>
    fill(event.currentTarget.value);
  const common = {
    id,
    value: text,
    onInput,
    placeholder: plainTextOf(element['placeholder']),
    'aria-describedby': described,
    'aria-invalid': invalid,
  };
  switch (element['type']) {
    case 'checkboxes':
    case 'radio_buttons':
      return html`<${TickList} element=${element} name=${id} chosen=${typeof value === 'string' ? [value] : value} onChange=${fill} desk=${props.desk} />`;
    case 'static_select':
      return html`<select class="slack-select" id=${id} aria-describedby=${described}
        onChange=${(event: Event & { currentTarget: HTMLSelectElement }) => fill(event.currentTarget.value)}>
        <option value="" selected=${text === ''}>${plainTextOf(element['placeholder']) || 'Select an option'}</option>
        ${optionsOf(element, text)}
      </select>`;
    case 'number_input':
      return html`<input ...${common} inputMode="decimal" />`;
    default:
      return element['multiline'] === true
        ? html`<textarea ...${common} rows="4"></textarea>`
        : html`<input ...${common} type="text" />`;
  }
}

/** The id that the field of an input block has in the document. */
export const inputId = (blockId: string): string => `input-${blockId}`;

/** What the field holds: what was typed, else what the app put there. */
export function currentValue(block: Block, typed: Filled): string | readonly string[] {
  const element: Json = isJson(block['element']) ? block['element'] : {};
  return typed[block.block_id]?.[String(element['action_id'])] ?? initialValue(element);
}

function initialValue(element: Json): string | readonly string[] {
  const { initial_value: value, initial_option: option, initial_options: options } = element;
  if (typeof value === 'string') return value;
  if (isJson(option)) return String(option['value']);
  return Array.isArray(options) ? listOf(options).map((entry) => String(entry['value'])) : '';
}

/** What every input holds before anybody types. */
export function initialValues(blocks: readonly Block[]): Filled {
  const inputs = blocks.flatMap((block) => (isJson(block['element']) ? [{ block, element: block['element'] }] : []));
  return Object.fromEntries(
    inputs.map(({ block, element }) => [block.block_id, { [String(element['action_id'])]: initialValue(element) }]),
  );
}
