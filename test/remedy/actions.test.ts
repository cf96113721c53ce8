import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { PlanStep } from '../../shared/remedy/actions.ts';
import { leastRisky } from '../../shared/remedy/plan-for.ts';
import { restartService } from '../../shared/remedy/restart-service.ts';
import { scaleConnector } from '../../shared/remedy/scale-connector.ts';
import { shiftTraffic } from '../../shared/remedy/shift-traffic.ts';
import { canonical } from '../../shared/remedy/signature.ts';
import {
  at,
  CONNECTOR,
  connector,
  environment,
  logs,
  revision,
  service,
  serviceName,
  template,
} from '../builders/evidence.ts';
import { planOf } from '../builders/incident.ts';
import { plainConnector, plainService, reading, recording, unhurried } from '../builders/ports.ts';

const { bounds } = environment;
const cause = (target: string): Cause => ({
  rule: 'connector-saturated',
  layer: 'infrastructure',
  explains: [],
  target,
  claim: 'it is full',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
});
const size = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 };

describe('scale-connector', () => {
  const propose = (over: Parameters<typeof connector>[0], target = CONNECTOR, within = bounds) =>
    scaleConnector.propose({
      cause: cause(target),
      seen: { 'vpc-connector': { connectors: [connector(over)] } },
      bounds: within,
      mark: 'inc-1-1',
    });

  it.each([
    ['ready', true],
    ['updating', false],
    ['creating', false],
    ['unknown', false],
  ] as const)('reads size and state: %s', async (state, settled) => {
    const { cloud } = reading({ connectors: [plainConnector({ state })] });
    expect(await scaleConnector.read(CONNECTOR, cloud, unhurried)).toEqual({
      settings: size,
      etag: undefined,
      settled,
    });
  });

  it.each(['error', 'deleting'] as const)('does not wait on a connector in state %s', async (state) => {
    const { cloud } = reading({ connectors: [plainConnector({ state })] });
    await expect(scaleConnector.read(CONNECTOR, cloud, unhurried)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining(`is in state ${state}`),
    });
  });

  it('writes all three limits together', async () => {
    const { cloud, written } = recording();
    const after = { ...size, instancesMax: 10 };
    const change = { target: CONNECTOR, etag: undefined, before: size, after };
    expect(await scaleConnector.write(change, cloud, unhurried)).toEqual({ operation: 'updateConnector-1' });
    expect(written).toEqual([['updateConnector', CONNECTOR, after]]);
  });

  it('refuses what was not seen', () => {
    expect(propose({}, `${CONNECTOR}-gone`)).toEqual({
      kind: 'refused',
      reason: `connector ${CONNECTOR}-gone was not observed`,
    });
  });

  it('does not guess the price or the ceiling of machines that it does not know', () => {
    expect(propose({ machineType: 'n4-huge' })).toMatchObject({
      kind: 'proposed',
      change: { after: { machineType: 'n4-huge', instancesMax: 10 } },
      prospect: { costUsdPerMonth: 'unknown', summary: { before: '2-3 x n4-huge', after: '2-10 x n4-huge' } },
    });
  });

  it.each([
    ['there is no larger type', { machineType: 'e2-standard-4', instancesMax: 10 }, bounds],
    ['the next type is not allowed', { instancesMax: 10 }, { ...bounds, connectorMachineTypes: ['e2-micro'] }],
  ])('refuses when it has all the machines it may have and %s', (_, over, within) => {
    expect(propose(over, CONNECTOR, within)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('allows nothing larger'),
    });
  });
});

describe('shift-traffic', () => {
  const backend = serviceName('backend');
  const pinned = [{ revision: 'backend-00001', percent: 100 }];
  const propose = (over: Parameters<typeof service>[1], target = backend) =>
    shiftTraffic.propose({
      cause: { ...cause(target), rule: 'release-broken' },
      seen: { 'cloud-run': { services: [service('backend', over)] }, logs: logs(), metrics: { services: [] } },
      bounds,
      mark: 'inc-1-1',
    });

  it.each([true, false])(
    'reads what is configured, with the etag of the write; reconciling: %s',
    async (reconciling) => {
      const { cloud } = reading({ services: [plainService('backend', { etag: '"9"', traffic: pinned, reconciling })] });
      expect(await shiftTraffic.read(backend, cloud, unhurried)).toEqual({
        settings: { traffic: pinned },
        etag: '"9"',
        settled: !reconciling,
      });
    },
  );

  it.each([
    ['"9"', '"9"'],
    [undefined, ''],
  ])('writes the shares under the etag %j', async (etag, sent) => {
    const { cloud, written } = recording();
    const change = { target: backend, etag, before: { traffic: [] }, after: { traffic: pinned } };
    expect(await shiftTraffic.write(change, cloud, unhurried)).toEqual({ operation: 'updateTraffic-1' });
    expect(written).toEqual([['updateTraffic', { name: backend, etag: sent }, pinned]]);
  });

  it.each([
    ['what was not seen', {}, 'elsewhere', 'service elsewhere was not observed'],
    ['a service without revisions', { revisions: [] }, backend, `service ${backend} was not observed`],
    [
      'to go back where there is nothing to go back to',
      {
        revisions: [revision('backend-00003', at(-300))],
        serving: [{ revision: 'backend-00003', percent: 100 }],
      },
      backend,
      'backend has no earlier revision that is ready and did not fail too',
    ],
  ])('refuses %s', (_, over, target, reason) => {
    expect(propose(over, target)).toEqual({ kind: 'refused', reason });
  });

  it('says what serves now by name where it is pinned', () => {
    const split = [
      { revision: 'backend-00003', percent: 90 },
      { revision: 'LATEST', percent: 10 },
      { revision: 'backend-00001', percent: 0, tag: 'old' },
    ];
    const revisions = [revision('backend-00003', at(-300)), revision('backend-00002', at(-900))];
    const serving = [{ revision: 'backend-00003', percent: 100 }];
    expect(propose({ traffic: split, revisions, serving })).toMatchObject({
      prospect: { summary: { before: '90 % backend-00003, 10 % latest', after: '100 % backend-00002' } },
    });
  });
});

describe('restart-service', () => {
  const backend = serviceName('backend');
  const images = ['us-docker.pkg.dev/acme/app@sha256:aaaa'];

  it.each([
    ['never restarted', template, { mark: null, images }],
    ['restarted before', { ...template, restartedAt: 'inc-0-1' }, { mark: 'inc-0-1', images }],
    ['without a container', { ...template, containers: [] }, { mark: null, images: [] }],
  ])('reads mark and images: %s', async (_, of, settings) => {
    const { cloud } = reading({ services: [plainService('backend', { template: of, reconciling: true })] });
    expect(await restartService.read(backend, cloud, unhurried)).toEqual({ settings, etag: '"1"', settled: false });
  });

  it.each([
    ['"9"', 'inc-1-1', { name: backend, etag: '"9"' }, { mark: 'inc-1-1', images }],
    [undefined, null, { name: backend, etag: '' }, { mark: '', images }],
  ])('writes mark and images under the etag %j', async (etag, mark, named, restart) => {
    const { cloud, written } = recording();
    const change = { target: backend, etag, before: { mark: null, images }, after: { mark, images } };
    expect(await restartService.write(change, cloud, unhurried)).toEqual({ operation: 'restartService-1' });
    expect(written).toEqual([['restartService', named, restart]]);
  });

  it('refuses what was not seen', () => {
    const seen = { 'cloud-run': { services: [service('auth')] }, metrics: { services: [] } };
    expect(restartService.propose({ cause: cause(backend), seen, bounds, mark: 'm' })).toEqual({
      kind: 'refused',
      reason: `service ${backend} was not observed`,
    });
  });

  it('refuses where Monitoring says nothing of how memory fills up', () => {
    const seen = { 'cloud-run': { services: [service('backend')] }, metrics: { services: [] } };
    expect(restartService.propose({ cause: cause(backend), seen, bounds, mark: 'm' })).toEqual({
      kind: 'refused',
      reason: 'the memory of backend does not fill up by itself: an empty container would soon be as full',
    });
  });
});

describe('of several changes that may be made', () => {
  const [base] = planOf('inc-1').steps;
  const step = (target: string, risk: PlanStep['prospect']['risk']): PlanStep => ({
    ...base,
    target,
    prospect: { ...base.prospect, risk },
  });

  it.each([
    [['high', 'medium', 'low'], 2],
    [['medium', 'high'], 0],
    [['medium', 'low', 'low'], 1],
  ] as const)('the least risky is offered, among equals the first: %j', (risks, best) => {
    const steps = risks.map((risk, index) => step(`${index}`, risk));
    expect(leastRisky(steps)).toBe(steps[best]);
  });

  it('none is offered where there is none', () => expect(leastRisky([])).toBeUndefined());
});

describe('the canonical form', () => {
  it('is of JSON only: nothing has none', () => {
    expect(() => canonical(undefined)).toThrow('the value is not JSON');
    expect(canonical({ b: 1, a: [null] })).toBe('{"a":[null],"b":1}');
  });
});
