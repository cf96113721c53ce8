import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chromiumPath, launchBrowser } from '../sandbox/page/browser.ts';
import { eventually } from './eventually.ts';
import { type Laptop, startLaptop } from './laptop.ts';

/** Where pictures for the documentation go, when they are wanted. */
const PICTURES = process.env['RUNMEDIC_SCREENSHOTS'];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Nothing breaks so early. */
const CALM_SECONDS = 12;
/** Machines are shared and noisy: it only ends what never comes. */
const SEEN_WITHIN_MS = 40_000;

const connectors = z.object({
  snapshot: z.object({ connectors: z.array(z.object({ minInstances: z.number(), maxInstances: z.number() })) }),
});

/** The product on a laptop with somebody before its page, in the order in which things happen to them. */
describe.skipIf(chromiumPath === undefined)('a person before the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  describe('approves', () => {
    const seat = aSeat(() => browser, DESKTOP);

    it('sees a world that serves, and a channel with nothing in it', async () => {
      await seat.page.getByText('Users are being served').waitFor();
      await seat.page.getByText('Nothing here yet.').waitFor();
      const clock = seat.page.getByLabel('World time').locator('time');
      const paused = await wordsOf(clock);
      await seat.laptop.pass(CALM_SECONDS);
      await eventually('the page keeps up with the world', async () => (await wordsOf(clock)) !== paused);
      await seat.page.getByText('Users are being served').waitFor();
      await seat.picture('before');
    });

    it('sees the card come: what broke, the numbers that prove it, and before -> after', async () => {
      await seat.laptop.breakFirst();
      await seat.laptop.play();
      await button(seat.card, 'Approve').waitFor();
      await seat.page.getByText(/Users have seen errors for/).waitFor();
      expect(await seat.card.locator('h3').textContent()).toMatch(/^\S+ Critical: staging \(.+\) · Approval needed$/u);
      const words = await wordsOf(seat.card);
      expect(words).toContain('Root cause: VPC connector saturated');
      expect(words).toMatch(/carries 300 Mbps, and its maximum of 3 e2-micro instances can carry about 300/);
      expect(words).toMatch(/2-3 x e2-micro \(about 300 Mbps\) → 2-10 x e2-micro \(about 1000 Mbps\)/);
      expect(words).toMatch(/@Ann Lindqvist or @oncall may decide until/);
      await seat.picture('at-approval');
    });

    it.each([
      ['a stranger', 'U0SAM', 'you are not among those who may decide this in staging. @Ann Lindqvist or @oncall can.'],
      ['a guest', 'U0GUEST', 'guests may not decide. @Ann Lindqvist or @oncall can.'],
    ])('as %s is told, alone, that they may not and who can; nothing changes', async (_, user, words) => {
      const { page, card, laptop } = seat;
      const before = await wordsOf(blocksOf(card));
      await page.getByLabel('You are').selectOption(user);
      await button(card, 'Approve').click();
      const question = page.getByRole('dialog');
      expect(await wordsOf(question)).toMatch(/staging-connector: 2-3 x e2-micro .+ It cannot be undone\./);
      await button(question, 'Approve').click();
      const answer = page.locator('.message.ephemeral');
      await answer.waitFor();
      expect(await wordsOf(answer)).toContain('Only visible to you');
      await expect.poll(() => isInView(answer)).toBe(true);
      expect(await wordsOf(answer)).toContain(`Nothing was decided: ${words}`);
      expect(await wordsOf(blocksOf(card))).toBe(before);
      await seat.nothingChanged();
      await page.getByLabel('You are').selectOption('U0ANN');
      await answer.waitFor({ state: 'detached' });
      expect((await laptop.story()).card.at(-1)?.buttons).toEqual(['Approve', 'Reject', 'Check again']);
    });

    it('as Ann may think twice, and nothing changes until she confirms', async () => {
      await button(seat.card, 'Approve').click();
      await button(seat.page.getByRole('dialog'), 'Not yet').click();
      await seat.page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await button(seat.card, 'Approve').isEnabled()).toBe(true);
      await seat.nothingChanged();
    });

    it('as Ann approves: the change is made, recovery is proven, and no button is left', async () => {
      const { page, card, laptop } = seat;
      await button(card, 'Approve').click();
      await button(page.getByRole('dialog'), 'Approve').click();
      await card.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });
      await laptop.hurry('the card says Resolved', async () => (await headline(card)).endsWith('· Resolved'));
      await page.getByRole('region', { name: 'Google Cloud project' }).getByText('Users are served again').waitFor();
      const words = await wordsOf(card);
      expect(words).toMatch(/Users are served again after \d+ min/);
      expect(words).toMatch(/Approved by @Ann Lindqvist/);
      expect(await liveButtons(page)).toEqual([]);
      const { writes, card: states } = await laptop.story();
      expect(writes.map(({ identity, status }) => [identity.split('@')[0], status])).toEqual([['remediate', 200]]);
      expect(new Set(states.map(({ ts }) => ts)).size).toBe(1);
      expect(await seat.connector()).toEqual({ minInstances: 2, maxInstances: 10 });
    });

    it('reads in the thread how it came to that', async () => {
      const { page, card } = seat;
      await card.getByRole('button', { name: /replies/ }).click();
      const thread = page.getByRole('complementary', { name: 'Thread' });
      // The card is edited first, the thread told after it.
      await thread.getByText('Resolved:').waitFor();
      const replies = (await thread.locator('.message').allInnerTexts()).slice(1).join('\n');
      expect(replies).toMatch(
        /Alert open:[\s\S]*Approval needed[\s\S]*Approved by Ann Lindqvist\.[\s\S]*Done:[\s\S]*Resolved:/,
      );
      await page.getByRole('button', { name: 'Close the thread' }).click();
      await seat.picture('resolved');
    });

    it('was shown no error, and nothing from elsewhere', () => {
      expect(seat.complaints).toEqual([]);
    });
  });

  describe('rejects, on a phone', () => {
    const seat = aSeat(() => browser, PHONE);

    it('sees the card without scrolling sideways', async () => {
      await seat.laptop.breakFirst();
      await seat.laptop.play();
      await button(seat.card, 'Reject').waitFor();
      expect(await overflowing(seat.page)).toEqual([]);
      await seat.page.getByRole('button', { name: /^Google Cloud/ }).click();
      expect(await overflowing(seat.page)).toEqual([]);
      await seat.page.getByRole('button', { name: 'Slack', exact: true }).click();
    });

    it('is asked why, and that it is missing', async () => {
      const { page, card, laptop } = seat;
      await button(card, 'Reject').click();
      const dialog = page.getByRole('dialog', { name: 'Reject the change' });
      await dialog.getByLabel('Why not?').waitFor();
      expect(await wordsOf(dialog)).toContain('Nothing is changed; a new alert opens a new one.');
      expect(await overflowing(page)).toEqual([]);
      await button(dialog, 'Reject').click();
      await dialog.getByText('Please complete this required field.').waitFor();
      await dialog.getByLabel('Why not?').fill('   ');
      await button(dialog, 'Reject').click();
      await dialog.getByText('Say why in a few words.').waitFor();
      expect((await laptop.story()).card.at(-1)?.buttons).toEqual(['Approve', 'Reject', 'Check again']);
    });

    it('rejects with a reason: the card says who, when and why, and has no button left', async () => {
      const { page, card, laptop } = seat;
      const dialog = page.getByRole('dialog', { name: 'Reject the change' });
      await dialog.getByLabel('Why not?').fill('The import ends at <noon> & we wait');
      await button(dialog, 'Reject').click();
      await dialog.waitFor({ state: 'detached' });
      await eventually('the card says Declined', async () => (await headline(card)).endsWith('· Declined'));
      expect(await wordsOf(card)).toMatch(
        /Declined by @Ann Lindqvist .*\d\d:\d\d.*: The import ends at <noon> & we wait\s*Nothing was changed\./,
      );
      expect(await liveButtons(page)).toEqual([]);
      expect(await overflowing(page)).toEqual([]);
      await seat.nothingChanged();
      expect(await laptop.status()).toMatchObject({ deadLetters: 0 });
    });

    it('was shown no error, and nothing from elsewhere', () => {
      expect(seat.complaints).toEqual([]);
    });
  });
});

interface Seat {
  readonly page: Page;
  readonly laptop: Laptop;
  /** The one message with a headline. */
  readonly card: Locator;
  /** What the browser's console said, and whatever the page fetched from elsewhere. */
  readonly complaints: readonly string[];
  readonly connector: () => Promise<{ readonly minInstances: number; readonly maxInstances: number }>;
  readonly nothingChanged: () => Promise<void>;
  /** Taken at both widths. */
  readonly picture: (name: string) => Promise<void>;
}

/** A laptop with its page open, for all tests of a group. */
function aSeat(browser: () => Browser, size: typeof DESKTOP): Seat {
  const complaints: string[] = [];
  let laptop: Laptop | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    laptop = await startLaptop();
    const { url } = laptop.sandbox;
    page = await browser().newPage({ viewport: size });
    page.setDefaultTimeout(SEEN_WITHIN_MS);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => request.url().startsWith(url) || complaints.push(`fetches ${request.url()}`));
    await page.goto(url);
  });
  afterAll(async () => {
    await page?.close();
    await laptop?.stop();
  });
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('the page is not open');
    return thing;
  };
  const connector = async () => {
    const world = await (await fetch(`${there(laptop).sandbox.url}/sandbox/world`)).json();
    const [first] = connectors.parse(world).snapshot.connectors;
    return there(first);
  };
  return {
    get page() {
      return there(page);
    },
    get laptop() {
      return there(laptop);
    },
    get card() {
      return there(page)
        .getByRole('log', { name: /^Messages in/ })
        .getByRole('article')
        .filter({ has: there(page).locator('h3') });
    },
    complaints,
    connector,
    nothingChanged: async () => {
      expect((await there(laptop).story()).writes).toEqual([]);
      expect(await connector()).toEqual({ minInstances: 2, maxInstances: 3 });
    },
    picture: async (name) => {
      if (PICTURES === undefined) return;
      await there(page).setViewportSize(PHONE);
      await there(page).screenshot({ path: join(PICTURES, `${name}-390.png`) });
      await there(page).setViewportSize(size);
      // From its headline on; the list itself keeps its end in sight.
      for (const headline of await there(page).locator('.message h3').all())
        await headline.evaluate((element) => element.closest('.message')?.scrollIntoView());
      await there(page).screenshot({ path: join(PICTURES, `${name}.png`) });
    },
  };
}

const button = (within: Locator | Page, name: string): Locator => within.getByRole('button', { name, exact: true });

const wordsOf = async (within: Locator): Promise<string> => (await within.textContent()) ?? '';

/** What the bot wrote. Below it Slack counts replies: the call for a decision is posted right after the card offers it, as an edited message notifies nobody. */
const blocksOf = (card: Locator): Locator => card.locator('.blocks');

/** Its beginning is where somebody who looks at the page can read it. */
const isInView = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const list = element.closest('.messages')?.getBoundingClientRect();
    return list !== undefined && top >= list.top && top < Math.min(list.bottom, window.innerHeight);
  });

const headline = (card: Locator): Promise<string> => wordsOf(card.locator('h3'));

/** Buttons that the bot's messages still offer. */
const liveButtons = (page: Page): Promise<string[]> => page.locator('.messages .slack-button').allInnerTexts();

/** What is wider than the screen: the page itself, or a list in it. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.messages, .world, dialog[open]')]
      .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName}.${element.className}: ${element.scrollWidth} > ${element.clientWidth}`),
  );
