import { afterEach, describe, expect, it } from 'vitest';
import { announce } from '../../shared/engine/announce.ts';
import { decide } from '../../shared/engine/decide.ts';
import { pastIncidents } from '../../shared/engine/past-incidents.ts';
import { noCheck } from '../../shared/incident/when-check-asked.ts';
import type { Click } from '../../shared/report/click.ts';
import { at, NOW } from '../builders/evidence.ts';
import { approved, offered } from '../report/stages.ts';
import { awaitingOffice, type Office } from './office.ts';

let office: Office;
afterEach(() => office.close());

const click = (user: string, over: Partial<Extract<Click, { kind: 'check-again' }>> = {}): Click => ({
  kind: 'check-again',
  incident: office.id,
  user,
  channel: 'C0STAGING',
  ...over,
});
const statusNow = async () => (await office.shell.store.load(office.id))?.status;

describe('a look that somebody asks for', () => {
  it('is made for any member of the workspace, named in the policy or not', async () => {
    office = await awaitingOffice();
    expect(await decide(click('U0SAM'), office.shell)).toEqual({ kind: 'looking' });
    expect(await statusNow()).toBe('awaiting-approval');
    expect(office.published.map(({ topic }) => topic)).toContain('investigations');
    expect(office.whispers('U0SAM')).toEqual([]);
  });

  it('takes no button from those who decide, and calls nobody to the offer a second time', async () => {
    office = await awaitingOffice();
    const { shell, id, happens, channel, thread } = office;
    await announce({ type: 'announce', incident: id }, shell);
    const broadcasts = channel().length;
    await decide(click('U0SAM'), shell);
    await announce({ type: 'announce', incident: id }, shell);
    const [card] = channel();
    expect(JSON.stringify(card?.blocks)).toContain('"approve-plan"');
    expect(JSON.stringify(card?.blocks)).toContain('Looking again, asked by <@U0SAM>');
    await happens({ ...offered(), at: at(40) });
    await announce({ type: 'announce', incident: id }, shell);
    expect(channel()).toHaveLength(broadcasts);
    const told = thread().slice(-2);
    expect(told[0]?.text).toContain('had it looked at again.');
    expect(told[1]?.text).toContain('Looked again: the same was found, and the offer stands.');
  });

  it('is made once, however often the click is delivered', async () => {
    office = await awaitingOffice();
    await decide(click('U0SAM'), office.shell);
    const looks = office.published.length;
    expect(await decide(click('U0SAM'), office.shell)).toMatchObject({ kind: 'refused' });
    expect(office.published).toHaveLength(looks);
    expect(office.whispers('U0SAM')).toEqual([expect.stringContaining('looking at it right now')]);
  });

  it.each([
    ['a guest', 'U0GUEST', 'guests may not ask for a look'],
    ['the bot itself', 'U0RUNMEDIC', 'bots may not ask for a look'],
  ])('is refused to %s, where only they see it', async (_, user, words) => {
    office = await awaitingOffice();
    expect(await decide(click(user), office.shell)).toMatchObject({
      kind: 'refused',
      words: expect.stringContaining(words),
    });
    expect(await statusNow()).toBe('awaiting-approval');
  });

  it('is refused while a change is under way, and of an incident that nobody knows', async () => {
    office = await awaitingOffice();
    await office.happens(approved());
    expect(await decide(click('U0ANN'), office.shell)).toMatchObject({ words: expect.stringContaining('under way') });
    expect(await decide(click('U0ANN', { incident: 'inc-none' }), office.shell)).toMatchObject({
      words: expect.stringContaining('knows no incident'),
    });
  });

  it('is refused where the configuration has no such environment any more, and people get the incident', async () => {
    office = await awaitingOffice();
    const shell = { ...office.shell, policy: { ownProject: 'acme-runmedic', environments: [] } };
    expect(await decide(click('U0ANN'), shell)).toMatchObject({ words: expect.stringContaining('no longer has') });
    const incident = await office.shell.store.load(office.id);
    expect(incident).toMatchObject({ status: 'escalated', reason: 'environment-removed' });
    expect(incident && noCheck(incident, at(300))).toBe('not-configured');
  });

  it('that comes second between look and save is refused as one', async () => {
    office = await awaitingOffice();
    const { shell } = office;
    const { load } = shell.store;
    let first = true;
    // Between the look and the save somebody else is served.
    const store = Object.assign(Object.create(shell.store), {
      load: async (id: string) => {
        const incident = await load.call(shell.store, id);
        if (first) {
          first = false;
          await decide(click('U0BEN'), shell);
        }
        return incident;
      },
    });
    expect(await decide(click('U0SAM'), { ...shell, store })).toMatchObject({
      kind: 'refused',
      words: expect.stringContaining('looking at it right now'),
    });
  });
});

describe('what the store remembers', () => {
  it('is what ended in the environment, since then', async () => {
    office = await awaitingOffice();
    const { shell } = office;
    const history = pastIncidents(shell.store);
    const asked = { environment: 'staging', since: NOW };
    expect(await history.ended(asked)).toEqual([]);
    const incident = await shell.store.load(office.id);
    if (incident?.status !== 'awaiting-approval') throw new Error('it waits for nobody');
    const refusal = { approver: 'U0ANN', reason: 'no', at: at(60) };
    await office.happens({ type: 'rejected', at: at(60), digest: incident.signed.plan.digest, refusal });
    expect(await history.ended(asked)).toMatchObject([{ id: office.id, outcome: 'declined', closedAt: at(60) }]);
    expect(await history.ended({ ...asked, environment: 'production' })).toEqual([]);
    expect(await history.ended({ ...asked, since: at(61) })).toEqual([]);
  });
});
