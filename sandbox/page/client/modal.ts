import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Filled } from '../../slack/input-values.ts';
import type { ViewOnPage } from '../page-state.ts';
import { BlockView } from './blocks.ts';
import { close, complaint, type Desk, submit } from './desk.ts';
import { Dialog } from './dialog.ts';
import { currentValue, InputField, initialValues, inputId } from './input-field.ts';

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

  const firstInput = view.blocks.find(({ type }) => type === 'input')?.block_id;
  // At once, after the dialog has put the focus somewhere itself: whoever sees the field can type into it.
  useLayoutEffect(() => {
    if (firstInput !== undefined) document.getElementById(inputId(firstInput))?.focus();
  }, [firstInput]);

  return html`
    <${Dialog} label=${view.title} onClose=${dismiss} className="modal">
      <form onSubmit=${(event: Event) => void send(event)} noValidate>
        <header><h2>${view.title}</h2><button type="button" class="icon" aria-label="Close" onClick=${dismiss}>✕</button></header>
        <div class="dialog-body">
          ${view.blocks.map((block) =>
            block.type === 'input'
              ? html`<${InputField} key=${block.block_id} block=${block} desk=${desk} error=${errors[block.block_id]}
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
