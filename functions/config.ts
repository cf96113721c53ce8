import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { faultLine } from '../shared/policy/fault.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import type { Policy } from '../shared/policy/policy.ts';
import { actionNames } from '../shared/remedy/actions.ts';

/** The identities that runmedic runs under, one for each deployed function. */
export type FunctionName = 'alert' | 'investigate' | 'slack' | 'chat' | 'remediate' | 'patrol';

const address = z.url({ protocol: /^https?$/ });
const identityTokens = z.string().transform((text, context): Record<string, string> => {
  const tokens = z.record(z.string(), z.string()).safeParse(jsonOrUndefined(text));
  if (tokens.success) return tokens.data;
  context.addIssue({ code: 'custom', message: 'a JSON object of function name to token' });
  return z.NEVER;
});

/** Every setting that comes from the environment. What only some functions need is optional here and demanded by `needs`. */
const settings = z.object({
  RUNMEDIC_CONFIG: z.string().default('runmedic.yaml'),
  /** The embedded store: a file of SQLite. */
  RUNMEDIC_STATE_FILE: z.string().optional(),
  RUNMEDIC_PUBSUB_PROJECT: z.string().optional(),
  RUNMEDIC_PUBSUB_ENDPOINT: address.default('https://pubsub.googleapis.com'),
  SLACK_BOT_TOKEN: z.string().optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  RUNMEDIC_PLAN_KEY: z.string().optional(),
  RUNMEDIC_PLAN_PUBLIC_KEY: z.string().optional(),
  RUNMEDIC_APPROVAL_KEY: z.string().optional(),
  RUNMEDIC_APPROVAL_PUBLIC_KEY: z.string().optional(),
  // Where things are when they are not where they usually are.
  RUNMEDIC_GOOGLE_ENDPOINT: address.optional(),
  RUNMEDIC_SLACK_API_URL: address.default('https://slack.com/api/'),
  RUNMEDIC_CLOCK_URL: address.optional(),
  /** As curl's --connect-to, comma-separated: HOST:PORT:HOST:PORT. */
  RUNMEDIC_CONNECT_TO: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((entry) => entry !== '')),
  RUNMEDIC_CA_FILE: z.string().optional(),
  /** Tokens by function, where no metadata server gives them. */
  RUNMEDIC_IDENTITY_TOKENS: identityTokens.optional(),
});

export type Settings = z.infer<typeof settings>;
type Setting = keyof Settings;

/** What each identity needs, and so is given: an identity that lacks a key cannot sign with it. */
const needs: Readonly<Record<FunctionName, readonly Setting[]>> = {
  alert: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT'],
  investigate: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT', 'RUNMEDIC_PLAN_KEY'],
  slack: ['RUNMEDIC_PUBSUB_PROJECT', 'SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'],
  chat: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT', 'SLACK_BOT_TOKEN', 'RUNMEDIC_APPROVAL_KEY'],
  remediate: [
    'RUNMEDIC_STATE_FILE',
    'RUNMEDIC_PUBSUB_PROJECT',
    'RUNMEDIC_PLAN_PUBLIC_KEY',
    'RUNMEDIC_APPROVAL_PUBLIC_KEY',
  ],
  patrol: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT'],
};

export interface Config {
  readonly name: FunctionName;
  readonly settings: Settings;
  readonly policy: Policy;
  readonly warnings: readonly string[];
  /** A setting that `needs` names for this function. @throws Error for one that it does not: a fault of the wiring. */
  readonly needed: (setting: Setting) => string;
}

/** Everything that is wrong with how runmedic was set up, at once. */
export class ConfigurationInvalid extends Error {
  override readonly name = 'ConfigurationInvalid';
  constructor(faults: readonly string[]) {
    super(
      `runmedic does not start: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in its configuration\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}

/** Reads and judges the whole configuration of one function. @throws ConfigurationInvalid naming every fault. */
export function configOf(name: FunctionName): Config {
  const read = settings.safeParse(process.env);
  if (!read.success)
    throw new ConfigurationInvalid(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const missing = needs[name].filter((setting) => read.data[setting] === undefined);
  const policy = readPolicy(read.data.RUNMEDIC_CONFIG);
  const faults = [
    ...missing.map((setting) => `${setting}: not set, and functions/${name}.ts needs it`),
    ...policy.faults,
  ];
  if (policy.parsed === undefined || faults.length > 0) throw new ConfigurationInvalid(faults);
  return {
    name,
    settings: read.data,
    ...policy.parsed,
    needed: (setting) => {
      const value = needs[name].includes(setting) ? read.data[setting] : undefined;
      if (typeof value === 'string') return value;
      throw new Error(`functions/${name}.ts asks for ${setting}, which it does not declare`);
    },
  };
}

interface PolicyRead {
  readonly parsed: { readonly policy: Policy; readonly warnings: readonly string[] } | undefined;
  readonly faults: readonly string[];
}

function readPolicy(file: string): PolicyRead {
  const text = readText(file);
  if (text === undefined)
    return { parsed: undefined, faults: [`${file}: there is no such file, or it cannot be read (RUNMEDIC_CONFIG names it)`] };
  const parsed = parsePolicy(text, file, actionNames);
  if (!parsed.ok) return { parsed: undefined, faults: parsed.faults.map(faultLine) };
  return { parsed, faults: [] };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing, a directory or unreadable: for whoever named it, it is the same.
    return undefined;
  }
}

/** Where this machine's queue is reached; set by the laptop's runner before any function is loaded. */
export function publishAt(endpoint: string): void {
  process.env['RUNMEDIC_PUBSUB_ENDPOINT'] = endpoint;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected.
    return undefined;
  }
}
