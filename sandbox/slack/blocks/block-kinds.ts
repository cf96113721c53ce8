import { all, boolean, type Check, isObject, list, object, oneOf, string, typed } from './check.ts';
import {
  accessoryElement,
  actionElement,
  contextActionElement,
  contextElement,
  inputElement,
  urlSource,
} from './elements.ts';
import { furtherLimits, limits } from './limits.ts';
import { richText } from './rich-text.ts';
import { anyText, blockId, hasOneImageSource, imageFields, plainText } from './text.ts';

/** Where blocks can be shown. */
export type Surface = 'message' | 'modal' | 'home';

interface BlockKind {
  /** @see https://github.com/nicklambourne/slackblocks spec/vocabulary.json (b881990), which agrees with docs.slack.dev */
  readonly surfaces: readonly Surface[];
  readonly check: Check;
}

const block = (type: string, required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  object({ required: { type: oneOf(type), ...required }, optional: { block_id: blockId, ...optional } });

const everywhere: readonly Surface[] = ['message', 'modal', 'home'];

const hasTextOrFields: Check = (value, pointer) =>
  isObject(value) && (value['text'] !== undefined || value['fields'] !== undefined)
    ? []
    : [{ pointer: `${pointer}/type`, message: 'must define either `text` or `fields`' }];

const taskFields = {
  required: {
    task_id: string({ min: 1 }),
    title: string({ min: 1 }),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  optional: { block_id: blockId, details: richText, output: richText, sources: list(urlSource) },
};

const task = object({ ...taskFields, optional: { ...taskFields.optional, type: oneOf('task_card') } });

const cell = typed({
  raw_text: object({ required: { type: oneOf('raw_text'), text: string({ min: 1 }) } }),
  rich_text: richText,
});

/** The blocks that this workspace knows. Slack knows more; those are refused here as unsupported, never half shown. */
export const blockKinds: Readonly<Record<string, BlockKind>> = {
  actions: {
    surfaces: everywhere,
    check: block('actions', { elements: list(actionElement, { min: 1, max: limits.actions.elements.max_items }) }),
  },
  context: {
    surfaces: everywhere,
    check: block('context', { elements: list(contextElement, { min: 1, max: limits.context.elements.max_items }) }),
  },
  context_actions: {
    surfaces: ['message'],
    check: block('context_actions', {
      elements: list(contextActionElement, { min: 1, max: limits.context_actions.elements.max_items }),
    }),
  },
  divider: { surfaces: everywhere, check: block('divider', {}) },
  header: { surfaces: everywhere, check: block('header', { text: plainText(limits.header.text.max_length) }) },
  image: {
    surfaces: everywhere,
    check: all(
      object({
        required: imageFields.required,
        optional: { ...imageFields.optional, block_id: blockId, title: plainText(limits.image.alt_text.max_length) },
      }),
      hasOneImageSource,
    ),
  },
  input: {
    surfaces: everywhere,
    check: block(
      'input',
      { label: plainText(limits.input.label.max_length), element: inputElement },
      { hint: plainText(limits.input.hint.max_length), optional: boolean, dispatch_action: boolean },
    ),
  },
  markdown: {
    surfaces: ['message'],
    check: block('markdown', {
      text: string({ min: limits.markdown.text.min_length, max: limits.markdown.text.max_length }),
    }),
  },
  plan: {
    surfaces: ['message'],
    check: block('plan', { title: string({ min: 1 }) }, { tasks: list(task, { max: furtherLimits.tasksPerPlan }) }),
  },
  rich_text: { surfaces: everywhere, check: richText },
  section: {
    surfaces: everywhere,
    check: all(
      block(
        'section',
        {},
        {
          text: anyText(limits.section.text.max_length),
          fields: list(anyText(limits.section.fields.item_max_length), {
            min: 1,
            max: limits.section.fields.max_items,
          }),
          accessory: accessoryElement,
          expand: boolean,
        },
      ),
      hasTextOrFields,
    ),
  },
  table: {
    surfaces: ['message', 'home'],
    check: block(
      'table',
      { rows: list(list(cell, { min: 1, max: furtherLimits.tableCells }), { min: 1, max: furtherLimits.tableRows }) },
      {
        column_settings: list(object({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: boolean } }), {
          max: furtherLimits.tableCells,
        }),
      },
    ),
  },
  task_card: {
    surfaces: ['message'],
    check: object({ ...taskFields, required: { ...taskFields.required, type: oneOf('task_card') } }),
  },
};
