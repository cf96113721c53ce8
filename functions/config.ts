import { z } from 'zod';

// What the environment says, apart from the policy (config-with-policy.ts): the front door needs none, and starts a fifth sooner without.

/** The identities that runmedic runs under, one for each deployed function. */
export type FunctionName = 'alert' | 'investigate' | 'slack' | 'chat' | 'remediate' | 'patrol' | 'probe' | 'retest';

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
  /** Under a name of its own: what a developer's machine has as GITHUB_TOKEN can do more. */
  RUNMEDIC_GITHUB_TOKEN: z.string().optional(),
  // Where things are when they are not where they usually are.
  RUNMEDIC_GOOGLE_ENDPOINT: address.optional(),
  RUNMEDIC_SLACK_API_URL: address.default('https://slack.com/api/'),
  RUNMEDIC_GITHUB_API_URL: address.default('https://api.github.com'),
  RUNMEDIC_CLOCK_URL: address.optional(),
  /** As curl's --connect-to, comma-separated: HOST:PORT:HOST:PORT. */
  RUNMEDIC_CONNECT_TO: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((entry) => entry !== '')),
  RUNMEDIC_CA_FILE: z.string().optional(),
  /** The same for what probes dial inside the VPC, by the way that they go: a JSON object of direct-vpc or connector to a list. */
  RUNMEDIC_VPC_CONNECT_TO: z
    .string()
    .default('{}')
    .transform((text, context): Record<string, readonly string[]> => {
      const ways = z.record(z.string(), z.array(z.string())).safeParse(jsonOrUndefined(text));
      if (ways.success) return ways.data;
      context.addIssue({ code: 'custom', message: 'a JSON object of way to HOST:PORT:HOST:PORT' });
      return z.NEVER;
    }),
  /** Which of the configuration's probes this deployment is; all of them where it is not said. */
  RUNMEDIC_PROBE: z.string().optional(),
  /** The e-mail of investigate's identity, whom alone a probe answers. */
  RUNMEDIC_PROBE_CALLER: z.string().optional(),
  RUNMEDIC_PROBE_ENDPOINT: address.optional(),
  /** Where secrets are mounted, a file each. */
  RUNMEDIC_SECRETS_FOLDER: z.string().optional(),
  /** Name servers, comma-separated: ADDRESS or ADDRESS:PORT. The machine's own when left out. */
  RUNMEDIC_DNS_SERVERS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((entry) => entry !== '')),
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
  chat: [
    'RUNMEDIC_STATE_FILE',
    'RUNMEDIC_PUBSUB_PROJECT',
    'SLACK_BOT_TOKEN',
    'RUNMEDIC_PLAN_PUBLIC_KEY',
    'RUNMEDIC_APPROVAL_KEY',
  ],
  remediate: [
    'RUNMEDIC_STATE_FILE',
    'RUNMEDIC_PUBSUB_PROJECT',
    'RUNMEDIC_PLAN_PUBLIC_KEY',
    'RUNMEDIC_APPROVAL_PUBLIC_KEY',
  ],
  patrol: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT'],
  // GitHub's token where tests are there: wire-retest.ts.
  retest: ['RUNMEDIC_STATE_FILE', 'RUNMEDIC_PUBSUB_PROJECT'],
  // Its caller, where no token stands for him: wire-probe.ts.
  probe: [],
};

export interface Config {
  readonly name: FunctionName;
  readonly settings: Settings;
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

/** The configuration of a function that needs no policy. @throws ConfigurationInvalid naming every fault. */
export function configOf(name: FunctionName): Config {
  const { config, faults } = readConfig(name);
  if (faults.length > 0) throw new ConfigurationInvalid(faults);
  return config;
}

/** The same with what the function needs and was not given, for whoever has more to find fault with. @throws ConfigurationInvalid for settings of the wrong form. */
export function readConfig(name: FunctionName): { readonly config: Config; readonly faults: readonly string[] } {
  const read = settings.safeParse({ ...process.env, ...ofThisMachine });
  if (!read.success)
    throw new ConfigurationInvalid(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const { data } = read;
  const missing = needs[name].filter((setting) => data[setting] === undefined);
  const needed = (setting: Setting): string => {
    const value = needs[name].includes(setting) ? data[setting] : undefined;
    if (typeof value === 'string') return value;
    throw new Error(`functions/${name}.ts asks for ${setting}, which it does not declare`);
  };
  return {
    config: { name, settings: data, needed },
    faults: missing.map((setting) => `${setting}: not set, and functions/${name}.ts needs it`),
  };
}

/** What the environment cannot know: the runner of a laptop finds free ports for its queue and its probes. */
let ofThisMachine: { readonly RUNMEDIC_PUBSUB_ENDPOINT?: string; readonly RUNMEDIC_PROBE_ENDPOINT?: string } = {};

/** Where this machine's queue is reached, whatever the environment says; called before any function is loaded. */
export function publishAt(endpoint: string): void {
  ofThisMachine = { ...ofThisMachine, RUNMEDIC_PUBSUB_ENDPOINT: endpoint };
}

/** Where this machine's probes are reached, whatever the environment says; called before any function that asks them is loaded. */
export function probeAt(endpoint: string): void {
  ofThisMachine = { ...ofThisMachine, RUNMEDIC_PROBE_ENDPOINT: endpoint };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected.
    return undefined;
  }
}
