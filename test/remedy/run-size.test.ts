import { describe, expect, it } from 'vitest';
import {
  cpuFor,
  memoryFor,
  moreCpu,
  sizeBlock,
  sizeFlags,
  sizeInWords,
  sizeOf,
  sizeOutOfLimits,
} from '../../shared/remedy/run-size.ts';
import { template } from '../builders/evidence.ts';
import { BOUNDS_AT, bounds, templateOf } from '../builders/remedies.ts';

describe('the size of an instance', () => {
  it.each([
    [0.08, 128, 512],
    [0.49, 128, 512],
    [0.5, 128, 1024],
    [0.99, 128, 1024],
    [1, 128, 4096],
    [2, 128, 8192],
    [4, 2048, 16_384],
    [6, 4096, 24_576],
    [8, 4096, 32_768],
  ])('with %d CPU takes memory from %d to %d MiB', (cpu, leastMib, mostMib) => {
    expect(memoryFor(cpu)).toMatchObject({ leastMib, mostMib });
  });

  it.each([1.5, 3, 5, 7, 9])('is none with %d CPU', (cpu) => expect(memoryFor(cpu)).toBeUndefined());

  it.each([
    [512, 0.2, 0.2],
    [513, 0.2, 1],
    [1024, 0.5, 0.5],
    [1025, 0.5, 1],
    [4096, 1, 1],
    [4097, 1, 2],
    [8193, 1, 4],
    [16_385, 4, 6],
    [24_577, 1, 8],
    [32_768, 8, 8],
    [32_769, 8, undefined],
    [4096, 3, 4],
  ])('with %d MiB and at least %d CPU has %s', (memoryMib, cpu, needed) => {
    expect(cpuFor(memoryMib, cpu)).toBe(needed);
  });

  it.each([
    [0.5, 1],
    [1, 2],
    [2, 4],
    [4, 6],
    [6, 8],
    [8, undefined],
  ])('of %d CPU has %s next', (cpu, next) => expect(moreCpu(cpu)).toBe(next));

  it.each([
    ['known', templateOf(), { cpu: 1, memoryMib: 512 }],
    ['not read', templateOf({ cpu: undefined, memoryMib: undefined }), {}],
    ['of no container', { ...template, containers: [] }, {}],
  ])('is what its template says: %s', (_, of, size) => expect(sizeOf(of)).toEqual(size));

  it('is said as people, gcloud and Terraform say it', () => {
    const size = { cpu: 0.5, memoryMib: 1024 };
    expect(sizeInWords(size)).toBe('0.5 CPU, 1024 MiB');
    expect(sizeFlags(size)).toBe('--cpu=0.5 --memory=1024Mi');
    expect(sizeBlock(size)).toBe('resources {\n  limits = { cpu = "0.5", memory = "1024Mi" }\n}');
  });

  const small = { cpu: 1, memoryMib: 512 };
  it.each([
    ['the least memory', { cpu: 1, memoryMib: 128 }, small, undefined],
    ['less', { cpu: 1, memoryMib: 127 }, small, 'Cloud Run takes 128 to 4096 MiB with 1 CPU, not 127'],
    ['the most memory', { cpu: 1, memoryMib: 4096 }, small, undefined],
    ['more', { cpu: 1, memoryMib: 4097 }, small, 'Cloud Run takes 128 to 4096 MiB with 1 CPU, not 4097'],
    ['the least memory of many CPUs', { cpu: 4, memoryMib: 2048 }, small, undefined],
    ['less of it', { cpu: 4, memoryMib: 2047 }, small, 'Cloud Run takes 2048 to 16384 MiB with 4 CPU, not 2047'],
    [
      'no number of CPUs',
      { cpu: 3, memoryMib: 4096 },
      small,
      'Cloud Run has no 3 CPUs: fewer than 1, or 1, 2, 4, 6 or 8',
    ],
    ['CPU that is not known', { memoryMib: 512 }, small, 'CPU and memory must both be known'],
    ['memory that is not known', { cpu: 1 }, small, 'CPU and memory must both be known'],
    ['memory at the bound', { cpu: 4, memoryMib: 8192 }, small, undefined],
    [
      'memory over the bound',
      { cpu: 4, memoryMib: 8193 },
      small,
      '8193 MiB are over environments.staging.bounds.memoryMibMax (8192)',
    ],
    ['memory over the bound that it has already', { cpu: 4, memoryMib: 9000 }, { cpu: 2, memoryMib: 9000 }, undefined],
    [
      'CPUs over the bound',
      { cpu: 6, memoryMib: 4096 },
      small,
      '6 CPUs are over environments.staging.bounds.cpuMax (4)',
    ],
    ['CPUs over the bound that it has already', { cpu: 6, memoryMib: 8192 }, { cpu: 6, memoryMib: 4096 }, undefined],
  ])('is held against %s', (_, after, present, expected) => {
    expect(sizeOutOfLimits({ after, present, bounds, boundsAt: BOUNDS_AT })).toBe(expected);
  });
});
