import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Place } from '../../slack/people.ts';
import { click, complaint, type Desk } from './desk.ts';
import { Dialog } from './dialog.ts';
import { plainTextOf, textObject, withEmoji } from './text.ts';

export type Json = Readonly<Record<string, unknown>>;

export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface ElementProps {
  readonly element: Json;
  readonly blockId: string;
  readonly place: Place;
  readonly desk: Desk;
}

/** An element that can be clicked or chosen from, in an actions block or beside a section. */
export function Element(props: ElementProps): VNode {
  const { element, desk } = props;
  switch (element['type']) {
    case 'button':
    case 'icon_button':
      return html`<${Button} ...${props} />`;
    case 'image':
      return html`<span class="thumbnail" role="img" aria-label=${String(element['alt_text'])}>${String(element['alt_text'])}</span>`;
    case 'static_select':
    case 'overflow':
      return html`<${Choice} ...${props} />`;
    case 'checkboxes':
    case 'radio_buttons':
      return html`<${Ticks} ...${props} />`;
    default:
      return html`<span class="unsupported">${desk.slack.app.name} uses ${String(element['type'])}, which this page does not show</span>`;
  }
}

/** Sends the click, asking first where the element wants that. */
function useClick({ element, blockId, place, desk }: ElementProps): {
  readonly pending: boolean;
  readonly use: (chosen: readonly string[]) => void;
  readonly confirmation: VNode | undefined;
} {
  const [pending, setPending] = useState(false);
  const [asked, setAsked] = useState<readonly string[]>();
  // Known at once; what is drawn lags behind, and a double click is quicker.
  const sending = useRef(false);
  const { confirm } = element;

  async function send(chosen: readonly string[]): Promise<void> {
    if (sending.current) return;
    sending.current = true;
    setAsked(undefined);
    setPending(true);
    const result = await click({ user: desk.me, place, blockId, actionId: String(element['action_id']), chosen });
    sending.current = false;
    setPending(false);
    const words = complaint(result, desk.slack.app.name);
    if (words !== undefined) desk.tell(words);
  }

  const use = (chosen: readonly string[]): void => (isJson(confirm) ? setAsked(chosen) : void send(chosen));
  const confirmation =
    isJson(confirm) && asked !== undefined
      ? html`<${Confirm} confirm=${confirm} desk=${desk} onConfirm=${() => void send(asked)} onDeny=${() => setAsked(undefined)} />`
      : undefined;
  return { pending, use, confirmation };
}

function Button(props: ElementProps): VNode {
  const { element } = props;
  const { pending, use, confirmation } = useClick(props);
  const label = withEmoji(plainTextOf(element['text']));
  const style = typeof element['style'] === 'string' ? element['style'] : 'default';
  // Not `disabled`: that would take the focus from whoever clicked, and a dialog that opens could not give it back.
  return html`
    <button type="button" class=${`slack-button ${style}`} aria-busy=${pending} aria-disabled=${pending}
      aria-label=${element['accessibility_label'] ?? undefined} onClick=${() => pending || use([])}>
      ${pending ? html`<span class="spinner" aria-hidden="true"></span>` : undefined}${label}
    </button>
    ${confirmation}`;
}

function Confirm(props: { confirm: Json; desk: Desk; onConfirm: () => void; onDeny: () => void }): VNode {
  const { confirm, desk, onConfirm, onDeny } = props;
  const title = plainTextOf(confirm['title']);
  // Answered is answered: the second of two quick clicks would reach the app after the first has changed what was asked.
  const answered = useRef(false);
  const answer = (act: () => void) => (): void => {
    if (answered.current) return;
    answered.current = true;
    act();
  };
  return html`
    <${Dialog} label=${title} onClose=${answer(onDeny)} className="confirm">
      <h2>${title}</h2>
      <div class="dialog-body">${textObject(confirm['text'], desk.slack)}</div>
      <div class="dialog-buttons">
        <button type="button" class="slack-button default" onClick=${answer(onDeny)}>${plainTextOf(confirm['deny']) || 'Cancel'}</button>
        <button type="button" class=${`slack-button ${confirm['style'] === 'danger' ? 'danger' : 'primary'}`} onClick=${answer(onConfirm)}>
          ${plainTextOf(confirm['confirm']) || 'Yes'}
        </button>
      </div>
    <//>`;
}

function Choice(props: ElementProps): VNode {
  const { element } = props;
  const { pending, use, confirmation } = useClick(props);
  const label =
    plainTextOf(element['placeholder']) || (element['type'] === 'overflow' ? 'More actions' : 'Select an option');
  return html`
    <select class="slack-select" aria-label=${label} disabled=${pending}
      onChange=${(event: Event & { currentTarget: HTMLSelectElement }) => use([event.currentTarget.value])}>
      <option value="" selected disabled>${label}</option>
      ${optionsOf(element)}
    </select>
    ${confirmation}`;
}

/** The options of a select, with their groups. */
export function optionsOf(element: Json, selected?: string): readonly VNode[] {
  const options = (of: unknown): readonly VNode[] =>
    listOf(of).map(
      (option) =>
        html`<option value=${option['value']} selected=${option['value'] === selected}>${plainTextOf(option['text'])}</option>`,
    );
  const groups = listOf(element['option_groups']);
  if (groups.length === 0) return options(element['options']);
  return groups.map(
    (group) => html`<optgroup label=${plainTextOf(group['label'])}>${options(group['options'])}</optgroup>`,
  );
}

function Ticks(props: ElementProps): VNode {
  const { element, blockId } = props;
  const { pending, use, confirmation } = useClick(props);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose = (next: readonly string[]): void => {
    setChosen(next);
    use(next);
  };
  return html`
    <${TickList} element=${element} name=${`${blockId} ${element['action_id']}`} chosen=${chosen} disabled=${pending} onChange=${choose} desk=${props.desk} />
    ${confirmation}`;
}

/** Checkboxes or radio buttons. */
export function TickList(props: {
  readonly element: Json;
  readonly name: string;
  readonly chosen: readonly string[];
  readonly disabled?: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
  readonly desk: Desk;
}): VNode {
  const { element, chosen, onChange } = props;
  const many = element['type'] === 'checkboxes';
  const toggle = (value: string): readonly string[] => {
    if (!many) return [value];
    return chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
  };
  return html`<div class="ticks">
    ${listOf(element['options']).map((option) => {
      const value = String(option['value']);
      return html`<label>
        <input type=${many ? 'checkbox' : 'radio'} name=${props.name} checked=${chosen.includes(value)} disabled=${props.disabled}
          onChange=${() => onChange(toggle(value))} />
        <span>${textObject(option['text'], props.desk.slack)}</span>
      </label>`;
    })}
  </div>`;
}
