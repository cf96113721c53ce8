import { describe, expect, it } from 'vitest';
import { blockKinds } from '../../../sandbox/slack/blocks/block-kinds.ts';
import { describeFault } from '../../../sandbox/slack/blocks/check.ts';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { validateView } from '../../../sandbox/slack/blocks/validate-view.ts';
import { validBlocks } from './fixtures.ts';

const faults = (blocks: unknown, surface: 'message' | 'modal' | 'home' = 'message') =>
  validateBlocks(blocks, surface, '/blocks').map(describeFault);

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });
const button = (more: object = {}) => ({ type: 'button', text: plain('Approve'), action_id: 'approve', ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('recorded valid blocks', () => {
  it.each(validBlocks())('%s', (_name, block) => {
    const type = String(block['type']);
    const kind = blockKinds[type];
    if (kind === undefined) {
      expect(faults([block])).toEqual([`unsupported type: ${type} [json-pointer:/blocks/0/type]`]);
      return;
    }
    for (const surface of kind.surfaces) expect(faults([block], surface)).toEqual([]);
  });

  it('cover most of the kinds that are known', () => {
    const recorded = new Set(validBlocks().map(([, block]) => block['type']));
    const missing = Object.keys(blockKinds).filter((type) => !recorded.has(type));
    expect(missing).toEqual([]);
  });
});

describe('refused, in the words that Slack uses', () => {
  it.each<[string, unknown, string[]]>([
    [
      'a text that is too long',
      [section('x'.repeat(3001))],
      ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    ],
    ['an empty text', [section('')], ['must be more than 0 characters [json-pointer:/blocks/0/text/text]']],
    [
      'a header that is too long',
      [{ type: 'header', text: plain('x'.repeat(151)) }],
      ['must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: mrkdwn('x') }],
      ['unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]'],
    ],
    [
      'a section with nothing in it',
      [{ type: 'section' }],
      ['must define either `text` or `fields` [json-pointer:/blocks/0/type]'],
    ],
    [
      '11 fields',
      [{ type: 'section', fields: times(11, () => mrkdwn('x')) }],
      ['no more than 10 items allowed [json-pointer:/blocks/0/fields]'],
    ],
    ['an unknown block', [{ type: 'blink' }], ['unsupported type: blink [json-pointer:/blocks/0/type]']],
    ['no type', [{}], ['missing required field: type [json-pointer:/blocks/0]']],
    [
      'an unknown field',
      [{ type: 'divider', colour: 'red' }],
      ['invalid additional property: colour [json-pointer:/blocks/0]'],
    ],
    [
      'a button without text',
      [actions({ type: 'button', action_id: 'a' })],
      ['missing required field: text [json-pointer:/blocks/0/elements/0]'],
    ],
    [
      'a button text that is too long',
      [actions(button({ text: plain('x'.repeat(76)) }))],
      ['must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]'],
    ],
    [
      'a button value that is too long',
      [actions(button({ value: 'x'.repeat(2001) }))],
      ['must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]'],
    ],
    [
      'an unknown style',
      [actions(button({ style: 'warning' }))],
      ['must be a valid enum value [json-pointer:/blocks/0/elements/0/style]'],
    ],
    [
      '26 buttons',
      [actions(...times(26, (index) => button({ action_id: `a${index}` })))],
      ['no more than 25 items allowed [json-pointer:/blocks/0/elements]'],
    ],
    ['51 blocks', times(51, () => ({ type: 'divider' })), ['no more than 50 items allowed [json-pointer:/blocks]']],
    [
      'the same block_id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      ['`block_id` "a" already exists [json-pointer:/blocks/1/block_id]'],
    ],
    [
      'the same action_id twice in a block',
      [actions(button(), button())],
      ['`action_id` "approve" already exists [json-pointer:/blocks/0/elements/1/action_id]'],
    ],
    [
      'markdown over its limit in sum',
      [
        { type: 'markdown', text: 'x'.repeat(6001) },
        { type: 'markdown', text: 'x'.repeat(6000) },
      ],
      ['must be less than 12001 characters [json-pointer:/blocks]'],
    ],
    [
      'an image with two sources',
      [{ type: 'image', alt_text: 'a', image_url: 'https://a.test/a.png', slack_file: { id: 'F0AAAAAAA' } }],
      ['must define either `image_url` or `slack_file` [json-pointer:/blocks/0]'],
    ],
    ['no list', { type: 'divider' }, ['must provide an array [json-pointer:/blocks]']],
  ])('%s', (_name, blocks, expected) => {
    expect(faults(blocks)).toEqual(expected);
  });

  it('counts code points, not UTF-16 units', () => {
    expect(faults([{ type: 'header', text: plain('😀'.repeat(150)) }])).toEqual([]);
    expect(faults([{ type: 'header', text: plain('😀'.repeat(151)) }])).toHaveLength(1);
  });

  it('takes the same action_id in two blocks, as the reference asks for it within a block only', () => {
    expect(faults([actions(button()), actions(button())])).toEqual([]);
  });

  it('knows which surface shows what', () => {
    expect(faults([{ type: 'markdown', text: 'x' }], 'modal')).toEqual([
      'unsupported type: markdown [json-pointer:/blocks/0/type]',
    ]);
    expect(
      faults(
        times(100, () => ({ type: 'divider' })),
        'modal',
      ),
    ).toEqual([]);
  });
});

describe('views', () => {
  const input = { type: 'input', label: plain('Reason'), element: { type: 'plain_text_input', action_id: 'reason' } };
  const modal = { type: 'modal', title: plain('Reject'), submit: plain('Send'), blocks: [input] };
  const viewFaults = (view: unknown) => validateView(view, 'modal').map(describeFault);

  it('takes a modal with an input', () => expect(viewFaults(modal)).toEqual([]));

  it('wants a submit button where there is an input', () => {
    const { submit: _, ...withoutSubmit } = modal;
    expect(viewFaults(withoutSubmit)).toEqual([
      'must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]',
    ]);
  });

  it('wants short titles', () => {
    expect(viewFaults({ ...modal, title: plain('x'.repeat(25)) })).toEqual([
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ]);
  });

  it('refuses a home view where a modal is asked for', () => {
    expect(viewFaults({ type: 'home', blocks: [] })).toEqual(['unsupported type: home [json-pointer:/view/type]']);
  });
});
