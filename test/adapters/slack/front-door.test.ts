import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import express from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlack, defaultScopes, type Slack } from '../../../sandbox/slack/create-slack.ts';
import { signatureHeaders } from '../../../sandbox/slack/sign.ts';
import { acmeWorkspace } from '../../../sandbox/slack/workspace.ts';
import { RestPublisher } from '../../../shared/adapters/pubsub/publish-rest.ts';
import { frontDoor } from '../../../shared/adapters/slack/front-door.ts';
import { WebChat } from '../../../shared/adapters/slack/web-chat.ts';
import type { Topic } from '../../../shared/incident/effect.ts';
import type { OutgoingMessage } from '../../../shared/incident/queue.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import { card } from '../../../shared/report/card.ts';
import { parseClick } from '../../../shared/report/click.ts';
import { reasonModal } from '../../../shared/report/reject-modal.ts';
import { environment } from '../../builders/evidence.ts';
import anotherAppsButton from '../../fixtures/slack/block-actions-button.json' with { type: 'json' };
import legacyInteractiveMessage from '../../fixtures/slack/legacy-interactive-message.json' with { type: 'json' };
import anotherAppsView from '../../fixtures/slack/view-submission.json' with { type: 'json' };
import { awaitingStage, stages } from '../../report/stages.ts';

const SECRET = 'shhh';
const TOKEN = 'xoxb-test-token';

const servers: Server[] = [];
const published: { readonly topic: Topic; readonly message: OutgoingMessage }[] = [];
const failures: unknown[] = [];
const forgeries: string[] = [];
/** Once for each signed request that nobody can read. */
const unreadable: string[] = [];
let queueDown = false;
let slack: Slack;
let slackUrl = '';
let doorUrl = '';
/** The same door before a Pub/Sub that takes its time. */
let slowDoorUrl = '';
let slackMeets: 'door' | 'slow door' = 'door';
let pubsub: { readonly answers: number[]; readonly afterMs: number; readonly got: string[] } = {
  answers: [],
  afterMs: 0,
  got: [],
};
let chat: WebChat;

beforeAll(async () => {
  slack = createSlack({
    workspace: acmeWorkspace,
    time: { worldNowMs: Date.now, machineNowMs: Date.now },
    bot: { token: TOKEN, scopes: defaultScopes },
    signingSecret: SECRET,
    requestUrl: () => (slackMeets === 'door' ? doorUrl : slowDoorUrl),
    publicUrl: () => slackUrl,
    onEvent: () => undefined,
  });
  slackUrl = await listen(createServer(express().use(slack.router)));
  chat = new WebChat({ botToken: TOKEN, apiUrl: `${slackUrl}/api/`, nowMs: Date.now });
  const options = {
    signingSecret: SECRET,
    botToken: TOKEN,
    apiUrl: `${slackUrl}/api/`,
    nowMs: Date.now,
    onUnreadable: () => unreadable.push('once'),
    onForged: (check: string) => forgeries.push(check),
    onFailed: (error: unknown) => failures.push(error),
  };
  const door = frontDoor({
    ...options,
    queue: {
      publish: async (topic, messages) => {
        if (queueDown) throw new PlatformFailure('unavailable', 'no queue');
        published.push(...messages.map((message) => ({ topic, message })));
      },
    },
  });
  http('slack', door);
  // As deployed: functions-framework parses the body first and keeps the raw one.
  doorUrl = await listen(getTestServer('slack'));
  const endpoint = await listen(createServer(answerAsPubsub));
  const token = async () => 'token';
  http(
    'slow-slack',
    frontDoor({ ...options, queue: new RestPublisher({ project: 'p', endpoint, token, deadlineMs: 9000 }) }),
  );
  slowDoorUrl = await listen(getTestServer('slow-slack'));
});
beforeEach(() => {
  published.length = 0;
  failures.length = 0;
  forgeries.length = 0;
  unreadable.length = 0;
  queueDown = false;
});
afterAll(() =>
  Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections()))),
);

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    servers.push(server);
    // Sound: a server that listens on TCP has an address with a port.
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

/** Takes a publish, and answers with the next status that the test asks for. */
async function answerAsPubsub(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { answers, afterMs, got } = pubsub;
  const body = JSON.parse(await text(request));
  got.push(Buffer.from(body.messages[0].data, 'base64').toString('utf8'));
  setTimeout(() => response.writeHead(answers.shift() ?? 200).end('{}'), afterMs).unref();
}

const { id, signed } = awaitingStage();
const digest = signed.plan.digest.slice(0, 16);
const payload = (over: Record<string, unknown> = {}) => ({
  type: 'block_actions',
  team: { id: 'T0ACME', domain: 'acme' },
  user: { id: 'U0ANN', team_id: 'T0ACME' },
  api_app_id: 'A0RUNMEDIC',
  trigger_id: 'none',
  channel: { id: 'C0STAGING', name: 'staging-incidents' },
  container: { type: 'message', channel_id: 'C0STAGING', message_ts: '1.1' },
  actions: [{ type: 'button', action_id: 'approve-plan', block_id: 'b', value: `${id}/${digest}`, action_ts: '1.1' }],
  ...over,
});
const action = (over: Record<string, unknown>) => payload({ actions: [{ ...payload().actions[0], ...over }] });
const formOf = (body: unknown) => new URLSearchParams({ payload: JSON.stringify(body) }).toString();
const FORM = 'application/x-www-form-urlencoded';

async function knock(
  body: string,
  { secret = SECRET, atMs = Date.now(), type = FORM, method = 'POST', headers = {} as Record<string, string> } = {},
): Promise<{ readonly status: number; readonly body: string; readonly ms: number }> {
  const startedMs = performance.now();
  const sent = { 'content-type': type, ...signatureHeaders(body, secret, atMs), ...headers };
  const response = await fetch(doorUrl, { method, headers: sent, ...(method === 'POST' ? { body } : {}) });
  return { status: response.status, body: await response.text(), ms: performance.now() - startedMs };
}

describe('the front door lets in', () => {
  it.each([
    ['a click', {}],
    ['a click from 299 s ago', { atMs: Date.now() - 299_000 }],
    ['a content type with a charset', { type: `${FORM}; charset=utf-8` }],
  ])('%s, published before it is acknowledged', async (_, how) => {
    expect(await knock(formOf(payload()), how)).toMatchObject({ status: 200, body: '' });
    expect(published.map(({ topic, message }) => [topic, message.attributes])).toEqual([
      ['clicks', { kind: 'approve', incident: id }],
    ]);
    const click = parseClick(published[0]?.message.data ?? '');
    expect(click).toEqual({ kind: 'approve', incident: id, digest, user: 'U0ANN', channel: 'C0STAGING' });
  });

  it('a click that asks for a look, which carries an incident and no plan', async () => {
    expect(await knock(formOf(action({ action_id: 'check-again', value: id })))).toMatchObject({
      status: 200,
      body: '',
    });
    expect(published.map(({ message }) => parseClick(message.data))).toEqual([
      { kind: 'check-again', incident: id, user: 'U0ANN', channel: 'C0STAGING' },
    ]);
  });

  it.each([
    ['a value that is no incident', action({ action_id: 'check-again', value: 'a/b' })],
    ['no channel', { ...action({ action_id: 'check-again', value: id }), channel: undefined }],
  ])('no click that asks for a look with %s', async (_, body) => {
    await knock(formOf(body));
    expect(published).toEqual([]);
  });

  it('a signed url_verification, by its challenge, and a signed ssl_check', async () => {
    const asked = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await knock(asked, { type: 'application/json' })).toMatchObject({
      status: 200,
      body: '{"challenge":"abc"}',
    });
    expect(await knock('ssl_check=1')).toMatchObject({ status: 200 });
    expect(published).toEqual([]);
  });
});

describe('the front door refuses', () => {
  const signature = (value: string) => ({ headers: { 'x-slack-signature': value } });
  it.each([
    ['another secret', { secret: 'other' }, 'signature-mismatch'],
    ['a short signature', signature('v0=abc'), 'signature-mismatch'],
    ['another version', signature('v1=abc'), 'signature-mismatch'],
    ['no signature', signature(''), 'signature-mismatch'],
    ['a timestamp that is none', { headers: { 'x-slack-request-timestamp': 'soon' } }, 'headers-missing'],
    ['a replay, 301 s old', { atMs: Date.now() - 301_000 }, 'timestamp-outside-window'],
    ['a timestamp an hour from now', { atMs: Date.now() + 3_600_000 }, 'timestamp-outside-window'],
  ])('%s with 401, and tells which check it was', async (_, how, check) => {
    const { status, body } = await knock(formOf(payload()), how);
    expect(status).toBe(401);
    expect(body).toMatch(/^This is Slack's door to runmedic: .{1,120}\.\n$/);
    expect(forgeries).toEqual([check]);
    expect(published).toEqual([]);
  });

  it('a request without any header of Slack', async () => {
    expect((await fetch(doorUrl, { method: 'POST', body: 'payload={}' })).status).toBe(401);
    expect(forgeries).toEqual(['headers-missing']);
  });

  it('a body that was changed after it was signed', async () => {
    const headers = signatureHeaders(formOf(payload()), SECRET, Date.now());
    const other = formOf(payload({ user: { id: 'U0SAM' } }));
    expect(await knock(other, { headers: { ...headers } })).toMatchObject({ status: 401 });
    expect(published).toEqual([]);
  });

  it('what nobody signed, be it an ssl_check or a url_verification', async () => {
    expect(await knock('ssl_check=1', { secret: 'other' })).toMatchObject({ status: 401 });
    const asked = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await knock(asked, { secret: 'other', type: 'application/json' })).toMatchObject({ status: 401 });
    expect(forgeries).toEqual(['signature-mismatch', 'signature-mismatch']);
  });

  it.each([
    ['an unknown button', action({ action_id: 'launch' }), 404],
    ['our button with a value that we never gave', action({ value: `${id}/nonsense` }), 404],
    ['our button without a value', action({ value: undefined }), 404],
    ['our button out of a dialog', payload({ channel: undefined }), 404],
    ["another app's button", anotherAppsButton, 404],
    ["another app's dialog", anotherAppsView, 404],
    ['a legacy interactive message with a type', { ...payload(), type: 'interactive_message' }, 404],
    [
      'a dialog that is not ours',
      payload({ type: 'view_submission', view: { callback_id: 'x', state: { values: {} } } }),
      404,
    ],
    ['a shortcut', payload({ type: 'shortcut', callback_id: 'x' }), 404],
  ])('%s, at once', async (_, body, status) => {
    const answer = await knock(formOf(body));
    expect(answer).toMatchObject({ status, body: '' });
    expect(answer.ms).toBeLessThan(1500);
    expect(published).toEqual([]);
    expect(unreadable).toEqual([]);
  });

  it.each([
    ['a legacy interactive message', formOf(legacyInteractiveMessage.payload)],
    ['a payload that is no object', formOf('text')],
    ['a payload that is no JSON', 'payload=%7Bnot'],
    ['a click of nobody', formOf(payload({ user: undefined }))],
    ['a click of somebody without an id', formOf(payload({ user: {} }))],
    ['a button whose value is no text', formOf(action({ value: 1 }))],
    ['a dialog without what was filled in', formOf(payload({ type: 'view_submission', view: { callback_id: 'x' } }))],
  ])('%s, at once, which is told of', async (_, body) => {
    const answer = await knock(body, { type: FORM });
    expect(answer).toMatchObject({
      status: 400,
      body: expect.stringMatching(/signed, and its payload is no interaction/),
    });
    expect(published).toEqual([]);
    expect(unreadable).toEqual(['once']);
  });

  it.each([
    ['a slash command', 'command=%2Fsre&text=status', FORM, 404],
    ['an event', JSON.stringify({ type: 'event_callback' }), 'application/json', 404],
    ['text', 'hello', 'text/plain', 404],
  ])('%s', async (_, body, type, status) => {
    expect(await knock(body, { type })).toMatchObject({ status, body: '' });
  });

  it('anything but POST', async () => expect(await knock('', { method: 'GET' })).toMatchObject({ status: 405 }));
});

describe('people in the workspace', () => {
  let ts = '';
  beforeAll(async () => {
    ({ ts } = await chat.post(card({ ...stages['awaiting approval'], environment }), { channel: 'C0STAGING' }));
  });
  const click = async (actionId: string, user: string) => {
    const blocks = slack.state.messages.find('C0STAGING', ts)?.blocks ?? [];
    const blockId = blocks.find(({ type }) => type === 'actions')?.block_id ?? '';
    return slack.people.click({ user, place: { kind: 'message', channel: 'C0STAGING', ts }, blockId, actionId });
  };
  const last = () => parseClick(published.at(-1)?.message.data ?? '');

  it('approve', async () => {
    expect(await click('approve-plan', 'U0ANN')).toEqual({ kind: 'done' });
    expect(last()).toMatchObject({ kind: 'approve', user: 'U0ANN', incident: id });
  });

  it('reject: a dialog opens at once, is filled, and sent with a reason', async () => {
    expect(await click('reject-plan', 'U0BEN')).toEqual({ kind: 'done' });
    const opened = last();
    expect(opened).toMatchObject({ kind: 'reject-opened', user: 'U0BEN', view: expect.stringMatching(/^V/) });
    const view = opened.kind === 'reject-opened' ? (opened.view ?? '') : '';
    expect(await chat.updateModal(view, reasonModal(awaitingStage(), 'C0STAGING'))).toBe('updated');
    const blank = await slack.people.submit({ user: 'U0BEN', view, filled: { reason: { 'reason-text': '  ' } } });
    expect(blank).toEqual({ kind: 'errors', errors: { reason: 'Say why in a few words.' } });
    const sent = await slack.people.submit({ user: 'U0BEN', view, filled: { reason: { 'reason-text': ' not now ' } } });
    expect(sent).toEqual({ kind: 'done' });
    const who = { incident: id, digest, user: 'U0BEN', channel: 'C0STAGING' };
    expect(last()).toEqual({ kind: 'reject-submitted', ...who, reason: 'not now' });
    expect(slack.state.views.find({ id: view })).toBeUndefined();
  });

  it('reject although the dialog could not be opened: the click is not lost', async () => {
    slack.faults.inject({ kind: 'server-error', calls: 1, status: 503, method: 'views.open' });
    expect(await click('reject-plan', 'U0ANN')).toEqual({ kind: 'done' });
    const who = { incident: id, digest, user: 'U0ANN', channel: 'C0STAGING' };
    expect(last()).toEqual({ kind: 'reject-opened', ...who, unopened: 'refused' });
    expect(failures).toHaveLength(1);
  });

  it('reject although Slack does not answer in time', async () => {
    slack.faults.inject({ kind: 'latency', calls: 1, latencyMs: 2500, method: 'views.open' });
    expect(await click('reject-plan', 'U0ANN')).toEqual({ kind: 'done' });
    expect(last()).not.toHaveProperty('view');
    expect(last()).toMatchObject({ unopened: 'too-late' });
  });

  describe('while publishing is slow', () => {
    beforeEach(() => {
      slackMeets = 'slow door';
    });
    afterEach(() => {
      slackMeets = 'door';
    });

    it('reject within 3 s, though the dialog takes too long and publishing fails at first', async () => {
      pubsub = { answers: [503, 503, 200], afterMs: 50, got: [] };
      slack.faults.inject({ kind: 'latency', calls: 1, latencyMs: 2900, method: 'views.open' });
      expect(await click('reject-plan', 'U0ANN')).toEqual({ kind: 'done' });
      expect(pubsub.got).toHaveLength(3);
      const sent = parseClick(pubsub.got.at(-1) ?? '');
      const who = { incident: id, digest, user: 'U0ANN', channel: 'C0STAGING' };
      expect(sent).toEqual({ kind: 'reject-opened', ...who, unopened: 'too-late' });
    });

    it.each([
      ['approve-plan', 'nothing else is slow', 0],
      ['reject-plan', 'the dialog takes too long', 1],
      ['reject-plan', 'the dialog opens at once', 0],
    ])('%s: are told by our answer, within 3 s, that it did not work; %s', async (actionId, _, slowDialogs) => {
      pubsub = { answers: [200], afterMs: 10_000, got: [] };
      if (slowDialogs > 0)
        slack.faults.inject({ kind: 'latency', calls: slowDialogs, latencyMs: 2900, method: 'views.open' });
      // Past 3 s Slack would say that nobody answered.
      expect(await click(actionId, 'U0ANN')).toMatchObject({ kind: 'failed', detail: expect.stringContaining('500') });
      expect(failures.at(-1)).toMatchObject({ code: 'timed-out' });
      expect(failures).toHaveLength(1 + slowDialogs);
    });
  });

  it('see that their click did not work where it could not be published', async () => {
    queueDown = true;
    expect(await click('approve-plan', 'U0ANN')).toMatchObject({
      kind: 'failed',
      detail: expect.stringContaining('500'),
    });
    expect(failures).toEqual([expect.objectContaining({ message: 'no queue' })]);
    queueDown = false;
    expect(await click('approve-plan', 'U0ANN')).toEqual({ kind: 'done' });
  });
});
