import { createHmac } from 'node:crypto';

/**
 * The headers with which Slack signs a request: HMAC-SHA256 of `v0:{timestamp}:{body}`.
 * @param machineNowMs Slack signs with real time, whatever the world's clock says.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack (read 2026-11-23)
 */
export function signatureHeaders(
  body: string,
  signingSecret: string,
  machineNowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(machineNowMs / 1000));
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}
