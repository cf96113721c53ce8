import { all, boolean, type Check, isObject, list, number, object, oneOf, string, typed } from './check.ts';
import { limits } from './limits.ts';
import {
  actionId,
  anyText,
  confirmation,
  hasOneImageSource,
  imageFields,
  option,
  placeholder,
  plainText,
} from './text.ts';

const interactive = { action_id: actionId, confirm: confirmation, focus_on_load: boolean };

const button = object({
  required: { type: oneOf('button'), text: plainText(limits.button.text.max_length) },
  optional: {
    action_id: actionId,
    url: string({ max: limits.button.url.max_length }),
    value: string({ max: limits.button.value.max_length }),
    style: oneOf('primary', 'danger'),
    confirm: confirmation,
    accessibility_label: string({ max: limits.button.accessibility_label.max_length }),
  },
});

const optionGroup = object({
  required: {
    label: plainText(limits.option_group.label.max_length),
    options: list(option, { min: limits.option_group.options.min_items, max: limits.option_group.options.max_items }),
  },
});

const hasOneOptionSource: Check = (value, pointer) =>
  isObject(value) && (value['options'] === undefined) !== (value['option_groups'] === undefined)
    ? []
    : [{ pointer, message: 'must define either `options` or `option_groups`' }];

const staticSelect = all(
  object({
    required: { type: oneOf('static_select') },
    optional: {
      ...interactive,
      placeholder,
      options: list(option, { min: 1, max: limits.select.options.max_items }),
      option_groups: list(optionGroup, { min: 1, max: limits.select.option_groups.max_items }),
      initial_option: option,
    },
  }),
  hasOneOptionSource,
);

const overflow = object({
  required: {
    type: oneOf('overflow'),
    options: list(option, { min: limits.overflow.options.min_items, max: limits.overflow.options.max_items }),
  },
  optional: { action_id: actionId, confirm: confirmation },
});

const checkboxes = object({
  required: {
    type: oneOf('checkboxes'),
    options: list(option, { min: limits.checkboxes.options.min_items, max: limits.checkboxes.options.max_items }),
  },
  optional: { ...interactive, initial_options: list(option, { min: 1, max: limits.checkboxes.options.max_items }) },
});

const radioButtons = object({
  required: {
    type: oneOf('radio_buttons'),
    options: list(option, { min: limits.radio_buttons.options.min_items, max: limits.radio_buttons.options.max_items }),
  },
  optional: { ...interactive, initial_option: option },
});

const dispatchConfig = object({
  optional: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 }) },
});

const plainTextInput = object({
  required: { type: oneOf('plain_text_input') },
  optional: {
    action_id: actionId,
    focus_on_load: boolean,
    placeholder,
    initial_value: string({ max: limits.plain_text_input.max_length.max }),
    multiline: boolean,
    min_length: number,
    max_length: number,
    dispatch_action_config: dispatchConfig,
  },
});

const lineInput = (type: 'email_text_input' | 'url_text_input') =>
  object({
    required: { type: oneOf(type) },
    optional: {
      action_id: actionId,
      focus_on_load: boolean,
      placeholder,
      initial_value: string(),
      dispatch_action_config: dispatchConfig,
    },
  });

const numberInput = object({
  required: { type: oneOf('number_input'), is_decimal_allowed: boolean },
  optional: {
    action_id: actionId,
    focus_on_load: boolean,
    placeholder,
    initial_value: string(),
    min_value: string(),
    max_value: string(),
    dispatch_action_config: dispatchConfig,
  },
});

const imageElement = all(object(imageFields), hasOneImageSource);

const iconButton = object({
  required: { type: oneOf('icon_button'), icon: oneOf('trash'), text: plainText(limits.button.text.max_length) },
  optional: {
    action_id: actionId,
    value: string({ max: limits.button.value.max_length }),
    confirm: confirmation,
    accessibility_label: string({ max: limits.button.accessibility_label.max_length }),
    visible_to_user_ids: list(string(), { max: limits.icon_button.visible_to_user_ids.max_items }),
  },
});

const feedbackButton = object({
  required: {
    text: plainText(limits.feedback_button.text.max_length),
    value: string({ max: limits.feedback_button.value.max_length }),
  },
  optional: { accessibility_label: string({ max: limits.feedback_button.accessibility_label.max_length }) },
});

const feedbackButtons = object({
  required: {
    type: oneOf('feedback_buttons'),
    positive_button: feedbackButton,
    negative_button: feedbackButton,
  },
  optional: { action_id: actionId },
});

/** What may stand in an `actions` block. */
export const actionElement = typed({
  button,
  checkboxes,
  overflow,
  radio_buttons: radioButtons,
  static_select: staticSelect,
});

/** What may stand beside the text of a section. */
export const accessoryElement = typed({
  button,
  checkboxes,
  image: imageElement,
  overflow,
  radio_buttons: radioButtons,
  static_select: staticSelect,
});

/** What may stand in a `context` block. */
export const contextElement: Check = (value, pointer) =>
  isObject(value) && value['type'] === 'image' ? imageElement(value, pointer) : anyText()(value, pointer);

/** What may stand in a `context_actions` block. */
export const contextActionElement = typed({ feedback_buttons: feedbackButtons, icon_button: iconButton });

/** What may stand in an `input` block. */
export const inputElement = typed({
  checkboxes,
  email_text_input: lineInput('email_text_input'),
  number_input: numberInput,
  plain_text_input: plainTextInput,
  radio_buttons: radioButtons,
  static_select: staticSelect,
  url_text_input: lineInput('url_text_input'),
});

/** Where more can be read about a task. */
export const urlSource = object({
  required: {
    type: oneOf('url'),
    url: string({ min: limits.url_source.url.min_length, max: limits.url_source.url.max_length }),
    text: string({ min: 1 }),
  },
});
