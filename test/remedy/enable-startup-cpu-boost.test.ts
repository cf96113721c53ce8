import { describe, expect, it } from 'vitest';
import { enableStartupCpuBoost } from '../../shared/remedy/enable-startup-cpu-boost.ts';
import { template } from '../builders/evidence.ts';
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

const rule = 'startup-slower-than-probe';
const off = { startupCpuBoost: false, images: IMAGES };
const on = { startupCpuBoost: true, images: IMAGES };

describe('enable-startup-cpu-boost', () => {
  it('boosts starts', () => {
    expect(proposal(enableStartupCpuBoost, { rule })).toEqual({
      kind: 'proposed',
      change: { target: BACKEND, etag: '"1"', before: off, after: on },
      prospect: {
        fit: 'relieves',
        risk: 'medium',
        summary: {
          title: 'Enable the startup CPU boost of backend',
          before: 'no boost',
          after: 'up to twice the CPU while it starts',
        },
        expectedEffect: 'starts that compute are up to twice as fast',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. Starts that wait for something else are no faster.",
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: 'gcloud run services update backend --project=acme-staging --region=us-central1 --cpu-boost',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    containers {
      resources {
        startup_cpu_boost = true
      }
    }
  }
}`,
        },
      },
    });
  });

  it('mends a revision that did not come up', () => {
    const service = { latestReadyRevision: `${BACKEND}/revisions/backend-00001` };
    expect(proposal(enableStartupCpuBoost, { rule, service }).kind).toBe('proposed');
  });

  it('is refused where it is on', () => {
    const service = deployedAs(templateOf({ startupCpuBoost: true }));
    expect(proposal(enableStartupCpuBoost, { rule, service })).toEqual({
      kind: 'refused',
      reason: 'the startup CPU boost of backend is on already',
    });
  });

  it.each([
    ['on', templateOf({ startupCpuBoost: true }), on],
    ['off', templateOf(), off],
    ['of no container', { ...template, containers: [] }, { ...off, images: [] }],
  ])('reads it: %s', async (_, of, settings) => {
    const cloud = cloudWith({ template: of });
    expect(await enableStartupCpuBoost.read(BACKEND, cloud, unhurried)).toEqual({
      settings,
      etag: '"1"',
      settled: true,
    });
  });

  it('writes it, and the images', async () => {
    const { cloud, written } = recording();
    await enableStartupCpuBoost.write(changing(off, on), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: on }]]);
  });

  it('has no limit but that of a new revision', () => {
    const limits = { present: off, bounds, boundsAt: BOUNDS_AT };
    expect(enableStartupCpuBoost.outOfLimits?.({ ...limits, after: on })).toBeUndefined();
    expect(enableStartupCpuBoost.outOfLimits?.({ ...limits, after: { ...on, images: ['app:1'] } })).toContain('digest');
  });
});
