import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Ran, run } from './program.ts';
import { type Story, statesOf, storyIn } from './story.ts';

const CONNECTOR = '/v1/projects/acme-staging/locations/us-central1/connectors/staging-connector';
const BACKEND = '/v2/projects/acme-staging/locations/us-central1/services/backend';
const REMEDIATE = 'remediate@acme-runmedic.iam.gserviceaccount.com';

/** A run takes about ten seconds; this only ends what hangs. */
const RUN_WITHIN_MS = 150_000;

const botLine = z.looseObject({ severity: z.string(), message: z.string() });

interface Played extends Ran {
  readonly lines: readonly string[];
  readonly outcome: unknown;
  readonly story: Story;
  readonly log: readonly z.infer<typeof botLine>[];
}

async function play(...flags: readonly string[]): Promise<Played> {
  const ran = await run(['start.ts', '--headless', ...flags]);
  const lines = ran.stdout.split('\n').slice(0, -1);
  return {
    ...ran,
    lines,
    outcome: JSON.parse(lines.at(-1) ?? 'null'),
    story: storyIn(lines),
    log: lines.flatMap((line) => botLine.safeParse(JSON.parse(line)).data ?? []),
  };
}

/** One headless run that all tests of a group look at. */
function played(...flags: readonly string[]): () => Played {
  let result: Played | undefined;
  beforeAll(async () => {
    result = await play(...flags);
  }, RUN_WITHIN_MS);
  return () => {
    if (result === undefined) throw new Error('the run did not end');
    return result;
  };
}

/** A look can be asked for in several states; it decides nothing. */
const deciding = (buttons: readonly string[] = []): readonly string[] =>
  buttons.filter((words) => words !== 'Check again');

/** What holds of every run, whatever was decided. */
function itIsOrderly(of: () => Played): void {
  it('prints one JSON object a line and nothing else, the outcome last', () => {
    const { stdout, stderr, lines } = of();
    // What a busy machine makes late comes again, and is one line too; a fault of ours would be an ERROR.
    for (const line of stderr.split('\n').filter((text) => text !== ''))
      expect(JSON.parse(line)).toMatchObject({ severity: 'WARNING', message: 'handling failed' });
    expect(stdout.endsWith('\n')).toBe(true);
    for (const line of lines) expect(line).toMatch(/^\{.*\}$/);
    expect(Object.keys(JSON.parse(lines.at(-1) ?? ''))).toEqual(['outcome', 'rootCause', 'actions', 'seconds']);
    expect(lines.filter((line) => line.startsWith('{"outcome"'))).toHaveLength(1);
  });

  it('fails at nothing on the way, and lets no secret out', () => {
    const { stdout, story, log } = of();
    expect(story.failures).toEqual([]);
    expect(log.filter(({ severity }) => severity !== 'INFO')).toEqual([]);
    expect(stdout).not.toMatch(/xoxb-|Bearer |PRIVATE KEY|sandbox-only/);
  });

  it('has one card, which ends without a button that decides', () => {
    const { card } = of().story;
    expect(new Set(card.map(({ ts }) => ts)).size).toBe(1);
    expect(deciding(card.at(-1)?.buttons)).toEqual([]);
  });
}

describe('staging-503, approved', () => {
  const of = played();
  itIsOrderly(of);

  it('ends resolved by scaling the connector', () => {
    const { exitCode, outcome } = of();
    expect(outcome).toEqual({
      outcome: 'resolved',
      rootCause: 'connector-saturated',
      actions: ['scale-connector'],
      seconds: expect.any(Number),
    });
    expect(exitCode).toBe(0);
  });

  it('writes once to Google, by the one identity that can, after the click', () => {
    const { writes, events } = of().story;
    expect(writes).toEqual([
      { source: 'google', identity: REMEDIATE, method: 'PATCH', path: expect.stringContaining(CONNECTOR), status: 200 },
    ]);
    const order = events
      .filter(({ source, type }) => source === 'google' || type === 'clicked')
      .map(({ source }) => source);
    expect(order).toEqual(['slack', 'google']);
  });

  it('tells it on the card, state by state, and offers buttons that decide in one of them alone', () => {
    const { card } = of().story;
    expect(statesOf(card)).toEqual([
      'Investigating',
      'Approval needed',
      'Making the change',
      'Checking recovery',
      'Resolved',
    ]);
    for (const { text, buttons } of card)
      expect(deciding(buttons)).toEqual(text.includes('Approval needed') ? ['Approve', 'Reject'] : []);
    expect(card.at(-1)?.summary).toMatch(/\*Users are served again\*/);
  });

  it('joins the alerts of all three services, and keeps the timeline in the thread', () => {
    const { log, story } = of();
    const verdicts = log.filter(({ message }) => message === 'alert received').map(({ verdict }) => verdict);
    expect(verdicts.filter((verdict) => verdict === 'opened')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict === 'joined').length).toBeGreaterThanOrEqual(2);
    const thread = story.thread.map(({ text }) => text).join('\n');
    expect(thread).toMatch(
      /Alert open[\s\S]*Approval needed[\s\S]*Approved by Ann Lindqvist[\s\S]*Done:[\s\S]*\*Resolved:\*/,
    );
  });

  it('ends when the world serves again, and not before', () => {
    const { events, card } = of().story;
    const closed = events.filter(({ source, state }) => source === 'monitoring' && state === 'closed');
    expect(closed.length).toBeGreaterThanOrEqual(3);
    expect(closed.every(({ at }) => at <= (card.at(-1)?.at ?? ''))).toBe(true);
  });
});

describe('staging-503, rejected', () => {
  const of = played('--decision', 'reject');
  itIsOrderly(of);

  it('ends declined, exits 1 and writes nothing', () => {
    const { exitCode, outcome, story } = of();
    expect(outcome).toEqual({
      outcome: 'declined',
      rootCause: 'connector-saturated',
      actions: [],
      seconds: expect.any(Number),
    });
    expect(exitCode).toBe(1);
    expect(story.writes).toEqual([]);
  });

  it('says on the card who declined, and why', () => {
    const { card, events } = of().story;
    const [submitted] = events.filter(({ source, type }) => source === 'on-call' && type === 'submits');
    const [reason] = z.array(z.string()).parse(submitted?.['answers']);
    expect(statesOf(card).at(-1)).toBe('Declined');
    expect(card.at(-1)?.summary).toContain('*Declined by <@U0ANN>*');
    expect(card.at(-1)?.summary).toContain(reason);
  });
});

describe('staging-503, when nobody decides', () => {
  const of = played('--decision', 'ignore');
  itIsOrderly(of);

  it('ends escalated, exits 1 and writes nothing', () => {
    const { exitCode, outcome, story } = of();
    expect(outcome).toEqual({
      outcome: 'escalated',
      rootCause: 'connector-saturated',
      actions: [],
      seconds: expect.any(Number),
    });
    expect(exitCode).toBe(1);
    expect(story.writes).toEqual([]);
    expect(story.events.filter(({ type }) => type === 'clicked')).toEqual([]);
  });

  it('calls those who may decide, once, in a message of its own', () => {
    const { card, thread } = of().story;
    expect(statesOf(card).at(-1)).toBe('Needs people: nobody decided in time');
    const calls = thread.filter(({ text }) => text.includes('<!subteam^S0ONCALL>'));
    expect(calls).toHaveLength(1);
    expect(calls[0]?.text).toContain('<@U0ANN>');
  });
});

describe('release-broken', () => {
  const of = played('--scenario', 'release-broken');
  itIsOrderly(of);

  it('is resolved by sending traffic back, with one write', () => {
    const { exitCode, outcome, story } = of();
    expect(outcome).toMatchObject({ outcome: 'resolved', rootCause: 'release-broken', actions: ['shift-traffic'] });
    expect(exitCode).toBe(0);
    expect(story.writes).toEqual([
      { source: 'google', identity: REMEDIATE, method: 'PATCH', path: `${BACKEND}?updateMask=traffic`, status: 200 },
    ]);
  });
});

describe('memory-leaking-slowly', () => {
  const of = played('--scenario', 'memory-leaking-slowly');
  itIsOrderly(of);

  it('is resolved by a restart that holds, with one write', () => {
    const { exitCode, outcome, story } = of();
    expect(outcome).toMatchObject({
      outcome: 'resolved',
      rootCause: 'memory-exhausted',
      actions: ['restart-service'],
    });
    expect(exitCode).toBe(0);
    expect(story.writes).toEqual([
      { source: 'google', identity: REMEDIATE, method: 'PATCH', path: expect.stringContaining(BACKEND), status: 200 },
    ]);
  });
});

describe('the trap: a broken release beside a busy connector', () => {
  const of = played('--scenario', 'trap-broken-release-busy-connector');
  itIsOrderly(of);

  it('is the release, and the connector is never written nor offered', () => {
    const { exitCode, outcome, story } = of();
    expect(outcome).toMatchObject({ outcome: 'resolved', rootCause: 'release-broken', actions: ['shift-traffic'] });
    expect(exitCode).toBe(0);
    expect(story.writes.map(({ path }) => path)).toEqual([`${BACKEND}?updateMask=traffic`]);
    for (const { text } of story.card) expect(text).not.toContain('Scale connector');
  });
});

describe('healthy', () => {
  it(
    'has no outcome: it says that no alert came, where none is a line of JSON, and exits 1',
    async () => {
      const { exitCode, stdout, stderr } = await run(['start.ts', '--headless', '--scenario', 'healthy']);
      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toBe(
        "no alert came within 2 h of the world's time, so there is no outcome: nothing breaks in healthy. `npm run diagnose -- --scenario healthy` shows what there is to be seen in it.\n",
      );
    },
    RUN_WITHIN_MS,
  );
});
