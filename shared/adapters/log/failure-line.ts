import { PlatformFailure } from '../../ports/platform-failure.ts';

/**
 * One JSON line in Cloud Logging's structured form about what a function could not do. A platform's failure is foreseen and says enough of itself;
 * anything else is a fault of ours and keeps its trace, under the name that Error Reporting looks for.
 * @see https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages
 */
export function failureLine(functionName: string, error: unknown, at: Date): string {
  const told = { function: functionName, time: at.toISOString(), message: 'handling failed' };
  if (error instanceof PlatformFailure)
    return JSON.stringify({ severity: 'WARNING', ...told, code: error.code, cause: error.message });
  const trace = error instanceof Error ? error.stack : undefined;
  return JSON.stringify({ severity: 'ERROR', ...told, cause: String(error), stack_trace: trace });
}
