import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveSandbox } from '../serve-sandbox.ts';
import { chromiumPath, launchBrowser } from './browser.ts';

const channel = 'C0STAGING';
const text = (words: string) => ({ type: 'plain_text' as const, text: words });
const connector = '/v1/projects/acme-staging/locations/us-central1/connectors/staging-connector';

const heading = { type: 'header' as const, text: text('Backend answers 503') };
const card = [
  heading,
  {
    type: 'section' as const,
    text: {
      type: 'mrkdwn' as const,
      text: '*Saturated*: `staging-connector`, says <@U0ANN> &amp; <https://a.test/x|the console>',
    },
  },
  {
    type: 'actions' as const,
    block_id: 'decide',
    elements: [
      {
        type: 'button' as const,
        style: 'primary' as const,
        action_id: 'approve',
        value: 'plan-1',
        text: text('Approve'),
        confirm: { title: text('Raise it?'), text: text('From 3 to 6'), confirm: text('Raise'), deny: text('Not yet') },
      },
      { type: 'button' as const, style: 'danger' as const, action_id: 'reject', value: 'plan-1', text: text('Reject') },
    ],
  },
];

const modal = {
  type: 'modal' as const,
  title: text('Reject the change'),
  submit: text('Send'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: text('Why not?'),
      element: { type: 'plain_text_input' as const, action_id: 'reason', multiline: true },
    },
  ],
};

/** The same before the app knows what it is about. */
const lookingUp = {
  type: 'modal' as const,
  title: modal.title,
  blocks: [{ type: 'section' as const, text: text('Looking it up') }],
};
const FILLED_AFTER_MS = 500;
let fillsLater = false;
/** What was clicked, in the app's own words. */
let clicks: string[] = [];

/** Decides like the bot would: only Ann may, and a card that is decided has no buttons. */
// biome-ignore lint/suspicious/noExplicitAny: payloads are looked into freely by the tests
async function app(payload: any, client: Awaited<ReturnType<typeof serveSandbox>>['client']): Promise<unknown> {
  const { user, type } = payload;
  const decided = (ts: string, words: string) =>
    client.chat.update({
      channel,
      ts,
      text: words,
      blocks: [heading, { type: 'section', text: { type: 'mrkdwn', text: words } }],
    });
  if (type === 'view_submission') {
    const reason = payload.view.state.values.why.reason.value;
    if (reason.length < 5) return { response_action: 'errors', errors: { why: 'Say a little more' } };
    await decided(payload.view.private_metadata, `Rejected by <@${user.id}>: ${reason}`);
    return undefined;
  }
  if (type !== 'block_actions') return undefined;
  const { ts } = payload.message;
  clicks.push(payload.actions[0].action_id);
  if (user.id !== 'U0ANN')
    await client.chat.postEphemeral({ channel, user: user.id, text: 'Only <@U0ANN> may decide' });
  else if (payload.actions[0].action_id === 'approve') await decided(ts, `Approved by <@${user.id}>`);
  else if (!fillsLater)
    await client.views.open({ trigger_id: payload.trigger_id, view: { ...modal, private_metadata: ts } });
  else {
    const opened = await client.views.open({ trigger_id: payload.trigger_id, view: lookingUp });
    setTimeout(() => void client.views.update({ view_id: String(opened.view?.id), view: modal }), FILLED_AFTER_MS);
  }
  return undefined;
}

describe.skipIf(chromiumPath === undefined)('the page in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let sandbox: Awaited<ReturnType<typeof serveSandbox>>;
  let complaints: string[];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    fillsLater = false;
    clicks = [];
    sandbox = await serveSandbox({ scenario: 'staging-503', onInteraction: app });
    await sandbox.client.chat.postMessage({ channel, text: 'Backend answers 503', blocks: card });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(10_000);
    complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on(
      'request',
      (request) => request.url().startsWith(sandbox.url) || complaints.push(`fetches ${request.url()}`),
    );
    await page.goto(sandbox.url);
  });
  afterEach(async () => {
    await page.close();
    await sandbox.close();
    expect(complaints).toEqual([]);
  });

  const message = () => page.getByRole('article', { name: /^runmedic/ });
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('shows a message as Slack does, and approves after asking', async () => {
    expect(await message().locator('h3').textContent()).toBe('Backend answers 503');
    expect(await message().locator('code').textContent()).toBe('staging-connector');
    expect(await message().locator('.text').first().textContent()).toBe(
      'Saturated: staging-connector, says @Ann Lindqvist & the console',
    );
    await button('Approve').click();
    await button('Not yet').click();
    expect(await button('Approve').count()).toBe(1);
    await button('Approve').click();
    await button('Raise').click();
    await page.getByText('Approved by @Ann Lindqvist').waitFor();
    expect(await button('Approve').count()).toBe(0);
    expect(await message().textContent()).toContain('(edited)');
  });

  /** Quicker than the page is drawn anew. */
  const twice = (name: string) =>
    button(name).evaluate((element: HTMLElement) => {
      element.click();
      element.click();
    });

  it('sends one click for two on the button that confirms, and complains of nothing', async () => {
    await button('Approve').click();
    await twice('Raise');
    await page.getByText('Approved by @Ann Lindqvist').waitFor();
    expect(clicks).toEqual(['approve']);
    expect(await page.locator('.note').allTextContents()).toEqual([]);
  });

  it('sends one click for two on a button that asks nothing first', async () => {
    await twice('Reject');
    await page.getByRole('dialog', { name: 'Reject the change' }).waitFor();
    expect(clicks).toEqual(['reject']);
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  it('rejects with a reason, by keyboard alone, and says what is wrong with it', async () => {
    await button('Reject').focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Reject the change' });
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Please complete this required field.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('no');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Say a little more').waitFor();
    await page.getByLabel('Why not?').fill('Traffic is falling');
    await button('Send').click();
    await page.getByText('Rejected by @Ann Lindqvist: Traffic is falling').waitFor();
    await dialog.waitFor({ state: 'detached' });
  });

  const focused = () => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? 'nothing');

  it('gives the focus back to the button when a question is closed by Escape or by its own button', async () => {
    for (const close of [() => page.keyboard.press('Escape'), () => button('Not yet').click()]) {
      await button('Approve').click();
      const question = page.getByRole('dialog', { name: 'Raise it?' });
      await question.waitFor();
      await close();
      await question.waitFor({ state: 'detached' });
      expect(await focused()).toMatch(/^<button[^>]+primary[^>]*>.*Approve/);
    }
  });

  it('puts the focus into the first field of a dialog that is filled after it opened', async () => {
    fillsLater = true;
    await button('Reject').click();
    const dialog = page.getByRole('dialog', { name: 'Reject the change' });
    await dialog.getByText('Looking it up').waitFor();
    await dialog.getByLabel('Why not?').waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused()).toMatch(/^<button[^>]+danger[^>]*>.*Reject/);
  });

  it('tells a stranger alone that they may not decide', async () => {
    const picker = page.getByLabel('You are');
    await picker.selectOption('U0SAM');
    await button('Approve').click();
    await button('Raise').click();
    await page.getByText('Only visible to you').waitFor();
    await picker.selectOption('U0ANN');
    await page.getByText('Only visible to you').waitFor({ state: 'detached' });
    expect(await button('Approve').count()).toBe(1);
  });

  it('opens threads, and says when an app does not answer', async () => {
    const ts = await message().getAttribute('data-ts');
    await sandbox.client.chat.postMessage({ channel, thread_ts: String(ts), text: 'Looked at *7* things' });
    await page.getByRole('button', { name: /1 reply/ }).click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('Looked at 7 things').waitFor();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await sandbox.control('connect', {
      slackRequestUrl: `${sandbox.url}/nowhere`,
      schedulerUrl: sandbox.url,
      publishUrl: sandbox.url,
      statusUrl: sandbox.url,
    });
    await button('Reject').click();
    await page.getByText('the app answered with status code 404').waitFor();
  });

  it('shows the world as it fails and heals, and who changed what', async () => {
    await page.getByText('Users are being served').waitFor();
    await sandbox.control('run-until', { alert: true, thenSeconds: 60 });
    await page.getByText(/Users have seen errors for/).waitFor();
    await page.getByRole('article', { name: 'Service backend' }).getByText('down').waitFor();
    await sandbox.call('investigate', 'GET', connector);
    await sandbox.call('investigate', 'PATCH', `${connector}?updateMask=maxInstances`, { maxInstances: 6 });
    await sandbox.call('remediate', 'PATCH', `${connector}?updateMask=minInstances,maxInstances`, {
      minInstances: 3,
      maxInstances: 6,
    });
    await sandbox.control('run-until', { thenSeconds: 480 });
    await page.getByText('Users are served again').waitFor();
    const rows = await page.locator('.timeline .write').allTextContents();
    expect(
      rows.map((row) =>
        row
          .replaceAll(/\s+/g, ' ')
          .replace(/^ ?[\d:]+/, '')
          .trim(),
      ),
    ).toEqual([
      'remediate PATCH connectors/staging-connector 200 changed',
      'investigate PATCH connectors/staging-connector 403 refused',
    ]);
    expect(await page.locator('.timeline .reads').textContent()).toMatch(/investigate read connectors\s+1×/);
    expect(await page.locator('canvas').count()).toBe(1);
  });

  it('fits a phone, one side at a time', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.getByRole('region', { name: 'Google Cloud project' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: /^Google Cloud/ }).click();
    expect(await page.getByRole('region', { name: 'Google Cloud project' }).isVisible()).toBe(true);
    expect(await page.getByRole('region', { name: 'Slack' }).isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
