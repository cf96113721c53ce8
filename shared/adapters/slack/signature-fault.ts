import type { IncomingHttpHeaders } from 'node:http';
import { isValidSlackRequest } from '@slack/bolt';

/** Slack's own window, and ours on both sides of it. @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
const WINDOW_SECONDS = 300;

/** Which check an interaction failed; the first of them is told, and nothing of what was sent. */
export type SignatureFault = 'headers-missing' | 'timestamp-outside-window' | 'signature-mismatch';

/**
 * Why this request is not one that Slack signed within the last five minutes; undefined when it is. Bolt 5 looks at one side of the window only: a
 * request signed for an hour from now passes, and could be replayed until then (facts, 2026-11-23).
 * @param nowMs machine time: signatures keep to it whatever the domain's clock says.
 */
export function signatureFault(
  request: { readonly headers: IncomingHttpHeaders; readonly rawBody: string },
  { signingSecret, nowMs }: { readonly signingSecret: string; readonly nowMs: number },
): SignatureFault | undefined {
  const timestamp = request.headers['x-slack-request-timestamp'];
  const signature = request.headers['x-slack-signature'];
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp))
    return 'headers-missing';
  if (Math.abs(Number(timestamp) - Math.floor(nowMs / 1000)) > WINDOW_SECONDS) return 'timestamp-outside-window';
  const isValid = isValidSlackRequest({
    signingSecret,
    body: request.rawBody,
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
    nowMilliseconds: nowMs,
  });
  return isValid ? undefined : 'signature-mismatch';
}
