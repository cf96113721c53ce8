import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { isObject } from './blocks/check.ts';
import type { Faults } from './faults.ts';
import { type Args, type Method, text } from './methods/method.ts';
import { methods } from './methods/registry.ts';
import type { RateLimiter } from './rate-limits.ts';
import { assertListed, type Refusal, refuse } from './refusal.ts';
import type { SlackState } from './slack-state.ts';

export interface BotToken {
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Larger than any request that Slack's own limits allow. */
const BODY_LIMIT = '2mb';

/** Arguments that a form carries as JSON text. @see @slack/web-api 8.2.0 WebClient.serializeApiCallData */
const jsonArgs = ['attachments', 'blocks', 'metadata', 'view'] as const;

/** Slack's Web API below `/api/`, as strict as the real one where runmedic could lean on laxity. */
export function webApi(options: {
  readonly slack: SlackState;
  readonly bot: BotToken;
  readonly limiter: RateLimiter;
  readonly faults: Faults;
}): express.Router {
  const router = express.Router();
  router.use('/api', express.urlencoded({ extended: false, limit: BODY_LIMIT }), express.json({ limit: BODY_LIMIT }));
  router.all('/api/:method', async (request, response) => {
    const name = request.params.method;
    response.set({ 'x-slack-req-id': randomUUID(), 'x-oauth-scopes': options.bot.scopes.join(',') });
    if (await meetFaults(name, options, response)) return;
    const args = readArgs(request);
    const method = methods[name];
    const answer = method === undefined ? refuse('unknown_method') : authorize(request, args, method, options.bot);
    if (answer !== undefined || method === undefined)
      return sendRefusal(response, name, answer ?? refuse('unknown_method'), options.slack);
    const retryAfter = options.limiter.retryAfterSeconds(method.limit, name, text(args, 'channel') ?? '');
    if (retryAfter !== undefined) return sendRateLimited(response, name, retryAfter, options.slack);
    const result = method.answer(args, options.slack);
    if (result.kind === 'refused') return sendRefusal(response, name, result, options.slack);
    response.set('x-accepted-oauth-scopes', method.scopes.join(',')).json({ ok: true, ...result.body });
  });
  return router;
}

function readArgs(request: express.Request): Args {
  const body = isObject(request.body) ? request.body : {};
  const args: Record<string, unknown> = { ...request.query, ...body };
  for (const name of jsonArgs) {
    const value = args[name];
    if (typeof value === 'string' && value !== '') args[name] = parsed(value);
  }
  return args;
}

/** The value, or the text itself where it is no JSON: the method then refuses it as the wrong shape. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function authorize(request: express.Request, args: Args, method: Method, bot: BotToken): Refusal | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? text(args, 'token');
  if (bearer === undefined) return refuse('not_authed');
  if (bearer !== bot.token) return refuse('invalid_auth');
  if (method.scopes.length > 0 && !method.scopes.some((scope) => bot.scopes.includes(scope))) {
    return refuse('missing_scope', [], { needed: method.scopes.join(','), provided: bot.scopes.join(',') });
  }
  return undefined;
}

/** @throws Error for a code that Slack does not give for this method: express answers 500, and the log names it. */
function sendRefusal(response: express.Response, method: string, refusal: Refusal, slack: SlackState): void {
  if (refusal.code !== 'unknown_method') assertListed(method, refusal.code);
  slack.emit({ type: 'call-refused', method, error: refusal.code, messages: refusal.messages });
  const metadata =
    refusal.messages.length === 0
      ? {}
      : { response_metadata: { messages: refusal.messages.map((message) => `[ERROR] ${message}`) } };
  response.json({ ok: false, error: refusal.code, ...refusal.fields, ...metadata });
}

function sendRateLimited(response: express.Response, method: string, seconds: number, slack: SlackState): void {
  slack.emit({ type: 'call-refused', method, error: 'ratelimited', messages: [`retry after ${seconds} s`] });
  response.status(429).set('retry-after', String(seconds)).json({ ok: false, error: 'ratelimited' });
}

/** true when a fault answered in the method's place. */
async function meetFaults(
  method: string,
  { faults, slack }: { readonly faults: Faults; readonly slack: SlackState },
  response: express.Response,
): Promise<boolean> {
  for (const fault of faults.meet(method)) {
    switch (fault.kind) {
      case 'latency':
        await sleep(fault.latencyMs);
        break;
      case 'rate-limit':
        sendRateLimited(response, method, fault.retryAfterSeconds, slack);
        return true;
      case 'server-error':
        response.status(fault.status).type('text').send('');
        return true;
    }
  }
  return false;
}
