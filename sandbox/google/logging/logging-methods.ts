import { type ApiMethod, reads } from '../api-method.ts';

/** Cloud Logging v2. */
export const loggingMethods: readonly ApiMethod[] = [
  reads('logging', '/v2/entries:list', 'logging.logEntries.list', 'POST'),
];
