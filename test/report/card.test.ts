import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/blocks/validate-blocks.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { button } from '../../shared/report/blocks.ts';
import { byHandBlocks, inTerraform } from '../../shared/report/by-hand-blocks.ts';
import { card } from '../../shared/report/card.ts';
import { permanentLines } from '../../shared/report/change-blocks.ts';
import { folded } from '../../shared/report/diagnosis-blocks.ts';
import { BUTTON_VALUE_MAX, MESSAGE_BLOCKS_MAX, MESSAGE_TEXT_MAX } from '../../shared/report/limits.ts';
import { ending, execution } from '../../shared/report/progress-blocks.ts';
import { stateWords } from '../../shared/report/words.ts';
import { at, environment } from '../builders/evidence.ts';
import { alertNote, diagnosisOf, must, planOf, shutOut } from '../builders/incident.ts';
import { readable } from './readable.ts';
import { awaitingStage, type Stage, stageOf, stages } from './stages.ts';

const shown = (stage: Stage, of: Environment = environment) => card({ ...stage, environment: of });
const all = (blocks: readonly KnownBlock[]) => JSON.stringify(blocks);

const decides = ({ block_id: id }: KnownBlock): boolean => id?.startsWith('decide/') === true;

describe('the card', () => {
  it.each(Object.entries(stages))('keeps to the limits of Slack while %s', (_, stage) => {
    const { text, blocks } = shown(stage);
    expect(validateBlocks(blocks, 'message', '/blocks')).toEqual([]);
    expect(all(blocks).length).toBeLessThanOrEqual(MESSAGE_BLOCKS_MAX);
    expect(text.length).toBeLessThanOrEqual(MESSAGE_TEXT_MAX);
    expect(text.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(stages))('has buttons that decide only while somebody can: %s', (_, { incident, trail }) => {
    const { blocks } = shown({ incident, trail });
    expect(blocks.some(decides)).toBe(incident.status === 'awaiting-approval');
  });

  it.each(Object.entries(stages))('names severity, place and state first: %s', (_, stage) => {
    const [first] = shown(stage).blocks;
    expect(first?.type === 'header' && first.text.text).toMatch(
      /Critical: staging \(backend(, auth, frontend)?\) · \S/,
    );
  });

  it.each([
    'investigating',
    'looking again',
    'another incident is changing it',
    'looking healthy',
    'awaiting approval',
    'awaiting approval of what can be undone',
    'looking beside the offer',
    'found the same beside it',
    'could not judge it again',
    'no answer beside it',
    'executing',
    'verifying',
    'undoing',
    'resolved',
    'recovered by itself',
    'declined',
    'nobody decided',
    'nobody decided, looked at again',
    'execution failed',
    'the investigation failed',
    'asked twice',
    'recovery not proven',
    'still as it was',
    'no change that helps',
    'recovery could not be measured',
    'by itself after an attempt',
    'approved by a member',
    'awaiting approval of two steps',
    'first of two steps',
    'to be done by hand',
    'done by hand',
    'done by hand, being checked',
    'done by hand, resolved',
    'done by hand, to no avail',
    'done by hand, and worse',
    'nobody did it by hand',
    'only observed',
    'only observed, to be done by hand',
  ] as const)('reads well: %s', (name) => {
    expect(readable(shown(stageOf(name)).blocks)).toMatchSnapshot();
  });

  it.each(['awaiting approval', 'to be done by hand'] as const)(
    'offers nothing any more once the policy has it observe only: %s',
    (name) => {
      const { blocks } = shown(stageOf(name), { ...environment, observe: 'observe' });
      expect(blocks.some(decides)).toBe(false);
      expect(all(blocks)).toContain('*Nobody can decide this:* `observe` is true: plans are shown here and not made.');
    },
  );

  it('counts what it does not list: alert policies, symptoms and checks', () => {
    const { incident, trail } = stageOf('verifying');
    const alerts = [1, 2, 3, 4, 5].map((n) => alertNote(`0.${n}/open`, { policy: n === 1 ? '' : `policy ${n}` }));
    const check = { status: 'passed', detail: '' } as const;
    const checks = Array.from({ length: 15 }, (_, index) => ({ name: `check ${index}`, ...check }));
    const last = { verdict: 'not-yet', checks } as const;
    const busy = { ...must(incident, 'verifying'), alerts, alertsTotal: 50, last };
    const verifying = readable(shown({ incident: busy, trail }).blocks);
    expect(verifying).toContain('50 alerts: policy 5, policy 4, policy 3 and 2 more');
    expect(verifying).toContain('✓ *check 11*\nand 3 more');
    const few = { ...busy, alerts: alerts.slice(0, 1) };
    expect(readable(shown({ incident: few, trail }).blocks)).toContain('50 alerts: unnamed policy');
    const escalated = must(stageOf('no safe change').incident, 'escalated');
    const symptom = { kind: 'serving-errors', on: 'a', text: 'a fails' } as const;
    const diagnosis = { ...diagnosisOf(), root: undefined, causes: [], symptoms: Array(9).fill(symptom) };
    expect(readable(shown({ incident: { ...escalated, diagnosis }, trail }).blocks)).toMatch(
      /(• a fails\n){6}• and 3 more/,
    );
    const quiet = { ...diagnosis, symptoms: [] };
    expect(readable(shown({ incident: { ...escalated, diagnosis: quiet }, trail }).blocks)).toContain(
      'Nothing wrong was seen.',
    );
  });

  it('counts the evidence that it does not list', () => {
    const incident = awaitingStage();
    const { root } = incident.diagnosis;
    const lined = (lines: number) => ({
      ...incident,
      diagnosis: {
        ...incident.diagnosis,
        root: root && {
          ...root,
          evidence: Array.from({ length: lines }, (_, index) => ({ text: `line ${index + 1}` })),
        },
      },
    });
    expect(readable(shown({ incident: lined(6), trail: [] }).blocks)).toContain('• line 4\nand 2 more)');
    expect(readable(shown({ incident: lined(4), trail: [] }).blocks)).toContain('• line 4)');
  });

  it('says what has to come before the change is kept', () => {
    const incident = awaitingStage();
    const [step] = incident.signed.plan.steps;
    const prospect = {
      ...step.prospect,
      permanent: { ...step.prospect.permanent, first: 'Ask the platform team.' },
      costUsdPerMonth: 0,
    };
    const plan = { ...incident.signed.plan, steps: [{ ...step, prospect }] as const };
    const { blocks } = shown({ incident: { ...incident, signed: { ...incident.signed, plan } }, trail: [] });
    expect(readable(blocks)).toContain('*To keep it:* Ask the platform team.');
  });

  it.each([
    [
      'a look without a diagnosis',
      { ...stages['looking again'].incident, diagnosis: undefined },
      'Nothing wrong was seen.',
    ],
    ['a refusal without an offer', { ...stages.declined.incident, signed: undefined }, 'Traffic falls already'],
    [
      'recovery without its proof and its change',
      { ...stages.resolved.incident, signed: undefined, recovery: undefined },
      'Users are served again* after 6 min.',
    ],
  ])('does without what is not known: %s', (_, incident, words) => {
    const { blocks } = shown({ incident: incident as Incident, trail: [] });
    expect(validateBlocks(blocks, 'message', '/blocks')).toEqual([]);
    expect(readable(blocks)).toContain(words);
    expect(readable(blocks)).not.toMatch(/undefined|What was offered|Scale connector/);
  });

  it('says nothing of a step that the plan does not have', () => {
    const incident = { ...must(stages.executing.incident, 'executing'), step: 7 };
    expect(readable(shown({ incident, trail: [] }).blocks)).not.toContain('Making the change:');
    expect(execution(incident)).toEqual([]);
  });

  it('says what a patient step waits for, since when and until when, and nothing of it while it is undone', () => {
    const incident = must(stages.executing.incident, 'executing');
    const { plan } = incident.signed;
    const [step] = plan.steps;
    const patience = { seconds: 26 * 3600, waitsFor: 'Google to issue it,' };
    const signed = {
      ...incident.signed,
      plan: { ...plan, steps: [{ ...step, prospect: { ...step.prospect, patience } }] as const },
    };
    const operation = { step: 0, direction: 'apply', name: 'compute:o', startedAt: at(62) } as const;
    const said = (over: Partial<typeof incident>) =>
      JSON.stringify(execution({ ...incident, signed, operation, ...over }));
    expect(said({})).toMatch(/Nothing has failed: it waits for Google to issue it, since .* until .* at the latest\./);
    expect(said({ direction: 'undo' })).not.toContain('it waits for');
    expect(said({ operation: undefined })).not.toContain('it waits for');
  });

  it('writes down of several steps on one target only what is to stand in the end', () => {
    const plan = planOf('inc-1');
    const [step] = plan.steps;
    expect(permanentLines(plan)).toHaveLength(2);
    expect(permanentLines({ ...plan, steps: [step, { ...step, target: 'other' }, step] })).toHaveLength(4);
  });

  it('guides by words alone where there is nothing to run, and through nothing where there is no guide', () => {
    const [{ prospect }] = planOf('inc-1', shutOut).steps;
    const told = { words: 'Wait.' };
    const waiting = {
      ...prospect,
      permanent: { gcloud: '', terraform: '' },
      guide: { check: told, make: 'Wait.', undo: told },
    };
    const words = JSON.stringify(byHandBlocks(waiting));
    expect(words).toContain('*2. Then:* Wait.');
    expect(words).not.toContain('```');
    expect(inTerraform('')).toEqual([]);
    expect(byHandBlocks(planOf('inc-1').steps[0].prospect)).toEqual([]);
  });

  it('has no small print where nothing else was found, ruled out or left unchecked', () => {
    const bare = { ...diagnosisOf(), causes: [], ruledOut: [], unchecked: [] };
    expect(folded(bare)).toEqual([]);
    expect(folded({ ...bare, unchecked: [{ rule: 'x', reason: 'denied' }] })).toHaveLength(1);
  });

  it.each([
    ['a card', () => shown({ incident: { ...awaitingStage(), status: 'foreign' } as never, trail: [] })],
    ['the words for a state', () => stateWords({ status: 'foreign' } as never)],
    ['an ending', () => ending({ ...stages.resolved.incident, outcome: { kind: 'foreign' } } as never, undefined)],
  ])('is refused aloud for what no type lets in: %s', (_, make) => {
    expect(make).toThrow(/^unhandled: .*foreign/);
  });

  it('says in its text what a phone needs', () => {
    expect(shown(stageOf('awaiting approval')).text).toMatchInlineSnapshot(`
      "Critical: staging (backend, auth, frontend) · Approval needed
      VPC connector staging-connector is full: it carries 298 Mbps, and its maximum of 3 e2-micro instances can carry about 300; the services behind it logged 120 connection timeouts.
      *Scale connector staging-connector*
      \`2-3 x e2-micro (about 300 Mbps)\` → \`2-10 x e2-micro (about 1000 Mbps)\`"
    `);
  });
});

describe('once somebody has acted on the cause', () => {
  const CLAIM = 'VPC connector staging-connector is full';
  it.each(['about to execute', 'verifying', 'resolved', 'execution failed'] as const)(
    'the claim is that of the moment when it was found: %s',
    (name) => {
      const { text, blocks } = shown(stageOf(name));
      expect(readable(blocks)).toMatch(new RegExp(`\\nAs found <!date\\^\\d+\\^[^>]+03:00 UTC>: ${CLAIM}`));
      expect(text).toMatch(/\nRoot cause: VPC connector saturated$/);
      expect(text).not.toContain(CLAIM);
    },
  );

  it('the claim is that of now while it is offered', () => {
    expect(readable(shown(stageOf('awaiting approval')).blocks)).toContain(`\n${CLAIM}`);
  });

  it('recovery is counted to the first good look of the last row', () => {
    expect(readable(shown(stageOf('resolved')).blocks)).toContain('*Users are served again* after 4 min.');
  });
});

describe('the buttons', () => {
  it('carry no more than Slack takes', () => {
    const of = (value: string) => button({ actionId: 'a', text: 'Approve', value, style: 'primary' });
    expect(of('x'.repeat(BUTTON_VALUE_MAX)).value).toHaveLength(BUTTON_VALUE_MAX);
    expect(() => of('x'.repeat(BUTTON_VALUE_MAX + 1))).toThrow(
      `a button's value of ${BUTTON_VALUE_MAX + 1} characters`,
    );
  });

  const actions = shown(stageOf('awaiting approval')).blocks.find((block) => block.type === 'actions');
  const buttons = (actions?.elements ?? []).filter((element) => element.type === 'button');

  it('are a primary Approve, confirmed with target and effect, and a Reject in danger', () => {
    expect(buttons.map(({ text, style }) => [text.text, style])).toEqual([
      ['Approve', 'primary'],
      ['Reject', 'danger'],
    ]);
    expect(buttons[0]?.confirm).toMatchInlineSnapshot(`
      {
        "confirm": {
          "text": "Approve",
          "type": "plain_text",
        },
        "deny": {
          "text": "Not yet",
          "type": "plain_text",
        },
        "style": "primary",
        "text": {
          "text": "staging-connector: 2-3 x e2-micro (about 300 Mbps) → 2-10 x e2-micro (about 1000 Mbps). Risk low. It cannot be undone.",
          "type": "plain_text",
        },
        "title": {
          "text": "Scale connector staging-connector",
          "type": "plain_text",
        },
      }
    `);
  });

  it('say whether there is a way back, however long the change is', () => {
    const incident = awaitingStage();
    const [step] = incident.signed.plan.steps;
    const long = { title: 'x'.repeat(400), before: 'y'.repeat(400), after: 'z'.repeat(400) };
    const plan = {
      ...incident.signed.plan,
      steps: [{ ...step, prospect: { ...step.prospect, summary: long } }] as const,
    };
    const { blocks } = shown({ incident: { ...incident, signed: { ...incident.signed, plan } }, trail: [] });
    expect(validateBlocks(blocks, 'message', '/blocks')).toEqual([]);
    expect(all(blocks)).toContain('Risk low. It cannot be undone.');
  });

  it('carry the incident and the beginning of the digest, and nothing else', () => {
    const { id, signed } = awaitingStage();
    expect(buttons.map(({ value }) => value)).toEqual(Array(2).fill(`${id}/${signed.plan.digest.slice(0, 16)}`));
  });

  it('are not there where the policy names nobody, and the card says so', () => {
    const nobody = { ...environment, approvers: { ...environment.approvers, users: [], usergroups: [] } };
    const { blocks } = shown(stageOf('awaiting approval'), nobody);
    expect(blocks.some(decides)).toBe(false);
    expect(readable(blocks)).toContain('*Nobody may approve this:* `environments.staging.approvers`');
  });

  it('are for those whom the policy names for the action', () => {
    const byAction = { 'scale-connector': { users: ['U0BEN'], usergroups: [] } };
    const other = { ...environment, approvers: { ...environment.approvers, byAction } };
    expect(readable(shown(stageOf('awaiting approval'), other).blocks)).toContain('(<@U0BEN> may decide until');
  });
});

describe('what others wrote', () => {
  const hostile = '<!channel> & *bold* `tick` <https://evil.example|click>\n> second line';
  const offered = awaitingStage();
  const [step] = offered.signed.plan.steps;
  const { root } = offered.diagnosis;
  if (root === undefined) throw new Error('no root');
  const evil: Incident = {
    ...offered,
    alerts: offered.alerts.map((alert) => ({ ...alert, policy: hostile, url: 'javascript:alert(1)' })),
    diagnosis: {
      ...offered.diagnosis,
      root: {
        ...root,
        claim: hostile,
        evidence: [{ text: hostile, url: 'https://console.cloud.google.com/?a=1&b=<x>' }],
      },
      ruledOut: [{ rule: hostile, reason: hostile }],
    },
    signed: {
      ...offered.signed,
      plan: {
        ...offered.signed.plan,
        steps: [
          { ...step, prospect: { ...step.prospect, summary: { title: hostile, before: hostile, after: hostile } } },
        ],
      },
    },
  };

  it('cannot mention, link or break out', () => {
    const { text, blocks } = shown({ incident: evil, trail: [] });
    const said = all(blocks.filter(({ type }) => type !== 'header' && type !== 'actions')) + text;
    expect(said).not.toContain('<!channel');
    expect(said).not.toContain('<https://evil');
    expect(said).not.toContain('javascript:');
    expect(said).toContain('&lt;!channel&gt; &amp; ');
    expect(validateBlocks(blocks, 'message', '/blocks')).toEqual([]);
  });

  it('is cut where it rambles; what is approved stays whole', () => {
    const long = (seed: string) => `${seed} ${'&'.repeat(5000)}`;
    const rambling: Incident = {
      ...offered,
      alerts: offered.alerts.flatMap((alert) => [1, 2, 3, 4].map((n) => ({ ...alert, policy: long(`${n}`) }))),
      diagnosis: {
        ...offered.diagnosis,
        root: { ...root, claim: long('claim'), evidence: Array(30).fill({ text: long('evidence') }) },
        causes: Array(30).fill({ ...root, rule: 'other', claim: long('cause'), standing: 'root', explainedBy: [] }),
        ruledOut: Array(30).fill({ rule: 'x', reason: long('ruled out') }),
        unchecked: Array(30).fill({ rule: 'y', reason: long('unchecked') }),
      },
    };
    const { blocks } = shown({ incident: rambling, trail: [] });
    expect(validateBlocks(blocks, 'message', '/blocks')).toEqual([]);
    expect(all(blocks).length).toBeLessThanOrEqual(MESSAGE_BLOCKS_MAX);
    expect(blocks.map(({ type }) => type)).toContain('actions');
    expect(readable(blocks)).toContain(step.prospect.summary.before);
    expect(readable(blocks)).toContain(step.prospect.summary.after);
  });
});
