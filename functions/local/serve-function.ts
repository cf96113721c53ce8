import { once } from 'node:events';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { answerError, type Listening, listenHere } from './http.ts';

/** What is under way in functions that are called directly; deliveries are counted by the queue. */
export interface Traffic {
  inFlight: number;
  /** Grows with every request's beginning and end. */
  activity: number;
}

/**
 * Serves one function, registered under `name`, as functions-framework does in the cloud, behind a gate that stands in for Cloud Run's:
 * a request that `admits` does not let in never reaches it.
 */
export function serveFunction({
  name,
  admits,
  traffic,
}: {
  readonly name: string;
  readonly admits: (authorization: string | undefined) => boolean;
  readonly traffic: Traffic | undefined;
}): Promise<Listening> {
  const inner = getTestServer(name);
  return listenHere(async (request, response) => {
    if (!admits(request.headers.authorization))
      return answerError(response, 403, 'PERMISSION_DENIED', `the caller may not invoke ${name} (run.routes.invoke)`);
    const end = once(response, 'close');
    if (traffic !== undefined) begin(traffic);
    inner.emit('request', request, response);
    await end;
    if (traffic !== undefined) finish(traffic);
  });
}

function begin(traffic: Traffic): void {
  traffic.inFlight += 1;
  traffic.activity += 1;
}

function finish(traffic: Traffic): void {
  traffic.inFlight -= 1;
  traffic.activity += 1;
}
