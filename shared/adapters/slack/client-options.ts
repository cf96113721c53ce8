import { type Logger, LogLevel, type WebClientOptions } from '@slack/web-api';

/** Slack's default is ten retries in thirty minutes, sleeping through rate limits: the queue delivers again instead, and one call ends soon. */
export const CALL_TIMEOUT_MS = 5000;

const nothing = (): void => undefined;

/** Only the shell logs, and Slack's own lines may hold what was sent. */
export const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};

/** @param apiUrl ends in `/api/`; @param timeoutMs machine time, for one call. */
export const clientOptions = (apiUrl: string, timeoutMs: number): WebClientOptions => ({
  slackApiUrl: apiUrl,
  timeout: timeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  allowAbsoluteUrls: false,
  logger: silent,
});
