import { describe, expect, it } from 'vitest';
import { diagnose, judge } from '../../shared/diagnosis/diagnose.ts';
import { type Concluded, ranked } from '../../shared/diagnosis/rank.ts';
import { type Fault, rule, type Symptom } from '../../shared/diagnosis/rule.ts';
import { type RuleName, ruleNamed, ruleNames } from '../../shared/diagnosis/rules.ts';
import { connector, context, evidence, observed, points, unavailable } from '../builders/evidence.ts';

const fault: Fault = {
  target: 'it',
  claim: 'it is broken',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
};
const found = (name: RuleName, over: Partial<Fault> = {}): Concluded => ({
  name,
  conclusion: { kind: 'cause', ...fault, ...over },
});
const failing: Symptom = { kind: 'serving-errors', on: 'backend', text: 'backend fails' };
const checkFails: Symptom = { kind: 'check-failing', on: 'front page', text: 'front page: tls' };
const standings = (concluded: readonly Concluded[], felt: readonly Symptom[]) =>
  ranked(concluded, felt).map(({ rule: name, standing }) => [name, standing]);

describe('ranked, of a release that came as what it calls broke', () => {
  const called = (over: Partial<Fault> = {}) => found('memory-exhausted', { services: ['backend', 'auth'], ...over });
  const caller = (...services: string[]) => found('release-broken', { target: 'other', services });
  const blaming = (pairs: Record<string, readonly string[]>) =>
    new Map(Object.entries(pairs).map(([name, blamed]) => [name, new Set(blamed)]));
  it.each([
    [
      'that its service says it fails by',
      called(),
      caller('frontend'),
      { frontend: ['backend'] },
      ['memory-exhausted'],
    ],
    [
      'that says nothing of anybody',
      called(),
      caller('frontend'),
      { frontend: ['auth'], auth: [] },
      ['memory-exhausted'],
    ],
    ['that nobody speaks of', called(), caller('frontend'), {}, []],
    ['that only one of its two services blames', called(), caller('frontend', 'shop'), { frontend: ['backend'] }, []],
    [
      'that both of its services blame',
      called(),
      caller('frontend', 'shop'),
      { frontend: ['backend'], shop: ['auth'] },
      ['memory-exhausted'],
    ],
    [
      'that says the same of it',
      called({ services: ['backend'] }),
      caller('frontend'),
      { frontend: ['backend'], backend: ['frontend'] },
      [],
    ],
    ['that harms nobody yet', called({ harm: 'soon' }), caller('frontend'), { frontend: ['backend'] }, []],
    ['and of another that it is not blamed for', called(), caller('frontend'), { frontend: ['shop'] }, []],
  ] as const)('%s', (_, other, cause, blames, expected) => {
    const [broken] = ranked([other, cause], [failing], blaming(blames)).filter(({ rule }) => rule === 'release-broken');
    expect(broken?.explainedBy).toEqual(expected);
  });
});

describe('ranked', () => {
  it('takes what harms a failing check for a root, though every service answers', () => {
    expect(standings([found('release-broken', { services: [], checks: ['front page'] })], [checkFails])).toEqual([
      ['release-broken', 'root'],
    ]);
  });

  it('does not take a service for a check of the same name', () => {
    const named = { ...checkFails, on: 'backend' };
    expect(standings([found('release-broken')], [named])).toEqual([['release-broken', 'incidental']]);
  });

  it('lets nothing explain what harms a check that it does not reach', () => {
    const both = [found('connector-saturated'), found('release-broken', { checks: ['front page'] })];
    expect(standings(both, [failing])).toEqual([
      ['connector-saturated', 'root'],
      ['release-broken', 'root'],
    ]);
  });

  it('lets what harms a check as well explain what harms only the service', () => {
    const both = [found('connector-saturated', { checks: ['front page'] }), found('release-broken')];
    expect(standings(both, [failing])).toEqual([
      ['connector-saturated', 'root'],
      ['release-broken', 'explained'],
    ]);
  });

  it('lets nothing that cuts off explain what was reached and answered, nor has it wait for that', () => {
    const down = found('redis-down');
    const failingHost = (answered: boolean) => found('external-dependency-failing', { answered });
    expect(standings([down, failingHost(false)], [failing])).toEqual([
      ['redis-down', 'root'],
      ['external-dependency-failing', 'explained'],
    ]);
    expect(standings([down, failingHost(true)], [failing])).toEqual([
      ['redis-down', 'root'],
      ['external-dependency-failing', 'root'],
    ]);
    const unsure: Concluded = {
      name: 'redis-down',
      conclusion: { kind: 'inconclusive', reason: 'no points yet', settles: 'soon' },
    };
    expect(standings([unsure, failingHost(false)], [failing])).toEqual([['external-dependency-failing', 'unsettled']]);
    expect(standings([unsure, failingHost(true)], [failing])).toEqual([['external-dependency-failing', 'root']]);
  });

  const sureOf = (unjudged: Concluded['conclusion'], over: Partial<Fault> = {}) =>
    ranked([{ name: 'peering-broken', conclusion: unjudged }, found('database-down', over)], [failing])[0]?.confidence;
  const blind = { kind: 'inconclusive', reason: '403', settles: 'not-by-itself' } as const;

  it.each<[string, Concluded['conclusion'], Partial<Fault>, string]>([
    ['nothing could be judged', blind, {}, 'likely'],
    ['only likely before', blind, { confidence: 'likely' }, 'possible'],
    ['only possible before', blind, { confidence: 'possible' }, 'possible'],
    ['its service could not be judged', { ...blind, about: { target: 'n', services: ['backend'] } }, {}, 'likely'],
    ['another service could not be judged', { ...blind, about: { target: 'n', services: ['auth'] } }, {}, 'certain'],
    ['it will be judged soon, for which it waits', { ...blind, settles: 'soon' }, {}, 'certain'],
    ['it was ruled out', { kind: 'ruled-out', reason: 'active' }, {}, 'certain'],
    ['it was reached and said so itself', blind, { answered: true }, 'certain'],
    ['its containers confess', blind, { confessed: true }, 'certain'],
  ])('is less sure of what another rule might explain and could not judge: %s', (_, unjudged, over, sure) => {
    expect(sureOf(unjudged, over)).toBe(sure);
  });

  it('takes one step for all that could not be judged, and none for what could not explain it', () => {
    const both: Concluded[] = [
      { name: 'peering-broken', conclusion: blind },
      { name: 'firewall-blocking', conclusion: blind },
      found('database-down'),
    ];
    expect(ranked(both, [failing])[0]?.confidence).toBe('likely');
    expect(ranked([{ name: 'redis-full', conclusion: blind }, found('database-down')], [failing])[0]?.confidence).toBe(
      'certain',
    );
  });

  it('is as sure as ever of what a cause that was found explains', () => {
    const all: Concluded[] = [
      { name: 'firewall-blocking', conclusion: blind },
      found('peering-broken'),
      found('database-down'),
    ];
    expect(ranked(all, [failing])).toMatchObject([
      { rule: 'peering-broken', confidence: 'certain', standing: 'root' },
      { rule: 'database-down', confidence: 'certain', standing: 'explained' },
    ]);
  });

  it('lets nothing explain what harms nothing', () => {
    const both = [found('connector-saturated'), found('release-broken', { services: [] })];
    expect(standings(both, [failing])).toEqual([
      ['connector-saturated', 'root'],
      ['release-broken', 'incidental'],
    ]);
  });

  it('takes what was seen to fill something shared for the root, for all whom that harms', () => {
    const full = { target: 'c', services: ['backend', 'auth'] };
    const filling = { bringsAbout: [{ rule: 'connector-saturated', target: 'c' }] };
    const both = [found('connector-saturated', full), found('release-broken', filling)];
    expect(ranked(both, [failing])).toMatchObject([
      { rule: 'release-broken', standing: 'root', explainedBy: [], services: ['backend', 'auth'] },
      { rule: 'connector-saturated', standing: 'explained', explainedBy: ['release-broken'] },
    ]);
    const two = found('release-broken', {
      bringsAbout: [{ rule: 'database-connections-exhausted', target: 'd' }, ...filling.bringsAbout],
    });
    expect(standings([both[0] as Concluded, two], [failing])).toEqual([
      ['release-broken', 'root'],
      ['connector-saturated', 'explained'],
    ]);
    const [other] = ranked([found('connector-saturated', { ...full, target: 'd' }), both[1] as Concluded], [failing]);
    expect(other).toMatchObject({ rule: 'connector-saturated', standing: 'root' });
    const another = [found('redis-down', { target: 'c', services: ['auth'] }), both[1] as Concluded];
    expect(standings(another, [failing])).toEqual([
      ['release-broken', 'root'],
      ['redis-down', 'incidental'],
    ]);
  });

  it.each([
    [
      'will be judged soon, of the same service',
      { settles: 'soon', about: { target: 'c', services: ['backend'] } },
      'unsettled',
    ],
    ['will be judged soon, of everything', { settles: 'soon' }, 'unsettled'],
    [
      'will be judged soon, of another service',
      { settles: 'soon', about: { target: 'c', services: ['auth'] } },
      'root',
    ],
    ['will not be judged by itself', { settles: 'not-by-itself' }, 'root'],
  ] as const)('waits for what might explain it and %s', (_, over, standing) => {
    const unsure: Concluded = {
      name: 'connector-saturated',
      conclusion: { kind: 'inconclusive', reason: 'no points yet', ...over },
    };
    expect(standings([unsure, found('release-broken')], [failing])).toEqual([['release-broken', standing]]);
  });

  it('neither lets what a service stands on explain what its containers have confessed, nor waits for it', () => {
    const confessed = { confessed: true };
    const all = (by: RuleName) => standings([found(by), found('release-broken', confessed)], [failing]);
    expect(all('connector-saturated')).toEqual([
      ['connector-saturated', 'root'],
      ['release-broken', 'root'],
    ]);
    expect(all('configuration-broken')).toEqual([
      ['configuration-broken', 'root'],
      ['release-broken', 'explained'],
    ]);
    const late: Concluded = {
      name: 'connector-saturated',
      conclusion: { kind: 'inconclusive', reason: 'no points yet', settles: 'soon' },
    };
    expect(standings([late, found('release-broken', confessed)], [failing])).toEqual([['release-broken', 'root']]);
  });

  it('does not wait for what could not explain it, nor for what was ruled out', () => {
    const unsure: Concluded = {
      name: 'release-broken',
      conclusion: { kind: 'inconclusive', reason: 'no lines yet', settles: 'soon' },
    };
    const out: Concluded = { name: 'connector-saturated', conclusion: { kind: 'ruled-out', reason: 'not full' } };
    expect(standings([unsure, out, found('connector-saturated')], [failing])).toEqual([
      ['connector-saturated', 'root'],
    ]);
  });

  it('puts what looms behind what fails, and lets it explain nothing', () => {
    const both = [found('connector-saturated', { harm: 'soon' }), found('memory-exhausted')];
    expect(standings(both, [failing])).toEqual([
      ['memory-exhausted', 'root'],
      ['connector-saturated', 'looming'],
    ]);
  });

  it('puts what looms behind what is explained, too', () => {
    const all = [
      found('certificate-expiring', { harm: 'soon' }),
      found('connector-saturated'),
      found('release-broken'),
      found('redis-full', { services: ['auth'] }),
    ];
    expect(standings(all, [failing])).toEqual([
      ['connector-saturated', 'root'],
      ['release-broken', 'explained'],
      ['certificate-expiring', 'looming'],
      ['redis-full', 'incidental'],
    ]);
  });

  it('lets what looms explain what looms too, and names it first', () => {
    const both = [found('configuration-broken', { harm: 'soon' }), found('secret-unavailable', { harm: 'soon' })];
    expect(standings(both, [])).toEqual([
      ['secret-unavailable', 'looming'],
      ['configuration-broken', 'explained'],
    ]);
  });
});

describe('what explains what', () => {
  it('are rules that there are', () => {
    const named = ruleNames.flatMap((name) => ruleNamed(name).explains);
    expect(named.filter((name) => !(ruleNames as readonly string[]).includes(name))).toEqual([]);
  });

  it('leads from no rule back to itself, so that one is always left to be the root', () => {
    const below = (name: RuleName, seen = new Set<string>()): ReadonlySet<string> => {
      for (const next of ruleNamed(name).explains) if (!seen.has(next)) below(next as RuleName, seen.add(next));
      return seen;
    };
    expect(ruleNames.filter((name) => below(name).has(name))).toEqual([]);
  });
});

const believing = (seen: readonly ('yes' | 'no' | 'unknown')[]) =>
  rule({
    layer: 'platform',
    title: 'Believed',
    needs: ['logs'],
    considers: ['vpc-connector'],
    explains: [],
    diagnose: (given) => [
      {
        kind: 'cause',
        ...fault,
        claim: Object.keys(given).sort().join(', '),
        expects: seen.map((one) => ({ text: 'something else', seen: one })),
      },
    ],
  });

describe('a rule', () => {
  it.each([
    [['yes'], 'certain'],
    [['unknown', 'unknown'], 'certain'],
    [['yes', 'no'], 'likely'],
    [['no', 'no'], 'possible'],
    [['no', 'no', 'no'], 'possible'],
  ] as const)('whose expectations were seen as %s is %s', (seen, confidence) => {
    expect(judge(believing(seen), evidence(), context)).toMatchObject([{ confidence }]);
  });

  it('is handed what it considers where that was observed, and judges without it elsewhere', () => {
    const blind = evidence({ 'vpc-connector': unavailable('403') });
    expect(judge(believing([]), evidence(), context)).toMatchObject([{ claim: 'logs, vpc-connector' }]);
    expect(judge(believing([]), blind, context)).toMatchObject([{ claim: 'logs' }]);
  });
});

describe('diagnose', () => {
  it('says once what would settle what could not be judged', () => {
    const late = observed({
      connectors: [connector({ throughputMbps: points([60]) }), connector({ throughputMbps: [] })],
    });
    expect(diagnose(evidence({ 'vpc-connector': late }), context).nextChecks).toEqual([
      'Look again in four minutes: the metrics of connector staging-connector arrive up to 240 s late.',
    ]);
  });
});
