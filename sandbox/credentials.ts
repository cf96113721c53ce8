import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { defaultScopes } from './slack/create-slack.ts';

const schema = z.strictObject({
  /** Bearer token -> identity. */
  tokens: z.record(z.string().min(1), z.email()),
  slack: z.strictObject({
    botToken: z.string().startsWith('xoxb-'),
    signingSecret: z.string().min(1),
    scopes: z.array(z.string()).default([...defaultScopes]),
  }),
  /** With which workflows are dispatched at GitHub. */
  github: z
    .string()
    .min(1)
    .default(() => secret()),
  /** With which notifications are published. */
  monitoring: z.string().min(1),
  /** With which the bot is called every minute. */
  scheduler: z.string().min(1),
});

/** Who may call whom with what. */
export type Credentials = z.infer<typeof schema>;

/** A file that cannot be used; the message says why. */
export class CredentialsError extends Error {}

/** @throws CredentialsError naming everything that is wrong with the file. */
export function readCredentials(file: string): Credentials {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CredentialsError(`--tokens ${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CredentialsError(`--tokens ${file} is not what it should be:\n${z.prettifyError(parsed.error)}`);
}

/** Without a file nobody outside knows a token: the page works, and no call is let in. */
export const randomCredentials = (): Credentials => ({
  tokens: {},
  slack: { botToken: `xoxb-${secret()}`, signingSecret: secret(), scopes: [...defaultScopes] },
  github: secret(),
  monitoring: secret(),
  scheduler: secret(),
});

const secret = (): string => randomBytes(24).toString('base64url');
