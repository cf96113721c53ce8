import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerJson, bodyOf, listenHere, post } from '../../functions/local/http.ts';
import { signatureHeaders } from '../../sandbox/slack/sign.ts';
import { APPROVE_ACTION, referenceText } from '../../shared/report/click.ts';
import { hello, ours, type Source, serveByFramework } from './framework.ts';
import { functionEnv, SIGNING_SECRET } from './function-env.ts';
import { rounds } from './rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface ColdStart {
  /** From spawn to the first 200, milliseconds. */
  readonly slackMs: Spread;
  readonly frameworkMs: Spread;
  /** slack.ts to the framework by itself, round by round. */
  readonly ratio: Spread;
  /** Of `slackMs`, what passed before it listened; the rest is the first click. */
  readonly slackListeningMs: Spread;
}

const ROUNDS = { times: 9, withinMs: 30_000 } as const;
const ANSWER_WITHIN_MS = 10_000;
const BODY_BYTES_MAX = 65_536;

/** The front door beside the framework's own hello, each in a new process, turn and turn about; both are sent the same signed click on Approve. */
export async function coldStart(): Promise<ColdStart> {
  let published = 0;
  const topic = await listenHere(async (request, response) => {
    await bodyOf(request, BODY_BYTES_MAX);
    published += 1;
    answerJson(response, 200, { messageIds: [String(published)] });
  });
  const env = functionEnv({ stateFile: ':memory:', publishing: topic.url });
  const measured = await rounds(ROUNDS, async () => ({
    hello: await firstAnswer(hello, env),
    slack: await firstAnswer(ours('slack'), env),
  }));
  await topic.close();
  if (published !== measured.length)
    throw new Error(`${measured.length} clicks were answered with 200, and ${published} were published`);
  return {
    slackMs: spreadOf(measured.map((each) => each.slack.ms)),
    frameworkMs: spreadOf(measured.map((each) => each.hello.ms)),
    ratio: spreadOf(measured.map((each) => each.slack.ms / each.hello.ms)),
    slackListeningMs: spreadOf(measured.map((each) => each.slack.listeningMs)),
  };
}

/** @throws Error when the first answer is not 200: then the wrong thing was measured. */
async function firstAnswer(source: Source, env: Readonly<Record<string, string>>) {
  const startedMs = performance.now();
  const { url, listeningMs, stop } = await serveByFramework(source, { env });
  try {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...signatureHeaders(click, SIGNING_SECRET, Date.now()),
    };
    const status = await post(url, { headers, body: click, abort: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (status !== 200) throw new Error(`${source.target} answered its first request with ${status}`);
    return { ms: performance.now() - startedMs, listeningMs };
  } finally {
    await stop();
  }
}

const click = clickOnApprove();

/** A recorded click (test/fixtures/slack), on our button. */
function clickOnApprove(): string {
  const file = join(import.meta.dirname, '..', 'fixtures', 'slack', 'block-actions-button.json');
  // Sound: the fixture is an object with one action.
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as { readonly actions: readonly object[] };
  const value = referenceText({ incident: 'inc-20261123t0300-0a1b2c', digest: '0123456789abcdef' });
  const actions = recorded.actions.map((action) => ({ ...action, action_id: APPROVE_ACTION, value }));
  return new URLSearchParams({ payload: JSON.stringify({ ...recorded, actions }) }).toString();
}
