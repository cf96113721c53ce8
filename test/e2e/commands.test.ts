import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSandbox } from '../../cli/laptop.ts';
import { lookAt } from '../../cli/look-at.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { actionNames } from '../../shared/remedy/actions.ts';
import { eventually } from './eventually.ts';
import { EXAMPLE, type Laptop, startLaptop } from './laptop.ts';
import { type Ran, run, start } from './program.ts';
import { type Story, statesOf } from './story.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'runmedic-commands-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

const TOO_FAST =
  'a number above 0, at most 60: in a faster world the bot takes an investigation that is under way for one that died';

function namesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(join(import.meta.dirname, '../..', folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

/** Five faults, of five kinds. */
const BAD_CONFIG = file(
  'bad.yaml',
  'environments:\n  staging: { project: acme_staging!, region: us-central1-a }\nslak: {}\napprovers: { users: [ann] }\n',
);
const FAULTS = [
  `${BAD_CONFIG}:2 environments.staging.project: found "acme_staging!", allowed: a Google Cloud project id`,
  `${BAD_CONFIG}:2 environments.staging.region: found "us-central1-a", allowed: a Google Cloud region (not a zone)`,
  `${BAD_CONFIG}:2 environments.staging.slack: found nothing, allowed: slack: { channel: C0123456789 }`,
  `${BAD_CONFIG}:3 slak: found a key that does not exist here, allowed: paused, observe, ownProject, environments, slack,`,
  `${BAD_CONFIG}:4 approvers.users[0]: found "ann", allowed: a Slack user's id (not a name), such as U0123456789`,
];
const NOBODY_CONFIG = file(
  'nobody.yaml',
  readFileSync(EXAMPLE, 'utf8').replace(/^approvers:\n(?: {2}.*\n)+/m, 'approvers: {}\n'),
);

/** Nothing was started: one message on stderr, and no word on stdout. */
function expectRefusal(ran: Ran, exitCode: number, words: string): void {
  expect({ exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({ exitCode, stdout: '' });
  expect(ran.stderr).toContain(words);
  expect(ran.stderr, 'a trace is no message').not.toMatch(/^\s+at |node:internal|Error:/m);
}

describe('npm start', () => {
  it('says of an unknown scenario which come near, and where all are listed', async () => {
    const ran = await run(['start.ts', '--scenario', 'staging-504']);
    expectRefusal(ran, 2, 'There is no scenario and no file called "staging-504". Nearest: staging-503, ');
    expect(ran.stderr).toMatch(/; sandbox\/scenarios\/README\.md lists all \d+\. Or give the path of a YAML file\.\n$/);
  });

  it('lists every fault of a scenario file at once', async () => {
    const bad = file(
      'bad-scenario.yaml',
      'name: mine\ncauses:\n  - { type: surge, factor: -1 }\n  - { type: flood }\n',
    );
    const ran = await run(['start.ts', '--headless', '--scenario', bad]);
    expectRefusal(ran, 2, `${bad} cannot be played, 4 fault(s):\n`);
    expect(ran.stderr.trimEnd().split('\n').slice(1)).toEqual([
      '  estate: found nothing, allowed: object',
      '  causes[0].at: found nothing, allowed: number',
      '  causes[0].factor: found -1, allowed: number to be >=0',
      expect.stringMatching(/^ {2}causes\[1\]\.type: found "flood", allowed: 'surge' \| 'release'/),
    ]);
  });

  it.each([
    ['an unknown flag', ['--bogus'], "Unknown option '--bogus'"],
    ['an argument too many', ['staging-503'], "Unexpected argument 'staging-503'"],
    ['a flag without its value', ['--speed'], "Option '--speed <value>' argument missing"],
    ['a flag given twice', ['--speed=1', '--speed=2'], '--speed is given twice\n'],
  ])('shows how it is used for %s', async (_, flags, words) => {
    const ran = await run(['start.ts', ...flags]);
    expectRefusal(ran, 2, words);
    expect(ran.stderr).toContain('\n  npm start -- [--scenario NAME|FILE] ');
  });

  it.each([
    ['--speed', 'fast', TOO_FAST],
    ['--speed', '-3', TOO_FAST],
    ['--port', '70000', 'a whole number from 0 to 65535'],
    ['--decision', 'maybe', 'approve, reject, ignore'],
  ])('says of %s %s what was found and what is allowed', async (flag, value, allowed) => {
    const ran = await run(['start.ts', '--headless', `${flag}=${value}`]);
    expectRefusal(ran, 2, '');
    expect(ran.stderr).toBe(`${flag}: found "${value}", allowed: ${allowed}\n`);
  });

  it('refuses a decision beforehand where a person decides at the page', async () => {
    const ran = await run(['start.ts', '--decision', 'reject']);
    expectRefusal(ran, 2, '');
    expect(ran.stderr).toBe(
      '--decision: found "reject" without --headless, allowed: nothing; whoever is at the page decides\n',
    );
  });

  it('says which port is taken, and how to take another', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ran = await run(['start.ts', '--port', String(port)]);
    taken.close();
    expectRefusal(ran, 2, '');
    expect(ran.stderr).toBe(
      `port ${port} on 127.0.0.1 is taken; choose another with --port, or --port 0 for a free one\n`,
    );
  });

  it('prints where the page and the log are, serves the page, and leaves nothing but the log behind when it is told to end', async () => {
    const ownTmp = mkdtempSync(join(FOLDER, 'tmp-'));
    const program = start(['start.ts'], { TMPDIR: ownTmp });
    const url = await eventually('the address of the page', async () => addressIn(program.stdout()));
    expect(await (await fetch(url)).text()).toContain('<title>runmedic sandbox</title>');
    expect(readdirSync(ownTmp)).not.toEqual([]);
    const log = / Its log is (.+)\n$/.exec(program.stdout())?.[1] ?? '';
    program.signal('SIGTERM');
    expect(await program.end).toEqual({
      exitCode: 0,
      stdout: `runmedic plays staging-503. Open ${url} and watch; Ctrl-C ends it. Its log is ${log}\n`,
      stderr: '',
    });
    await expect(fetch(url)).rejects.toThrow();
    expect(readdirSync(ownTmp)).toEqual([basename(dirname(log))]);
    // It may end before an alert has come, and so before there is anything to be told.
    expect(readFileSync(log, 'utf8')).toMatch(/^(\{"severity":.+\}\n)*$/);
  });

  it('takes sandbox and bot with it, even when it is killed', async () => {
    const program = start(['start.ts'], { TMPDIR: mkdtempSync(join(FOLDER, 'tmp-')) });
    const url = await eventually('the address of the page', async () => addressIn(program.stdout()));
    program.signal('SIGKILL');
    // The pipes close when the last of the three has ended.
    expect((await program.end).exitCode).toBeNull();
    await expect(fetch(url)).rejects.toThrow();
  });

  const addressIn = (stdout: string) => /Open (http:\/\/127\.0\.0\.1:\d+) /.exec(stdout)?.[1];
});

describe('a bad runmedic.yaml', () => {
  it('keeps the bot from starting, with every fault at once', async () => {
    const state = join(FOLDER, 'never.sqlite');
    const ran = await run(['functions/local.ts'], botEnvironment(BAD_CONFIG, state));
    expectRefusal(ran, 1, `runmedic does not start: ${FAULTS.length} faults in its configuration\n`);
    for (const fault of FAULTS) expect(ran.stderr).toContain(fault);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1 + FAULTS.length);
    expect(existsSync(state)).toBe(false);
  });

  it('keeps diagnose from starting a world, with the same faults', async () => {
    const ran = await run(['cli/diagnose.ts', '--scenario', 'staging-503', '--config', BAD_CONFIG]);
    expectRefusal(
      ran,
      2,
      `${FAULTS.length} faults in ${BAD_CONFIG}; every key is explained in docs/configuration.md.\n`,
    );
    for (const fault of FAULTS) expect(ran.stderr).toContain(fault);
  });

  it('is what npm run config lists', async () => {
    const { exitCode, stdout, stderr } = await run(['cli/config.ts', '--check', BAD_CONFIG]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    for (const fault of FAULTS) expect(stdout).toContain(fault);
  });
});

describe('a configuration in which nobody may approve', () => {
  const WARNING = 'staging: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.';
  let laptop: Laptop;
  /** Up to the moment at which people are called: the world jumps on from there, and what is escalated is looked at again by the hour. */
  let story: Story;
  beforeAll(async () => {
    laptop = await startLaptop({ config: NOBODY_CONFIG, decision: 'approve' });
    await laptop.play();
    story = await eventually('people are called', async () => {
      const soFar = await laptop.story();
      const isCalled = soFar.thread.some(({ text }) => text.includes('Needs people'));
      return statesOf(soFar.card).at(-1)?.startsWith('Needs people') && isCalled && soFar;
    });
  });
  afterAll(() => laptop?.stop());

  it('is said at start-up, in words and in the log', async () => {
    const checked = await run(['cli/config.ts', '--check', NOBODY_CONFIG]);
    expect(checked.exitCode).toBe(0);
    expect(checked.stdout).toContain(`warning: ${WARNING}`);
    const bot = start(['functions/local.ts'], botEnvironment(NOBODY_CONFIG, join(FOLDER, 'nobody.sqlite')));
    await eventually('the bot is ready', async () => bot.stdout().includes('"ready":true'));
    bot.signal('SIGTERM');
    const { exitCode, stderr } = await bot.end;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `runmedic: ${WARNING}\n` });
    expect(laptop.log.some((line) => line.includes('"WARNING"') && line.includes(WARNING))).toBe(true);
  });

  it('still finds the cause, calls people at once, and offers no button that changes anything', () => {
    const { card, thread, writes, events, failures } = story;
    expect(statesOf(card)).toEqual(['Investigating', 'Needs people: nobody may approve the change']);
    expect(card.flatMap(({ buttons }) => buttons)).toEqual(['Check again']);
    expect(card.at(-1)?.text).toContain('Root cause: VPC connector saturated');
    const called = thread.find(({ text }) => text.includes('Needs people'));
    expect(called?.text).toMatch(
      /environments\.staging\.approvers for what would help: Scale connector staging-connector/,
    );
    expect(events.filter(({ source }) => source === 'on-call')).toEqual([]);
    expect(writes).toEqual([]);
    expect(failures).toEqual([]);
  });
});

const step = z.looseObject({
  action: z.string(),
  target: z.string(),
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
  risk: z.string(),
  undo: z.looseObject({ kind: z.string() }),
});
const reason = z.object({ rule: z.string(), reason: z.string().min(1) });
/** What `diagnose --json` promises; more keys may follow. */
const report = z.looseObject({
  healthy: z.boolean(),
  rootCause: z
    .strictObject({ rule: z.string(), target: z.string(), confidence: z.string(), claim: z.string().min(1) })
    .nullable(),
  layer: z.string().nullable(),
  causes: z.array(z.looseObject({ rule: z.string(), evidence: z.array(z.looseObject({ text: z.string() })).min(1) })),
  ruledOut: z.array(reason),
  unchecked: z.array(reason),
  plan: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), steps: z.array(step).min(1) }).nullable(),
});

async function diagnosed(scenario: string): Promise<z.infer<typeof report>> {
  const { exitCode, stdout, stderr } = await run(['cli/diagnose.ts', '--scenario', scenario, '--json']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), '']);
  return report.parse(JSON.parse(stdout));
}

describe('npm run diagnose', () => {
  it('names the cause of staging-503, what it ruled out, and the one change that helps', async () => {
    const { healthy, rootCause, layer, causes, ruledOut, unchecked, plan } = await diagnosed('staging-503');
    const connector = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';
    expect({ healthy, rootCause, layer }).toEqual({
      healthy: false,
      rootCause: {
        rule: 'connector-saturated',
        target: connector,
        confidence: 'certain',
        claim: expect.stringContaining('staging-connector is full'),
      },
      layer: 'infrastructure',
    });
    // More requests fail than are read: whether some found no instance stays open, and nothing else does.
    expect(unchecked.filter(({ rule }) => rule !== 'instance-ceiling-reached')).toEqual([]);
    expect(causes[0]?.rule).toBe('connector-saturated');
    expect(ruledOut.map(({ rule }) => rule)).toContain('release-broken');
    expect(plan?.steps).toMatchObject([
      {
        action: 'scale-connector',
        target: connector,
        before: { instancesMin: 2, instancesMax: 3 },
        after: { instancesMin: 2, instancesMax: 10 },
        undo: { kind: 'none' },
      },
    ]);
  });

  it('says of a healthy day that nothing is wrong, and plans nothing', async () => {
    expect(await diagnosed('healthy')).toMatchObject({
      healthy: true,
      rootCause: null,
      layer: null,
      causes: [],
      unchecked: [],
      plan: null,
    });
  });

  it('does not fall into the trap', async () => {
    const { rootCause, causes, ruledOut, plan } = await diagnosed('trap-broken-release-busy-connector');
    expect(rootCause).toMatchObject({ rule: 'release-broken', target: expect.stringMatching(/services\/backend$/) });
    expect(causes.map(({ rule }) => rule)).not.toContain('connector-saturated');
    expect(ruledOut.map(({ rule }) => rule)).toContain('connector-saturated');
    expect(plan?.steps.map(({ action }) => action)).toEqual(['shift-traffic']);
  });

  it('asks under the identity that can change nothing, and asks for no change', async () => {
    const parsed = parsePolicy(readFileSync(EXAMPLE, 'utf8'), EXAMPLE, actionNames);
    const environment = parsed.ok ? parsed.policy.environments[0] : undefined;
    if (environment === undefined) throw new Error('the example does not parse');
    const sandbox = await startSandbox({
      scenario: 'staging-503',
      speed: 30,
      headless: false,
      decision: undefined,
      port: 0,
    });
    try {
      expect((await lookAt(sandbox, environment)).diagnosis.root?.rule).toBe('connector-saturated');
      const { calls } = z
        .object({ calls: z.array(z.object({ identity: z.string(), method: z.string(), path: z.string() })) })
        .parse(await (await fetch(`${sandbox.url}/sandbox/world`)).json());
      expect(calls.length).toBeGreaterThan(10);
      expect(new Set(calls.map(({ identity }) => identity))).toEqual(
        new Set(['investigate@acme-runmedic.iam.gserviceaccount.com']),
      );
      const changes = calls.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/v2/entries:list'));
      expect(changes).toEqual([]);
    } finally {
      await sandbox.stop();
    }
  });

  it.each([
    ['no scenario', [], 'one of --scenario and --evidence is needed\n\nLooks at a scenario as an incident would'],
    [
      'an unknown scenario',
      ['--scenario', 'nope', '--json'],
      'There is no scenario and no file called "nope". Nearest: ',
    ],
    ['an unknown flag', ['--scenario', 'healthy', '--jsn'], "Unknown option '--jsn'"],
    ['no such configuration', ['--scenario', 'healthy', '--config', 'nowhere.yaml'], 'nowhere.yaml: no such file'],
  ])('says in one message what is wrong with %s', async (_, flags, words) => {
    expectRefusal(await run(['cli/diagnose.ts', ...flags]), 2, words);
  });
});

describe('npm run replay', () => {
  it('has a line for every notification that was ever recorded, and a verdict with its reason', async () => {
    const folder = 'test/fixtures/monitoring';
    const files = namesIn(folder, '.json').map((name) => `${folder}/${name}.json`);
    expect(files.length).toBeGreaterThanOrEqual(12);
    const { exitCode, stdout, stderr } = await run(['cli/replay.ts', ...files]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const line = z.strictObject({
      file: z.string(),
      verdict: z.enum(['accepted', 'ignored']),
      reason: z.string().min(10),
      alert: z.looseObject({ key: z.string(), state: z.enum(['open', 'closed']) }),
    });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((text) => line.parse(JSON.parse(text)));
    expect(lines.map((each) => each.file)).toEqual(files);
  });
});

/** Enough for the bot to start; where nothing is asked of them, the platforms need not be there. */
function botEnvironment(config: string, state: string): NodeJS.ProcessEnv {
  const callers = ['alert', 'investigate', 'slack', 'chat', 'remediate', 'retest', 'patrol', 'monitoring', 'scheduler'];
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    RUNMEDIC_CONFIG: config,
    RUNMEDIC_STATE_FILE: state,
    RUNMEDIC_PUBSUB_PROJECT: 'acme-runmedic',
    RUNMEDIC_IDENTITY_TOKENS: JSON.stringify(Object.fromEntries(callers.map((name) => [name, `token-of-${name}`]))),
    SLACK_BOT_TOKEN: 'xoxb-of-a-test',
    SLACK_SIGNING_SECRET: 'secret-of-a-test',
    RUNMEDIC_PLAN_KEY: privateKey,
    RUNMEDIC_PLAN_PUBLIC_KEY: publicKey,
    RUNMEDIC_APPROVAL_KEY: privateKey,
    RUNMEDIC_APPROVAL_PUBLIC_KEY: publicKey,
    RUNMEDIC_GITHUB_TOKEN: 'token-of-a-test',
  };
}
