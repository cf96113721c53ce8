import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';
import {
  BUTTON_TEXT_MAX,
  BUTTON_VALUE_MAX,
  CONFIRM_BUTTON_MAX,
  CONFIRM_TEXT_MAX,
  CONFIRM_TITLE_MAX,
  CONTEXT_ELEMENTS_MAX,
  cut,
  FIELD_MAX,
  FIELDS_MAX,
  HEADER_MAX,
  TEXT_MAX,
} from './limits.ts';

/** The few blocks that runmedic uses, each cut to Slack's limits. */

export const plain = (text: string, max: number): PlainTextElement => ({ type: 'plain_text', text: cut(text, max) });

/** `verbatim`: Slack makes nothing of addresses and names in it, which may be foreign. */
export const mrkdwn = (text: string, max: number): MrkdwnElement => ({
  type: 'mrkdwn',
  text: cut(text, max),
  verbatim: true,
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, HEADER_MAX) });

export const section = (text: string): SectionBlock => ({ type: 'section', text: mrkdwn(text, TEXT_MAX) });

/** Titles with what belongs to them, two in a row. */
export const fields = (pairs: readonly (readonly [title: string, text: string])[]): SectionBlock => ({
  type: 'section',
  fields: pairs.slice(0, FIELDS_MAX).map(([title, text]) => mrkdwn(`*${title}*\n${text}`, FIELD_MAX)),
});

export const context = (...texts: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: texts.slice(0, CONTEXT_ELEMENTS_MAX).map((text) => mrkdwn(text, TEXT_MAX)),
});

export const divider: DividerBlock = { type: 'divider' };

export const actions = (blockId: string, elements: readonly Button[]): ActionsBlock => ({
  type: 'actions',
  block_id: blockId,
  elements: [...elements],
});

export function button(given: {
  readonly actionId: string;
  readonly text: string;
  readonly value: string;
  /** Left out: an ordinary one. */
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
}): Button {
  if (given.value.length > BUTTON_VALUE_MAX) throw new Error(`a button's value of ${given.value.length} characters`);
  const { actionId, text, value, style, confirm } = given;
  return {
    type: 'button',
    action_id: actionId,
    text: plain(text, BUTTON_TEXT_MAX),
    value,
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

export const confirmation = (given: {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
}): ConfirmationDialog => ({
  title: plain(given.title, CONFIRM_TITLE_MAX),
  text: plain(given.text, CONFIRM_TEXT_MAX),
  confirm: plain(given.confirm, CONFIRM_BUTTON_MAX),
  deny: plain(given.deny, CONFIRM_BUTTON_MAX),
  style: 'primary',
});
