import express from 'express';
import { fasterClock } from './faster-clock.ts';
import { createFaults, type Faults } from './faults.ts';
import { createPeople, type People } from './people.ts';
import { createRateLimiter } from './rate-limits.ts';
import { responseUrlRoute } from './response-url-route.ts';
import { createSlackState, type SlackEvent, type SlackState, type SlackTime } from './slack-state.ts';
import { type BotToken, webApi } from './web-api.ts';
import type { Workspace } from './workspace.ts';

/** The whole double: what apps call (router), what people do, and what there is to see. */
export interface Slack {
  /** `/api/METHOD` and `/actions/...`. */
  readonly router: express.Router;
  readonly people: People;
  readonly state: SlackState;
  readonly faults: Faults;
}

/** What a bot needs and no more: the scopes of runmedic's manifest. */
export const defaultScopes = ['chat:write', 'commands', 'usergroups:read', 'users:read'] as const;

export function createSlack(options: {
  readonly workspace: Workspace;
  readonly time: SlackTime;
  readonly bot: BotToken;
  readonly signingSecret: string;
  readonly requestUrl: () => string | undefined;
  readonly publicUrl: () => string;
  readonly onEvent: (event: SlackEvent) => void;
}): Slack {
  const { machineNowMs, worldNowMs } = options.time;
  const state = createSlackState(options);
  const faults = createFaults();
  const router = express.Router();
  router.use(
    webApi({
      slack: state,
      bot: options.bot,
      limiter: createRateLimiter(fasterClock(worldNowMs, machineNowMs)),
      faults,
    }),
  );
  router.use(responseUrlRoute(state));
  return { router, people: createPeople({ ...options, slack: state, machineNowMs }), state, faults };
}
