import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import type { PlanStep } from '../../shared/remedy/actions.ts';
import { resourceOf } from '../../shared/remedy/lease.ts';
import type { Plan } from '../../shared/remedy/plan.ts';
import { bestOf, type PlanInput, planDigest, planFor } from '../../shared/remedy/plan-for.ts';
import { isSignedBy, privateKeyFrom, publicKeyFrom, signed } from '../../shared/remedy/signature.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  environment,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  revision,
  service,
  serviceMetrics,
  serviceName,
  unavailable,
} from '../builders/evidence.ts';
import { brokenRelease, planOf, saturated, shutOut } from '../builders/incident.ts';
import { causeOf } from '../builders/remedies.ts';

const planned = (of: Evidence, over: Partial<PlanInput> = {}) => {
  const { root } = diagnose(of, context);
  if (root === undefined) throw new Error('this evidence has no root');
  return planFor({
    incident: 'inc-1',
    round: 1,
    root,
    evidence: of,
    environment,
    ownProject: 'acme-runmedic',
    at: at(0),
    made: [],
    tried: [],
    ...over,
  });
};
const within = (bounds: Partial<Environment['bounds']>): Partial<PlanInput> => ({
  environment: { ...environment, bounds: { ...environment.bounds, ...bounds } },
});
const saturatedWith = (over: Parameters<typeof connector>[0]): Evidence => ({
  ...saturated,
  'vpc-connector': observed({
    connectors: [connector({ throughputMbps: points([990, 995, 999]), ceilingMbps: 1000, ...over })],
  }),
});

describe('scale-connector', () => {
  it('raises the maximum, sends both limits, and says that nothing undoes it', () => {
    expect(planned(saturated)).toMatchObject({
      kind: 'plan',
      plan: {
        because: { rule: 'connector-saturated', target: CONNECTOR },
        steps: [
          {
            action: 'scale-connector',
            target: CONNECTOR,
            etag: undefined,
            before: { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 },
            after: { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10 },
            prospect: {
              risk: 'low',
              costUsdPerMonth: 42.8,
              undo: { kind: 'none' },
              summary: { before: '2-3 x e2-micro (about 300 Mbps)', after: '2-10 x e2-micro (about 1000 Mbps)' },
            },
          },
        ],
      },
    });
  });

  it('takes larger machines once it has all it may have', () => {
    expect(planned(saturatedWith({ instancesMax: 10 }), within({ costUsdPerMonthMax: 1000 }))).toMatchObject({
      plan: { steps: [{ after: { machineType: 'e2-standard-4', instancesMin: 2, instancesMax: 10 } }] },
    });
  });

  it.each([
    ['a connector that is updating', saturatedWith({ state: 'updating' }), {}, 'is updating, not ready'],
    [
      'the policy, when nothing larger is allowed',
      saturated,
      within({ connectorInstancesMax: 3, connectorMachineTypes: ['e2-micro'] }),
      'allows nothing larger',
    ],
    [
      'a price over the bound',
      saturated,
      within({ costUsdPerMonthMax: 42 }),
      'Scale the VPC connector: $42.80 more a month is over environments.staging.bounds.costUsdPerMonthMax (42)',
    ],
    [
      'an action that the policy does not name',
      saturated,
      within({ actions: ['shift-traffic'] }),
      'environments.staging.bounds.actions (shift-traffic) does not name scale-connector',
    ],
    [
      'a policy that allows no action at all',
      saturated,
      within({ actions: [] }),
      'environments.staging.bounds.actions (none) does not name scale-connector',
    ],
    ["runmedic's own project", saturated, { ownProject: 'acme-staging' }, "runmedic's own project"],
    ['a paused environment', saturated, { environment: { ...environment, paused: true } }, 'paused is true'],
    [
      'what was tried already',
      saturated,
      { tried: [{ action: 'scale-connector' as const, target: CONNECTOR }] },
      'Scale the VPC connector: was tried in this incident already',
    ],
  ])('is refused by %s', (_, of, over, reason) => {
    // Of the changes that answer it, each says why it is not offered.
    const refusals = expect.arrayContaining([expect.stringContaining(reason)]);
    expect(planned(of, over)).toEqual({ kind: 'none', refusals });
  });
});

describe('shift-traffic', () => {
  it('goes by the logs where Monitoring cannot be asked, and says so to whoever decides', () => {
    const blind = planned({ ...brokenRelease, metrics: unavailable('503') });
    expect(blind).toMatchObject({
      plan: {
        steps: [
          {
            action: 'shift-traffic',
            after: { traffic: [{ revision: 'backend-00002', percent: 100 }] },
            prospect: {
              expectedEffect: expect.stringContaining('was ready before backend-00003 came and is not seen to fail'),
              whatCouldGoWrong: expect.stringMatching(
                /^Monitoring could not be asked whether backend-00002 served.* What backend-00003 changed/,
              ),
            },
          },
        ],
      },
    });
    expect(JSON.stringify(planned(brokenRelease))).not.toContain('could not be asked');
  });

  it('goes back to the last revision that served, keeps tags, and can be undone', () => {
    const tagged: Evidence = {
      ...brokenRelease,
      'cloud-run': observed({
        services: [
          service('backend', {
            etag: '"7"',
            traffic: [
              { revision: 'LATEST', percent: 100 },
              { revision: 'backend-00001', percent: 0, tag: 'old' },
            ],
            serving: [{ revision: 'backend-00003', percent: 100 }],
            revisions: [revision('backend-00003', at(-300)), revision('backend-00002', at(-86_400))],
          }),
        ],
      }),
    };
    expect(planned(tagged)).toMatchObject({
      plan: {
        steps: [
          {
            action: 'shift-traffic',
            target: serviceName('backend'),
            etag: '"7"',
            after: {
              traffic: [
                { revision: 'backend-00002', percent: 100 },
                { revision: 'backend-00001', percent: 0, tag: 'old' },
              ],
            },
            prospect: {
              undo: { kind: 'restore-before' },
              summary: { before: '100 % latest', after: '100 % backend-00002' },
            },
          },
        ],
      },
    });
  });
});

describe('of several changes that may be made', () => {
  const [base] = planOf('inc-1').steps;
  const step = (target: string, over: Partial<PlanStep['prospect']>): PlanStep => ({
    ...base,
    target,
    prospect: { ...base.prospect, ...over },
  });

  it.each<[string, readonly Partial<PlanStep['prospect']>[], number]>([
    ['the least risky', [{ risk: 'high' }, { risk: 'medium' }, { risk: 'low' }], 2],
    ['the less risky', [{ risk: 'medium' }, { risk: 'high' }], 0],
    ['the first among equals', [{ risk: 'medium' }, { risk: 'low' }, { risk: 'low' }], 1],
    [
      'what mends before what only relieves, whatever the risk',
      [
        { fit: 'relieves', risk: 'low' },
        { fit: 'mends', risk: 'high' },
      ],
      1,
    ],
    ['the cheapest of the least risky', [{ costUsdPerMonth: 2 }, { costUsdPerMonth: 1 }, { costUsdPerMonth: 3 }], 1],
    ['what has a price before what has none', [{ costUsdPerMonth: 'unknown' }, { costUsdPerMonth: 400 }], 1],
    [
      'the least risky, whatever its price',
      [
        { risk: 'medium', costUsdPerMonth: 1 },
        { risk: 'low', costUsdPerMonth: 400 },
      ],
      1,
    ],
  ])('%s is offered', (_, prospects, best) => {
    const steps = prospects.map((prospect, index) => step(`${index}`, prospect));
    expect(bestOf(steps)).toBe(steps[best]);
  });

  it('none is offered where there is none', () => expect(bestOf([])).toBeUndefined());

  const killed = evidence({
    metrics: observed({ services: [serviceMetrics('backend')] }),
    'cloud-run': observed({ services: [service('backend')] }),
    logs: observed(
      logs({ failed: [failed('backend', 20)], signatures: [line('backend', 'memory-limit-exceeded', 6)] }),
    ),
  });

  it('the next best is left once the best was tried, with the mark of its round', () => {
    expect(planned(killed)).toMatchObject({ plan: { steps: [{ action: 'raise-memory' }] } });
    const leaking = {
      ...killed,
      metrics: observed({
        services: [serviceMetrics('backend', { memoryRatio: points([0.4, 0.5, 0.6, 0.7, 0.8, 0.95]) })],
      }),
    };
    const tried = [{ action: 'raise-memory', target: serviceName('backend') }] as const;
    expect(planned(leaking, { tried, round: 2 })).toMatchObject({
      plan: { steps: [{ action: 'restart-service', after: { mark: 'inc-1-2' } }] },
    });
  });

  it('none is left where each is refused: every one says why', () => {
    const tried = [{ action: 'raise-memory', target: serviceName('backend') }] as const;
    expect(planned(killed, { tried })).toEqual({
      kind: 'none',
      refusals: [
        'Raise the memory: was tried in this incident already',
        'Restart the service: the memory of backend does not fill up by itself: an empty container would soon be as full',
      ],
    });
  });
});

describe('a plan without an action', () => {
  it('says what could not be observed', () => {
    expect(planned(saturated, { evidence: { ...saturated, 'vpc-connector': unavailable('denied') } })).toEqual({
      kind: 'none',
      refusals: [
        'Scale the VPC connector: vpc connector could not be observed: denied',
        'Send into the network directly: vpc connector could not be observed: denied',
      ],
    });
    const { root } = diagnose(saturated, context);
    const without: Evidence = { ...saturated, 'vpc-connector': { status: 'not-applicable' } };
    expect(planned(saturated, { ...(root && { root }), evidence: without })).toMatchObject({
      refusals: [
        'Scale the VPC connector: vpc connector could not be observed',
        'Send into the network directly: vpc connector could not be observed',
      ],
    });
  });

  it('says that nothing answers the cause', () => {
    const root = causeOf('platform-incident');
    expect(planned(saturated, { root })).toEqual({
      kind: 'none',
      refusals: ['runmedic knows no change that answers this cause'],
    });
  });
});

describe('a digest', () => {
  const plan = planned(saturated);
  if (plan.kind !== 'plan') throw new Error('no plan');
  const [step] = plan.plan.steps;

  const planWith = (over: Partial<Plan>): Plan => ({ ...plan.plan, ...over });
  const stepWith = (over: object): Plan => planWith({ steps: [{ ...step, ...over }] });
  const prospectWith = (over: object): Plan => stepWith({ prospect: { ...step.prospect, ...over } });

  it('is the same for the same plan, whatever the order of its keys, and in every round', () => {
    const shuffled = Object.fromEntries(Object.entries(step).reverse()) as typeof step;
    expect(planDigest(planWith({ steps: [shuffled], round: 7, digest: '' }))).toBe(plan.plan.digest);
  });

  it.each([
    ['incident', planWith({ incident: 'inc-2' })],
    ['rule', planWith({ because: { ...plan.plan.because, rule: 'release-broken' } })],
    ['cause', planWith({ because: { ...plan.plan.because, target: 'another' } })],
    ['step after it', planWith({ steps: [step, step] })],
    ['target', stepWith({ target: `${step.target}x` })],
    ['after', stepWith({ after: { ...step.after, instancesMax: 9 } })],
    ['before', stepWith({ before: { ...step.before, instancesMax: 4 } })],
    ['etag', stepWith({ etag: '"2"' })],
    ['undo', prospectWith({ undo: { kind: 'restore-before' } })],
    ['risk', prospectWith({ risk: 'high' })],
    ['price', prospectWith({ costUsdPerMonth: 0 })],
    ['summary', prospectWith({ summary: { ...step.prospect.summary, after: 'something harmless' } })],
    ['expectation', prospectWith({ expectedEffect: 'nothing to see here' })],
    ['danger', prospectWith({ whatCouldGoWrong: 'nothing' })],
    ['permanence', prospectWith({ permanent: { ...step.prospect.permanent, gcloud: '' } })],
    ['fit', prospectWith({ fit: 'relieves' })],
  ])('differs with another %s', (_, other) => {
    expect(planDigest(other)).not.toBe(plan.plan.digest);
  });

  it('is vouched for by one key only', () => {
    const pem = () =>
      generateKeyPairSync('ed25519', {
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      });
    const [own, other] = [pem(), pem()];
    const signature = signed({ digest: plan.plan.digest }, privateKeyFrom(own.privateKey));
    expect(isSignedBy({ digest: plan.plan.digest }, signature, publicKeyFrom(own.publicKey))).toBe(true);
    expect(isSignedBy({ digest: plan.plan.digest }, signature, publicKeyFrom(other.publicKey))).toBe(false);
    expect(isSignedBy({ digest: 'other' }, signature, publicKeyFrom(own.publicKey))).toBe(false);
    expect(isSignedBy({ digest: plan.plan.digest }, 'not a signature', publicKeyFrom(own.publicKey))).toBe(false);
    const rsa = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(() => privateKeyFrom(rsa.privateKey)).toThrow('an Ed25519 key is needed, this is rsa');
  });
});

it('is shown where it is only to be shown', () => {
  expect(planned(saturated, { environment: { ...environment, observe: 'observe' } })).toEqual(planned(saturated));
});

it('needs no services to be seen for a change that touches none of them', () => {
  const blind = { ...saturated, 'cloud-run': unavailable('denied') };
  expect(planned(saturated, { evidence: blind })).toMatchObject({ kind: 'plan' });
});

describe('a resource that another incident is changing', () => {
  const lease = { incident: 'inc-0', digest: 'a3f1', step: 0, direction: 'apply', takenAt: at(-30) } as const;
  const leases = [{ ...lease, resource: CONNECTOR, operation: undefined, mark: 'm' }];

  it('is let alone, with all else that would help, and the refusal says by which incident', () => {
    expect(planned(saturated, { leases })).toEqual({
      kind: 'being-changed',
      detail: `incident inc-0 is changing ${CONNECTOR}: one change at a time on a resource, which nobody can lift; it is free once that change has ended`,
    });
  });

  it.each([
    ['another resource', [{ ...lease, resource: `${CONNECTOR}2`, operation: undefined, mark: 'm' }]],
    ['nothing', []],
  ])('does not keep back what changes %s', (_, others) => {
    expect(planned(saturated, { leases: others })).toMatchObject({ kind: 'plan' });
  });

  it('keeps nobody from what they do by hand', () => {
    const { root } = diagnose(shutOut, context);
    const held = [{ ...lease, resource: root?.target ?? '', operation: undefined, mark: 'm' }];
    expect(planned(shutOut, { leases: held })).toMatchObject({ kind: 'plan' });
  });

  it('is the whole router of a NAT gateway', () => {
    const router = 'projects/acme-staging/regions/us-central1/routers/r';
    expect(resourceOf(`${router}/nats/n`)).toBe(router);
    expect(resourceOf(CONNECTOR)).toBe(CONNECTOR);
  });
});
