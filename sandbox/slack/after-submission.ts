import { describeFault, isObject } from './blocks/check.ts';
import { validateView } from './blocks/validate-view.ts';
import type { SlackState } from './slack-state.ts';
import type { View } from './views.ts';

/** What a person sees come of it. */
export type Result =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** The modal stays open; by block id. */
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> };

/** What an app's answer to a submission does. @see https://docs.slack.dev/surfaces/modals#response_actions */
export function afterSubmission(slack: SlackState, view: View, body: unknown): Result {
  const answer = isObject(body) ? body : {};
  switch (answer['response_action']) {
    case undefined:
      return closeViews(slack, [view]);
    case 'clear':
      return closeViews(
        slack,
        slack.views.list().filter(({ user, type }) => user === view.user && type === 'modal'),
      );
    case 'errors':
      return showErrors(view, answer['errors']);
    case 'update':
      return showView(slack, view, answer['view']);
    default:
      return {
        kind: 'failed',
        detail: `the app answered with the unknown response_action ${String(answer['response_action'])}`,
      };
  }
}

function closeViews(slack: SlackState, views: readonly View[]): Result {
  for (const view of views) {
    slack.views.close(view.id);
    slack.emit({ type: 'view-closed', view });
  }
  return { kind: 'done' };
}

function showErrors(view: View, errors: unknown): Result {
  const entries = isObject(errors) ? Object.entries(errors) : [];
  const stray = entries.find(
    ([blockId]) => !view.blocks.some((block) => block.type === 'input' && block.block_id === blockId),
  );
  if (entries.length === 0 || stray !== undefined)
    return { kind: 'failed', detail: 'the app named errors for inputs that the dialog does not have' };
  return { kind: 'errors', errors: Object.fromEntries(entries.map(([blockId, words]) => [blockId, String(words)])) };
}

function showView(slack: SlackState, view: View, given: unknown): Result {
  const faults = validateView(given, 'modal');
  const updated = faults.length === 0 && isObject(given) ? slack.views.update(view.id, given) : undefined;
  if (updated === undefined)
    return {
      kind: 'failed',
      detail: `the app answered with a view that cannot be shown: ${faults.map(describeFault).join('; ')}`,
    };
  slack.emit({ type: 'view-updated', view: updated });
  return { kind: 'done' };
}
