import { createMessages, type Message, type Messages } from './messages.ts';
import { createResponseUrls, type ResponseUrls } from './response-urls.ts';
import { createTriggers, type Triggers } from './triggers.ts';
import { createViews, type View, type Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** What happened in the workspace, in order. */
export type SlackEvent =
  | { readonly type: 'message-posted'; readonly message: Message }
  | { readonly type: 'message-updated'; readonly message: Message }
  | { readonly type: 'message-deleted'; readonly channel: string; readonly ts: string }
  | { readonly type: 'view-opened' | 'view-updated' | 'view-closed'; readonly view: View }
  | { readonly type: 'clicked'; readonly user: string; readonly label: string; readonly where: string }
  | { readonly type: 'submitted'; readonly user: string; readonly view: View; readonly values: unknown }
  | {
      readonly type: 'call-refused';
      readonly method: string;
      readonly error: string;
      readonly messages: readonly string[];
    }
  | { readonly type: 'interaction-failed'; readonly user: string; readonly detail: string };

/** The workspace as it is now. */
export interface SlackState {
  readonly workspace: Workspace;
  readonly messages: Messages;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly emit: (event: SlackEvent) => void;
}

export interface SlackTime {
  /** The world's time: stamps messages. */
  readonly worldNowMs: () => number;
  /** The machine's: triggers, signatures, response_urls. */
  readonly machineNowMs: () => number;
}

export function createSlackState(options: {
  readonly workspace: Workspace;
  readonly time: SlackTime;
  readonly onEvent: (event: SlackEvent) => void;
}): SlackState {
  const { worldNowMs, machineNowMs } = options.time;
  return {
    workspace: options.workspace,
    messages: createMessages(worldNowMs),
    views: createViews(machineNowMs),
    triggers: createTriggers(machineNowMs),
    responseUrls: createResponseUrls(options.workspace.team.id, machineNowMs),
    emit: options.onEvent,
  };
}
