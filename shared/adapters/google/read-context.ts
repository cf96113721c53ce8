import { call, READ_RETRIES_MAX } from './call.ts';
import { type GoogleClients, googleClients } from './clients.ts';
import type { GoogleOptions } from './google-options.ts';
import { googleRest, type Rest } from './rest.ts';

/** Google's own default for a read: services_client_config.json of @google-cloud/run 4.2.0. */
const TIMEOUT_MS = 10_000;

/** What a reader of one product reads with. */
export interface ReadContext {
  readonly clients: GoogleClients;
  readonly rest: Rest;
  /** One read inside its deadline, asked again where that is named retryable. `method` is named as its permission is. */
  readonly read: Read;
  /** The same, asked once: for what has so small a quota that whoever asks counts each request. */
  readonly readOnce: Read;
}

type Read = <T>(method: string, resource: string, abort: AbortSignal, work: () => Promise<T>) => Promise<T>;

export const readContext = (options: GoogleOptions): ReadContext => ({
  clients: googleClients(options),
  rest: googleRest(options),
  read: reading(READ_RETRIES_MAX),
  readOnce: reading(0),
});

const reading =
  (retriesMax: number): Read =>
  (method, resource, abort, work) =>
    call({ method, resource, abort, timeoutMs: TIMEOUT_MS, retriesMax }, work);

/** Deadline and retries are call's: the clients differ in how they honour their own. A new object each time, since a client writes on it. */
export const gax = () => ({ timeout: TIMEOUT_MS, retry: null });
