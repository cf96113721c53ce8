import { googleFetch } from './google-fetch.ts';
import { baseUrl, type GoogleApi, type GoogleOptions } from './google-options.ts';

export interface RestRequest {
  readonly api: GoogleApi;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** With its version: `v2/projects/...`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request in plain REST, for what Google's clients lack or would strip on the way. Answers the parsed JSON. */
export type Rest = (request: RestRequest) => Promise<unknown>;

export function googleRest(options: GoogleOptions): Rest {
  const send = googleFetch(options.auth);
  return async ({ api, method, path, query, body }) => {
    const url = new URL(`${baseUrl(api, options)}/${path}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await send(url, { method, headers: { 'content-type': 'application/json' }, ...json });
    return response.json();
  };
}
