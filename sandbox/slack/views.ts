import { randomBytes } from 'node:crypto';
import { isObject } from './blocks/check.ts';
import { type Block, normalizeBlocks } from './blocks/normalize-blocks.ts';

/** A modal that somebody has open, or somebody's Home tab. */
export interface View {
  readonly id: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  /** The parts of the view as the app gave them: title, submit, close, callback_id, private_metadata, ... */
  readonly given: Readonly<Record<string, unknown>>;
  readonly blocks: readonly Block[];
  readonly hash: string;
  readonly externalId: string;
}

export interface Views {
  list(): readonly View[];
  find(by: { readonly id?: string | undefined; readonly externalId?: string | undefined }): View | undefined;
  homeOf(user: string): View | undefined;
  /** @param given must have passed validateView. */
  open(user: string, type: View['type'], given: Readonly<Record<string, unknown>>): View;
  update(id: string, given: Readonly<Record<string, unknown>>): View | undefined;
  close(id: string): void;
}

/** @param machineNowMs stamps hashes. */
export function createViews(machineNowMs: () => number): Views {
  const open = new Map<string, View>();

  function build(base: Pick<View, 'id' | 'user' | 'type'>, given: Readonly<Record<string, unknown>>): View {
    const blocks = Array.isArray(given['blocks']) ? normalizeBlocks(given['blocks']) : [];
    const externalId = typeof given['external_id'] === 'string' ? given['external_id'] : '';
    const hash = `${Math.floor(machineNowMs() / 1000)}.${randomBytes(6).toString('base64url')}`;
    const view = { ...base, given, blocks, hash, externalId };
    open.set(view.id, view);
    return view;
  }

  return {
    list: () => [...open.values()],
    find: ({ id, externalId }) =>
      [...open.values()].find((view) =>
        id !== undefined ? view.id === id : view.externalId !== '' && view.externalId === externalId,
      ),
    homeOf: (user) => [...open.values()].find((view) => view.type === 'home' && view.user === user),
    open: (user, type, given) => build({ id: `V0${randomBytes(5).toString('hex').toUpperCase()}`, user, type }, given),
    update(id, given) {
      const before = open.get(id);
      return before === undefined ? undefined : build(before, given);
    },
    close: (id) => void open.delete(id),
  };
}

export interface ViewOwner {
  readonly teamId: string;
  readonly appId: string;
  readonly botId: string;
}

/**
 * A view in the form in which the Web API and interaction payloads carry it.
 * @param values what the inputs hold, by block id and action id.
 */
export function viewJson(view: View, owner: ViewOwner, values: unknown): Readonly<Record<string, unknown>> {
  const text = (name: string): unknown => (isObject(view.given[name]) ? { emoji: true, ...view.given[name] } : null);
  return {
    id: view.id,
    team_id: owner.teamId,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.given['private_metadata'] ?? '',
    callback_id: view.given['callback_id'] ?? '',
    state: { values },
    hash: view.hash,
    title: text('title'),
    clear_on_close: view.given['clear_on_close'] ?? false,
    notify_on_close: view.given['notify_on_close'] ?? false,
    close: text('close'),
    submit: text('submit'),
    previous_view_id: null,
    root_view_id: view.id,
    app_id: owner.appId,
    external_id: view.externalId,
    app_installed_team_id: owner.teamId,
    bot_id: owner.botId,
  };
}
