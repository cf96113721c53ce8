import type { CloudReader } from '../ports/cloud.ts';

type Ask = (what: unknown, abort: AbortSignal) => Promise<unknown>;

/**
 * A reader that asks for the same thing once: inspectors run side by side and several want the services.
 * Serves one investigation and is then thrown away. The first caller's abort ends the call for all who wait on it.
 */
export function remember(cloud: CloudReader): CloudReader {
  const asked = new Map<string, Promise<unknown>>();
  // Sound: every method of a reader takes what is asked for and a signal, and keeps its own answer.
  const methods = Object.entries(cloud) as [string, Ask][];
  const remembering = methods.map(([method, ask]): [string, Ask] => [
    method,
    (what, abort) => {
      const key = `${method} ${JSON.stringify(what)}`;
      const answer = asked.get(key) ?? ask(what, abort);
      asked.set(key, answer);
      return answer;
    },
  ]);
  return Object.fromEntries(remembering) as unknown as CloudReader;
}
