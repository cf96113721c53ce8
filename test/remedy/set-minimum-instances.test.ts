import { describe, expect, it } from 'vitest';
import { type Floor, setMinimumInstances } from '../../shared/remedy/set-minimum-instances.ts';
import { environment, points, template } from '../builders/evidence.ts';
import { recording, unhurried } from '../builders/ports.ts';
import {
  BACKEND,
  BOUNDS_AT,
  bounds,
  changing,
  cloudWith,
  deployedAs,
  proposal,
  templateOf,
} from '../builders/remedies.ts';

const none: Floor = { instancesMin: null, instancesByHand: null };
const floor = (instancesMin: number): Floor => ({ instancesMin, instancesByHand: null });
const surging = (scene: Omit<Parameters<typeof proposal>[1], 'rule'> = {}) =>
  proposal(setMinimumInstances, { rule: 'traffic-surge', ...scene });
const stopped = { instancesByHand: 0 };

describe('set-minimum-instances, where waves come faster than instances start', () => {
  it('keeps as many as the last minutes needed', () => {
    expect(surging()).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: none, after: floor(3) },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: {
          title: 'Set the minimum of instances of backend',
          before: 'at least 0, by traffic',
          after: 'at least 3, by traffic',
        },
        expectedEffect: 'the next wave finds instances that are there already',
        expectedSeconds: 90,
        whatCouldGoWrong: 'No instance is replaced. Instances are paid for while they wait.',
        // Two more than the revision keeps, idle: one CPU and half a GiB each.
        costUsdPerMonth: 19.71,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --min=3',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  scaling {
    min_instance_count = 3
  }
}`,
        },
      },
    });
  });

  it.each([
    ['the service', { service: { instancesMax: 5 } }, 5],
    ['the revision', { service: deployedAs(templateOf({}, { instancesMax: 6 })) }, 6],
    ['the policy', { environment: { ...environment, bounds: { ...bounds, instancesMax: 7 } } }, 7],
  ])('keeps no more than %s allows', (_, scene, instancesMin) => {
    const metrics = { instances: points([12, 9, 9]) };
    expect(surging({ metrics, ...scene })).toMatchObject({ change: { after: { instancesMin } } });
  });

  it.each([
    ['billed always', { service: deployedAs(templateOf({ cpuIdle: false })) }, 99.86],
    ['of a size that nobody knows', { service: { template: { ...template, containers: [] } } }, 'unknown'],
    ['beside those that the service keeps', { service: { instancesMin: 2 } }, 9.86],
  ])('costs what instances cost that wait: %s', (_, scene, costUsdPerMonth) => {
    expect(surging(scene)).toMatchObject({ prospect: { costUsdPerMonth } });
  });

  it.each([
    ['the service keeps', { instancesMin: 3 }],
    ['its revision keeps', deployedAs(templateOf({}, { instancesMin: 3 }))],
  ])('is refused where as many are kept already: %s', (_, service) => {
    expect(surging({ service })).toEqual({
      kind: 'refused',
      reason: 'backend keeps 3 instances at the ready, as many as it needed',
    });
  });

  it('refuses what was not seen', () => {
    expect(surging({ target: `${BACKEND}x` })).toEqual({
      kind: 'refused',
      reason: `service ${BACKEND}x was not observed`,
    });
  });
});

describe('set-minimum-instances, of what somebody stopped', () => {
  it('lets Cloud Run scale it again, with one at the ready', () => {
    expect(proposal(setMinimumInstances, { rule: 'scaled-to-zero', service: stopped })).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: { ...none, ...stopped }, after: floor(1) },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: {
          title: 'Set the minimum of instances of backend',
          before: '0 by hand, whatever the traffic',
          after: 'at least 1, by traffic',
        },
        expectedEffect: 'instances start for requests again',
        expectedSeconds: 90,
        whatCouldGoWrong:
          'No instance is replaced. Somebody may have stopped the service for a reason: the change log says who.',
        costUsdPerMonth: 9.86,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud:
            'gcloud run services update backend --project=acme-staging --region=us-central1 --scaling=auto --min=1',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  scaling {
    scaling_mode       = "AUTOMATIC"
    min_instance_count = 1
  }
}`,
        },
      },
    });
  });

  it('keeps the minimum that it had', () => {
    const service = { ...stopped, instancesMin: 2 };
    expect(proposal(setMinimumInstances, { rule: 'scaled-to-zero', service })).toMatchObject({
      change: { after: floor(2) },
    });
  });
});

describe('a floor', () => {
  it.each([
    ['none', {}, none],
    ['of the service', { instancesMin: 2 }, floor(2)],
    ['by hand', { instancesMin: 2, instancesByHand: 0 }, { instancesMin: 2, instancesByHand: 0 }],
  ])('is read: %s', async (_, over, settings) => {
    const cloud = cloudWith({ reconciling: true, ...over });
    expect(await setMinimumInstances.read(BACKEND, cloud, unhurried)).toEqual({
      settings,
      etag: '"1"',
      settled: false,
    });
  });

  it.each<[string, Floor, Floor, object]>([
    ['the minimum', none, floor(3), { instancesMin: 3 }],
    ['the minimum, taken away again', floor(3), none, { instancesMin: null }],
    ['by traffic again', { ...floor(1), instancesByHand: 0 }, floor(1), { instancesByHand: null }],
    [
      'both, and back',
      floor(1),
      { instancesMin: null, instancesByHand: 0 },
      { instancesMin: null, instancesByHand: 0 },
    ],
  ])('is written as what changes of the scaling alone: %s', async (_, before, after, scaling) => {
    const { cloud, written } = recording();
    await setMinimumInstances.write(changing(before, after), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { scaling }]]);
  });

  it('is sent without an etag only to be refused', async () => {
    const { cloud, written } = recording();
    await setMinimumInstances.write({ ...changing(none, floor(1)), etag: undefined }, cloud, unhurried);
    expect(written).toMatchObject([['changeService', { etag: '' }, {}]]);
  });

  it.each([
    [floor(100), undefined],
    [floor(101), '101 instances are over environments.staging.bounds.instancesMax (100)'],
    [none, undefined],
  ])('is held against its limits: %j', (after, expected) => {
    expect(setMinimumInstances.outOfLimits?.({ after, present: none, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
