import { type Logger, LogLevel } from '@slack/web-api';

const nothing = (): void => undefined;

/** For tests that make calls fail on purpose. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
