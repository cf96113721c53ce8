import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Laptop, slackNow, startLaptop } from './laptop.ts';
import { statesOf } from './story.ts';

const DENYING = join(import.meta.dirname, '../../sandbox/scenarios/firewall-egress-deny.yaml');
/** When the rule's author takes it back, in seconds of the scenario: some minutes after the first look, or never while anybody looks. */
const MENDED_AT_SECONDS = 1100;
const NEVER_SECONDS = 86_400;

const world = z.object({ snapshot: z.object({ services: z.array(z.object({ state: z.string() })) }) });

/** A firewall rule that only people may touch: who says that it is done, and whether it is. */
describe('what is done by hand', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'runmedic-by-hand-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function scenario(until: number): string {
    const file = join(folder, `mended-at-${until}.yaml`);
    const rule =
      '{ name: deny-legacy-range, action: DENY, priority: 900, ranges: [10.20.0.0/16], targetTags: [vpc-connector] }';
    writeFileSync(
      file,
      `name: mended-by-hand\ndescription: a rule that its author takes back\nextends: ${DENYING}\ncauses:\n  - { type: firewall-added, at: 20, until: ${until}, network: staging, by: security@acme.example, rule: ${rule} }\n`,
    );
    return file;
  }

  /** @param until when the world is mended, by hand. */
  async function offered(until: number): Promise<Laptop> {
    const laptop = await startLaptop({ scenario: scenario(until) });
    await laptop.breakFirst();
    await laptop.play();
    await laptop.hurry('the card asks for hands', async () => (await buttons(laptop)).includes('Done'));
    return laptop;
  }

  const buttons = async (laptop: Laptop) => (await laptop.story()).card.at(-1)?.buttons ?? [];
  const headline = async (laptop: Laptop) => statesOf((await laptop.story()).card).at(-1);

  const states = async ({ sandbox }: Laptop) =>
    world.parse(await (await fetch(`${sandbox.url}/sandbox/world`)).json()).snapshot.services.map(({ state }) => state);
  /** All that the card says, as blocks. */
  const cardText = async ({ sandbox }: Laptop) => JSON.stringify((await slackNow(sandbox)).messages[0]?.blocks);

  async function clicks(laptop: Laptop, user: string, label: string): Promise<void> {
    for (const { ts, blocks } of (await slackNow(laptop.sandbox)).messages)
      for (const block of blocks) {
        const elements = Array.isArray(block['elements']) ? block['elements'] : [];
        const found = elements.find((element) => element?.text?.text === label);
        if (found === undefined) continue;
        const place = { kind: 'message', channel: 'C0STAGING', ts };
        const body = JSON.stringify({ user, place, blockId: block.block_id, actionId: found.action_id });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${laptop.sandbox.url}/page/click`, { method: 'POST', headers, body });
        expect(await answer.json()).toEqual({ kind: 'done' });
        return;
      }
    throw new Error(`nothing offers ${label}`);
  }

  describe('by an approver, once it is done', () => {
    let laptop: Laptop;
    beforeAll(async () => {
      laptop = await offered(MENDED_AT_SECONDS);
    });
    afterAll(() => laptop?.stop());

    it('calls those who may say so, and shows them how', async () => {
      const { thread } = await laptop.story();
      expect(await buttons(laptop)).toEqual(['Done', 'Reject', 'Check again']);
      expect(await cardText(laptop)).toContain(
        'gcloud compute firewall-rules update deny-legacy-range --disabled --project=acme-staging',
      );
      expect(thread.map(({ text }) => text).join('\n')).toContain(
        '<!subteam^S0ONCALL> <@U0ANN> *To be done by hand.* Firewall blocks the way.',
      );
    });

    it('takes no word of a stranger for it', async () => {
      await clicks(laptop, 'U0SAM', 'Done');
      await laptop.hurry('Sam is told', async () => (await laptop.story()).whispers.length > 0);
      expect((await laptop.story()).whispers.map(({ onlyFor, text }) => [onlyFor, text])).toEqual([
        ['U0SAM', expect.stringContaining('you are not among those who may decide this in staging')],
      ]);
      expect(await headline(laptop)).toBe('To be done by hand');
    });

    it('proves that users are served again, and says who did it', async () => {
      await laptop.hurry('the rule is gone', async () => (await states(laptop)).every((state) => state === 'serving'));
      await clicks(laptop, 'U0ANN', 'Done');
      await laptop.hurry(
        'the card says how it ended',
        async () => (await buttons(laptop)).length === 0 && (await headline(laptop)) !== 'Checking recovery',
      );
      const { card, thread, writes, failures } = await laptop.story();
      expect(statesOf(card)).toEqual(['Investigating', 'To be done by hand', 'Checking recovery', 'Resolved']);
      expect(await cardText(laptop)).toContain('Done by hand by <@U0ANN>');
      expect(thread.map(({ text }) => text).join('\n')).toContain(
        'Done by Ann Lindqvist, by hand: Disable firewall rule',
      );
      expect(writes).toEqual([]);
      expect(failures).toEqual([]);
    });
  });

  describe('by an approver who has not done it', () => {
    let laptop: Laptop;
    beforeAll(async () => {
      laptop = await offered(NEVER_SECONDS);
    });
    afterAll(() => laptop?.stop());

    it('is seen not to have helped, and people have it', async () => {
      await clicks(laptop, 'U0ANN', 'Done');
      await laptop.hurry('people are called', async () => (await headline(laptop))?.startsWith('Needs people'));
      const { card, thread, writes } = await laptop.story();
      expect(statesOf(card)).toEqual([
        'Investigating',
        'To be done by hand',
        'Checking recovery',
        'Investigating',
        'Needs people: no safe change to offer',
      ]);
      expect(await cardText(laptop)).toContain('done by hand, recovery was not proven');
      expect(thread.map(({ text }) => text).join('\n')).toContain('Recovery not proven');
      expect(writes).toEqual([]);
    });
  });
});
