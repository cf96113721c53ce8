import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import manifest from '../../deploy/slack-manifest.json' with { type: 'json' };
import { WebChat } from '../../shared/adapters/slack/web-chat.ts';
import { openingModal } from '../../shared/report/reject-modal.ts';
import { BOT_TOKEN, type ServedSlack, serveSlack } from '../sandbox/slack/serve-slack.ts';

const schemaFile = join(import.meta.dirname, '../fixtures/slack/manifest-schema-2.0.0.json');
const validate = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')),
);
const { scopes } = manifest.oauth_config;

let slack: ServedSlack;
afterEach(() => slack?.close());

/** Calls every method that Chat has, once, with these scopes. */
async function useEverything(granted: readonly string[]): Promise<void> {
  slack = await serveSlack({ scopes: granted });
  const chat = new WebChat({ botToken: BOT_TOKEN, apiUrl: `${slack.url}/api/`, nowMs: Date.now });
  const message = { text: 'hello', blocks: [] };
  const place = await chat.post(message, { channel: 'C0STAGING' });
  await chat.update(place, message);
  await chat.whisper('hello', { channel: 'C0STAGING', user: 'U0ANN' });
  const view = await chat.openModal(slack.slack.state.triggers.issue('U0ANN'), openingModal);
  await chat.updateModal(view, openingModal);
  await chat.person('U0ANN');
  await chat.usergroupMembers('S0ONCALL');
}

describe('the manifest', () => {
  it("is one by Slack's own schema", () => {
    validate(manifest);
    expect(validate.errors).toBeNull();
  });

  it('is not one when a key is misspelt: the schema looks', () => {
    expect(validate({ ...manifest, setings: {} })).toBe(false);
    expect(validate({ ...manifest, display_information: {} })).toBe(false);
  });

  it('asks for the scopes that are needed', async () => {
    await expect(useEverything(scopes.bot)).resolves.toBeUndefined();
  });

  it.each(scopes.bot)('asks for no scope that is not: %s', async (scope) => {
    const others = scopes.bot.filter((other) => other !== scope);
    await expect(useEverything(others)).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('missing_scope'),
    });
  });
});
