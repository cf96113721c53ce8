import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Block } from '../../slack/blocks/normalize-blocks.ts';
import type { Filled } from '../../slack/input-values.ts';
import type { ViewOnPage } from '../page-state.ts';
import { BlockView } from './blocks.ts';
import { close, complaint, type Desk, submit } from './desk.ts';
import { Dialog } from './dialog.ts';
import { isJson, type Json, listOf, optionsOf, TickList } from './elements.ts';
import { plainTextOf } from './text.ts';

/** A modal that an app opened: its blocks and inputs, and what Slack or the app says about them. */
export function Modal({ view, desk }: { readonly view: ViewOnPage; readonly desk: Desk }): VNode {
  const [typed, setTyped] = useState<Filled>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string>();
  const [pending, setPending] = useState(false);
  const place = { kind: 'view', id: view.id } as const;
  const dismiss = (): void => void close({ user: desk.me, view: view.id });

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setPending(true);
    const result = await submit({ user: desk.me, view: view.id, filled: { ...initialValues(view.blocks), ...typed } });
    setPending(false);
    setErrors(result.kind === 'errors' ? result.errors : {});
    setTrouble(complaint(result, desk.slack.app.name));
  }

  const fill = (blockId: string, actionId: string, value: string | readonly string[]): void =>
    setTyped((before) => ({ ...before, [blockId]: { [actionId]: value } }));

  return html`
    <${Dialog} label=${view.title} onClose=${dismiss} className="modal">
      <form onSubmit=${(event: Event) => void send(event)} noValidate>
        <header><h2>${view.title}</h2><button type="button" class="icon" aria-label="Close" onClick=${dismiss}>✕</button></header>
        <div class="dialog-body">
          ${view.blocks.map((block) =>
            block.type === 'input'
              ? html`<${Input} key=${block.block_id} block=${block} desk=${desk} error=${errors[block.block_id]}
                  value=${currentValue(block, typed)} onFill=${(actionId: string, value: string | readonly string[]) => fill(block.block_id, actionId, value)} />`
              : html`<${BlockView} key=${block.block_id} block=${block} place=${place} desk=${desk} />`,
          )}
          ${trouble === undefined ? undefined : html`<p class="field-error" role="alert">⚠ ${trouble}</p>`}
        </div>
        <div class="dialog-buttons">
          <button type="button" class="slack-button default" onClick=${dismiss}>${view.close}</button>
          ${
            view.submit === ''
              ? undefined
              : html`<button type="submit" class="slack-button primary" disabled=${pending} aria-busy=${pending}>
                ${pending ? html`<span class="spinner" aria-hidden="true"></span>` : undefined}${view.submit}
              </button>`
          }
        </div>
      </form>
    <//>`;
}

interface InputProps {
  readonly block: Block;
  readonly desk: Desk;
  readonly error: string | undefined;
  readonly value: string | readonly string[];
  readonly onFill: (actionId: string, value: string | readonly string[]) => void;
}

function Input({ block, desk, error, value, onFill }: InputProps): VNode {
  const element: Json = isJson(block['element']) ? block['element'] : {};
  const id = `input-${block.block_id}`;
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

function currentValue(block: Block, typed: Filled): string | readonly string[] {
  const element: Json = isJson(block['element']) ? block['element'] : {};
  return typed[block.block_id]?.[String(element['action_id'])] ?? initialValue(element);
}

function initialValue(element: Json): string | readonly string[] {
  const { initial_value: value, initial_option: option, initial_options: options } = element;
  if (typeof value === 'string') return value;
  if (isJson(option)) return String(option['value']);
  return Array.isArray(options) ? listOf(options).map((entry) => String(entry['value'])) : '';
}

function initialValues(blocks: readonly Block[]): Filled {
  const inputs = blocks.flatMap((block) => (isJson(block['element']) ? [{ block, element: block['element'] }] : []));
  return Object.fromEntries(
    inputs.map(({ block, element }) => [block.block_id, { [String(element['action_id'])]: initialValue(element) }]),
  );
}
