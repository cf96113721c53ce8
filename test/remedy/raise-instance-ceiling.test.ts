import { describe, expect, it } from 'vitest';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import { type Ceilings, raiseInstanceCeiling } from '../../shared/remedy/raise-instance-ceiling.ts';
import { databases, databaseUser, environment, observedDatabase, template } from '../builders/evidence.ts';
import { recording, unhurried } from '../builders/ports.ts';
import {
  BACKEND,
  BOUNDS_AT,
  bounds,
  changing,
  cloudWith,
  deployedAs,
  IMAGES,
  proposal,
  templateOf,
} from '../builders/remedies.ts';

const ceilings = (instancesMax: number, serviceInstancesMax: number | null = null): Ceilings => ({
  instancesMax,
  serviceInstancesMax,
  images: IMAGES,
});
const ofTwo = deployedAs(templateOf({}, { instancesMax: 2 }));
const propose = (
  service: Partial<ServiceObservation>,
  over: Omit<Parameters<typeof proposal>[1], 'rule' | 'service'> = {},
) => proposal(raiseInstanceCeiling, { rule: 'instance-ceiling-reached', service, ...over });
const within = (over: Partial<typeof bounds>) => ({ environment: { bounds: { ...environment.bounds, ...over } } });

describe('raise-instance-ceiling', () => {
  it("raises a revision's as far as the cost allows", () => {
    expect(propose(ofTwo)).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: ceilings(2), after: ceilings(8) },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: {
          title: 'Raise the instance ceiling of backend',
          before: 'at most 2 instances',
          after: 'at most 8 instances',
        },
        expectedEffect: 'requests that found no instance find one',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. Databases could not be asked how many connections they have left for backend.",
        costUsdPerMonth: 398.14,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --max-instances=8',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    scaling {
      max_instance_count = 8
    }
  }
}`,
        },
      },
    });
  });

  it("raises a service's without a new revision", () => {
    const database = databases();
    expect(propose({ instancesMax: 1 }, { database })).toMatchObject({
      change: { before: ceilings(20, 1), after: ceilings(20, 5) },
      prospect: {
        risk: 'low',
        summary: { before: 'at most 1 instance', after: 'at most 5 instances' },
        expectedSeconds: 90,
        whatCouldGoWrong:
          'No instance is replaced. More instances open more connections to databases: those whose limit and pool are known take them.',
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --max=5',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  scaling {
    max_instance_count = 5
  }
}`,
        },
      },
    });
  });

  it('raises both where both would hold', () => {
    expect(propose({ ...ofTwo, instancesMax: 2 })).toMatchObject({
      change: { before: ceilings(2, 2), after: ceilings(8, 8) },
      prospect: {
        risk: 'medium',
        permanent: {
          gcloud: expect.stringMatching(/ --max-instances=8 --max=8$/),
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  scaling {
    max_instance_count = 8
  }
  template {
    scaling {
      max_instance_count = 8
    }
  }
}`,
        },
      },
    });
  });

  it.each([
    ["a service's that is higher", { ...ofTwo, instancesMax: 50 }, ceilings(2, 50), ceilings(8, 50)],
    ["a revision's that is higher", { instancesMax: 2 }, ceilings(20, 2), ceilings(20, 8)],
  ])('leaves %s', (_, service, before, after) => {
    expect(propose(service)).toMatchObject({ change: { before, after } });
  });

  it.each([
    ['what the cost allows, five times', { costUsdPerMonthMax: 530.9 }, 10],
    ['what the cost allows, one less', { costUsdPerMonthMax: 530.8 }, 8],
    ['what the policy allows', { instancesMax: 5 }, 5],
    ['the least step, whatever it costs: the guardrail says so', { costUsdPerMonthMax: 0 }, 3],
  ])('takes the largest step within %s', (_, over, instancesMax) => {
    expect(propose(ofTwo, within(over))).toMatchObject({ change: { after: { instancesMax } } });
  });

  it('takes the least where nobody knows what it costs', () => {
    const service = { template: { ...template, containers: [] }, instancesMax: 2 };
    expect(propose(service)).toMatchObject({
      change: { after: { serviceInstancesMax: 3 } },
      prospect: { costUsdPerMonth: 'unknown' },
    });
  });

  const database = (pool: number) => databases(observedDatabase({ users: [databaseUser('backend', pool)] }));
  it.each([
    ['of a new revision, beside the old', ofTwo, 9, { instancesMax: 8 }],
    ['of a new revision, a smaller step', ofTwo, 12, { instancesMax: 6 }],
    ['of the same revision, beside none', { instancesMax: 2 }, 12, { serviceInstancesMax: 8 }],
  ])('takes the largest step that a database takes: %s', (_, service, pool, after) => {
    expect(propose(service, { database: database(pool) })).toMatchObject({ change: { after } });
  });

  it('is refused where a database takes not even the least', () => {
    expect(propose(ofTwo, { database: database(21) })).toEqual({
      kind: 'refused',
      reason:
        '3 instances of backend beside the 2 of the revision before, 21 connections each, and 0 of others are 105: postgres takes 100',
    });
  });

  it.each([
    ['what was not seen', {}, { target: `${BACKEND}x` }, `service ${BACKEND}x was not observed`],
    [
      'more than the policy allows',
      {},
      within({ instancesMax: 20 }),
      'backend may run 20 instances, and the policy allows no more than 20',
    ],
    [
      'a new revision that would serve nobody',
      { ...ofTwo, traffic: [{ revision: 'backend-00002', percent: 100 }] },
      {},
      'traffic of backend is pinned to a revision: a new one would serve nobody',
    ],
  ])('is refused for %s', (_, service, over, reason) => {
    expect(propose(service, over)).toEqual({ kind: 'refused', reason });
  });

  it('needs no revision that serves where it makes none', () => {
    const traffic = [{ revision: 'backend-00002', percent: 100 }];
    expect(propose({ traffic, instancesMax: 2 }).kind).toBe('proposed');
  });
});

describe('ceilings', () => {
  it.each([
    [undefined, ceilings(20)],
    [5, ceilings(20, 5)],
  ])('are read, with the images that run: %s', async (instancesMax, settings) => {
    const cloud = cloudWith({ instancesMax, template: templateOf({ image: 'app:latest' }) });
    expect(await raiseInstanceCeiling.read(BACKEND, cloud, unhurried)).toEqual({
      settings,
      etag: '"1"',
      settled: true,
    });
  });

  it.each([
    ["a revision's", ceilings(2), ceilings(8), { template: { images: IMAGES, instancesMax: 8 } }],
    ["a service's", ceilings(20, 2), ceilings(20, 8), { scaling: { instancesMax: 8 } }],
    [
      'both',
      ceilings(2, 2),
      ceilings(8, 8),
      { template: { images: IMAGES, instancesMax: 8 }, scaling: { instancesMax: 8 } },
    ],
    ['back again', ceilings(8, 8), ceilings(8, 2), { scaling: { instancesMax: 2 } }],
  ])('are written as what changes alone: %s', async (_, before, after, change) => {
    const { cloud, written } = recording();
    await raiseInstanceCeiling.write(changing(before, after), cloud, unhurried);
    await raiseInstanceCeiling.write({ ...changing(before, after), etag: undefined }, cloud, unhurried);
    expect(written).toEqual([
      ['changeService', { name: BACKEND, etag: '"9"' }, change],
      ['changeService', { name: BACKEND, etag: '' }, change],
    ]);
  });

  const byTag = { images: ['app:latest'] };
  it.each([
    ['the bound', ceilings(100), undefined],
    ['one over it', ceilings(101), '101 instances are over environments.staging.bounds.instancesMax (100)'],
    ['a service that holds', ceilings(500, 100), undefined],
    ['a service over it', ceilings(500, 101), '101 instances are over environments.staging.bounds.instancesMax (100)'],
    [
      'a new revision of another image',
      { ...ceilings(8), ...byTag },
      'a new revision needs images that are pinned by digest: anything else would be another change',
    ],
    ['no new revision', { ...ceilings(2, 8), ...byTag }, undefined],
  ])('are held against %s', (_, after, expected) => {
    const present = ceilings(2);
    expect(raiseInstanceCeiling.outOfLimits?.({ after, present, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
