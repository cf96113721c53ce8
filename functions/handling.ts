import { type CloudEvent, cloudEvent, type HttpFunction, http } from '@google-cloud/functions-framework';
import { failureLine } from '../shared/adapters/log/failure-line.ts';

/** A function that handles messages. What it throws has the message delivered again, and leaves one line. */
export const onMessage = (name: string, handle: (event: CloudEvent<unknown>) => Promise<void>): void => {
  cloudEvent<unknown>(name, (event: CloudEvent<unknown>) => handle(event).catch(told(name)));
};

/** A function that answers calls. What it throws is answered 500, and leaves one line. */
export const onCall = (name: string, answer: (...call: Parameters<HttpFunction>) => Promise<void>): void => {
  http(name, (request, response) => answer(request, response).catch(told(name)));
};

const told =
  (name: string) =>
  (error: unknown): never => {
    throw new Told(failureLine(name, error, new Date()), error);
  };

/** functions-framework prints the trace of whatever a handler throws (5.0.5, logger.js, sendCrashResponse), on as many lines as it has: this one's trace is the line to print. */
class Told extends Error {
  override readonly name = 'Told';
  constructor(line: string, cause: unknown) {
    super('handling failed', { cause });
    this.stack = line;
  }
}
