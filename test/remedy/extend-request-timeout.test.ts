import { describe, expect, it } from 'vitest';
import { extendRequestTimeout } from '../../shared/remedy/extend-request-timeout.ts';
import { at, revision } from '../builders/evidence.ts';
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

const lasting = (timeoutSeconds: number) => ({ timeoutSeconds, images: IMAGES });
/** The newest revision's timeout first, then those of the ones before it. */
const service = (now: number, ...before: readonly number[]) => {
  const deployed = deployedAs(templateOf({}, { timeoutSeconds: now }));
  const older = before.map((timeoutSeconds, index) =>
    revision(`backend-${index}`, at(-90_000), { template: templateOf({}, { timeoutSeconds }) }),
  );
  return { ...deployed, revisions: [...deployed.revisions, ...older] };
};

describe('extend-request-timeout', () => {
  it('gives four times as long', () => {
    expect(proposal(extendRequestTimeout, { rule: 'request-timeout-exceeded' })).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: lasting(300), after: lasting(1200) },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: { title: 'Extend the request timeout of backend', before: '300 s', after: '1200 s' },
        expectedEffect: 'requests that need longer come to their end instead of 504',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. Requests that hang keep their place in an instance for longer. A load balancer in front has a timeout of its own where its backend is no Cloud Run service.",
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --timeout=1200',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    timeout = "1200s"
  }
}`,
        },
      },
    });
  });

  it.each([
    ['as long as there is, where four times is longer', 'request-timeout-exceeded', service(901), 3600],
    ['as long as the revision before allowed', 'request-timeout-exceeded', service(30, 300), 300],
    ['as long as the newest that allowed more', 'request-timeout-exceeded', service(60, 30, 600, 900), 600],
    ['four times as long, where none allowed more', 'request-timeout-exceeded', service(60, 60, 30), 240],
    ['as long as there is to connections that stay open', 'websocket-cut-by-timeout', service(60, 300), 3600],
    ['one second more', 'websocket-cut-by-timeout', service(3599), 3600],
  ] as const)('gives %s', (_, rule, of, timeoutSeconds) => {
    expect(proposal(extendRequestTimeout, { rule, service: of })).toMatchObject({
      change: { after: { timeoutSeconds } },
    });
  });

  it.each(['request-timeout-exceeded', 'websocket-cut-by-timeout'] as const)(
    'is refused where there is no more, for %s',
    (rule) => {
      expect(proposal(extendRequestTimeout, { rule, service: service(3600) })).toEqual({
        kind: 'refused',
        reason:
          'requests of backend may last 3600 s, the longest that Cloud Run allows: what needs longer has to come back',
      });
    },
  );

  it('reads it', async () => {
    expect(await extendRequestTimeout.read(BACKEND, cloudWith(), unhurried)).toEqual({
      settings: lasting(300),
      etag: '"1"',
      settled: true,
    });
  });

  it('writes it, and the images', async () => {
    const { cloud, written } = recording();
    await extendRequestTimeout.write(changing(lasting(300), lasting(1200)), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: lasting(1200) }]]);
  });

  it.each([
    [0, 'Cloud Run lets a request last 1 to 3600 s, not 0'],
    [1, undefined],
    [3600, undefined],
    [3601, 'Cloud Run lets a request last 1 to 3600 s, not 3601'],
  ])('of %d s is held against its limits', (seconds, expected) => {
    const limits = { present: lasting(300), bounds, boundsAt: BOUNDS_AT };
    expect(extendRequestTimeout.outOfLimits?.({ ...limits, after: lasting(seconds) })).toBe(expected);
  });
});
