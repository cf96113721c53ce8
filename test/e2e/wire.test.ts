import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Listening, listenHere } from '../../functions/local/http.ts';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { eventually } from './eventually.ts';
import { type Laptop, slackNow, startLaptop } from './laptop.ts';

const SLACK_WINDOW_SECONDS = 300;

/** One request of Slack's, as it arrived. */
interface Interaction {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const settled = z.object({
  message: z.literal('click settled'),
  click: z.string(),
  user: z.string(),
  decided: z.string(),
});
const received = z.object({ message: z.literal('alert received'), verdict: z.string(), reason: z.string() });
const moved = z.object({ message: z.literal('incident moved'), event: z.string() });

/** One incident at which everything is tried that must not work, in order: first while it waits for a decision, then once it is decided. */
describe('what the wire lets through', () => {
  let laptop: Laptop;
  let tap: Awaited<ReturnType<typeof tapOf>>;
  beforeAll(async () => {
    laptop = await startLaptop();
    tap = await tapOf(laptop.bot.slackRequestUrl);
    await laptop.breakFirst();
    await laptop.play(tap.url);
    await eventually('the card offers the change', async () => (await card()).buttons.length === 2);
    await idle();
  });
  afterAll(async () => {
    await laptop?.stop();
    await tap?.close();
  });

  const logged = <T>(line: z.ZodType<T>): T[] =>
    laptop.log.flatMap((text) => line.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined).data ?? []);
  const clicksSettled = () => logged(settled).map(({ click, user, decided }) => `${user} ${click}: ${decided}`);
  const card = async () => {
    const [first] = (await slackNow(laptop.sandbox)).messages;
    const actions = first?.blocks.find(({ type }) => type === 'actions');
    return {
      ...first,
      blockId: actions?.block_id,
      buttons: actions === undefined ? [] : elementsOf(actions['elements']),
    };
  };
  const idle = () =>
    eventually('the bot has nothing to do', async () => {
      const { queued, inFlight } = await laptop.status();
      return queued + inFlight === 0;
    });
  const click = async (user: string, action: 'Approve' | 'Reject') => {
    const { ts, blockId, buttons } = await card();
    const actionId = buttons[action === 'Approve' ? 0 : 1]?.action_id;
    const body = JSON.stringify({ user, place: { kind: 'message', channel: 'C0STAGING', ts }, blockId, actionId });
    const answer = await fetch(`${laptop.sandbox.url}/page/click`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await answer.json()).toEqual({ kind: 'done' });
    return tap.last();
  };
  const sign = (
    body: string,
    options: { readonly secret?: string; readonly ageSeconds?: number } = {},
  ): Interaction => {
    const timestamp = String(Math.floor(Date.now() / 1000) - (options.ageSeconds ?? 0));
    const key = options.secret ?? laptop.sandbox.secrets.slack.signingSecret;
    const signature = `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    return {
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
    };
  };
  const knock = async ({ body, headers }: Interaction) =>
    (await fetch(laptop.bot.slackRequestUrl, { method: 'POST', headers, body })).status;
  const publish = (topic: string, bearer: string | undefined, ...data: readonly string[]) =>
    fetch(laptop.bot.publishUrl.replace('/topics/alerts:', `/topics/${topic}:`), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ messages: data.map((text) => ({ data: Buffer.from(text).toString('base64') })) }),
    });
  /** The incident as it is stored. */
  const stored = async (): Promise<Incident> => {
    const database = openDatabase(laptop.stateFile);
    const [incident] = await new SqliteStore(database, { nowMs: Date.now, onUnreadable: () => {} }).recent(2);
    database.close();
    if (incident === undefined) throw new Error('no incident is stored');
    return incident;
  };
  const waiting = async () => {
    const incident = await stored();
    if (incident.status !== 'awaiting-approval') throw new Error(`it is ${incident.status}`);
    return incident;
  };
  /** Nobody decided, and nothing was written. The world runs on meanwhile: an alert may join, which is no decision. */
  const expectUndecided = async ({ id, signed, expiresAt, attempts }: Awaited<ReturnType<typeof waiting>>) => {
    await idle();
    expect(await stored()).toMatchObject({ id, status: 'awaiting-approval', signed, expiresAt, attempts });
    expect((await card()).buttons).toHaveLength(2);
    expect((await laptop.story()).writes).toEqual([]);
  };

  it('turns a forged click away at the door: a changed body, a foreign key, an old or a future stamp, no signature', async () => {
    const before = await waiting();
    const genuine = await click('U0SAM', 'Approve');
    await eventually("Sam's click is settled", async () => clicksSettled().length === 1);
    expect(clicksSettled()).toEqual(['U0SAM approve: refused']);

    const asAnn = genuine.body.replaceAll('U0SAM', 'U0ANN');
    expect(asAnn).not.toBe(genuine.body);
    const forged: Readonly<Record<string, Interaction>> = {
      "Ann's name under Sam's signature": { ...genuine, body: asAnn },
      'a key that is not ours': sign(asAnn, { secret: randomBytes(16).toString('hex') }),
      'an empty key': sign(asAnn, { secret: '' }),
      'signed too long ago': sign(asAnn, { ageSeconds: SLACK_WINDOW_SECONDS + 5 }),
      'signed for a time to come': sign(asAnn, { ageSeconds: -SLACK_WINDOW_SECONDS - 5 }),
      'no signature': { body: asAnn, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    };
    for (const [how, request] of Object.entries(forged)) expect(await knock(request), how).toBe(401);
    const lines = () => laptop.log.filter((line) => line.includes('"request without a valid signature turned away"'));
    // An answer may overtake the line that was written before it.
    await eventually('each is logged', async () => lines().length >= Object.keys(forged).length);
    expect(lines().map((line) => JSON.parse(line))).toEqual(
      [
        ...Array(3).fill('signature-mismatch'),
        'timestamp-outside-window',
        'timestamp-outside-window',
        'headers-missing',
      ].map((check) => expect.objectContaining({ severity: 'WARNING', function: 'slack', check })),
    );
    await expectUndecided(before);
    expect(clicksSettled()).toHaveLength(1);
  });

  it('lets nobody but the front door publish a click, and nobody at all without a token', async () => {
    const before = await waiting();
    const forged = JSON.stringify({
      kind: 'approve',
      incident: before.id,
      digest: before.signed.plan.digest.slice(0, 16),
      user: 'U0ANN',
      channel: 'C0STAGING',
    });
    const { tokens, monitoring, scheduler } = laptop.sandbox.secrets;
    const all: Readonly<Record<string, string>> = { ...tokens, monitoring, scheduler };
    const { slack, ...others } = all;
    expect(Object.keys(others).sort()).toEqual([
      'alert',
      'chat',
      'investigate',
      'monitoring',
      'patrol',
      'remediate',
      'retest',
      'scheduler',
    ]);
    for (const [name, token] of Object.entries(others))
      expect((await publish('clicks', token, forged)).status, name).toBe(403);
    expect((await publish('clicks', undefined, forged)).status).toBe(401);
    expect((await publish('clicks', 'guessed', forged)).status).toBe(401);
    expect((await publish('remediations', slack, forged)).status, 'the front door may publish clicks alone').toBe(403);
    await expectUndecided(before);
    expect(clicksSettled()).toHaveLength(1);
  });

  it('carries out no change that nobody approved, although it is asked to by those who may ask', async () => {
    const before = await waiting();
    const { digest } = before.signed.plan;
    const effect = JSON.stringify({ type: 'carry-out', incident: before.id, digest, step: 0, direction: 'apply' });
    const { investigate = '', chat = '' } = laptop.sandbox.secrets.tokens;
    for (const token of [investigate, chat]) expect((await publish('remediations', token, effect)).status).toBe(200);
    await eventually(
      'remediate has looked at both',
      async () =>
        laptop.log.filter((line) => line.includes('"carry-out"') && line.includes('effect carried out')).length === 2,
    );
    await expectUndecided(before);
  });

  it('puts aside what is no notification, at once and once, and goes on', async () => {
    const before = await waiting();
    const { monitoring } = laptop.sandbox.secrets;
    const unreadable = ['no JSON at all', '{"hello":"world"}', '{"version":"1.2","incident":{"state":"on fire"}}'];
    expect((await publish('alerts', monitoring, ...unreadable)).status).toBe(200);
    await eventually('they are dead letters', async () => (await laptop.status()).deadLetters === unreadable.length);
    await expectUndecided(before);
    const refusals = () => logged(received).filter(({ verdict }) => verdict === 'refused');
    await eventually('each is logged', async () => refusals().length >= unreadable.length);
    expect(refusals().map(({ reason }) => reason)).toEqual(unreadable.map(() => expect.stringMatching(/.{10}/)));
    expect(laptop.log.filter((line) => line.includes('delivery failed'))).toEqual([]);
    expect((await laptop.status()).deadLetters).toBe(unreadable.length);
  });

  it('looks anew when a member asks for it, changes nothing, and leaves the offer to those who decide', async () => {
    const before = await waiting();
    const { ts, blocks } = (await slackNow(laptop.sandbox)).messages[0] ?? {};
    const block = blocks?.find(({ block_id: id }) => id === `check/${before.id}`);
    const [check] = elementsOf(block?.['elements']);
    const place = { kind: 'message', channel: 'C0STAGING', ts };
    const body = JSON.stringify({ user: 'U0SAM', place, blockId: block?.block_id, actionId: check?.action_id });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${laptop.sandbox.url}/page/click`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ kind: 'done' });
    await eventually('it was looked at anew', async () => {
      const { googleCalls } = await stored();
      return googleCalls.total > before.googleCalls.total;
    });
    expect(clicksSettled().at(-1)).toBe('U0SAM check-again: looking');
    await expectUndecided(before);
  });

  it('takes a genuine click that arrives twice at once, and again later, as one', async () => {
    const clicksBefore = clicksSettled().length;
    tap.double();
    const genuine = await click('U0ANN', 'Approve');
    await eventually('both are settled', async () => clicksSettled().length === clicksBefore + 2);
    expect(clicksSettled().slice(clicksBefore).sort()).toEqual(['U0ANN approve: approved', 'U0ANN approve: refused']);
    await laptop.hurry('the change is made', async () => (await stored()).status === 'verifying');

    // Within five minutes it is still signed as Slack signs, so the door takes it; what it asks for is decided already.
    expect(await knock(genuine)).toBe(200);
    await eventually('the repetition is settled', async () => clicksSettled().length === clicksBefore + 3);
    expect(clicksSettled().at(-1)).toBe('U0ANN approve: refused');
    await eventually('Ann is told why', async () => {
      const { whispers } = await laptop.story();
      return whispers.some(({ onlyFor, text }) => onlyFor === 'U0ANN' && text.includes('<@U0ANN> approved it'));
    });
    await laptop.hurry('the incident is over', async () => (await stored()).status === 'closed');
    await idle();
    expect(logged(moved).filter(({ event }) => event === 'approved')).toHaveLength(1);
    const { writes, failures } = await laptop.story();
    expect(writes.map(({ identity, status }) => [identity.split('@')[0], status])).toEqual([['remediate', 200]]);
    expect(failures).toEqual([]);
  });

  it('says of a click on a closed incident that it is over', async () => {
    const before = await stored();
    const whispersBefore = (await laptop.story()).whispers.length;
    expect(await knock(sign(tap.last().body))).toBe(200);
    const last = await eventually('Ann is told', async () => (await laptop.story()).whispers[whispersBefore]);
    expect(last).toMatchObject({ onlyFor: 'U0ANN', text: expect.stringContaining('The incident is over: resolved') });
    await idle();
    expect(await stored()).toEqual(before);
    expect((await laptop.story()).writes).toHaveLength(1);
  });
});

const element = z.object({ action_id: z.string() });
const elementsOf = (elements: unknown) => z.array(element).parse(elements);

/** Stands between Slack and the front door, and remembers what went by. */
async function tapOf(
  target: string,
): Promise<Listening & { readonly last: () => Interaction; readonly double: () => void }> {
  let last: Interaction | undefined;
  let copies = 1;
  const listening = await listenHere(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const kept = ['content-type', 'x-slack-request-timestamp', 'x-slack-signature'];
    const headers = Object.fromEntries(kept.map((name) => [name, String(request.headers[name])]));
    last = { body, headers };
    const sent = Array.from({ length: copies }, () => fetch(target, { method: 'POST', headers, body }));
    const [first] = await Promise.all(sent);
    response.writeHead(first?.status ?? 502).end(await first?.text());
  });
  return {
    ...listening,
    last: () => {
      if (last === undefined) throw new Error('Slack sent nothing yet');
      return last;
    },
    double: () => {
      copies = 2;
    },
  };
}
