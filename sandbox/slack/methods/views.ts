import { describeFault, isObject } from '../blocks/check.ts';
import { validateView } from '../blocks/validate-view.ts';
import { tiers } from '../rate-limits.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { SlackState } from '../slack-state.ts';
import { type View, viewJson } from '../views.ts';
import { type Args, done, type Method, type Reply, text } from './method.ts';

/** "View payload is too large": the reference names 250 KB. @see https://docs.slack.dev/reference/methods/views.open (read 2026-11-23) */
const VIEW_BYTES_MAX = 250_000;

/** @see https://docs.slack.dev/reference/methods/views.open */
export const open: Method = {
  scopes: [],
  limit: tiers.tier4,
  answer(args, slack) {
    const given = readView(args, 'modal');
    if (given.kind === 'refused') return given;
    if (isTaken(given.view, slack, undefined)) return refuse('duplicate_external_id');
    const trigger = slack.triggers.exchange(text(args, 'trigger_id') ?? '');
    if (trigger.kind !== 'granted') return refuse(triggerRefusals[trigger.kind]);
    const view = slack.views.open(trigger.user, 'modal', given.view);
    slack.emit({ type: 'view-opened', view });
    return answerWith(view, slack);
  },
};

const triggerRefusals = {
  unknown: 'invalid_trigger_id',
  expired: 'expired_trigger_id',
  exchanged: 'exchanged_trigger_id',
} as const;

/** @see https://docs.slack.dev/reference/methods/views.update: `hash` guards against a race */
export const update: Method = {
  scopes: [],
  limit: tiers.tier4,
  answer(args, slack) {
    const before = slack.views.find({ id: text(args, 'view_id'), externalId: text(args, 'external_id') });
    if (before === undefined) return refuse('not_found');
    const given = readView(args, before.type);
    if (given.kind === 'refused') return given;
    const hash = text(args, 'hash');
    if (hash !== undefined && hash !== before.hash) return refuse('hash_conflict');
    if (isTaken(given.view, slack, before.id)) return refuse('duplicate_external_id');
    const view = slack.views.update(before.id, given.view);
    if (view === undefined) return refuse('not_found');
    slack.emit({ type: 'view-updated', view });
    return answerWith(view, slack);
  },
};

/** @see https://docs.slack.dev/reference/methods/views.publish */
export const publish: Method = {
  scopes: [],
  limit: tiers.tier4,
  answer(args, slack) {
    const user = text(args, 'user_id');
    if (!slack.workspace.users.some(({ id, isBot }) => id === user && !isBot) || user === undefined) {
      return refuse('invalid_arguments', ['missing or unknown user [json-pointer:/user_id]']);
    }
    const given = readView(args, 'home');
    if (given.kind === 'refused') return given;
    const before = slack.views.homeOf(user);
    const hash = text(args, 'hash');
    if (hash !== undefined && before !== undefined && hash !== before.hash) return refuse('hash_conflict');
    const view =
      before === undefined
        ? slack.views.open(user, 'home', given.view)
        : (slack.views.update(before.id, given.view) ?? before);
    slack.emit({ type: before === undefined ? 'view-opened' : 'view-updated', view });
    return answerWith(view, slack);
  },
};

function readView(
  args: Args,
  type: View['type'],
): { readonly kind: 'view'; readonly view: Readonly<Record<string, unknown>> } | Refusal {
  const view = args['view'];
  if (!isObject(view)) return refuse('invalid_arguments', ['missing required field: view [json-pointer:/view]']);
  const faults = validateView(view, type).map(describeFault);
  if (faults.length > 0) return refuse('invalid_arguments', faults);
  return JSON.stringify(view).length > VIEW_BYTES_MAX ? refuse('view_too_large') : { kind: 'view', view };
}

function isTaken(given: Readonly<Record<string, unknown>>, slack: SlackState, except: string | undefined): boolean {
  const externalId = given['external_id'];
  if (typeof externalId !== 'string' || externalId === '') return false;
  return slack.views.list().some((view) => view.externalId === externalId && view.id !== except);
}

function answerWith(view: View, { workspace }: SlackState): Reply {
  const owner = { teamId: workspace.team.id, appId: workspace.app.id, botId: workspace.app.botId };
  return done({ view: viewJson(view, owner, {}) });
}
