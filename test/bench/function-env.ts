import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FunctionName } from '../../functions/config.ts';

export const functions: readonly FunctionName[] = [
  'slack',
  'alert',
  'patrol',
  'chat',
  'investigate',
  'remediate',
  'retest',
];
export const SIGNING_SECRET = randomBytes(16).toString('hex');

const secret = (): string => randomBytes(16).toString('hex');
const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** What any one function needs to start by itself (functions/config.ts), with nothing behind it but `publishing`. */
export const functionEnv = (options: {
  readonly stateFile: string;
  /** Where it publishes; nothing is looked up to find a token for that. */
  readonly publishing: string;
}): Readonly<Record<string, string>> => ({
  RUNMEDIC_CONFIG: join(import.meta.dirname, '..', '..', 'examples', 'acme-staging.yaml'),
  RUNMEDIC_STATE_FILE: options.stateFile,
  RUNMEDIC_PUBSUB_PROJECT: 'acme-runmedic',
  RUNMEDIC_PUBSUB_ENDPOINT: options.publishing,
  RUNMEDIC_IDENTITY_TOKENS: JSON.stringify(Object.fromEntries(functions.map((name) => [name, secret()]))),
  RUNMEDIC_GITHUB_TOKEN: secret(),
  SLACK_BOT_TOKEN: `xoxb-${secret()}`,
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  RUNMEDIC_PLAN_KEY: privateKey,
  RUNMEDIC_PLAN_PUBLIC_KEY: publicKey,
  RUNMEDIC_APPROVAL_KEY: privateKey,
  RUNMEDIC_APPROVAL_PUBLIC_KEY: publicKey,
});
