import type { CloudReader } from '../ports/cloud.ts';

type Ask = (what: unknown, abort: AbortSignal) => Promise<unknown>;

/** A call that several wait on. It is ended when the last of them has left. */
interface SharedCall {
  readonly answer: Promise<unknown>;
  readonly end: AbortController;
  waiting: number;
}

/**
 * A reader that asks for the same thing once: inspectors run side by side and several want the services.
 * Serves one investigation and is then thrown away. Whoever's time is up leaves alone: the call goes on for those who still wait, and what was ended
 * because nobody did is asked anew.
 */
export function remember(cloud: CloudReader): CloudReader {
  const asked = new Map<string, SharedCall>();
  // Sound: every method of a reader takes what is asked for and a signal, and keeps its own answer.
  const methods = Object.entries(cloud) as [string, Ask][];
  const remembering = methods.map(([method, ask]): [string, Ask] => [
    method,
    async (what, abort) => {
      abort.throwIfAborted();
      const key = `${method} ${JSON.stringify(what)}`;
      const known = asked.get(key);
      const call = known === undefined || known.end.signal.aborted ? begun(ask, what) : known;
      asked.set(key, call);
      return joined(call, abort);
    },
  ]);
  return Object.fromEntries(remembering) as unknown as CloudReader;
}

function begun(ask: Ask, what: unknown): SharedCall {
  const end = new AbortController();
  return { answer: ask(what, end.signal), end, waiting: 0 };
}

/** The answer of all, or the end of this caller's own time. */
function joined(call: SharedCall, abort: AbortSignal): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const leave = () => {
    reject(abort.reason);
    call.waiting -= 1;
    if (call.waiting === 0) call.end.abort(abort.reason);
  };
  call.waiting += 1;
  abort.addEventListener('abort', leave, { once: true });
  call.answer.then(resolve, reject).finally(() => abort.removeEventListener('abort', leave));
  return promise;
}
