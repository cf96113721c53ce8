import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Laptop, slackNow, startLaptop } from './laptop.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop({ decision: 'approve' });
  await laptop.play();
});
afterAll(() => laptop?.stop());

it('runs the end-to-end tests of what it healed, by every function and over the wire, and shows their result', async () => {
  const isIn = (text: string) => async () => (await laptop.story()).thread.some((said) => said.text.includes(text));
  await laptop.hurry(
    'the result is in the thread',
    isIn('*End-to-end tests:* <https://github.com/acme/shop/actions/runs/'),
  );
  const card = async () => JSON.stringify((await slackNow(laptop.sandbox)).messages[0]?.blocks);
  await laptop.hurry('the result is on the card', async () => (await card()).includes('✓ *End-to-end tests*: <'));
  expect((await laptop.story()).card.at(-1)?.text).toContain('· Resolved');
  expect((await laptop.status()).deadLetters).toBe(0);
});
