import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planOf } from '../../cli/plan-of.ts';
import { scenarioNames } from '../../sandbox/scenarios/load-scenario.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { ruleNames } from '../../shared/diagnosis/rules.ts';
import { readingsFor, recovery } from '../../shared/incident/verification.ts';
import { environment } from '../builders/evidence.ts';
import { planOf as planFor } from '../builders/incident.ts';
import { isReached, judged, scoreOf } from './judged.ts';
import { keptEvidence } from './kept-evidence.ts';
import { type Label, labels } from './labels.ts';

const known = labels();

describe('the corpus', () => {
  it('has a label beside every scenario, and evidence of each', () => {
    const names = known.map(({ scenario }) => scenario);
    expect(names).toEqual(scenarioNames());
    const kept = readdirSync(join(import.meta.dirname, 'evidence')).map((file) => file.replace(/\.json$/, ''));
    expect(kept.sort()).toEqual(names);
  });

  it('names rules that there are', () => {
    const named = known.flatMap(({ root, acceptable, also }) => [root, ...acceptable, ...also]);
    expect(
      named.filter(
        (rule) => !['healthy', 'no-cause'].includes(rule) && !(ruleNames as readonly string[]).includes(rule),
      ),
    ).toEqual([]);
  });

  it('counts the root among what is acceptable', () => {
    expect(known.filter(({ root, acceptable }) => !acceptable.includes(root))).toEqual([]);
  });

  it('is judged from kept evidence as well as the aims want, and the same each time', () => {
    const all = known.map((label) => {
      const record = keptEvidence(label.scenario);
      if (record === undefined) throw new Error(`no evidence of ${label.scenario} is kept: npm run score -- --record`);
      const diagnosis = diagnose(record.evidence, record);
      expect(diagnose(record.evidence, record)).toEqual(diagnosis);
      return judged(label, diagnosis, planOf(diagnosis, record, { environment, ownProject: undefined }), 0);
    });
    const missed = all.filter(
      ({ top1, harmful, falseAlarm, surplus }) => !top1 || harmful || falseAlarm || surplus.length > 0,
    );
    expect(isReached(scoreOf(all)), JSON.stringify(missed, null, 1)).toBe(true);
  });
});

describe('a verification', () => {
  it.each(known.map(({ scenario }) => scenario))('reads nothing of %s that it did not ask for', (scenario) => {
    const record = keptEvidence(scenario);
    if (record === undefined) throw new Error(`no evidence of ${scenario} is kept`);
    const diagnosis = diagnose(record.evidence, record);
    // Any cause may be what a plan is made of, once an action answers it.
    for (const { rule, target } of diagnosis.causes) {
      const plan = { ...planFor('inc-1'), because: { rule, target } };
      const asked = readingsFor(plan);
      const seen = Object.fromEntries(
        Object.entries(record.evidence).map(([name, reading]) => [
          name,
          asked.some((one) => one === name) ? reading : { status: 'not-applicable' },
        ]),
      ) as typeof record.evidence; // Sound: the same readings, some of them left out.
      const by = (evidence: typeof record.evidence) =>
        recovery({ diagnosis: { ...diagnosis, symptoms: [] }, plan, evidence, context: record, readBack: ['stands'] });
      expect(by(seen)).toEqual(by(record.evidence));
    }
  });
});

describe('a score', () => {
  const label: Label = {
    scenario: 'one',
    root: 'connector-saturated',
    acceptable: ['connector-saturated'],
    also: [],
    layer: 'infrastructure',
    remedy: 'scale-connector',
    harmful: ['restart-service'],
    because: 'the connector was full',
  };
  const cause = (rule: string): Cause & { standing: 'root'; explainedBy: [] } => ({
    rule,
    layer: 'infrastructure',
    target: 'it',
    claim: 'it',
    confidence: 'certain',
    evidence: [],
    expects: [],
    services: ['backend'],
    explains: [],
    standing: 'root',
    explainedBy: [],
  });
  const found = (...rules: string[]): Diagnosis => {
    const causes = rules.map(cause);
    const felt = { kind: 'serving-errors', on: 'backend', text: 'it fails' } as const;
    return { healthy: false, root: causes[0], causes, ruledOut: [], unchecked: [], nextChecks: [], symptoms: [felt] };
  };

  it.each([
    ['the right root', label, found('connector-saturated'), { top1: true, top3: true }],
    ['a right root that comes second', label, found('other', 'connector-saturated'), { top1: false, top3: true }],
    ['one that comes fourth', label, found('a', 'b', 'c', 'connector-saturated'), { top1: false, top3: false }],
    ['no cause', label, found(), { top1: false, top3: false, found: 'no-cause' }],
    [
      'one of two roots',
      { ...label, also: ['release-broken'] },
      found('connector-saturated'),
      { top1: false, top3: true },
    ],
    [
      'both of two roots',
      { ...label, also: ['release-broken'] },
      found('connector-saturated', 'release-broken'),
      { top1: true },
    ],
    [
      'blame where nothing is wrong',
      { ...label, root: 'healthy', acceptable: ['healthy'] },
      found('x'),
      { top1: false, falseAlarm: true },
    ],
    [
      'silence where nothing is wrong',
      { ...label, root: 'healthy', acceptable: ['healthy'] },
      { ...found(), healthy: true, symptoms: [] },
      { top1: true, falseAlarm: false },
    ],
    [
      'a symptom beside the root, and the root twice',
      label,
      found('connector-saturated', 'crash-after-ready', 'connector-saturated'),
      { top1: true, surplus: ['crash-after-ready', 'connector-saturated'] },
    ],
    [
      'two that are right, where only one happened',
      { ...label, acceptable: ['connector-saturated', 'traffic-surge'] },
      found('traffic-surge', 'connector-saturated'),
      { top1: true, surplus: ['connector-saturated'] },
    ],
    [
      'two that happened, in either order, and one that may stand for the first',
      { ...label, acceptable: ['connector-saturated', 'traffic-surge'], also: ['release-broken'] },
      found('release-broken', 'traffic-surge'),
      { surplus: [] },
    ],
  ] as const)('of %s', (_, given, diagnosis, expected) => {
    expect(judged(given, diagnosis, undefined, 1)).toMatchObject(expected);
  });

  it('adds up', () => {
    const one = judged(label, found('connector-saturated'), undefined, 30);
    const other = { ...judged(label, found('x'), undefined, 10), harmful: true };
    const times = { medianMs: 30, p95Ms: 30 };
    const score = { n: 2, top1: 0.5, top3: 0.5, harmful: 1, falseAlarms: 0, surplusRoots: 1, ...times };
    expect(scoreOf([one, other])).toEqual(score);
    const good = { ...score, top1: 0.95, harmful: 0, surplusRoots: 0 };
    expect([score, { ...good, surplusRoots: 1 }, good].map(isReached)).toEqual([false, false, true]);
  });
});
