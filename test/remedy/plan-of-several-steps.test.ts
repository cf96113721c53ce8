import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import { type PlanInput, planFor } from '../../shared/remedy/plan-for.ts';
import {
  at,
  CONNECTOR,
  connector,
  environment,
  evidence,
  networkView,
  observed,
  service,
  way,
} from '../builders/evidence.ts';
import { plainConnector } from '../builders/ports.ts';

const root: Cause = {
  rule: 'connector-in-error',
  layer: 'infrastructure',
  explains: [],
  target: CONNECTOR,
  claim: 'it is in error',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
};
const old = plainConnector({ state: 'error', network: 'staging' });
const seen = evidence({
  'vpc-connector': observed({ connectors: [connector(old)], neighbours: [old] }),
  network: observed({ ways: [way('backend')], networks: [networkView()] }),
  'cloud-run': observed({ services: [service('backend', { instancesMax: 8 }), service('auth', { instancesMax: 8 })] }),
});
const planned = (over: Partial<PlanInput> = {}) =>
  planFor({
    incident: 'inc-1',
    round: 1,
    root,
    evidence: seen,
    environment,
    ownProject: undefined,
    at: at(0),
    made: [],
    tried: [],
    ...over,
  });
const actionsOf = (plan: ReturnType<typeof planned>) =>
  plan.kind === 'plan' ? plan.plan.steps.map(({ action }) => action) : [];

describe('a plan of several steps', () => {
  it('has them in order', () => {
    expect(actionsOf(planned())).toEqual(['recreate-connector', 'move-to-connector', 'move-to-connector']);
  });

  it('is not offered where a guardrail refuses one of those that follow', () => {
    const bounds = { ...environment.bounds, actions: ['recreate-connector' as const] };
    expect(planned({ environment: { ...environment, bounds } })).toMatchObject({
      kind: 'none',
      refusals: expect.arrayContaining([
        expect.stringMatching(/^Make the VPC connector anew: .*does not name move-to-connector/),
      ]),
    });
  });

  it('is held to what its own steps add up to', () => {
    const guardrails = { ...environment.guardrails, changesPerHourMax: 1 };
    expect(planned({ environment: { ...environment, guardrails } })).toMatchObject({
      kind: 'none',
      refusals: expect.arrayContaining([
        expect.stringMatching(/^Make the VPC connector anew: it would be change 2 here within an hour/),
      ]),
    });
  });

  it.each([CONNECTOR, undefined])('gives way to the next best once it was tried for the same cause: %s', (because) => {
    const tried = [{ action: 'recreate-connector' as const, target: `${CONNECTOR}2`, because }];
    expect(actionsOf(planned({ tried }))[0]).toBe(
      because === undefined ? 'recreate-connector' : 'switch-to-direct-vpc-egress',
    );
  });
});
