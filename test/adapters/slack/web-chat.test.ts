import type { KnownBlock } from '@slack/types';
import { WebAPIPlatformError } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import methodErrors from '../../../sandbox/slack/data/method-errors.json' with { type: 'json' };
import { personOf } from '../../../shared/adapters/slack/person-of.ts';
import { slackFailure } from '../../../shared/adapters/slack/slack-failure.ts';
import { WebChat } from '../../../shared/adapters/slack/web-chat.ts';
import { section } from '../../../shared/report/blocks.ts';
import { openingModal } from '../../../shared/report/reject-modal.ts';
import { BOT_TOKEN, type ServedSlack, serveSlack } from '../../sandbox/slack/serve-slack.ts';

let slack: ServedSlack;
let chat: WebChat;
let nowMs: number;
const chatWith = (botToken: string) => new WebChat({ botToken, apiUrl: `${slack.url}/api/`, nowMs: () => nowMs });
beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  slack = await serveSlack();
  chat = chatWith(BOT_TOKEN);
});
afterEach(() => slack.close());

const channel = 'C0STAGING';
const message = (text: string) => ({ text, blocks: [section(text)] });
const messages = () => slack.slack.state.messages.list();

describe('messages', () => {
  it('are posted, answered in their thread, and shown to the channel where asked', async () => {
    const place = await chat.post(message('card'), { channel: '#staging-incidents' });
    expect(place.channel).toBe(channel);
    await chat.post(message('quiet'), { channel, thread: place.ts });
    await chat.post(message('told'), { channel, thread: place.ts, broadcast: 'to-channel' });
    expect(messages().map(({ text, threadTs, broadcast }) => [text, threadTs, broadcast])).toEqual([
      ['card', undefined, false],
      ['quiet', place.ts, false],
      ['told', place.ts, true],
    ]);
  });

  it('are edited in place, with all blocks replaced', async () => {
    const place = await chat.post(message('before'), { channel });
    expect(await chat.update(place, { text: 'after', blocks: [] })).toBe('updated');
    expect(messages()).toMatchObject([{ text: 'after', blocks: [] }]);
  });

  it("are gone when deleted, or another app's", async () => {
    expect(await chat.update({ channel, ts: '1.1' }, message('x'))).toBe('gone');
    const foreign = { channel, user: 'U0SAM', botId: undefined, text: 'mine', blocks: [], threadTs: undefined };
    const { ts } = slack.slack.state.messages.post({
      ...foreign,
      broadcast: false,
      metadata: undefined,
      onlyFor: undefined,
    });
    expect(await chat.update({ channel, ts }, message('x'))).toBe('gone');
  });

  it('are whispered to members of the channel only', async () => {
    expect(await chat.whisper('psst', { channel, user: 'U0SAM' })).toBe('shown');
    expect(await chat.whisper('psst', { channel, user: 'U0NOBODY' })).toBe('not-shown');
    expect(messages()).toMatchObject([{ text: 'psst', onlyFor: 'U0SAM' }]);
  });
});

describe('dialogs', () => {
  it('open by a trigger, once, and are updated until closed', async () => {
    const trigger = slack.slack.state.triggers.issue('U0ANN');
    const view = await chat.openModal(trigger, openingModal);
    await expect(chat.openModal(trigger, openingModal)).rejects.toMatchObject({ code: 'failed-precondition' });
    expect(await chat.updateModal(view, openingModal)).toBe('updated');
    slack.slack.state.views.close(view);
    expect(await chat.updateModal(view, openingModal)).toBe('gone');
  });
});

describe('people', () => {
  it.each([
    ['U0ANN', { name: 'Ann Lindqvist', standing: 'member' }],
    ['U0GUEST', { name: 'Gail Moreau', standing: 'guest' }],
    ['U0RUNMEDIC', { name: 'runmedic', standing: 'bot' }],
  ])('are looked up: %s', async (id, person) => expect(await chat.person(id)).toEqual({ id, ...person }));

  it('are nobody where Slack knows nobody', async () => expect(await chat.person('U0NOBODY')).toBeUndefined());

  const member = {
    id: 'U1',
    team_id: 'T1',
    name: 'a',
    deleted: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
  };
  it.each([
    ['a full member', {}, 'member'],
    ['a guest of many channels', { is_restricted: true }, 'guest'],
    ['a guest of one channel', { is_restricted: true, is_ultra_restricted: true }, 'guest'],
    ['a bot', { is_bot: true }, 'bot'],
    ['somebody who left', { deleted: true }, 'deactivated'],
    ['somebody of another workspace', { team_id: 'T2' }, 'other-workspace'],
    ['somebody of whom it is not said', { is_restricted: undefined }, 'guest'],
    ['somebody of no workspace', { team_id: undefined }, 'other-workspace'],
    ['somebody who may have left', { deleted: undefined }, 'deactivated'],
    ['somebody who may be a bot', { is_bot: undefined }, 'bot'],
  ])('stand as what they are shown to be: %s', (_, over, standing) => {
    const user = Object.fromEntries(Object.entries({ ...member, ...over }).filter(([, value]) => value !== undefined));
    expect(personOf(user, 'T1').standing).toBe(standing);
  });

  it.each([
    [{ profile: { display_name: 'Annie' }, real_name: 'Ann L', name: 'ann' }, 'Annie'],
    [{ profile: { display_name: '' }, real_name: 'Ann L', name: 'ann' }, 'Ann L'],
    [{ name: 'ann' }, 'ann'],
    [{}, 'U1'],
  ])('are called as they call themselves: %o', (over, name) => {
    expect(personOf({ id: 'U1', ...over }, 'T1').name).toBe(name);
  });

  it('are in usergroups; a look-up is good for a minute', async () => {
    expect(await chat.usergroupMembers('S0ONCALL')).toEqual(['U0ANN', 'U0BEN']);
    slack.slack.faults.inject({ kind: 'server-error', calls: 1, status: 503, method: 'usergroups.users.list' });
    nowMs += 59_999;
    expect(await chat.usergroupMembers('S0ONCALL')).toEqual(['U0ANN', 'U0BEN']);
    nowMs += 1;
    await expect(chat.usergroupMembers('S0ONCALL')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await chat.usergroupMembers('S0GONE')).toEqual([]);
  });

  it('are looked up again after the workspace could not be', async () => {
    slack.slack.faults.inject({ kind: 'server-error', calls: 1, status: 500, method: 'auth.test' });
    await expect(chat.person('U0ANN')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await chat.person('U0ANN')).toMatchObject({ standing: 'member' });
  });
});

describe('failures', () => {
  const post = (blocks: readonly KnownBlock[] = message('x').blocks) => chat.post({ text: 'x', blocks }, { channel });

  it('of a limit name how long Slack asks to wait', async () => {
    slack.slack.faults.inject({ kind: 'rate-limit', calls: 1, retryAfterSeconds: 30 });
    await expect(post()).rejects.toMatchObject({ code: 'rate-limited', retryAfterSeconds: 30 });
  });

  it('of a token say so, without the token', async () => {
    const error = await chatWith('xoxb-wrong')
      .post(message('x'), { channel })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('SLACK_BOT_TOKEN') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('xoxb-wrong');
  });

  it('of blocks say which, as Slack does', async () => {
    const wrong = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] as const;
    await expect(post([...wrong])).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('/blocks/0/text/text'),
    });
  });

  it('of a server that does not answer end after one call', async () => {
    await slack.close();
    await expect(post()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('know no code that Slack does not list, so that none is misspelt', () => {
    const listed = new Set(Object.values(methodErrors.methods).flat());
    const known = [...listed].filter((code) => failureOf(code) !== 'unknown');
    // Every code of the table but `invalid_arguments`, which Slack gives and does not list.
    expect(known).toHaveLength(38);
    expect(failureOf('something_new')).toBe('unknown');
  });

  it('of anything else are unknown', () => {
    expect(slackFailure('chat.update', new Error('odd'))).toMatchObject({
      code: 'unknown',
      message: 'chat.update: odd',
    });
    expect(slackFailure('chat.update', 'odd')).toMatchObject({ code: 'unknown' });
  });

  const failureOf = (error: string) => slackFailure('x', new WebAPIPlatformError({ ok: false, error })).code;
});
