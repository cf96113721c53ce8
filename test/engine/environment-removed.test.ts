import { afterEach, describe, expect, it } from 'vitest';
import { announce } from '../../shared/engine/announce.ts';
import { carryOut } from '../../shared/engine/carry-out.ts';
import { decide } from '../../shared/engine/decide.ts';
import { escalate } from '../../shared/engine/escalate.ts';
import { investigate } from '../../shared/engine/investigate.ts';
import { patrol } from '../../shared/engine/patrol.ts';
import { verify } from '../../shared/engine/verify.ts';
import type { Effect } from '../../shared/incident/effect.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { REST_SECONDS } from '../../shared/incident/without-environment.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { digestPrefix } from '../../shared/report/click.ts';
import { at, environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { approved, offered, started, stepFinished } from '../report/stages.ts';
import { awaitingOffice, type Office, openOffice } from './office.ts';

let office: Office;
afterEach(() => office.close());

/** The file after somebody took staging out of it. */
const elsewhere = { ...environment, name: 'production', slack: { channel: 'C0PRODUCTION' } };
const top = { channel: 'C0STAGING', approvers: { users: ['U0ANN'], usergroups: [] } };
const removed: Policy = { ownProject: 'acme-runmedic', environments: [elsewhere], top };
const NEVER = new AbortController().signal;

const shell = (policy = removed) => ({ ...office.shell, policy });
const incidentNow = async () => {
  const incident = await office.shell.store.load(office.id);
  if (incident === undefined) throw new Error('the incident is gone');
  return incident;
};
const patrolAt = (seconds: number, policy = removed) => {
  office.clock.now = at(seconds);
  return patrol(shell(policy));
};
/** What chat.ts is handed, in the order in which it was published. */
async function shown(policy = removed): Promise<void> {
  for (const { topic, message } of office.published.splice(0)) {
    // Slack takes one message a second and channel; the machine's time is the test's.
    office.slack.clock.machineMs += 2000;
    if (topic !== 'announcements') continue;
    // Sound: what the engine published is an effect of its own.
    const effect = JSON.parse(message.data) as Effect;
    if (effect.type === 'announce') await announce(effect, shell(policy));
    if (effect.type === 'escalate') await escalate(effect, shell(policy));
  }
}
const calls = () =>
  office.slack.slack.state.messages
    .list()
    .filter(({ text }) => text.includes('its environment was removed from the configuration.*'));

describe('an environment that is removed while an incident is open', () => {
  it('has it handed to people, once, where its card is, with the reason; then it rests', async () => {
    office = await awaitingOffice();
    office.published.push({ topic: 'announcements', message: messageOf({ type: 'announce', incident: office.id }) });
    await shown(office.shell.policy);
    expect(await patrolAt(1805)).toMatchObject({ due: 1, failed: [] });
    await shown();
    expect(await incidentNow()).toMatchObject({ status: 'escalated', reason: 'environment-removed' });
    expect(office.channel()).toHaveLength(1);
    expect(JSON.stringify(office.channel()[0]?.blocks)).toMatch(
      /The configuration no longer has environments\.staging: nobody may decide.+Put it back/,
    );
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatchObject({ channel: 'C0STAGING', text: expect.stringContaining('<@U0ANN>') });
    expect(office.channel()[0]?.blocks.some(({ type }) => type === 'actions')).toBe(false);

    for (let seconds = 1865; seconds < 5000; seconds += 60)
      expect(await patrolAt(seconds)).toEqual({ due: 0, redelivered: 0, failed: [] });
    for (const days of [1, 2, 3])
      expect(await patrolAt(1805 + days * REST_SECONDS)).toEqual({ due: 1, redelivered: 0, failed: [] });
    expect(office.published).toEqual([]);
    expect(calls()).toHaveLength(1);
  });

  it('tells it where the top of the file says, while there is no card', async () => {
    office = await openOffice();
    await patrolAt(130);
    await shown();
    expect(calls()[0]).toMatchObject({ channel: 'C0STAGING' });
    expect(office.channel()).not.toEqual([]);
  });

  it('calls nobody by name where the top of the file names nobody, and says so aloud where it names no channel', async () => {
    office = await openOffice();
    await patrolAt(130);
    const { top: _, ...nothing } = removed;
    await expect(shown(nothing)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('slack.channel at its top names none'),
    });
    office.published.push({ topic: 'announcements', message: messageOf({ type: 'announce', incident: office.id }) });
    await shown();
    office.published.push({
      topic: 'announcements',
      message: messageOf({ type: 'escalate', incident: office.id, level: 0 }),
    });
    await shown(nothing);
    expect(calls()[0]?.text).not.toContain('<@');
  });

  it('is looked at again once it is back', async () => {
    office = await openOffice();
    await patrolAt(130);
    await patrolAt(130 + REST_SECONDS, office.shell.policy);
    expect(await incidentNow()).toMatchObject({ status: 'investigating', round: 2 });
  });

  it('refuses a click, says why, and has it handed to people at once', async () => {
    office = await awaitingOffice();
    const { digest } = must(await incidentNow(), 'awaiting-approval').signed.plan;
    const click = { incident: office.id, digest: digestPrefix(digest), user: 'U0ANN', channel: 'C0STAGING' };
    expect(await decide({ kind: 'approve', ...click }, shell())).toMatchObject({ kind: 'refused' });
    expect(office.whispers('U0ANN')).toEqual([
      expect.stringContaining('`environments.staging` is no longer in the configuration'),
    ]);
    expect(await incidentNow()).toMatchObject({ status: 'escalated', reason: 'environment-removed' });
  });

  it.each<[Effect['type'], readonly IncidentEvent[]]>([
    ['investigate', []],
    ['carry-out', [offered(), approved(), started]],
    ['verify', [offered(), approved(), stepFinished({ kind: 'done' })]],
  ])('has nothing done by %s, which hands it to people', async (type, events) => {
    office = await openOffice();
    const incident = await office.happens(...events);
    const digest = 'signed' in incident && incident.signed !== undefined ? incident.signed.plan.digest : '';
    const nothing = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`${String(name)} was asked`)) });
    // Whatever is asked of the cloud fails the test.
    const own = { ...shell(), cloud: nothing, prober: nothing, writer: nothing } as never;
    if (type === 'investigate') await investigate({ type, incident: office.id, round: 1 }, own, NEVER);
    if (type === 'carry-out')
      await carryOut({ type, incident: office.id, digest, step: 0, direction: 'apply' }, own, NEVER);
    if (type === 'verify') await verify({ type, incident: office.id, digest }, own, NEVER);
    expect(await incidentNow()).toMatchObject({ status: 'escalated', reason: 'environment-removed' });
  });
});

const messageOf = (effect: Effect) => ({ data: JSON.stringify(effect), attributes: {} });
