import type { ModalView } from '@slack/types';
import type { IncidentIn } from '../incident/incident.ts';
import { plain, section } from './blocks.ts';
import { changeLines } from './change-blocks.ts';
import { modalText, REASON_ACTION, REASON_BLOCK, REJECT_CALLBACK } from './click.ts';
import { headlineText } from './heading.ts';
import { PLACEHOLDER_MAX, VIEW_TITLE_MAX } from './limits.ts';

/** Enough for a paragraph; it is shown whole on the card. */
export const REASON_MAX = 500;

const TITLE = 'Reject the change';

/** Opened at once, as a trigger lives 3 seconds; what it is about is filled in a moment later. */
export const openingModal: ModalView = {
  type: 'modal',
  title: plain(TITLE, VIEW_TITLE_MAX),
  close: plain('Cancel', VIEW_TITLE_MAX),
  blocks: [section('Looking up what is offered now…')],
};

/** Asks why. Submitting it ends the incident as declined. */
export function reasonModal(incident: IncidentIn<'awaiting-approval'>, channel: string): ModalView {
  const { id, signed } = incident;
  return {
    type: 'modal',
    callback_id: REJECT_CALLBACK,
    private_metadata: modalText({ incident: id, digest: signed.plan.digest, channel }),
    title: plain(TITLE, VIEW_TITLE_MAX),
    submit: plain('Reject', VIEW_TITLE_MAX),
    close: plain('Cancel', VIEW_TITLE_MAX),
    blocks: [
      section(`${headlineText(incident)}\n${changeLines(signed.plan)}`),
      section('Rejecting closes the incident as declined. Nothing is changed; a new alert opens a new one.'),
      {
        type: 'input',
        block_id: REASON_BLOCK,
        label: plain('Why not?', VIEW_TITLE_MAX),
        element: {
          type: 'plain_text_input',
          action_id: REASON_ACTION,
          multiline: true,
          max_length: REASON_MAX,
          placeholder: plain('What the others should know, and what happens instead', PLACEHOLDER_MAX),
        },
      },
    ],
  };
}

/** Says in the dialog why there is nothing to reject. @param words mrkdwn. */
export const refusedModal = (words: string): ModalView => ({
  type: 'modal',
  title: plain(TITLE, VIEW_TITLE_MAX),
  close: plain('Close', VIEW_TITLE_MAX),
  blocks: [section(words)],
});
