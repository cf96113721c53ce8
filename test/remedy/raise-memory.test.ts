import { describe, expect, it } from 'vitest';
import { raiseMemory } from '../../shared/remedy/raise-memory.ts';
import { points } from '../builders/evidence.ts';
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
const LEAKING = {
  memoryRatio: points([0.4, 0.5, 0.6, 0.7, 0.8, 0.95]),
  concurrency: points([2, 2, 2, 2, 2, 2]),
};
const propose = (size: { cpu?: number | undefined; memoryMib?: number | undefined }, cpuIdle = true) =>
  proposal(raiseMemory, { rule: 'memory-exhausted', service: deployedAs(templateOf({ ...size, cpuIdle })) });

describe('raise-memory', () => {
  it('gives four times as much where requests fill it', () => {
    expect(proposal(raiseMemory, { rule: 'memory-exhausted' })).toEqual({
      kind: 'proposed',
      change: {
        target: BACKEND,
        etag: '"1"',
        before: { ...small, images: IMAGES },
        after: { cpu: 1, memoryMib: 2048, images: IMAGES },
      },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: { title: 'Raise the memory of backend', before: '1 CPU, 512 MiB', after: '1 CPU, 2048 MiB' },
        expectedEffect: 'instances hold what they are asked to do at once, and are no longer killed for it',
        expectedSeconds: 180,
        whatCouldGoWrong:
          "Every instance is replaced by one of a new revision; if it does not start, the old one goes on serving. Secrets read as 'latest' resolve anew.",
        // Three instances, 1.5 GiB more each, 2,628,000 s at $0.0000025.
        costUsdPerMonth: 29.57,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud:
            'gcloud run services update backend --project=acme-staging --region=us-central1 --cpu=1 --memory=2048Mi',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  template {
    containers {
      resources {
        limits = { cpu = "1", memory = "2048Mi" }
      }
    }
  }
}`,
        },
      },
    });
  });

  it.each([
    ['a chart that shows it', { rule: 'memory-exhausted', metrics: LEAKING }],
    ['a rule that found it', { rule: 'memory-leaking', metrics: null }],
  ] as const)('gives twice as much, for relief, where memory fills up by itself: %s', (_, scene) => {
    expect(proposal(raiseMemory, scene)).toMatchObject({
      change: { after: { cpu: 1, memoryMib: 1024 } },
      prospect: {
        fit: 'relieves',
        expectedEffect:
          'instances last about twice as long before they are killed: what fills their memory is not mended',
      },
    });
  });

  it.each([
    ['as much as the CPU takes', { cpu: 1, memoryMib: 2048 }, { cpu: 1, memoryMib: 4096 }],
    ['as much as the CPU takes, less than four times', { cpu: 1, memoryMib: 1536 }, { cpu: 1, memoryMib: 4096 }],
    ['at least twice as much, with the CPU for it', { cpu: 1, memoryMib: 4096 }, { cpu: 2, memoryMib: 8192 }],
    ['the CPU for it, where it is below one', { cpu: 0.2, memoryMib: 512 }, { cpu: 1, memoryMib: 1024 }],
    ['whole MiB', { cpu: 1, memoryMib: 953.67 }, { cpu: 1, memoryMib: 3815 }],
    ['a number of CPUs that there is', { cpu: 3, memoryMib: 1024 }, { cpu: 4, memoryMib: 2048 }],
  ])('gives %s', (_, size, after) => {
    expect(propose(size)).toMatchObject({ change: { before: size, after } });
  });

  it.each([
    ['by its minutes, where the CPU is billed always', propose(small, false), 23.65],
    [
      'at its ceiling, where nobody counted instances',
      proposal(raiseMemory, { rule: 'memory-exhausted', metrics: null }),
      197.1,
    ],
  ])('costs, at most, %s', (_, proposed, costUsdPerMonth) => {
    expect(proposed).toMatchObject({ prospect: { costUsdPerMonth } });
  });

  it.each([
    ['CPU that could not be read', { cpu: undefined }, 'the size of backend could not be read'],
    ['memory that could not be read', { memoryMib: undefined }, 'the size of backend could not be read'],
    ['more than there is', { cpu: 8, memoryMib: 32_768 }, 'Cloud Run has no instance with 65536 MiB'],
  ])('is refused for %s', (_, size, reason) => {
    expect(propose({ ...small, ...size })).toEqual({ kind: 'refused', reason });
  });

  it('reads the size and the images that run', async () => {
    expect(await raiseMemory.read(BACKEND, cloudWith(), unhurried)).toEqual({
      settings: { ...small, images: IMAGES },
      etag: '"1"',
      settled: true,
    });
  });

  it('writes both, and the images', async () => {
    const { cloud, written } = recording();
    const after = { cpu: 1, memoryMib: 1024, images: IMAGES };
    await raiseMemory.write(changing({ ...small, images: IMAGES }, after), cloud, unhurried);
    expect(written).toEqual([['changeService', { name: BACKEND, etag: '"9"' }, { template: after }]]);
  });

  it.each([
    [8192, undefined],
    [8193, '8193 MiB are over environments.staging.bounds.memoryMibMax (8192)'],
  ])('of %d MiB is held against the limits of a size', (memoryMib, expected) => {
    const [after, present] = [
      { cpu: 4, memoryMib, images: IMAGES },
      { ...small, images: IMAGES },
    ];
    expect(raiseMemory.outOfLimits?.({ after, present, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
