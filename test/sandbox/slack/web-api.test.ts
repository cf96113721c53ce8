import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertListed, errorCodesOf } from '../../../sandbox/slack/refusal.ts';
import { acmeWorkspace } from '../../../sandbox/slack/workspace.ts';
import { BOT_TOKEN, type ServedSlack, serveSlack } from './serve-slack.ts';

const channel = 'C0STAGING';
const header = { type: 'header', text: { type: 'plain_text', text: 'Backend answers 503' } } as const;

let served: ServedSlack;
beforeEach(async () => {
  served = await serveSlack();
});
afterEach(() => served.close());

const refusedWith = (error: string) => expect.objectContaining({ data: expect.objectContaining({ ok: false, error }) });

async function post(more: object = {}): Promise<string> {
  const reply = await served.client.chat.postMessage({
    channel,
    text: 'Backend answers 503',
    blocks: [header],
    ...more,
  });
  return String(reply.ts);
}

describe('who may call', () => {
  const call = (authorization?: string) =>
    fetch(`${served.url}/api/auth.test`, { method: 'POST', headers: authorization ? { authorization } : {} }).then(
      (r) => r.json(),
    );

  it('nobody without a token, or with a wrong one', async () => {
    expect(await call()).toEqual({ ok: false, error: 'not_authed' });
    expect(await call('Bearer xoxb-other')).toEqual({ ok: false, error: 'invalid_auth' });
    expect(await call(`Bearer ${BOT_TOKEN}`)).toMatchObject({
      ok: true,
      team_id: 'T0ACME',
      user_id: 'U0RUNMEDIC',
      bot_id: 'B0RUNMEDIC',
    });
  });

  it('only with the scope that the method needs', async () => {
    await expect(served.client.conversations.info({ channel })).rejects.toEqual(
      expect.objectContaining({
        data: expect.objectContaining({
          error: 'missing_scope',
          needed: 'channels:read,groups:read',
          provided: 'chat:write,commands,usergroups:read,users:read',
        }),
      }),
    );
  });

  it('no method that Slack does not have', async () => {
    await expect(served.client.apiCall('chat.shout')).rejects.toEqual(refusedWith('unknown_method'));
  });
});

describe('chat.postMessage', () => {
  it('keeps the message, stamped with the world time, and gives every block an id', async () => {
    const reply = await served.client.chat.postMessage({ channel, text: 'x', blocks: [header] });
    expect(reply.ts).toBe(`${served.clock.worldMs / 1000}.000000`);
    expect(reply.message).toMatchObject({ text: 'x', user: 'U0RUNMEDIC', bot_id: 'B0RUNMEDIC', team: 'T0ACME' });
    expect(reply.message?.blocks).toEqual([
      {
        type: 'header',
        block_id: expect.stringMatching(/^.{5}$/),
        text: { type: 'plain_text', text: 'Backend answers 503', emoji: true },
      },
    ]);
  });

  it('takes JSON bodies as well as forms', async () => {
    const response = await fetch(`${served.url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, blocks: [header] }),
    });
    expect(await response.json()).toMatchObject({ ok: true, message: { text: "This content can't be displayed." } });
  });

  it('never gives the same ts twice', async () => {
    expect(new Set([await post(), await post(), await post()]).size).toBe(3);
  });

  it.each<[string, object, string]>([
    ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['nothing to say', { text: '', blocks: [] }, 'no_text'],
    ['a thread that is not there', { thread_ts: '1.000001' }, 'cannot_reply_to_message'],
    [
      'blocks that are too long together',
      { blocks: [1, 2, 3, 4, 5].map(() => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } })) },
      'msg_blocks_too_long',
    ],
    ['metadata of the wrong shape', { metadata: { event_type: 'x' } }, 'invalid_metadata_format'],
  ])('refuses %s', async (_name, more, code) => {
    await expect(post(more)).rejects.toEqual(refusedWith(code));
    expect(served.slack.state.messages.list()).toEqual([]);
  });

  it('refuses wrong blocks in Slack’s form', async () => {
    await expect(post({ blocks: [{ type: 'header', text: { type: 'plain_text', text: '' } }] })).rejects.toEqual(
      expect.objectContaining({
        data: expect.objectContaining({
          error: 'invalid_blocks',
          errors: ['must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
          response_metadata: expect.objectContaining({
            messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
          }),
        }),
      }),
    );
    await expect(post({ blocks: 'no json' })).rejects.toEqual(refusedWith('invalid_blocks_format'));
  });

  it('refuses a channel that the bot is not in, and an archived one', async () => {
    await served.close();
    const [first] = acmeWorkspace.channels;
    if (first === undefined) throw new Error('the workspace has a channel');
    const channels = [
      { ...first, members: ['U0ANN'] },
      { ...first, id: 'C0OLD', isArchived: true },
    ];
    served = await serveSlack({ workspace: { ...acmeWorkspace, channels } });
    await expect(post()).rejects.toEqual(refusedWith('not_in_channel'));
    await expect(post({ channel: 'C0OLD' })).rejects.toEqual(refusedWith('is_archived'));
  });
});

describe('chat.update', () => {
  it('keeps blocks that are left out, clears them with an empty list, and marks the message as edited', async () => {
    const ts = await post();
    const first = await served.client.chat.update({ channel, ts, text: 'changed' });
    expect(first.message).toMatchObject({
      text: 'changed',
      edited: { user: 'U0RUNMEDIC' },
      blocks: [{ type: 'header' }],
    });
    const second = await served.client.chat.update({ channel, ts, text: 'changed again', blocks: [] });
    expect(second.message).not.toHaveProperty('blocks');
  });

  it('refuses an unknown ts, somebody else’s message, an ephemeral one, and text over 4,000 characters', async () => {
    await expect(served.client.chat.update({ channel, ts: '1.000001', text: 'x' })).rejects.toEqual(
      refusedWith('message_not_found'),
    );
    const other = served.slack.state.messages.post({
      channel,
      user: 'U0ANN',
      botId: undefined,
      text: 'looking',
      blocks: [],
      threadTs: undefined,
      broadcast: false,
      metadata: undefined,
      onlyFor: undefined,
    });
    await expect(served.client.chat.update({ channel, ts: other.ts, text: 'x' })).rejects.toEqual(
      refusedWith('cant_update_message'),
    );
    const { message_ts: hidden } = await served.client.chat.postEphemeral({
      channel,
      user: 'U0SAM',
      text: 'Only for you',
    });
    await expect(served.client.chat.update({ channel, ts: String(hidden), text: 'x' })).rejects.toEqual(
      refusedWith('message_not_found'),
    );
    const ts = await post();
    await expect(served.client.chat.update({ channel, ts, text: 'x'.repeat(4001) })).rejects.toEqual(
      refusedWith('msg_too_long'),
    );
  });
});

describe('threads and ephemeral messages', () => {
  it('puts replies below their parent and nowhere else', async () => {
    const parent = await post();
    const reply = await post({ thread_ts: parent });
    expect(served.slack.state.messages.find(channel, reply)).toMatchObject({ threadTs: parent, broadcast: false });
    await expect(post({ thread_ts: reply })).rejects.toEqual(refusedWith('cannot_reply_to_message'));
  });

  it('shows an ephemeral message to one member', async () => {
    await expect(served.client.chat.postEphemeral({ channel, user: 'U0NOBODY', text: 'x' })).rejects.toEqual(
      refusedWith('user_not_in_channel'),
    );
    const { message_ts: ts } = await served.client.chat.postEphemeral({
      channel,
      user: 'U0SAM',
      text: 'You may not approve',
    });
    expect(served.slack.state.messages.find(channel, String(ts))).toMatchObject({ onlyFor: 'U0SAM' });
  });

  it('links to messages', async () => {
    const ts = await post();
    const { permalink } = await served.client.chat.getPermalink({ channel, message_ts: ts });
    expect(permalink).toBe(`https://acme.slack.com/archives/C0STAGING/p${ts.replace('.', '')}`);
    await expect(served.client.chat.getPermalink({ channel, message_ts: '1.000001' })).rejects.toEqual(
      refusedWith('message_not_found'),
    );
  });
});

describe('people', () => {
  it('says who is a guest and who is in a usergroup', async () => {
    expect((await served.client.users.info({ user: 'U0GUEST' })).user).toMatchObject({
      is_restricted: true,
      is_bot: false,
      deleted: false,
      team_id: 'T0ACME',
    });
    await expect(served.client.users.info({ user: 'U0NOBODY' })).rejects.toEqual(refusedWith('user_not_found'));
    expect((await served.client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual(['U0ANN', 'U0BEN']);
    await expect(served.client.usergroups.users.list({ usergroup: 'S0OTHER' })).rejects.toEqual(
      refusedWith('no_such_subteam'),
    );
    expect((await served.client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { id: 'S0ONCALL', users: ['U0ANN', 'U0BEN'] },
    ]);
  });

  it('tells about a channel with the scope for it', async () => {
    await served.close();
    served = await serveSlack({ scopes: ['channels:read'] });
    expect((await served.client.conversations.info({ channel })).channel).toMatchObject({
      name: 'staging-incidents',
      is_member: true,
    });
    await expect(served.client.conversations.info({ channel: 'C0X' })).rejects.toEqual(
      refusedWith('channel_not_found'),
    );
  });
});

describe('limits', () => {
  const limited = expect.objectContaining({ code: 'slack_webapi_rate_limited_error', retryAfter: expect.any(Number) });

  it('takes one message a second for a channel after a burst of four', async () => {
    for (let count = 0; count < 4; count++) await post();
    await expect(post()).rejects.toEqual(limited);
    served.clock.machineMs += 4000;
    await post();
  });

  it('takes 20 calls a minute of tier 2 and 50 of tier 3', async () => {
    const list = () => served.client.usergroups.users.list({ usergroup: 'S0ONCALL' });
    for (let count = 0; count < 20; count++) await list();
    await expect(list()).rejects.toEqual(limited);
    const ts = await post();
    for (let count = 0; count < 50; count++) await served.client.chat.update({ channel, ts, text: `${count}` });
    await expect(served.client.chat.update({ channel, ts, text: 'x' })).rejects.toEqual(limited);
    served.clock.machineMs += 60_000;
    await list();
  });

  it('lets an hour of the world say as much as an hour does, however fast it passes', async () => {
    for (let count = 0; count < 4; count++) await post();
    await expect(post()).rejects.toEqual(limited);
    expect(served.events.at(-1)).toEqual({
      type: 'call-refused',
      method: 'chat.postMessage',
      error: 'ratelimited',
      messages: ['retry after 4 s'],
    });
    served.clock.worldMs += 4000;
    await post();
  });

  it('answers 429 with Retry-After as Slack does', async () => {
    served.slack.faults.inject({ kind: 'rate-limit', calls: 1, retryAfterSeconds: 7 });
    const response = await fetch(`${served.url}/api/auth.test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOT_TOKEN}` },
    });
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
      429,
      '7',
      { ok: false, error: 'ratelimited' },
    ]);
  });

  it('fails and is slow where a test asks for it, for as many calls', async () => {
    served.slack.faults.inject({ kind: 'server-error', calls: 1, status: 503, method: 'chat.postMessage' });
    served.slack.faults.inject({ kind: 'latency', calls: 1, latencyMs: 40, method: 'auth.test' });
    await expect(post()).rejects.toEqual(expect.objectContaining({ code: 'slack_webapi_http_error', statusCode: 503 }));
    await post();
    const before = performance.now();
    await served.client.auth.test();
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
  });
});

describe('error codes', () => {
  it('are those that the reference lists for the method, or that a real reply showed', () => {
    expect(() => assertListed('chat.postMessage', 'msg_blocks_too_long')).not.toThrow();
    expect(() => assertListed('chat.update', 'msg_blocks_too_long')).toThrow(/neither the reference lists/);
    expect(errorCodesOf('views.open')).toContain('invalid_arguments');
    expect(errorCodesOf('users.info')).not.toContain('invalid_arguments');
  });
});
