import { all, boolean, type Check, isObject, object, oneOf, string, typed } from './check.ts';
import { furtherLimits, limits } from './limits.ts';

/** A text object that shows plain text only. */
export const plainText = (max: number = limits.text.max_length): Check =>
  typed({
    plain_text: object({
      required: { type: oneOf('plain_text'), text: string({ min: limits.text.min_length, max }) },
      optional: { emoji: boolean },
    }),
  });

const mrkdwnText = (max: number): Check =>
  object({
    required: { type: oneOf('mrkdwn'), text: string({ min: limits.text.min_length, max }) },
    optional: { verbatim: boolean },
  });

/** A text object of either kind. */
export const anyText = (max: number = limits.text.max_length): Check => {
  return (value, pointer) =>
    isObject(value) && value['type'] === 'mrkdwn' ? mrkdwnText(max)(value, pointer) : plainText(max)(value, pointer);
};

/** The question that Slack asks before it sends a click on. */
export const confirmation: Check = object({
  required: {
    title: plainText(limits.confirmation.title.max_length),
    text: anyText(limits.confirmation.text.max_length),
  },
  optional: {
    confirm: plainText(limits.confirmation.confirm.max_length),
    deny: plainText(limits.confirmation.deny.max_length),
    style: oneOf('primary', 'danger'),
  },
});

/** One choice of a select, checkbox, radio or overflow element. */
export const option: Check = object({
  required: { text: anyText(limits.option.text.max_length), value: string({ max: limits.option.value.max_length }) },
  optional: {
    description: anyText(limits.option.description.max_length),
    url: string({ max: limits.option.url.max_length }),
  },
});

export const placeholder = plainText(furtherLimits.placeholder);
export const blockId = string({ min: 1, max: limits.block_id.max_length });
export const actionId = string({ min: 1, max: limits.action_id.max_length });

/** @see https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object the id or the address, not both */
const slackFile: Check = all(
  object({ optional: { id: string({ min: 1 }), url: string({ min: 1 }) } }),
  (value, pointer) =>
    isObject(value) && (value['id'] === undefined) !== (value['url'] === undefined)
      ? []
      : [{ pointer, message: 'must define either `id` or `url`' }],
);

/** Fields of an image, as a block and as an element; exactly one of the two sources. */
export const imageFields = {
  required: { type: oneOf('image'), alt_text: string({ max: limits.image.alt_text.max_length }) },
  optional: { image_url: string({ min: 1, max: limits.image.image_url.max_length }), slack_file: slackFile },
};

export const hasOneImageSource: Check = (value, pointer) =>
  isObject(value) && (value['image_url'] === undefined) !== (value['slack_file'] === undefined)
    ? []
    : [{ pointer, message: 'must define either `image_url` or `slack_file`' }];
