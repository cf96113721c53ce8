import { afterEach, describe, expect, it } from 'vitest';
import { announce } from '../../shared/engine/announce.ts';
import { escalate } from '../../shared/engine/escalate.ts';
import type { Store } from '../../shared/incident/store.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type { Chat } from '../../shared/report/chat.ts';
import { at, environment } from '../builders/evidence.ts';
import { alertNote } from '../builders/incident.ts';
import { approved, forgedOffer, offered, rejected, seen, started, stepFinished, without } from '../report/stages.ts';
import { awaitingOffice, type Office, openOffice } from './office.ts';

let office: Office;
afterEach(() => office.close());

const show = () => {
  // Slack takes one message a second and channel; the machine's time is the test's.
  office.slack.clock.machineMs += 2000;
  return announce({ type: 'announce', incident: office.id }, office.shell);
};
const headers = () =>
  office.channel().map(({ blocks }) => (blocks[0]?.type === 'header' ? JSON.stringify(blocks[0]) : 'no card'));
const card = () => office.shell.store.card(office.id);
const joined = (n: number) =>
  ({ type: 'alert-joined', at: at(n), alert: alertNote(`0.${n}/open`), services: [] }) as const;

describe('announcing', () => {
  it('posts one card and edits it in place; the thread tells the rest', async () => {
    office = await openOffice();
    await show();
    await office.happens(offered());
    await show();
    await office.happens(approved(), started);
    await show();
    await office.happens(
      stepFinished({ kind: 'done' }),
      seen('recovered', 240),
      seen('recovered', 300),
      seen('recovered', 360),
    );
    await show();
    expect(headers()).toEqual([expect.stringContaining('Resolved')]);
    expect(office.thread().map(({ broadcast }) => broadcast)).toEqual([true, false, false, true]);
    expect(
      office
        .thread()
        .map(({ text }) => text)
        .join('\n'),
    ).toContain('Approved by Ann Lindqvist.');
    const { incident, trail } = {
      incident: await office.shell.store.load(office.id),
      trail: await office.shell.store.audit(office.id),
    };
    expect(await card()).toMatchObject({ shown: incident?.version, threaded: trail.length, leasedUntilMs: 0 });
  });

  it('does nothing when all is shown: waiting announcements collapse', async () => {
    office = await awaitingOffice();
    await office.happens(joined(6), joined(7), joined(8));
    await show();
    const before = office.slack.events.length;
    for (let again = 0; again < 5; again += 1) await show();
    expect(office.slack.events.length).toBe(before);
    expect(headers()).toHaveLength(1);
  });

  it('never posts two cards, however many announce at once', async () => {
    office = await awaitingOffice();
    await Promise.all([show(), show(), show(), show()]);
    expect(headers()).toHaveLength(1);
    expect(office.thread()).toHaveLength(1);
  });

  it('shows it once more when the incident moves on while it is shown', async () => {
    const moving = (chat: Chat): Chat => ({
      ...boundTo(chat),
      post: async (...args) => {
        const place = await chat.post(...args);
        if (office.thread().length === 0) await office.happens(offered());
        return place;
      },
    });
    office = await openOffice({ between: moving });
    await show();
    expect(headers()).toEqual([expect.stringContaining('Approval needed')]);
  });

  it('passes a rate limit on to the queue, and goes on where it was', async () => {
    office = await awaitingOffice();
    office.slack.slack.faults.inject({
      kind: 'rate-limit',
      calls: 1,
      retryAfterSeconds: 9,
      method: 'chat.postMessage',
    });
    await expect(show()).rejects.toMatchObject({ code: 'rate-limited', retryAfterSeconds: 9 });
    expect((await card())?.ts).toBeUndefined();
    await show();
    expect(headers()).toHaveLength(1);
    await office.happens(approved());
    office.slack.slack.faults.inject({
      kind: 'rate-limit',
      calls: 1,
      retryAfterSeconds: 9,
      method: 'chat.postMessage',
    });
    await expect(show()).rejects.toMatchObject({ code: 'rate-limited' });
    await show();
    expect(office.thread()).toHaveLength(2);
  });

  it('repeats nothing of what it did before it was interrupted', async () => {
    let posts = 0;
    const interrupted = (chat: Chat): Chat => ({
      ...boundTo(chat),
      post: async (...args) => {
        posts += 1;
        // The card, then what the channel is told; the quiet line after it meets the limit.
        if (posts === 3) throw new PlatformFailure('rate-limited', 'too many');
        return chat.post(...args);
      },
    });
    office = await openOffice({ between: interrupted });
    await office.happens(offered(), approved());
    await expect(show()).rejects.toMatchObject({ code: 'rate-limited' });
    await show();
    expect(office.thread().map(({ broadcast }) => broadcast)).toEqual([true, false]);
    expect(office.slack.events.map(({ type }) => type)).toEqual(Array(3).fill('message-posted'));
  });

  it('costs one stray message at most when it dies between posting and writing it down', async () => {
    office = await awaitingOffice();
    const { store } = office.shell;
    const dying = { ...office.shell, store: dyingAfter(1, store) };
    await expect(announce({ type: 'announce', incident: office.id }, dying)).rejects.toThrow('died');
    // The dead one's lease holds off others, who leave their message in the queue; then it runs out.
    await expect(show()).rejects.toMatchObject({ code: 'unavailable' });
    office.clock.nowMs += 15_001;
    await show();
    expect(headers()).toHaveLength(2);
    expect(office.thread()).toHaveLength(1);
    await show();
    expect(headers()).toHaveLength(2);
  });

  it('stops when its lease ran out and another took the card', async () => {
    const late = (chat: Chat): Chat => ({
      ...boundTo(chat),
      post: async (...args) => {
        const place = await chat.post(...args);
        if (office.channel().length > 1) return place;
        office.clock.nowMs += 15_001;
        await show();
        return place;
      },
    });
    office = await openOffice({ between: late });
    await expect(show()).rejects.toMatchObject({ code: 'unavailable' });
    const { revision = 0, ts } = (await card()) ?? {};
    expect(ts).toBe(office.channel().at(-1)?.ts);
    expect(revision).toBeGreaterThan(2);
  });

  it('posts anew where the card was deleted', async () => {
    office = await awaitingOffice();
    await show();
    const ts = (await card())?.ts ?? '';
    office.slack.slack.state.messages.remove('C0STAGING', ts);
    await office.happens(rejected);
    await show();
    expect(headers()).toEqual([expect.stringContaining('Declined')]);
    expect((await card())?.ts).not.toBe(ts);
  });

  it('offers no buttons that decide about a plan that is not as it was signed, and says so', async () => {
    office = await openOffice();
    await office.happens(forgedOffer());
    await show();
    const [shown] = office.channel();
    expect(JSON.stringify(shown?.blocks)).not.toMatch(/approve-plan|reject-plan/);
    expect(JSON.stringify(shown?.blocks)).toContain('*Nobody can decide this:*');
    expect(JSON.stringify(shown?.blocks)).toContain('its digest differs');
  });

  it('says what to do where the app was not invited', async () => {
    office = await openOffice({ environment: { ...environment, slack: { channel: 'C0NONE' } } });
    await expect(show()).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('invited to') });
  });
});

describe('escalating', () => {
  const call = (level: number) => escalate({ type: 'escalate', incident: office.id, level }, office.shell);
  const calls = () => office.thread().filter(({ text }) => /^<!subteam|^<@/.test(text));

  it('calls each level once, in a new message that the channel sees', async () => {
    office = await openOffice();
    await show();
    await office.happens(without('no-safe-action', 5));
    for (const level of [0, 0, 1, 1]) await call(level);
    expect(calls().map(({ text, broadcast }) => [text.split('*')[0], broadcast])).toEqual([
      ['<!subteam^S0ONCALL> <@U0ANN> ', true],
      ['<!subteam^S0ONCALL> ', true],
    ]);
  });

  it('calls where there is no card yet', async () => {
    office = await openOffice();
    await office.happens(without('no-safe-action', 5));
    await call(0);
    expect(office.channel()).toHaveLength(1);
    await show();
    expect(headers()).toEqual(['no card', expect.stringContaining('Needs people')]);
  });

  it('goes on calling while it is looked at once more', async () => {
    office = await openOffice();
    await office.happens(without('no-safe-action', 5));
    const closed = alertNote('0.abc/closed');
    await office.happens({ type: 'alert-joined', at: at(50), alert: closed, services: [] });
    await call(0);
    expect(office.channel().map(({ text }) => text)).toEqual([expect.stringMatching(/^<!subteam.+Investigating/)]);
  });

  it('calls nobody about what is no longer escalated', async () => {
    office = await awaitingOffice();
    await call(0);
    expect(office.channel()).toEqual([]);
  });

  it('waits for whoever shows the card just now', async () => {
    office = await openOffice();
    await office.happens(without('no-safe-action', 5));
    await Promise.all([call(0), call(0), show()]);
    expect([...office.channel(), ...office.thread()].filter(({ text }) => text.startsWith('<!subteam'))).toHaveLength(
      1,
    );
    expect(headers().filter((header) => header !== 'no card')).toHaveLength(1);
  });
});

/** The chat's own methods, bound, so that one of them can be replaced. */
function boundTo(chat: Chat): Chat {
  return {
    post: chat.post.bind(chat),
    update: chat.update.bind(chat),
    whisper: chat.whisper.bind(chat),
    openModal: chat.openModal.bind(chat),
    updateModal: chat.updateModal.bind(chat),
    person: chat.person.bind(chat),
    usergroupMembers: chat.usergroupMembers.bind(chat),
  };
}

/** A store whose saveCard works `times` times and then never again, as in a process that ended. */
function dyingAfter(times: number, store: Store): Store {
  let saved = 0;
  const saveCard: Store['saveCard'] = async (before, after) => {
    saved += 1;
    if (saved > times) throw new Error('died');
    return store.saveCard(before, after);
  };
  return new Proxy(store, {
    get: (of, name) => {
      if (name === 'saveCard') return saveCard;
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}
