import { describe, expect, it } from 'vitest';
import { raiseCpu } from '../../shared/remedy/raise-cpu.ts';
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

const small = { cpu: 1, memoryMib: 512 };
const propose = (size: { cpu?: number | undefined; memoryMib?: number | undefined }) =>
  proposal(raiseCpu, { rule: 'cpu-starved', service: deployedAs(templateOf(size)) });

describe('raise-cpu', () => {
  it('gives the next number of CPUs', () => {
    expect(propose({})).toEqual({
      kind: 'proposed',
      change: {
        target: BACKEND,
        etag: '"1"',
        before: { ...small, images: IMAGES },
        after: { cpu: 2, memoryMib: 512, images: IMAGES },
      },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: { title: 'Raise the CPU of backend', before: '1 CPU, 512 MiB', after: '2 CPU, 512 MiB' },
        expectedEffect: 'each instance computes more at once, and requests wait less',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew. What runs in a single thread gains nothing by a second CPU.",
        // Three instances, one CPU more each, 2,628,000 s at $0.000024.
        costUsdPerMonth: 189.22,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud:
            'gcloud run services update backend --project=acme-staging --region=us-central1 --cpu=2 --memory=512Mi',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    containers {
      resources {
        limits = { cpu = "2", memory = "512Mi" }
      }
    }
  }
}`,
        },
      },
    });
  });

  it.each([
    ['from below one', { cpu: 0.5, memoryMib: 256 }, { cpu: 1, memoryMib: 256 }],
    ['with the memory that it asks for', { cpu: 2, memoryMib: 512 }, { cpu: 4, memoryMib: 2048 }],
    ['with the memory that there is', { cpu: 4, memoryMib: 16_384 }, { cpu: 6, memoryMib: 16_384 }],
    ['up to the last', { cpu: 6, memoryMib: 4096 }, { cpu: 8, memoryMib: 4096 }],
  ])('gives them %s', (_, before, after) => {
    expect(propose(before)).toMatchObject({ change: { before, after } });
  });

  it.each([
    ['CPU that could not be read', { cpu: undefined }, 'the size of backend could not be read'],
    ['memory that could not be read', { memoryMib: undefined }, 'the size of backend could not be read'],
    ['more than there is', { cpu: 8, memoryMib: 4096 }, 'Cloud Run has no instance with more than 8 CPUs'],
  ])('is refused for %s', (_, size, reason) => {
    expect(propose(size)).toEqual({ kind: 'refused', reason });
  });

  it('reads the size and the images that run', async () => {
    expect(await raiseCpu.read(BACKEND, cloudWith({ template: templateOf({ cpu: 2 }) }), unhurried)).toEqual({
      settings: { cpu: 2, memoryMib: 512, images: IMAGES },
      etag: '"1"',
      settled: true,
    });
  });

  it('writes both, and the images', async () => {
    const { cloud, written } = recording();
    const after = { cpu: 2, memoryMib: 512, images: IMAGES };
    await raiseCpu.write(changing({ ...small, images: IMAGES }, after), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: after }]]);
  });

  it.each([
    [4, undefined],
    [6, '6 CPUs are over environments.staging.bounds.cpuMax (4)'],
  ])('of %d CPUs is held against the limits of a size', (cpu, expected) => {
    const [after, present] = [
      { cpu, memoryMib: 4096, images: IMAGES },
      { ...small, images: IMAGES },
    ];
    expect(raiseCpu.outOfLimits?.({ after, present, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
