import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { type FailureCode, PlatformFailure } from '../../ports/platform-failure.ts';

/** Slack's error codes of the methods that we call, by what they mean for us. Source: slack-ruby/slack-api-ref methods/*.json, 2026-08-20. */
const CODES: Readonly<Record<string, FailureCode>> = {
  not_authed: 'unauthenticated',
  invalid_auth: 'unauthenticated',
  account_inactive: 'unauthenticated',
  token_revoked: 'unauthenticated',
  token_expired: 'unauthenticated',
  missing_scope: 'permission-denied',
  no_permission: 'permission-denied',
  restricted_action: 'permission-denied',
  not_allowed_token_type: 'permission-denied',
  access_denied: 'permission-denied',
  channel_not_found: 'not-found',
  message_not_found: 'not-found',
  user_not_found: 'not-found',
  user_not_visible: 'not-found',
  no_such_subteam: 'not-found',
  not_found: 'not-found',
  not_in_channel: 'failed-precondition',
  user_not_in_channel: 'failed-precondition',
  is_archived: 'failed-precondition',
  cant_update_message: 'failed-precondition',
  edit_window_closed: 'failed-precondition',
  cannot_reply_to_message: 'failed-precondition',
  expired_trigger_id: 'failed-precondition',
  exchanged_trigger_id: 'failed-precondition',
  invalid_trigger_id: 'failed-precondition',
  hash_conflict: 'conflict',
  invalid_blocks: 'invalid-argument',
  invalid_blocks_format: 'invalid-argument',
  invalid_arguments: 'invalid-argument',
  msg_blocks_too_long: 'invalid-argument',
  msg_too_long: 'invalid-argument',
  no_text: 'invalid-argument',
  view_too_large: 'invalid-argument',
  ratelimited: 'rate-limited',
  rate_limited: 'rate-limited',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  service_unavailable: 'unavailable',
  request_timeout: 'timed-out',
};

/** What whoever runs runmedic can do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the app: /invite @runmedic',
  channel_not_found: 'slack.channel must be the id of a channel that the app was invited to',
  missing_scope: 'install the app again with the scopes of deploy/slack-manifest.json',
  invalid_auth: 'SLACK_BOT_TOKEN is not a token of this workspace',
  is_archived: 'slack.channel names an archived channel',
};

/** Slack's own code of a refusal; undefined when it was no refusal by Slack. */
export const refusalCode = (error: unknown): string | undefined =>
  error instanceof WebAPIPlatformError ? error.data.error : undefined;

/** What a call to Slack threw, as the one failure that adapters throw. @param tried method and what it was about. */
export function slackFailure(tried: string, error: unknown): PlatformFailure {
  if (error instanceof WebAPIRateLimitedError)
    return new PlatformFailure('rate-limited', `${tried}: Slack asks to wait ${error.retryAfter} s`, {
      cause: error,
      retryAfterSeconds: error.retryAfter,
    });
  if (error instanceof WebAPIPlatformError) return refused(tried, error);
  if (error instanceof WebAPIHTTPError)
    return new PlatformFailure(error.statusCode >= 500 ? 'unavailable' : 'unknown', `${tried}: ${error.statusCode}`, {
      cause: error,
    });
  if (error instanceof WebAPIRequestError) {
    const late = error.original.name === 'TimeoutError' || error.original.name === 'AbortError';
    return new PlatformFailure(late ? 'timed-out' : 'unavailable', `${tried}: ${error.original.message}`, {
      cause: error,
    });
  }
  return new PlatformFailure('unknown', `${tried}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

function refused(tried: string, error: WebAPIPlatformError): PlatformFailure {
  const { error: code, response_metadata } = error.data;
  const details = response_metadata?.messages ?? [];
  const advice = ADVICE[code];
  const words = [code, ...details, ...(advice === undefined ? [] : [advice])].join('; ');
  return new PlatformFailure(CODES[code] ?? 'unknown', `${tried}: ${words}`, { cause: error });
}
