import express from 'express';
import * as z from 'zod';
import type { People } from '../slack/people.ts';
import { pageAssets } from './assets.ts';
import type { SlackOnPage, WorldOnPage } from './page-state.ts';

/** Machine time between two messages of one stream. */
const SEND_EVERY_MS = 250;

const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('message'), channel: z.string(), ts: z.string() }),
  z.strictObject({ kind: z.literal('view'), id: z.string() }),
]);
const click = z.strictObject({
  user: z.string(),
  place,
  blockId: z.string(),
  actionId: z.string(),
  chosen: z.array(z.string()).default([]),
});
const submission = z.strictObject({
  user: z.string(),
  view: z.string(),
  filled: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
});
const closing = z.strictObject({ user: z.string(), view: z.string() });

export interface PageSources {
  readonly people: People;
  readonly slack: () => SlackOnPage;
  readonly world: () => WorldOnPage;
  /** Grows whenever Slack, or the world, changed. */
  readonly versions: () => { readonly slack: number; readonly world: number };
}

/** The page at `/`, its stream of what changes, and what a person does on it. */
export function pageRoutes(sources: PageSources): express.Router {
  const { people } = sources;
  const router = express.Router();
  router.use(pageAssets());
  router.get('/page/stream', (_request, response) => stream(response, sources));
  // Only JSON is read, so that no other site's form can click here.
  router.use('/page', express.json());
  router.post('/page/click', (request, response) => act(request, response, click, (given) => people.click(given)));
  router.post('/page/submit', (request, response) =>
    act(request, response, submission, (given) => people.submit(given)),
  );
  router.post('/page/close', (request, response) =>
    act(request, response, closing, ({ user, view }) => people.close(user, view)),
  );
  return router;
}

/** Server-sent events `slack` and `world`, each with the whole of it, when it changed. */
function stream(response: express.Response, sources: PageSources): void {
  response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
  let sent = { slack: -1, world: -1 };
  const send = (): void => {
    const versions = sources.versions();
    if (versions.slack !== sent.slack) response.write(`event: slack\ndata: ${JSON.stringify(sources.slack())}\n\n`);
    if (versions.world !== sent.world) response.write(`event: world\ndata: ${JSON.stringify(sources.world())}\n\n`);
    sent = versions;
  };
  send();
  const timer = setInterval(send, SEND_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}

async function act<T>(
  request: express.Request,
  response: express.Response,
  schema: z.ZodType<T>,
  perform: (given: T) => Promise<unknown>,
): Promise<void> {
  const parsed = schema.safeParse(request.body);
  if (parsed.success) response.json(await perform(parsed.data));
  else response.status(400).json({ kind: 'failed', detail: z.prettifyError(parsed.error) });
}
