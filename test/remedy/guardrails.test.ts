import { describe, expect, it } from 'vitest';
import type { Environment } from '../../shared/policy/policy.ts';
import type { PlanStep } from '../../shared/remedy/actions.ts';
import { refusedByGuardrail } from '../../shared/remedy/guardrails.ts';
import type { RestartSettings } from '../../shared/remedy/restart-service.ts';
import type { ConnectorSize } from '../../shared/remedy/scale-connector.ts';
import { environment } from '../builders/evidence.ts';
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
  readonly ownProject?: string;
}): string | undefined {
  const { step = scale } = given;
  const here = { ...environment, ...given.environment, bounds: { ...bounds, ...given.bounds } };
  return refusedByGuardrail(
    step,
    { environment: here, ownProject: given.ownProject ?? 'acme-runmedic' },
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
