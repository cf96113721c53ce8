import type { IncomingHttpHeaders } from 'node:http';
import { isValidSlackRequest } from '@slack/bolt';

/** Slack's own window, and ours on both sides of it. @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
const WINDOW_SECONDS = 300;

/**
 * Whether Slack signed this request within the last five minutes. Bolt 5 looks at one side of the window only: a request signed for an hour
 * from now passes, and could be replayed until then (facts, 2026-11-23).
 * @param nowMs machine time: signatures keep to it whatever the domain's clock says.
 */
export function isGenuine(
  request: { readonly headers: IncomingHttpHeaders; readonly rawBody: string },
  { signingSecret, nowMs }: { readonly signingSecret: string; readonly nowMs: number },
): boolean {
  const timestamp = request.headers['x-slack-request-timestamp'];
  const signature = request.headers['x-slack-signature'];
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) - Math.floor(nowMs / 1000)) > WINDOW_SECONDS) return false;
  return isValidSlackRequest({
    signingSecret,
    body: request.rawBody,
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
    nowMilliseconds: nowMs,
  });
}
