import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { HealthCheck } from '../../shared/ports/load-balancing.ts';
import { adjustHealthCheck } from '../../shared/remedy/adjust-health-check.ts';
import { backend, balancer, environment, outOfReach, there } from '../builders/evidence.ts';
import { reading, recording, unhurried } from '../builders/ports.ts';

const TARGET = 'projects/acme-staging/global/healthChecks/live';
const { bounds } = environment;
const cause: Cause = {
  rule: 'health-check-too-strict',
  layer: 'configuration',
  explains: [],
  target: 'projects/acme-staging/global/backendServices/api-backend',
  claim: 'it gives up too soon',
  confidence: 'likely',
  evidence: [],
  expects: [],
  services: [],
};
const check = (over: Partial<HealthCheck> = {}): HealthCheck => ({
  link: 'global/healthChecks/live',
  name: 'live',
  path: '/healthz',
  intervalSeconds: 5,
  timeoutSeconds: 1,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  ...over,
});
type Health = NonNullable<Parameters<typeof backend>[0]>['health'];
const checked = (by: HealthCheck | undefined): Health => there({ kind: 'checked', check: by, states: [] });
const propose = (health: Health, target = cause.target) =>
  adjustHealthCheck.propose({
    cause: { ...cause, target },
    seen: { 'load-balancer': balancer([backend({ health: health ?? outOfReach })]) },
    environment,
    mark: 'inc-1-1',
  });
const patience = (timeoutSeconds: number, intervalSeconds = 5, unhealthyThreshold = 2) => ({
  intervalSeconds,
  timeoutSeconds,
  unhealthyThreshold,
});

describe('adjust-health-check', () => {
  it.each([
    ['waits as long as Google proposes', {}, patience(5)],
    ['asks no more often than it waits', { intervalSeconds: 2 }, patience(5, 5)],
    ['takes a failure more', { unhealthyThreshold: 1, timeoutSeconds: 5 }, patience(5)],
    [
      'leaves what is more patient',
      { timeoutSeconds: 1, unhealthyThreshold: 3, intervalSeconds: 30 },
      patience(5, 30, 3),
    ],
    ['leaves a longer wait', { timeoutSeconds: 8, unhealthyThreshold: 1, intervalSeconds: 10 }, patience(8, 10)],
  ])('%s', (_, over, after) => {
    expect(propose(checked(check(over)))).toMatchObject({
      kind: 'proposed',
      change: { target: TARGET, etag: undefined, after },
      prospect: { fit: 'mends', risk: 'low', costUsdPerMonth: 0, undo: { kind: 'restore-before' } },
    });
  });

  it('says what it was, what it will be, and how that is kept', () => {
    expect(propose(checked(check()))).toMatchObject({
      prospect: {
        summary: {
          title: 'Make health check live more patient',
          before: 'waits 1 s, every 5 s, and gives up after 2',
          after: 'waits 5 s, every 5 s, and gives up after 2',
        },
        permanent: {
          gcloud:
            'gcloud compute health-checks update http live --project=acme-staging --global --check-interval=5s --timeout=5s --unhealthy-threshold=2',
          terraform: expect.stringContaining('resource "google_compute_health_check" "live"'),
        },
      },
    });
    expect(propose(checked(check({ link: 'regions/us-central1/healthChecks/live' })))).toMatchObject({
      change: { target: 'projects/acme-staging/regions/us-central1/healthChecks/live' },
      prospect: {
        permanent: {
          gcloud: expect.stringContaining('--region=us-central1'),
          terraform: expect.stringContaining('google_compute_region_health_check'),
        },
      },
    });
  });

  it.each<[string, Health, string | undefined, string]>([
    [
      'a liveness probe',
      checked(check()),
      'projects/p/locations/l/services/backend',
      'no backend backend of a load balancer',
    ],
    ['what could not be read', outOfReach, undefined, 'is not known'],
    ['a backend without a check', there({ kind: 'none' }), undefined, 'the health check of api-backend is not known'],
    ['a check that was not listed', checked(undefined), undefined, 'is not known'],
    ['one that is patient', checked(check({ timeoutSeconds: 5 })), undefined, 'as patient as Google proposes already'],
  ])('refuses %s', (_, health, target, reason) => {
    expect(propose(health, target)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it.each([
    [patience(1), patience(1), undefined],
    [patience(0), patience(0), 'waits 1 to 300 s'],
    [patience(5, 4), patience(1), 'no longer than its interval'],
    [patience(5, 5), patience(1), undefined],
    [patience(300, 300), patience(1), undefined],
    [patience(300, 301), patience(1), 'waits 1 to 300 s'],
    [patience(5, 5, 0), patience(1), 'not 0'],
    [patience(5, 5, 1), patience(1, 5, 1), undefined],
    [patience(5, 5, 10), patience(1), undefined],
    [patience(5, 5, 11), patience(1), 'not 11'],
    [patience(1), patience(2), 'only made more patient'],
    [patience(5, 5, 2), patience(5, 5, 3), 'only made more patient'],
  ])('%j where %j stands: %s', (after, present, refusal) => {
    const said = adjustHealthCheck.outOfLimits?.({ after, present, bounds, boundsAt: 'b' });
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(refusal);
  });

  it('reads what stands, and writes it', async () => {
    const { cloud } = reading({
      also: { healthChecks: async () => [check({ link: 'global/healthChecks/x' }), check()] },
    });
    expect(await adjustHealthCheck.read(TARGET, cloud, unhurried)).toEqual({
      settings: patience(1),
      etag: undefined,
      settled: true,
    });
    await expect(adjustHealthCheck.read(`${TARGET}-gone`, cloud, unhurried)).rejects.toMatchObject({
      code: 'not-found',
    });
    const writer = recording();
    const change = { target: TARGET, etag: undefined, before: patience(1), after: patience(5) };
    await adjustHealthCheck.write(change, writer.cloud, unhurried);
    expect(writer.written).toEqual([['changeHealthCheck', TARGET, patience(5)]]);
  });
});
