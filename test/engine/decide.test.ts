import { afterEach, describe, expect, it } from 'vitest';
import { acmeWorkspace } from '../../sandbox/slack/workspace.ts';
import { decide } from '../../shared/engine/decide.ts';
import { APPROVAL_HOLDS_SECONDS, approvalFault } from '../../shared/incident/approval.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { type Click, digestPrefix } from '../../shared/report/click.ts';
import { openingModal } from '../../shared/report/reject-modal.ts';
import { at, environment } from '../builders/evidence.ts';
import { alertNote, brokenRelease, must } from '../builders/incident.ts';
import { approved, forgedOffer, offered, rejected, stepFinished } from '../report/stages.ts';
import { awaitingOffice, type Office, openOffice } from './office.ts';

let office: Office;
afterEach(() => office.close());

const incidentNow = async (): Promise<Incident> => {
  const incident = await office.shell.store.load(office.id);
  if (incident === undefined) throw new Error('the incident is gone');
  return incident;
};
async function plan() {
  return must(await incidentNow(), 'awaiting-approval').signed.plan;
}
async function clickOf(user: string): Promise<Extract<Click, { kind: 'approve' }>> {
  const digest = digestPrefix((await plan()).digest);
  return { kind: 'approve', incident: office.id, digest, user, channel: 'C0STAGING' };
}

it('decides nothing where plans are only shown by now, and says by which setting', async () => {
  office = await awaitingOffice();
  const click = await clickOf('U0ANN');
  const environments = [{ ...environment, observe: 'environments.staging.observe' }];
  const policy = { ...office.shell.policy, environments };
  expect(await decide(click, { ...office.shell, policy })).toEqual({
    kind: 'refused',
    words:
      'Nothing was decided, and nobody can: `environments.staging.observe` is true: plans are shown here and not made. Who maintains runmedic.yaml can lift it.',
  });
  expect((await incidentNow()).status).toBe('awaiting-approval');
});

describe('approving', () => {
  it('by somebody named: signs the whole digest, for as long as an approval holds', async () => {
    office = await awaitingOffice();
    const whole = await plan();
    expect(await decide(await clickOf('U0ANN'), office.shell)).toEqual({ kind: 'approved' });
    const { approval } = must(await incidentNow(), 'executing');
    expect(approval).toMatchObject({
      digest: whole.digest,
      approver: 'U0ANN',
      via: 'user',
      issuedAt: at(30),
      expiresAt: at(30 + APPROVAL_HOLDS_SECONDS),
    });
    expect(
      approvalFault(approval, { plan: whole, environment, at: at(40), publicKey: office.publicKey }),
    ).toBeUndefined();
    expect(office.published.at(-1)?.topic).toBe('announcements');
    expect(office.published.map(({ topic }) => topic)).toContain('remediations');
    expect(office.slack.slack.state.messages.list()).toEqual([]);
  });

  it('in the last second of the offer leaves as much time for the write as any other', async () => {
    office = await awaitingOffice();
    const whole = await plan();
    office.clock.now = at(1804);
    await decide(await clickOf('U0ANN'), office.shell);
    const { approval } = must(await incidentNow(), 'executing');
    const judged = { plan: whole, environment, publicKey: office.publicKey };
    expect(approvalFault(approval, { ...judged, at: at(1803 + APPROVAL_HOLDS_SECONDS) })).toBeUndefined();
    expect(approvalFault(approval, { ...judged, at: at(1804 + APPROVAL_HOLDS_SECONDS) })?.kind).toBe('lapsed');
  });

  it('by a member of a usergroup that is named', async () => {
    office = await awaitingOffice();
    expect(await decide(await clickOf('U0BEN'), office.shell)).toEqual({ kind: 'approved' });
    const { approval } = must(await incidentNow(), 'executing');
    expect(approval).toMatchObject({ approver: 'U0BEN', via: 'S0ONCALL' });
  });

  it.each([
    ['a stranger', 'U0SAM', 'not among those who may decide this in staging. <@U0ANN> or <!subteam^S0ONCALL> can.'],
    [
      'a guest, although a member of the usergroup',
      'U0GUEST',
      'guests may not decide. <@U0ANN> or <!subteam^S0ONCALL> can.',
    ],
    ['nobody that Slack knows', 'U0NOBODY', undefined],
    ['the bot itself', 'U0RUNMEDIC', 'bots may not decide.'],
  ])('is refused to %s, who is told who can', async (_, user, words) => {
    const usergroups = [
      { id: 'S0ONCALL', handle: 'oncall', name: 'On-call', users: ['U0BEN', 'U0GUEST', 'U0RUNMEDIC'] },
    ];
    office = await awaitingOffice({ serve: { workspace: { ...acmeWorkspace, usergroups } } });
    const before = await incidentNow();
    expect(await decide(await clickOf(user), office.shell)).toMatchObject({ kind: 'refused' });
    expect(await incidentNow()).toEqual(before);
    if (words !== undefined) expect(office.whispers(user)).toEqual([expect.stringContaining(words)]);
  });

  it('is refused to everybody once the policy names nobody', async () => {
    office = await awaitingOffice();
    const approvers = { ...environment.approvers, users: [], usergroups: [] };
    const policy = { ...office.shell.policy, environments: [{ ...environment, approvers }] };
    expect(await decide(await clickOf('U0ANN'), { ...office.shell, policy })).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('Nobody can: `environments.staging.approvers`')]);
  });

  it("goes by the action's own approvers, not by the environment's", async () => {
    const byAction = { 'scale-connector': { users: ['U0SAM'], usergroups: [] } };
    office = await awaitingOffice({
      environment: { ...environment, approvers: { ...environment.approvers, byAction } },
    });
    expect(await decide(await clickOf('U0ANN'), office.shell)).toMatchObject({ kind: 'refused' });
    expect(await decide(await clickOf('U0SAM'), office.shell)).toEqual({ kind: 'approved' });
  });

  it('is refused for a plan that is not as it was signed, and says so; so is rejecting it', async () => {
    office = await openOffice();
    await office.happens(forgedOffer());
    office.clock.now = at(30);
    const before = await incidentNow();
    const click = await clickOf('U0ANN');
    expect(await decide(click, office.shell)).toMatchObject({ kind: 'refused' });
    expect(await decide({ ...click, kind: 'reject-submitted', reason: 'no' }, office.shell)).toMatchObject({
      kind: 'refused',
    });
    expect(await incidentNow()).toEqual(before);
    expect(office.whispers('U0ANN')).toEqual(Array(2).fill(expect.stringContaining('its digest differs')));
  });

  it('is refused once the offer has ended', async () => {
    office = await awaitingOffice();
    office.clock.now = at(1805);
    expect(await decide(await clickOf('U0ANN'), office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('The offer ended')]);
    expect((await incidentNow()).status).toBe('awaiting-approval');
  });

  it('is refused for a plan that is no longer offered', async () => {
    office = await awaitingOffice();
    const stale = await clickOf('U0ANN');
    const alert = alertNote('0.abc/closed');
    const again = { ...offered(brokenRelease), round: 2, at: at(60) } as ReturnType<typeof offered>;
    await office.happens({ type: 'alert-joined', at: at(50), alert, services: [] }, again);
    expect(digestPrefix((await plan()).digest)).not.toBe(stale.digest);
    expect(await decide(stale, office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('no longer offered')]);
    expect((await incidentNow()).status).toBe('awaiting-approval');
  });

  it.each([
    ['another approved it', [approved()], '<@U0ANN> approved it'],
    ['it is made', [approved(), stepFinished({ kind: 'done' })], 'recovery is being checked'],
    ['another declined it', [rejected], '<@U0BEN> declined it'],
  ])('comes late when %s, and says so', async (_, events, words) => {
    office = await awaitingOffice();
    const click = await clickOf('U0BEN');
    await office.happens(...events);
    const before = await incidentNow();
    expect(await decide(click, office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0BEN')).toEqual([expect.stringContaining(words)]);
    expect(await incidentNow()).toEqual(before);
  });

  it('of an incident that is not there is refused', async () => {
    office = await awaitingOffice();
    const click = { ...(await clickOf('U0ANN')), incident: 'inc-none' };
    expect(await decide(click, office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('knows no incident `inc-none`')]);
  });

  it('by two at once: one wins, the other is told', async () => {
    office = await awaitingOffice();
    const clicks = [await clickOf('U0ANN'), await clickOf('U0BEN')];
    const decided = await Promise.all(clicks.map((click) => decide(click, office.shell)));
    expect(decided.map(({ kind }) => kind).toSorted()).toEqual(['approved', 'refused']);
    const { approval } = must(await incidentNow(), 'executing');
    const loser = approval.approver === 'U0ANN' ? 'U0BEN' : 'U0ANN';
    expect(office.whispers(loser)).toEqual([expect.stringContaining(`<@${approval.approver}> approved it`)]);
    expect(office.published.filter(({ topic }) => topic === 'remediations')).toHaveLength(1);
  });

  it('twice, by a double click or a second delivery, is one approval', async () => {
    office = await awaitingOffice();
    const click = await clickOf('U0ANN');
    expect(await decide(click, office.shell)).toEqual({ kind: 'approved' });
    const once = await incidentNow();
    expect(await decide(click, office.shell)).toMatchObject({ kind: 'refused' });
    expect(await incidentNow()).toEqual(once);
    expect(office.published.filter(({ topic }) => topic === 'remediations')).toHaveLength(1);
  });
});

describe('rejecting', () => {
  const dialog = async (user: string) => {
    const trigger = office.slack.slack.state.triggers.issue(user);
    return office.shell.chat.openModal(trigger, openingModal);
  };
  const view = (id: string) => office.slack.slack.state.views.find({ id });

  it('asks for the reason in the dialog that is open, then ends it as declined', async () => {
    office = await awaitingOffice();
    const opened = await dialog('U0BEN');
    const click = await clickOf('U0BEN');
    expect(await decide({ ...click, kind: 'reject-opened', view: opened }, office.shell)).toEqual({ kind: 'asked' });
    expect(view(opened)?.blocks.at(-1)).toMatchObject({ type: 'input', block_id: 'reason' });
    expect((await incidentNow()).status).toBe('awaiting-approval');
    const submitted = { ...click, kind: 'reject-submitted', reason: 'not now' } as const;
    expect(await decide(submitted, office.shell)).toEqual({ kind: 'rejected' });
    const refusal = { approver: 'U0BEN', reason: 'not now', at: at(30) };
    expect(must(await incidentNow(), 'closed').outcome).toEqual({ kind: 'declined', refusal });
  });

  it('is refused in the dialog to whoever may not', async () => {
    office = await awaitingOffice();
    const opened = await dialog('U0SAM');
    const click = await clickOf('U0SAM');
    expect(await decide({ ...click, kind: 'reject-opened', view: opened }, office.shell)).toMatchObject({
      kind: 'refused',
    });
    expect(JSON.stringify(view(opened)?.blocks)).toContain('not among those who may decide');
    expect(view(opened)?.given['submit']).toBeUndefined();
    expect(office.whispers('U0SAM')).toEqual([]);
    // And again when it is sent all the same.
    expect(await decide({ ...click, kind: 'reject-submitted', reason: 'x' }, office.shell)).toMatchObject({
      kind: 'refused',
    });
    expect(office.whispers('U0SAM')).toHaveLength(1);
    expect((await incidentNow()).status).toBe('awaiting-approval');
  });

  it('is refused beside the card where the dialog was closed, or never opened', async () => {
    office = await awaitingOffice();
    const opened = await dialog('U0SAM');
    office.slack.slack.state.views.close(opened);
    const click = await clickOf('U0SAM');
    await decide({ ...click, kind: 'reject-opened', view: opened }, office.shell);
    expect(office.whispers('U0SAM')).toEqual([expect.stringContaining('not among those who may decide')]);
    await decide({ ...(await clickOf('U0ANN')), kind: 'reject-opened' }, office.shell);
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('three seconds')]);
  });

  it('comes to nothing where the dialog was closed by somebody who may', async () => {
    office = await awaitingOffice();
    const click = await clickOf('U0ANN');
    expect(await decide({ ...click, kind: 'reject-opened', view: 'V0GONE' }, office.shell)).toEqual({ kind: 'asked' });
    expect((await incidentNow()).status).toBe('awaiting-approval');
  });

  it('comes late when the plan was approved while the reason was written', async () => {
    office = await awaitingOffice();
    const click = await clickOf('U0BEN');
    await office.happens(approved());
    expect(await decide({ ...click, kind: 'reject-submitted', reason: 'no' }, office.shell)).toMatchObject({
      kind: 'refused',
    });
    expect(office.whispers('U0BEN')).toEqual([expect.stringContaining('<@U0ANN> approved it')]);
    expect((await incidentNow()).status).toBe('executing');
  });
});

describe('when Slack fails', () => {
  it('for a while, the click is delivered again and nothing is decided', async () => {
    office = await awaitingOffice();
    const click = await clickOf('U0ANN');
    const faults = [
      { kind: 'rate-limit', calls: 1, retryAfterSeconds: 7, method: 'users.info' },
      { kind: 'server-error', calls: 1, status: 503, method: 'users.info' },
    ] as const;
    for (const fault of faults) {
      office.slack.slack.faults.inject(fault);
      await expect(decide(click, office.shell)).rejects.toBeInstanceOf(PlatformFailure);
      expect((await incidentNow()).status).toBe('awaiting-approval');
    }
    expect(await decide(click, office.shell)).toEqual({ kind: 'approved' });
  });

  it('for good, whoever clicked is told', async () => {
    office = await awaitingOffice({ serve: { scopes: ['chat:write', 'usergroups:read'] } });
    expect(await decide(await clickOf('U0ANN'), office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([expect.stringContaining('users.info of U0ANN: missing_scope')]);
    expect((await incidentNow()).status).toBe('awaiting-approval');
  });

  it('to look up a usergroup, a person who is named does not need it', async () => {
    office = await awaitingOffice({ serve: { scopes: ['chat:write', 'users:read'] } });
    expect(await decide(await clickOf('U0ANN'), office.shell)).toEqual({ kind: 'approved' });
  });
});
