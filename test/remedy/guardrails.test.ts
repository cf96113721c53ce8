import { describe, expect, it } from 'vitest';
import type { Environment } from '../../shared/policy/policy.ts';
import type { Instant } from '../../shared/ports/clock.ts';
import type { PlanStep } from '../../shared/remedy/actions.ts';
import { refusedByGuardrail } from '../../shared/remedy/guardrails.ts';
import type { Watched } from '../../shared/remedy/guardrails-of-reach.ts';
import type { MadeChange } from '../../shared/remedy/made-change.ts';
import type { RestartSettings } from '../../shared/remedy/restart-service.ts';
import type { ConnectorSize } from '../../shared/remedy/scale-connector.ts';
import { at, CONNECTOR, environment, NOW, service, serviceName } from '../builders/evidence.ts';
import { brokenRelease, planOf } from '../builders/incident.ts';

const [scale] = planOf('inc-1').steps;
const [shift] = planOf('inc-1', brokenRelease).steps;
const { bounds } = environment;

/** The step as planned and the world as read: what is given differs. */
function refusal(given: {
  readonly step?: PlanStep;
  readonly present?: unknown;
  readonly environment?: Partial<Environment>;
  readonly bounds?: Partial<Environment['bounds']>;
  readonly guardrails?: Partial<Environment['guardrails']>;
  readonly ownProject?: string;
  readonly allPaused?: boolean;
  readonly made?: readonly MadeChange[];
  readonly at?: Instant;
  readonly steps?: readonly PlanStep[];
  readonly watched?: readonly Watched[];
}): string | undefined {
  const { step = scale } = given;
  const here = {
    ...environment,
    ...given.environment,
    bounds: { ...bounds, ...given.bounds },
    guardrails: { ...environment.guardrails, ...given.guardrails },
  };
  return refusedByGuardrail(
    step,
    {
      environment: here,
      ownProject: given.ownProject ?? 'acme-runmedic',
      ...(given.allPaused === undefined ? {} : { allPaused: given.allPaused }),
      at: given.at ?? NOW,
      incident: 'inc-1',
      rule: 'connector-saturated',
      made: given.made ?? [],
      ...(given.steps === undefined ? {} : { steps: given.steps }),
      ...(given.watched === undefined ? {} : { watched: given.watched }),
    },
    given.present ?? step.before,
  );
}

const costing = (costUsdPerMonth: number | 'unknown'): PlanStep => ({
  ...scale,
  prospect: { ...scale.prospect, costUsdPerMonth },
});
const before: ConnectorSize = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 };
/** Sound: the step is one of scale-connector. */
const sized = (after: Partial<ConnectorSize>): PlanStep =>
  ({ ...scale, before, after: { ...before, ...after } }) as PlanStep;
const restarted = (after: RestartSettings): PlanStep => ({
  ...shift,
  action: 'restart-service',
  before: { mark: null, images: ['app@sha256:aa'] },
  after,
});

describe('guardrails', () => {
  it('let through what was planned', () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ step: shift })).toBeUndefined();
    expect(refusal({ step: restarted({ mark: 'inc-1-1', images: ['app@sha256:aa'] }) })).toBeUndefined();
  });

  it.each([
    ['the pause switch of all', { allPaused: true }, 'paused is true'],
    [
      'the list of denied actions',
      { bounds: { deniedActions: ['scale-connector'] } },
      'deniedActions names scale-connector',
    ],
    [
      'observing',
      { environment: { observe: 'environments.staging.observe' } },
      'environments.staging.observe is true, so that runmedic shows plans here and makes none',
    ],
    ['the pause switch', { environment: { paused: true } }, 'environments.staging.paused is true'],
    ["runmedic's own project", { ownProject: 'acme-staging' }, "runmedic's own project acme-staging (ownProject)"],
    ['the list of actions', { bounds: { actions: ['shift-traffic'] } }, 'environments.staging.bounds.actions'],
    ['the bound on cost', { step: costing(500.01) }, 'environments.staging.bounds.costUsdPerMonthMax (500)'],
    [
      'the bound on cost, where the cost is not known',
      { step: costing('unknown') },
      'what it costs is not known, so that environments.staging.bounds.costUsdPerMonthMax (500) cannot be kept',
    ],
    [
      'the bound on instances',
      { bounds: { connectorInstancesMax: 9 } },
      '10 instances are over environments.staging.bounds.connectorInstancesMax (9)',
    ],
    [
      'the machine types',
      { step: sized({ machineType: 'e2-standard-4' }), bounds: { connectorMachineTypes: ['e2-micro'] } },
      'environments.staging.bounds.connectorMachineTypes (e2-micro) does not name e2-standard-4',
    ],
    [
      'machine types of which there are none',
      { step: sized({ machineType: 'e2-standard-4' }), bounds: { connectorMachineTypes: [] } },
      'connectorMachineTypes (none)',
    ],
    ['what stands by now', { present: { ...before, instancesMax: 11 } }, 'a connector only grows: it has 2-11'],
    [
      'the machine type that stands by now',
      { present: { ...before, machineType: 'e2-standard-4' } },
      'a connector only grows: it has 2-3 x e2-standard-4',
    ],
    ['the minimum that stands by now', { present: { ...before, instancesMin: 3 } }, 'a connector only grows'],
    ["the platform's largest connector", { step: sized({ instancesMax: 11 }) }, 'VPC Access takes 2 to 10 instances'],
    ["the platform's smallest connector", { step: sized({ instancesMin: 1 }) }, 'VPC Access takes 2 to 10 instances'],
    ['a minimum that is the maximum', { step: sized({ instancesMin: 3 }) }, 'with the minimum below the maximum'],
    [
      'shares that leave users out',
      { step: { ...shift, after: { traffic: [{ revision: 'backend-00002', percent: 90 }] } } as PlanStep },
      'shares that add up to 100 %, not 90 %',
    ],
    ['an image that may change', { step: restarted({ mark: 'inc-1-1', images: ['app:latest'] }) }, 'pinned by digest'],
    [
      'a sidecar that may change',
      { step: restarted({ mark: 'inc-1-1', images: ['app@sha256:aa', 'proxy:1'] }) },
      'pinned by digest',
    ],
    ['a restart without an image', { step: restarted({ mark: 'inc-1-1', images: [] }) }, 'pinned by digest'],
    ['a restart without its mark', { step: restarted({ mark: null, images: ['app@sha256:aa'] }) }, 'needs its mark'],
  ] as const)('refuse by %s, and name it', (_, given, words) => {
    expect(refusal(given)).toContain(words);
  });

  it.each([
    ['a cost at the bound', { step: costing(500) }],
    ['a size at the bound', { bounds: { connectorInstancesMax: 10 } }],
    [
      'larger machines where there are more already than the policy would add',
      {
        step: sized({ machineType: 'e2-standard-4', instancesMax: 10 }),
        present: { ...before, instancesMax: 10 },
        bounds: { connectorInstancesMax: 5 },
      },
    ],
    ['a project of nobody', { ownProject: 'acme' }],
  ] as const)('let through %s', (_, given) => {
    expect(refusal(given)).toBeUndefined();
  });
});

describe('guardrails over time', () => {
  const made = (over: Partial<MadeChange> = {}): MadeChange => ({
    incident: 'inc-0',
    environment: 'staging',
    action: 'scale-connector',
    target: scale.target,
    direction: 'apply',
    rule: 'connector-saturated',
    costUsdPerMonth: 10,
    at: at(-600),
    ...over,
  });
  const times = (count: number, over: Partial<MadeChange> = {}) => Array.from({ length: count }, () => made(over));
  const week = 7 * 86_400;

  it.each<[string, Parameters<typeof refusal>[0], string | undefined]>([
    [
      'the same change a moment before its cooldown ends',
      { made: [made({ at: at(-899) })] },
      'guardrails.cooldown (15 min)',
    ],
    ['the same change as its cooldown ends', { made: [made({ at: at(-900) })] }, undefined],
    ['a change that this incident made itself', { made: [made({ incident: 'inc-1' })] }, undefined],
    ['what was put back', { made: [made({ direction: 'undo' })] }, undefined],
    ['another action on it', { made: [made({ action: 'shift-traffic' })] }, undefined],
    ['another resource', { made: [made({ target: `${scale.target}-2` })] }, undefined],
    ['nine changes in an hour', { made: times(9, { action: 'shift-traffic', at: at(-3599) }) }, undefined],
    [
      'ten changes in an hour',
      { made: times(10, { action: 'shift-traffic', at: at(-3599) }) },
      'change 11 here within an hour: environments.staging.guardrails.changesPerHourMax is 10',
    ],
    ['ten changes, an hour ago', { made: times(10, { action: 'shift-traffic', at: at(-3600) }) }, undefined],
    ['the same fix twice in a week', { made: times(2, { at: at(-week + 1) }) }, undefined],
    ['the same fix three times in a week', { made: times(3, { at: at(-week + 1) }) }, 'made 3 times in 7 days'],
    ['the same fix three times, a week ago', { made: times(3, { at: at(-week) }) }, undefined],
    [
      'the same change three times, for another cause',
      { made: times(3, { at: at(-5000), rule: 'nat-exhausted' }) },
      undefined,
    ],
    [
      'what a day may cost',
      {
        step: costing(40),
        made: [made({ at: at(-86_399), costUsdPerMonth: 60 })],
        bounds: { costUsdPerMonthPerDayMax: 100 },
      },
      undefined,
    ],
    [
      'more than a day may cost',
      {
        step: costing(40.01),
        made: [made({ at: at(-86_399), costUsdPerMonth: 60 })],
        bounds: { costUsdPerMonthPerDayMax: 100 },
      },
      'adds $100.01 a month: environments.staging.bounds.costUsdPerMonthPerDayMax is 100',
    ],
    [
      'what cost nobody knows, and what saved',
      {
        step: costing(100),
        made: [made({ at: at(-5000), costUsdPerMonth: 'unknown' }), made({ at: at(-5000), costUsdPerMonth: -50 })],
        bounds: { costUsdPerMonthPerDayMax: 100 },
      },
      undefined,
    ],
  ])('%s', (_, given, words) => {
    const said = refusal(given);
    if (words === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(words);
    if (words !== undefined) expect(said).toMatch(/; who maintains runmedic\.yaml can lift it$/);
  });
});

const shifted = (name: string): PlanStep => ({ ...shift, target: serviceName(name) });
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `s${n}`);
const onto = (target: string): PlanStep => ({ ...scale, target });
const NAT = 'projects/acme-staging/regions/us-central1/routers/r/nats/n';
const HOST = 'projects/acme-net/locations/us-central1/connectors/shared';
/** Sound: a connector that is made anew, as far as guardrails look at it. */
const anew = (target: string): PlanStep =>
  ({
    ...scale,
    action: 'recreate-connector',
    target,
    before: { connector: null },
    after: { connector: { ...before, ipCidrRange: '10.8.0.0/28' } },
  }) as unknown as PlanStep;

type Given = Parameters<typeof refusal>[0];
const said = (given: Given, words: string | undefined): void => {
  const refused = refusal(given);
  if (words === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(words);
  if (words !== undefined) expect(refused).toMatch(/; who maintains runmedic\.yaml can lift it$/);
};

describe('only what the configuration names', () => {
  it.each<[string, Given, string | undefined]>([
    ['a service that is named', { step: shift, environment: { services: ['backend'] } }, undefined],
    [
      'a service that is not',
      { step: shift, environment: { services: ['auth', 'frontend'] } },
      'services/backend is not named by environments.staging.services (auth, frontend), and nothing else is changed',
    ],
    ['a connector that is named', { environment: { connectors: [CONNECTOR] } }, undefined],
    ['a connector, of which none is', { environment: { connectors: [] } }, 'environments.staging.connectors (none)'],
    ["another project's connector that is named", { step: onto(HOST), environment: { connectors: [HOST] } }, undefined],
    ["another project's connector", { step: onto(HOST) }, `${HOST} is not in acme-staging/locations/us-central1`],
    ['a service of another region', { step: shift, environment: { region: 'europe-west1' } }, 'is not in acme-staging'],
    ['a gateway of the project', { step: onto(NAT) }, undefined],
    ['a gateway of another', { step: onto(NAT), environment: { project: 'acme' } }, `${NAT} is not in acme,`],
    [
      'a connector that is made beside one that is named',
      { step: anew(`${CONNECTOR}2`), present: { connector: null }, environment: { connectors: [CONNECTOR] } },
      undefined,
    ],
    [
      'a connector that is made elsewhere',
      { step: anew(`${CONNECTOR}2`), present: { connector: null }, environment: { connectors: [HOST] } },
      'environments.staging.connectors (shared)',
    ],
  ])('%s', (_, given, words) => said(given, words));
});

describe('what is not named, where a label is asked for', () => {
  const guardrails = { optInLabel: { key: 'runmedic', value: 'yes' } };
  const labelled = (name: string, labels?: Readonly<Record<string, string>>): Watched => ({
    ...service(name),
    ...(labels === undefined ? {} : { labels }),
  });
  const all = ['backend', 'auth'].map((name) => labelled(name, { runmedic: 'yes' }));
  const one = [labelled('backend', { runmedic: 'yes' }), labelled('auth')];
  const away = { ...labelled('jobs'), template: { ...service('jobs').template, vpcAccess: { kind: 'none' } } } as const;

  it.each<[string, Given, string | undefined]>([
    ['a service that carries it', { step: shift, watched: one }, undefined],
    [
      'a service with another value',
      { step: shift, watched: [labelled('backend', { runmedic: 'no' })] },
      'services/backend has not opted in: the label runmedic=yes is not on backend (environments.staging.guardrails.optInLabel)',
    ],
    ['a service that is not known', { step: shift }, 'no watched service is known to use it'],
    ['a service that is named', { step: shift, environment: { services: ['backend'] } }, undefined],
    ['a connector all of whose users carry it', { watched: all }, undefined],
    ['a connector, whoever does not use it', { watched: [...all, away] }, undefined],
    [
      'a connector one of whose users does not',
      { watched: one },
      'opted in: the label runmedic=yes is not on auth (env',
    ],
    ['a connector that is named', { watched: one, environment: { connectors: [CONNECTOR] } }, undefined],
    ['a connector that is made anew', { step: anew(`${CONNECTOR}2`), present: { connector: null } }, undefined],
    ['a gateway, where all carry it', { step: onto(NAT), watched: all }, undefined],
    ['a gateway, where one does not', { step: onto(NAT), watched: [...all, away] }, 'is not on jobs ('],
  ])('%s', (_, given, words) => said({ ...given, guardrails }, words));
});

describe('the blast radius', () => {
  const of = (touched: number, watched: number, percentMax = 50): Given => {
    const steps = many(touched).map(shifted);
    const blastRadius = { percentMax, servicesAlways: 5 };
    return {
      step: steps[0] ?? shift,
      steps,
      watched: many(watched).map((name) => service(name)),
      guardrails: { blastRadius },
    };
  };

  it.each<[string, Given, string | undefined]>([
    ['the whole of a small environment', of(5, 5), undefined],
    [
      'one more than is always taken',
      of(6, 6),
      '6 of 6 watched services at once: environments.staging.guardrails.blastRadius',
    ],
    ['half of a large one', of(6, 12), undefined],
    ['more than half', of(7, 13), 'takes 50 % of them, and 5 at any rate'],
    ['all of it, where that is allowed', of(8, 8, 100), undefined],
    ['two changes of one service', { ...of(5, 5), steps: [...many(5).map(shifted), shifted('s0')] }, undefined],
    ['one connector of many services', { watched: many(40).map((name) => service(name)) }, undefined],
  ])('%s', (_, given, words) => said(given, words));
});
