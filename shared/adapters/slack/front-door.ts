import type { HttpFunction } from '@google-cloud/functions-framework';
import { App } from '@slack/bolt';
import type { Queue } from '../../incident/queue.ts';
import { clientOptions, silent } from './client-options.ts';
import { FunctionReceiver, type ReceiverOptions } from './receiver.ts';
import { OPEN_WITHIN_MS, takeClicks } from './take-clicks.ts';

export interface FrontDoorOptions extends ReceiverOptions {
  readonly botToken: string;
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  readonly queue: Queue;
}

/**
 * Slack's front door. Verifies, publishes the click, and only then acknowledges; nothing runs after. Who may decide is settled behind it.
 * A click that could not be published is answered 500, so that Slack shows that it did not work.
 */
export function frontDoor({ botToken, apiUrl, queue, ...options }: FrontDoorOptions): HttpFunction {
  const receiver = new FunctionReceiver(options);
  const app = new App({
    receiver,
    // Nothing is looked up on the way in: no auth.test, no store of conversations.
    authorize: async () => ({ botToken }),
    convoStore: false,
    ignoreSelf: false,
    logger: silent,
    clientOptions: clientOptions(apiUrl, OPEN_WITHIN_MS),
  });
  app.error((error) => Promise.reject(error));
  takeClicks(app, {
    publish: (click, withinMs) => {
      const attributes = { kind: click.kind, incident: click.incident };
      return queue.publish('clicks', [{ data: JSON.stringify(click), attributes }], withinMs);
    },
    onFailed: options.onFailed,
  });
  return (request, response) => receiver.handle(request, response);
}
