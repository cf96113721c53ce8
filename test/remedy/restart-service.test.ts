import { describe, expect, it } from 'vitest';
import { type RestartSettings, restartService } from '../../shared/remedy/restart-service.ts';
import { points, template } from '../builders/evidence.ts';
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

const FILLING = {
  memoryRatio: points([0.4, 0.5, 0.6, 0.7, 0.8, 0.95]),
  concurrency: points([2, 2, 2, 2, 2, 20]),
};
const FULL_AT_ONCE = { ...FILLING, concurrency: points([2, 2, 20, 20, 20, 20]) };

describe('restart-service', () => {
  it('starts the same image anew, marked with the incident, and has nothing to go back to', () => {
    expect(proposal(restartService, { rule: 'memory-exhausted', metrics: FILLING })).toEqual({
      kind: 'proposed',
      change: {
        target: BACKEND,
        etag: '"1"',
        before: { mark: null, images: IMAGES },
        after: { mark: 'inc-1-1', images: IMAGES },
      },
      prospect: {
        fit: 'relieves',
        risk: 'medium',
        summary: {
          title: 'Restart backend',
          before: 'revision backend-00002',
          after: 'a new revision, same image sha256:aaaa',
        },
        expectedEffect: 'fresh containers with empty memory: relief for a while, as what fills it is not mended',
        expectedSeconds: 90,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew.",
        costUsdPerMonth: 0,
        undo: { kind: 'none', why: 'a restart changes nothing to go back from; the old revision is kept' },
        permanent: {
          gcloud: `gcloud run services update backend --project=acme-staging --region=us-central1 --image=${IMAGES[0]}`,
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    containers {
      image = "${IMAGES[0]}"
    }
  }
}`,
        },
      },
    });
  });

  it('names every container where there are several', () => {
    const [app] = template.containers;
    const containers = [app, { ...app, name: 'proxy', image: 'proxy@sha256:bbbb' }] as Exclude<typeof app, undefined>[];
    const service = deployedAs({ ...template, containers });
    expect(proposal(restartService, { rule: 'memory-leaking', service })).toMatchObject({
      prospect: {
        summary: { after: 'a new revision, same images sha256:aaaa, sha256:bbbb' },
        permanent: {
          gcloud: expect.stringContaining(
            `--container=app --image=${IMAGES[0]} --container=proxy --image=proxy@sha256:bbbb`,
          ),
          terraform: expect.stringContaining('image = "proxy@sha256:bbbb"'),
        },
      },
    });
  });

  it.each([
    ['where Monitoring cannot be asked', null],
    ['where Monitoring says nothing of memory', { memoryRatio: [] }],
    ['where memory is full at once', FULL_AT_ONCE],
  ])('is refused %s', (_, metrics) => {
    expect(proposal(restartService, { rule: 'memory-exhausted', metrics })).toEqual({
      kind: 'refused',
      reason: 'the memory of backend does not fill up by itself: an empty container would soon be as full',
    });
  });

  it('asks no chart for a leak that was found', () => {
    expect(proposal(restartService, { rule: 'memory-leaking', metrics: null }).kind).toBe('proposed');
  });

  it.each([
    ['never restarted', templateOf(), null],
    ['restarted before', templateOf({}, { restartedAt: 'inc-0-1' }), 'inc-0-1'],
  ])('reads mark and images: %s', async (_, of, mark) => {
    expect(await restartService.read(BACKEND, cloudWith({ template: of }), unhurried)).toEqual({
      settings: { mark, images: IMAGES },
      etag: '"1"',
      settled: true,
    });
  });

  it('writes mark and images', async () => {
    const { cloud, written } = recording();
    const after = { mark: 'inc-1-1', images: IMAGES };
    await restartService.write(changing<RestartSettings>({ mark: null, images: IMAGES }, after), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: after }]]);
  });

  it.each([
    ['inc-1-1', undefined],
    [null, 'a restart needs its mark: without it nothing would be new'],
  ])('with the mark %j is held against its limits', (mark, expected) => {
    const after = { mark, images: IMAGES };
    expect(restartService.outOfLimits?.({ after, present: after, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
