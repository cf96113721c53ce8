import { all, boolean, type Check, type Fault, isObject, object, oneOf, string, typed } from './check.ts';
import { limits } from './limits.ts';
import { plainText } from './text.ts';
import { validateBlocks } from './validate-blocks.ts';

const shared = {
  private_metadata: string({ max: limits.view.private_metadata.max_length }),
  callback_id: string({ max: limits.view.callback_id.max_length }),
  /** @see @slack/types 3.2.0 ModalView.external_id */
  external_id: string({ max: 255 }),
};

const inputNeedsSubmit: Check = (value, pointer) => {
  if (!isObject(value) || value['submit'] !== undefined || !Array.isArray(value['blocks'])) return [];
  return value['blocks'].flatMap((block, index) =>
    isObject(block) && block['type'] === 'input'
      ? [
          {
            pointer: `${pointer}/blocks/${index}/input`,
            message: 'must define `submit` to use an `input` block in modals',
          },
        ]
      : [],
  );
};

const modal = all(
  object({
    required: {
      type: oneOf('modal'),
      title: plainText(limits.view.title.max_length),
      blocks: (value, pointer) => validateBlocks(value, 'modal', pointer),
    },
    optional: {
      ...shared,
      submit: plainText(limits.view.submit.max_length),
      close: plainText(limits.view.close.max_length),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
    },
  }),
  inputNeedsSubmit,
);

const home = object({
  required: { type: oneOf('home'), blocks: (value, pointer) => validateBlocks(value, 'home', pointer) },
  optional: shared,
});

/** What is wrong with a view that a call brings; empty when Slack would take it. */
export function validateView(view: unknown, allowed: 'modal' | 'home'): readonly Fault[] {
  const kinds: Readonly<Record<string, Check>> = allowed === 'modal' ? { modal } : { home };
  return typed(kinds)(view, '/view');
}
