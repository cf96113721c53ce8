import { describe, expect, it } from 'vitest';
import type { Check } from '../../shared/policy/policy.ts';
import type { Container, Probe } from '../../shared/ports/cloud.ts';
import { extendStartupProbe } from '../../shared/remedy/extend-startup-probe.ts';
import { at, revision, template } from '../builders/evidence.ts';
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

const knocking: Probe = {
  kind: 'tcp',
  path: undefined,
  port: 8080,
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 8,
  failureThreshold: 3,
};
const longest: Probe = { ...knocking, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 48 };
const asking: Probe = { ...knocking, kind: 'http', path: '/ready' };
const settings = (startupProbe: Probe) => ({ startupProbe, images: IMAGES });

const propose = (
  rule: 'startup-slower-than-probe' | 'started-too-early',
  container: Partial<Container>,
  { earlier, checks = [] }: { readonly earlier?: Probe; readonly checks?: readonly Check[] } = {},
) => {
  const { template: now, revisions } = deployedAs(templateOf({ startupProbe: knocking, ...container }));
  const before = revision('backend-00001', at(-90_000), { template: templateOf({ startupProbe: earlier }) });
  const bare = revision('backend-00000', at(-99_000), { template: { ...template, containers: [] } });
  const service = { template: now, revisions: [...revisions, bare, before] };
  return proposal(extendStartupProbe, { rule, service, environment: { checks } });
};
const check = (over: Partial<Check>): Check =>
  ({
    kind: 'http',
    name: 'backend',
    url: 'https://api.acme.test/health?deep=1',
    ...over,
  }) as Check;

describe('extend-startup-probe, where starts are slow', () => {
  it('allows all the time that there is', () => {
    expect(propose('startup-slower-than-probe', {})).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: settings(knocking), after: settings(longest) },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: {
          title: 'Extend the startup probe of backend',
          before: 'tcp on port 8080, 3 x 10 s, each within 8 s',
          after: 'tcp on port 8080, 48 x 5 s',
        },
        expectedEffect: 'starts may take 240 s and are no longer ended half way',
        expectedSeconds: 420,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. A container that never becomes ready is given up later than before.",
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud:
            'gcloud run services update backend --project=acme-staging --region=us-central1 --startup-probe=tcpSocket.port=8080,initialDelaySeconds=0,periodSeconds=5,timeoutSeconds=5,failureThreshold=48',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    containers {
      startup_probe {
        initial_delay_seconds = 0
        period_seconds        = 5
        timeout_seconds       = 5
        failure_threshold     = 48
        tcp_socket {
          port = 8080
        }
      }
    }
  }
}`,
        },
      },
    });
  });

  it.each([
    ['a delay', { ...knocking, initialDelaySeconds: 20 }, { ...longest, initialDelaySeconds: 20 }, 260],
    ['a shorter wait for each answer', { ...knocking, timeoutSeconds: 2 }, { ...longest, timeoutSeconds: 2 }, 240],
    ['a path', asking, { ...longest, kind: 'http', path: '/ready' }, 240],
    ['one that lacks a second', { ...knocking, periodSeconds: 239, failureThreshold: 1 }, longest, 240],
  ] as const)('keeps the rest of it: %s', (_, startupProbe, after, seconds) => {
    expect(propose('startup-slower-than-probe', { startupProbe })).toMatchObject({
      change: { after: { startupProbe: after } },
      prospect: { expectedEffect: expect.stringContaining(`may take ${seconds} s`), expectedSeconds: 180 + seconds },
    });
  });

  it.each([
    ['grpc', { kind: 'grpc' }, 'grpc.port=8080,initialDelaySeconds=0', 'grpc {\n          port = 8080\n        }'],
    ['no port', { port: undefined }, '--startup-probe=initialDelaySeconds=0', 'tcp_socket {\n        }'],
    [
      'a path',
      { kind: 'http', path: '/ready' },
      'httpGet.path=/ready,httpGet.port=8080,initialDelaySeconds=0',
      'http_get {\n          path = "/ready"\n          port = 8080\n        }',
    ],
  ] as const)('is written down with %s', (_, over, gcloud, terraform) => {
    expect(propose('startup-slower-than-probe', { startupProbe: { ...knocking, ...over } })).toMatchObject({
      prospect: {
        permanent: { gcloud: expect.stringContaining(gcloud), terraform: expect.stringContaining(terraform) },
      },
    });
  });

  it('mends a revision that did not come up', () => {
    const service = {
      ...deployedAs(templateOf({ startupProbe: knocking })),
      latestReadyRevision: `${BACKEND}/revisions/backend-00001`,
    };
    expect(proposal(extendStartupProbe, { rule: 'startup-slower-than-probe', service }).kind).toBe('proposed');
  });

  it.each([
    [
      'that allows all there is',
      { ...knocking, periodSeconds: 240, timeoutSeconds: 240, failureThreshold: 1 },
      'the startup probe of backend allows all that Cloud Run allows: tcp on port 8080, 1 x 240 s',
    ],
    ['that could not be read', undefined, 'the startup probe of backend could not be read'],
  ])('refuses one %s', (_, startupProbe, reason) => {
    expect(propose('startup-slower-than-probe', { startupProbe })).toEqual({ kind: 'refused', reason });
  });
});

describe('extend-startup-probe, where requests come too early', () => {
  it('asks instead of knocking', () => {
    expect(propose('started-too-early', { livenessProbe: asking })).toMatchObject({
      change: {
        before: settings(knocking),
        after: settings({ ...longest, kind: 'http', path: '/ready' }),
      },
      prospect: {
        summary: { after: 'http /ready on port 8080, 48 x 5 s' },
        expectedEffect: 'new instances get requests once they answer them',
        expectedSeconds: 420,
      },
    });
  });

  it.each([
    ['as an earlier probe asked', { readinessProbe: asking }, { earlier: { ...asking, path: '/early' } }, '/early'],
    [
      'as the readiness probe asks',
      { readinessProbe: asking, livenessProbe: { ...asking, path: '/live' } },
      { checks: [check({})] },
      '/ready',
    ],
    ['as the liveness probe asks', { livenessProbe: { ...asking, path: '/live' } }, { checks: [check({})] }, '/live'],
    [
      'as the check asks that is named for it',
      {},
      { checks: [check({ name: 'other', url: 'https://api.acme.test/other' }), check({})] },
      '/health',
    ],
    ['past probes without a path', { livenessProbe: knocking }, { earlier: knocking, checks: [check({})] }, '/health'],
  ])('asks %s', (_, container, world, path) => {
    expect(propose('started-too-early', container, world)).toMatchObject({
      change: { after: { startupProbe: { kind: 'http', path } } },
    });
  });

  it.each([
    ['nothing', []],
    ['a check of another kind', [check({ kind: 'websocket' } as Partial<Check>)]],
    ['a check of another name', [check({ name: 'other' })]],
  ])('refuses where no path is known: %s', (_, checks) => {
    expect(propose('started-too-early', {}, { checks })).toEqual({
      kind: 'refused',
      reason:
        'no path of backend is known whose answer says that it is ready: none of its probes asks for one, and no check is named for it',
    });
  });

  it('refuses where a probe could not ask', () => {
    expect(propose('started-too-early', { protocol: 'h2c', livenessProbe: asking })).toEqual({
      kind: 'refused',
      reason: 'backend takes HTTP/2 alone: a probe that asks for a path would not reach it',
    });
  });
});

describe('a startup probe', () => {
  it.each([
    ['of the container that takes requests', templateOf({ startupProbe: knocking }), settings(knocking)],
    ['of none', templateOf(), { images: IMAGES }],
    ['of no container', { ...template, containers: [] }, { images: [] }],
  ])('is read: %s', async (_, of, read) => {
    expect(await extendStartupProbe.read(BACKEND, cloudWith({ template: of }), unhurried)).toEqual({
      settings: read,
      etag: '"1"',
      settled: true,
    });
  });

  it('is written, with the images', async () => {
    const { cloud, written } = recording();
    await extendStartupProbe.write(changing(settings(knocking), settings(longest)), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: settings(longest) }]]);
  });

  it.each<[string, Partial<Probe>, string | undefined]>([
    ['all the probing that there is', longest, undefined],
    [
      'more probing',
      { periodSeconds: 10, failureThreshold: 25 },
      'Cloud Run takes 240 s of delay and 240 s of probing at most, not tcp on port 8080, 25 x 10 s, each within 8 s',
    ],
    ['all the delay that there is', { initialDelaySeconds: 240 }, undefined],
    [
      'more delay',
      { initialDelaySeconds: 241 },
      'Cloud Run takes 240 s of delay and 240 s of probing at most, not tcp on port 8080, 3 x 10 s after 241 s, each within 8 s',
    ],
    ['an answer within its period', { timeoutSeconds: 10 }, undefined],
    ['a later answer', { timeoutSeconds: 11 }, 'a probe must not wait for an answer longer than its period'],
  ])('is held against %s', (_, over, expected) => {
    const limits = { present: settings(knocking), bounds, boundsAt: BOUNDS_AT };
    expect(extendStartupProbe.outOfLimits?.({ ...limits, after: settings({ ...knocking, ...over }) })).toBe(expected);
  });

  it('must be said', () => {
    const limits = { present: settings(knocking), bounds, boundsAt: BOUNDS_AT };
    expect(extendStartupProbe.outOfLimits?.({ ...limits, after: { images: IMAGES } })).toBe(
      'a startup probe must be said',
    );
  });
});
