import { describe, expect, it } from 'vitest';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import { setConcurrency } from '../../shared/remedy/set-concurrency.ts';
import { databases, databaseUser, environment, observedDatabase, points } from '../builders/evidence.ts';
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

const rule = 'concurrency-mismatched';
const settings = (concurrency: number, instancesMax = 20) => ({ concurrency, instancesMax, images: IMAGES });
/** 7,200 answers a minute by three instances, of half a tenth of a second each: 40 a second and instance, 3.2 at once. */
const BUSY = { requests: points([7200, 7200, 7200], undefined), instances: points([3, 3, 3], undefined) };
const propose = (
  metrics: Parameters<typeof proposal>[1]['metrics'] = BUSY,
  service: Partial<ServiceObservation> = {},
  over: Partial<Parameters<typeof proposal>[1]> = {},
) => proposal(setConcurrency, { rule, metrics: metrics && { ...BUSY, ...metrics }, service, ...over });

describe('set-concurrency', () => {
  it('admits what an instance works on', () => {
    expect(propose()).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: settings(80), after: settings(4) },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: {
          title: 'Set the concurrency of backend',
          before: '80 requests an instance',
          after: '4 requests an instance',
        },
        expectedEffect: 'what waits inside instances is seen, and more instances are started for it',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. More instances run for the same traffic, at most 20: each opens its own connections to databases.",
        // Ten instances instead of three, one CPU and half a GiB each.
        costUsdPerMonth: 464.5,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --concurrency=4',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    max_instance_request_concurrency = 4
  }
}`,
        },
      },
    });
  });

  const low = deployedAs(templateOf({}, { instancesMax: 4 }));

  it('makes room for the instances that it makes', () => {
    expect(propose({}, low)).toMatchObject({
      change: { before: settings(80, 4), after: settings(4, 10) },
      prospect: {
        summary: {
          before: '80 requests an instance, at most 4 instances',
          after: '4 requests an instance, at most 10 instances',
        },
        whatCouldGoWrong: expect.stringContaining('at most 10: each opens'),
        permanent: {
          gcloud: expect.stringMatching(/--concurrency=4 --max-instances=10$/),
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    max_instance_request_concurrency = 4
    scaling {
      max_instance_count = 10
    }
  }
}`,
        },
      },
    });
  });

  it.each([
    ['the policy', low, { ...environment, bounds: { ...bounds, instancesMax: 6 } }, 6, 6, 199.07],
    ['the service', { ...low, instancesMax: 5 }, environment, 5, 5, 132.71],
    ['the service, whose revision has more', { instancesMax: 5 }, environment, 20, 5, 132.71],
    ['the service, at what runs', { ...low, instancesMax: 2 }, environment, 4, 2, 0],
  ] as const)('makes no more room than %s allows', (_, service, here, instancesMax, most, costUsdPerMonth) => {
    expect(propose({}, service, { environment: here })).toMatchObject({
      change: { after: { concurrency: 4, instancesMax } },
      prospect: { whatCouldGoWrong: expect.stringContaining(`at most ${most}: each`), costUsdPerMonth },
    });
  });

  it.each([
    ['at its busiest', { requests: points([600, 14_400, 600]) }, 7],
    ['of the minutes in which any ran', { instances: points([0, 3, 0]) }, 4],
    ['of the minutes that are told of both', { instances: points([3]) }, 4],
    ['by the quickest answers of now', { latencyP50Ms: points([80, 20, 90]) }, 1],
    ['by the answers of before, where they were quicker', { before: { latencyP95Ms: 40 } }, 2],
    ['by the answers of before, where none are told', { latencyP50Ms: [] }, 6],
    ['by the answers of now, where none of before are told', { before: { latencyP95Ms: undefined } }, 4],
    ['one at least', { requests: points([1, 1, 1]) }, 1],
  ])('counts what an instance works on %s', (_, metrics, concurrency) => {
    const { before = {}, ...rest } = metrics as { before?: { latencyP95Ms?: number | undefined } };
    const whole = { requestsPerMinute: 600, latencyP95Ms: 150, memoryRatio: [], ...before };
    expect(propose({ ...rest, before: whole })).toMatchObject({ change: { after: { concurrency } } });
  });

  it('says a request where it is one', () => {
    expect(propose({ requests: points([1, 1, 1]) })).toMatchObject({
      prospect: { summary: { after: '1 request an instance' } },
    });
  });

  const before = { requestsPerMinute: 600, latencyP95Ms: undefined, memoryRatio: [] };
  it.each([
    ['Monitoring cannot be asked', null],
    ['no requests are told', { requests: [] }],
    ['no instances are told', { instances: points([0, 0, 0]) }],
    ['no latency is told', { latencyP50Ms: [], before }],
  ])('is refused where %s', (_, metrics) => {
    expect(propose(metrics)).toEqual({
      kind: 'refused',
      reason: 'Monitoring does not tell how many requests an instance of backend works on at once',
    });
  });

  it.each([
    [5, 'proposed'],
    [4, 'refused'],
  ])('is refused where an instance works on as many as it admits: %d', (concurrency, kind) => {
    expect(propose({}, deployedAs(templateOf({}, { concurrency }))).kind).toBe(kind);
  });

  it.each([
    [2, 'proposed', {}],
    [
      3,
      'refused',
      {
        reason:
          '20 instances of backend beside the 20 of the revision before, 3 connections each, and 12 of others are 132: postgres takes 100',
      },
    ],
  ] as const)('is refused where a database takes no pools of %d', (pool, kind, words) => {
    const database = databases(observedDatabase({ users: [databaseUser('backend', pool)] }));
    expect(propose({}, {}, { database })).toMatchObject({ kind, ...words });
  });

  it('reads it', async () => {
    expect(await setConcurrency.read(BACKEND, cloudWith(), unhurried)).toEqual({
      settings: settings(80),
      etag: '"1"',
      settled: true,
    });
  });

  it('writes it, and the images', async () => {
    const { cloud, written } = recording();
    await setConcurrency.write(changing(settings(80), settings(4)), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: settings(4) }]]);
  });

  it.each([
    [0, 20, 20, 'Cloud Run admits 1 to 1000 requests to an instance, not 0'],
    [1, 20, 20, undefined],
    [1000, 20, 20, undefined],
    [1001, 20, 20, 'Cloud Run admits 1 to 1000 requests to an instance, not 1001'],
    [4, 100, 20, undefined],
    [4, 101, 20, '101 instances are over environments.staging.bounds.instancesMax (100)'],
    [4, 150, 150, undefined],
  ])('of %d with %d instances, %d now, is held against its limits', (concurrency, most, now, expected) => {
    const [after, present] = [settings(concurrency, most), settings(80, now)];
    expect(setConcurrency.outOfLimits?.({ after, present, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
