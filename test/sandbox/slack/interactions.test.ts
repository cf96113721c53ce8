import { createHmac } from 'node:crypto';
import type { ModalView } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixture } from './fixtures.ts';
import { type ServedSlack, SIGNING_SECRET, serveSlack } from './serve-slack.ts';

const channel = 'C0STAGING';
const button = (text: string, id: string) => ({
  type: 'button' as const,
  text: { type: 'plain_text' as const, text },
  action_id: id,
  value: 'inc-1',
});
const card = [
  {
    type: 'actions' as const,
    block_id: 'decide',
    elements: [button('Approve', 'approve'), button('Reject', 'reject')],
  },
];
const modal: ModalView = {
  type: 'modal',
  callback_id: 'reject',
  private_metadata: 'inc-1',
  title: { type: 'plain_text', text: 'Reject the change' },
  submit: { type: 'plain_text', text: 'Reject' },
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'reason', max_length: 20 },
    },
  ],
};

let served: ServedSlack;
let ts: string;
beforeEach(async () => {
  served = await serveSlack();
  ts = String((await served.client.chat.postMessage({ channel, text: 'Approve?', blocks: card })).ts);
});
afterEach(() => served.close());

const click = (user = 'U0ANN', actionId = 'approve') =>
  served.slack.people.click({ user, place: { kind: 'message', channel, ts }, blockId: 'decide', actionId });

/** The names of every field, and of theirs. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shape(entry)]));
}

describe('a click', () => {
  it('reaches the app as a signed form, with the person, the message and the button', async () => {
    const received = await served.connectApp(() => ({}));
    expect(await click()).toEqual({ kind: 'done' });
    const [request] = received;
    const timestamp = request?.headers['x-slack-request-timestamp'];
    const expected = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${request?.body}`).digest('hex');
    expect(request?.headers['x-slack-signature']).toBe(`v0=${expected}`);
    expect(Number(timestamp)).toBe(Math.floor(served.clock.machineMs / 1000));
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0ANN', username: 'ann', team_id: 'T0ACME' },
      container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
      channel: { id: channel, name: 'staging-incidents' },
      message: { ts, bot_id: 'B0RUNMEDIC', blocks: [{ block_id: 'decide' }] },
      actions: [
        { type: 'button', action_id: 'approve', block_id: 'decide', value: 'inc-1', text: { text: 'Approve' } },
      ],
    });
  });

  it('has every field that a real one has', async () => {
    const received = await served.connectApp(() => ({}));
    await click();
    const real = fixture('block-actions-button.json');
    const ours = received[0]?.payload;
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(real)));
    for (const part of ['user', 'team', 'channel', 'container'] as const)
      expect(shape(ours[part])).toMatchObject(shape(real[part]) as object);
    expect(Object.keys(ours.message)).toEqual(expect.arrayContaining(Object.keys(real['message'] as object)));
    expect(Object.keys(ours.actions[0])).toEqual(
      expect.arrayContaining(Object.keys((real['actions'] as object[])[0] ?? {})),
    );
  });

  it('fails where the app answers anything but 200, and is not sent twice', async () => {
    const received = await served.connectApp(() => ({ status: 500 }));
    expect(await click()).toEqual({ kind: 'failed', detail: 'the app answered with status code 500' });
    expect(received).toHaveLength(1);
    expect(served.events).toContainEqual({
      type: 'interaction-failed',
      user: 'U0ANN',
      detail: 'the app answered with status code 500',
    });
  });

  it('fails where the app takes more than 3 seconds', async () => {
    await served.connectApp(() => ({ afterMs: 3300 }));
    expect(await click()).toEqual({ kind: 'failed', detail: 'the app did not answer within 3 seconds' });
  });

  it('fails where no app is connected, or the button has gone', async () => {
    expect(await click()).toMatchObject({ detail: 'no app is connected' });
    await served.client.chat.update({ channel, ts, text: 'Approved', blocks: [] });
    expect(await click()).toEqual({ kind: 'failed', detail: 'this button is no longer there' });
  });

  it('on an ephemeral message is for its reader alone, and carries no message', async () => {
    const received = await served.connectApp(() => ({}));
    const { message_ts } = await served.client.chat.postEphemeral({ channel, user: 'U0SAM', text: 'x', blocks: card });
    const place = { kind: 'message', channel, ts: String(message_ts) } as const;
    const clickAs = (user: string) =>
      served.slack.people.click({ user, place, blockId: 'decide', actionId: 'approve' });
    expect(await clickAs('U0ANN')).toMatchObject({ kind: 'failed' });
    expect(await clickAs('U0SAM')).toEqual({ kind: 'done' });
    expect(received[0]?.payload.container.is_ephemeral).toBe(true);
    expect(received[0]?.payload).not.toHaveProperty('message');
  });
});

describe('a trigger', () => {
  it('opens one view, within 3 seconds', async () => {
    const received = await served.connectApp(() => ({}));
    for (let count = 0; count < 2; count++) await click();
    const [first, second] = received.map((request) => request.payload.trigger_id);
    const open = (trigger_id: string) => served.client.views.open({ trigger_id, view: modal });
    expect((await open(first)).view).toMatchObject({ type: 'modal', callback_id: 'reject', state: { values: {} } });
    await expect(open(first)).rejects.toThrow('exchanged_trigger_id');
    served.clock.machineMs += 3001;
    await expect(open(second)).rejects.toThrow('expired_trigger_id');
    await expect(open('1.2.3')).rejects.toThrow('invalid_trigger_id');
  });

  it('is not spent on a view that is wrong', async () => {
    const received = await served.connectApp(() => ({}));
    await click();
    const trigger_id = received[0]?.payload.trigger_id;
    const wrong = { ...modal, title: { type: 'plain_text' as const, text: 'x'.repeat(25) } };
    await expect(served.client.views.open({ trigger_id, view: wrong })).rejects.toThrow('invalid_arguments');
    await served.client.views.open({ trigger_id, view: modal });
  });
});

describe('a modal', () => {
  let id: string;
  let answer: { status?: number; body?: unknown };
  const submit = (text: string, user = 'U0ANN') =>
    served.slack.people.submit({ user, view: id, filled: { why: { reason: text } } });
  const isOpen = () => served.slack.state.views.find({ id }) !== undefined;
  const payloads: unknown[] = [];

  beforeEach(async () => {
    payloads.length = 0;
    answer = {};
    const received = await served.connectApp(({ payload }) => {
      payloads.push(payload);
      return payload.type === 'view_submission' ? answer : {};
    });
    await click('U0ANN', 'reject');
    id = String(
      (await served.client.views.open({ trigger_id: received[0]?.payload.trigger_id, view: modal })).view?.id,
    );
    payloads.length = 0;
  });

  it('sends what was filled in, with every field that a real submission has, and closes', async () => {
    expect(await submit('too dear')).toEqual({ kind: 'done' });
    const real = fixture('view-submission.json');
    const [ours] = payloads as Record<string, object>[];
    expect(Object.keys(ours ?? {})).toEqual(expect.arrayContaining(Object.keys(real)));
    expect(Object.keys(ours?.['view'] ?? {})).toEqual(expect.arrayContaining(Object.keys(real['view'] as object)));
    expect(ours).toMatchObject({
      type: 'view_submission',
      view: {
        id,
        callback_id: 'reject',
        private_metadata: 'inc-1',
        state: { values: { why: { reason: { type: 'plain_text_input', value: 'too dear' } } } },
      },
    });
    expect(isOpen()).toBe(false);
  });

  it('is not sent while a required input is empty or too long', async () => {
    expect(await submit('')).toEqual({ kind: 'errors', errors: { why: 'Please complete this required field.' } });
    expect(await submit('x'.repeat(21))).toEqual({ kind: 'errors', errors: { why: 'Must be at most 20 characters.' } });
    expect(payloads).toEqual([]);
  });

  it('stays open with errors that the app names', async () => {
    answer = { body: { response_action: 'errors', errors: { why: 'Say more' } } };
    expect(await submit('no')).toEqual({ kind: 'errors', errors: { why: 'Say more' } });
    answer = { body: { response_action: 'errors', errors: { other: 'Say more' } } };
    expect(await submit('no')).toMatchObject({ kind: 'failed' });
    expect(isOpen()).toBe(true);
  });

  it('changes, or closes with all others, where the app says so', async () => {
    answer = { body: { response_action: 'update', view: { ...modal, title: { type: 'plain_text', text: 'Sure?' } } } };
    expect(await submit('no')).toEqual({ kind: 'done' });
    expect(served.slack.state.views.find({ id })?.given).toMatchObject({ title: { text: 'Sure?' } });
    answer = { body: { response_action: 'clear' } };
    expect(await submit('no')).toEqual({ kind: 'done' });
    expect(isOpen()).toBe(false);
  });

  it('stays open where the app fails, and belongs to one person', async () => {
    answer = { status: 500 };
    expect(await submit('no')).toMatchObject({ kind: 'failed' });
    expect(await submit('no', 'U0BEN')).toMatchObject({ kind: 'failed', detail: 'this dialog is no longer open' });
    expect(isOpen()).toBe(true);
  });

  it('is updated under its hash only', async () => {
    const before = served.slack.state.views.find({ id });
    const { view } = await served.client.views.update({ view_id: id, hash: String(before?.hash), view: modal });
    expect(view?.hash).not.toBe(before?.hash);
    await expect(served.client.views.update({ view_id: id, hash: String(before?.hash), view: modal })).rejects.toThrow(
      'hash_conflict',
    );
    await expect(served.client.views.update({ view_id: 'V0NONE', view: modal })).rejects.toThrow('not_found');
  });

  it('tells the app that it was closed where it asks for that', async () => {
    await served.client.views.update({ view_id: id, view: { ...modal, notify_on_close: true } });
    expect(await served.slack.people.close('U0ANN', id)).toEqual({ kind: 'done' });
    expect(payloads).toMatchObject([{ type: 'view_closed', is_cleared: false }]);
  });
});

describe('a home tab', () => {
  it('is one per person, guarded by its hash', async () => {
    const home = { type: 'home' as const, blocks: [] };
    const { view } = await served.client.views.publish({ user_id: 'U0ANN', view: home });
    await served.client.views.publish({ user_id: 'U0ANN', hash: String(view?.hash), view: home });
    await expect(
      served.client.views.publish({ user_id: 'U0ANN', hash: String(view?.hash), view: home }),
    ).rejects.toThrow('hash_conflict');
    await expect(served.client.views.publish({ user_id: 'U0NOBODY', view: home })).rejects.toThrow('invalid_arguments');
    expect(served.slack.state.views.list()).toHaveLength(1);
  });
});

describe('a response_url', () => {
  const respond = async (url: string, body: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };

  it('answers five times within half an hour, to the one who clicked', async () => {
    const received = await served.connectApp(() => ({}));
    await click('U0SAM');
    const url: string = received[0]?.payload.response_url;
    expect(await respond(url, { text: 'You may not' })).toEqual([200, { ok: true }]);
    expect(served.slack.state.messages.list().at(-1)).toMatchObject({ text: 'You may not', onlyFor: 'U0SAM' });
    expect(await respond(url, { text: 'Decided', replace_original: true })).toEqual([200, { ok: true }]);
    expect(served.slack.state.messages.find(channel, ts)).toMatchObject({ text: 'Decided', blocks: [] });
    expect(await respond(url, {})).toEqual([400, { ok: false, error: 'no_text' }]);
    for (let count = 0; count < 2; count++) await respond(url, { text: 'x', response_type: 'in_channel' });
    expect(await respond(url, { text: 'x' })).toEqual([404, { ok: false, error: 'used_url' }]);
    expect(await respond(`${url}x`, { text: 'x' })).toEqual([404, { ok: false, error: 'invalid_url' }]);
    await served.client.chat.update({ channel, ts, text: 'Approve?', blocks: card });
    await click('U0SAM');
    served.clock.machineMs += 30 * 60_000 + 1;
    expect(await respond(received[1]?.payload.response_url, { text: 'x' })).toEqual([
      404,
      { ok: false, error: 'expired_url' },
    ]);
  });
});
