import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventLog } from '../../sandbox/event-log.ts';
import { createOncall, type Decision } from '../../sandbox/oncall.ts';
import { createTime } from '../../sandbox/time.ts';
import { type ServedSlack, serveSlack } from './slack/serve-slack.ts';
import { fakeWorld } from './time/fake-world.ts';

const channel = 'C0STAGING';
const text = (words: string) => ({ type: 'plain_text' as const, text: words });

/** The ids say nothing, so that only the words on the buttons can lead the way. */
const card = (plan = 'plan-1') => [
  { type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'Raise the connector: 3 -> 6' } },
  {
    type: 'actions' as const,
    elements: [
      { type: 'button' as const, text: text('Details'), action_id: 'a1', value: plan },
      {
        type: 'button' as const,
        text: text('✅ Approve: raise to 6'),
        style: 'primary' as const,
        action_id: 'a2',
        value: plan,
      },
      { type: 'button' as const, text: text('Reject'), style: 'danger' as const, action_id: 'a3', value: plan },
    ],
  },
];

let served: ServedSlack;
beforeEach(async () => {
  served = await serveSlack();
});
afterEach(() => served.close());

function setUp(decision: Decision) {
  const time = createTime({
    world: fakeWorld(),
    speed: 30,
    machineNowMs: () => performance.now(),
    afterSecond: () => undefined,
  });
  const log = createEventLog(time.nowMs);
  const oncall = createOncall({
    user: 'U0ANN',
    decision,
    slack: served.slack.state,
    people: served.slack.people,
    time,
    log,
  });
  served.listen(oncall.onSlackEvent);
  return { time, log, forward: (seconds: number) => time.runTo(time.nowMs() + seconds * 1000) };
}

const soon = (assertion: () => void): Promise<void> => vi.waitFor(assertion, { interval: 5, timeout: 5000 });
const clicked = (requests: readonly { payload: { user: { id: string }; actions?: { action_id: string }[] } }[]) =>
  requests.map(({ payload }) => `${payload.user.id} ${payload.actions?.[0]?.action_id}`);

describe('the simulated on-call', () => {
  it('reads the card, takes a while, and clicks what says Approve', async () => {
    const received = await served.connectApp(() => ({}));
    const { forward, log } = setUp('approve');
    await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    forward(39);
    expect(log.list()).toEqual([]);
    forward(1);
    await soon(() => expect(clicked(received)).toEqual(['U0ANN a2']));
    expect(log.list()).toMatchObject([{ source: 'on-call', type: 'clicks', button: 'Approve: raise to 6' }]);
  });

  it('does not decide the same offer twice, but does decide the next one', async () => {
    const received = await served.connectApp(() => ({}));
    const { forward } = setUp('approve');
    const { ts } = await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    const show = (blocks: ReturnType<typeof card>) =>
      served.client.chat.update({ channel, ts: String(ts), text: 'x', blocks });
    const values = () => received.map(({ payload }) => payload.actions[0].value);
    forward(60);
    await soon(() => expect(values()).toEqual(['plan-1']));
    await show(card());
    forward(600);
    await show([]);
    await show(card('plan-2'));
    forward(60);
    await soon(() => expect(values()).toEqual(['plan-1', 'plan-2']));
    await show([]);
    await show(card('plan-2'));
    forward(60);
    await soon(() => expect(values()).toEqual(['plan-1', 'plan-2', 'plan-2']));
  });

  it('leaves a card alone that was decided while it was read', async () => {
    const received = await served.connectApp(() => ({}));
    const { forward } = setUp('approve');
    const { ts } = await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    await served.client.chat.update({ channel, ts: String(ts), text: 'Approved by Ben', blocks: [] });
    forward(120);
    expect(received).toEqual([]);
  });

  it('tries again where a click failed, three times at most', async () => {
    const received = await served.connectApp(() => ({ status: 500 }));
    const { forward, log } = setUp('approve');
    await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    for (let count = 1; count <= 3; count++) {
      forward(60);
      await soon(() => expect(log.list().filter(({ type }) => type === 'click-failed')).toHaveLength(count));
    }
    forward(600);
    expect(received).toHaveLength(3);
  });

  it('rejects with a reason, written into whatever input the dialog has', async () => {
    const received = await served.connectApp(() => ({}));
    const { forward } = setUp('reject');
    await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    forward(40);
    await soon(() => expect(clicked(received)).toEqual(['U0ANN a3']));
    const empty = { type: 'modal' as const, title: text('One moment'), blocks: [{ type: 'divider' as const }] };
    const { view } = await served.client.views.open({ trigger_id: received[0]?.payload.trigger_id, view: empty });
    const input = {
      type: 'input' as const,
      block_id: 'b',
      label: text('Why not?'),
      element: { type: 'plain_text_input' as const, action_id: 'e' },
    };
    await served.client.views.update({
      view_id: String(view?.id),
      view: { ...empty, submit: text('Reject'), blocks: [input] },
    });
    forward(20);
    await soon(() => expect(received).toHaveLength(2));
    expect(received[1]?.payload).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ANN' },
      view: { state: { values: { b: { e: { value: expect.stringMatching(/\w+/) } } } } },
    });
  });

  it('ignores everything where it is told to', async () => {
    const received = await served.connectApp(() => ({}));
    const { forward } = setUp('ignore');
    await served.client.chat.postMessage({ channel, text: 'x', blocks: card() });
    forward(3600);
    expect(received).toEqual([]);
  });
});
