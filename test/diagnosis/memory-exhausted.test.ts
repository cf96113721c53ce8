import { describe, expect, it } from 'vitest';
import { conclude, concludeAll } from '../builders/conclude.ts';
import { line, logs, observed, points, service, serviceMetrics, serviceName, template } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const KILLS_MIN = 2;

describe('memory-exhausted', () => {
  const withKills = (count: number) =>
    conclude('memory-exhausted', {
      logs: observed(
        logs({
          signatures: [
            line('backend', 'memory-limit-exceeded', count, {
              sample: 'Memory limit of 512 MiB exceeded with 514 MiB used',
            }),
          ],
        }),
      ),
      metrics: observed({ services: [serviceMetrics('backend', { memoryRatio: points([0.8, 0.99]) })] }),
    });

  it.each([
    [KILLS_MIN, 'cause'],
    [KILLS_MIN - 1, 'ruled-out'],
  ])('judges %i kills', (count, kind) => {
    expect(withKills(count).kind).toBe(kind);
  });

  it.each([
    [KILLS_MIN, 'cause'],
    [KILLS_MIN - 1, 'ruled-out'],
  ])('goes by %i requests that failed with a container, where the platform’s log is silent', (count, kind) => {
    const lines = [line('backend', 'memory-limit-exceeded', count, { log: 'requests' })];
    const found = conclude('memory-exhausted', { logs: observed(logs({ signatures: lines })) });
    expect(found.kind).toBe(kind);
    if (kind === 'cause') expect(found).toMatchObject({ confidence: 'likely', expects: [{ seen: 'no' }, {}] });
  });

  it.each([
    ['near it', [0.5, 0.8], 'yes'],
    ['not near it', [0.79, 0.5], 'unknown'],
    ['not measured', [], 'unknown'],
  ])('asks Monitoring for the limit: %s', (_, values, seen) => {
    const found = conclude('memory-exhausted', {
      logs: observed(logs({ signatures: [line('backend', 'memory-limit-exceeded', 4)] })),
      metrics: observed({ services: [serviceMetrics('backend', { memoryRatio: points(values) })] }),
    });
    expect(found).toMatchObject({ expects: [{ seen: 'yes' }, { seen }] });
  });

  it.each([
    ['that serves', 'backend-00001', [{ revision: 'backend-00001', percent: 1 }], 'cause'],
    ['that serves nobody any more', 'backend-00001', [{ revision: 'backend-00002', percent: 100 }], 'ruled-out'],
    ['that is new and serves nobody yet', 'backend-00002', [{ revision: 'backend-00001', percent: 100 }], 'cause'],
    ['of a service of which nobody knows what serves', 'backend-00001', [], 'cause'],
  ])('counts what a revision lost %s', (_, revision, serving, kind) => {
    const lines = [line('backend', 'memory-limit-exceeded', 9, { revision })];
    const found = conclude('memory-exhausted', {
      'cloud-run': observed({ services: [service('backend', { serving })] }),
      logs: observed(logs({ signatures: lines })),
    });
    expect(found.kind).toBe(kind);
  });

  it('names every service that lost containers, the one that lost most first', () => {
    const kills = (name: string, count: number) => line(name, 'memory-limit-exceeded', count);
    const found = concludeAll('memory-exhausted', {
      logs: observed(logs({ signatures: [kills('auth', 3), kills('backend', 9), kills('frontend', 1)] })),
    });
    expect(found).toMatchObject([
      { target: serviceName('backend'), services: ['backend'] },
      { target: serviceName('auth'), services: ['auth'] },
    ]);
    expect(found).toHaveLength(2);
  });

  it('does without what it does not know: the limit, the revision, the points', () => {
    const found = conclude('memory-exhausted', {
      'cloud-run': observed({ services: [service('backend', { template: { ...template, containers: [] } })] }),
      logs: observed(
        logs({ signatures: [line('backend', 'memory-limit-exceeded', 4, { revision: undefined, sample: 'killed' })] }),
      ),
      metrics: observed({ services: [] }),
    });
    expect(found).toMatchObject({
      claim: 'backend runs out of memory: 4 containers were killed at a limit that is not known.',
      evidence: [{ text: '4 times: "killed"' }, { text: 'Monitoring has no points of its memory.' }],
    });
  });

  it.each([
    [KILLS_MIN, 'cause'],
    [KILLS_MIN - 1, 'ruled-out'],
  ])('judges %i times that a heap was full', (count, kind) => {
    const full = line('backend', 'heap-exhausted', count);
    const killed = line('backend', 'memory-limit-exceeded', KILLS_MIN - 1);
    expect(conclude('memory-exhausted', { logs: observed(logs({ signatures: [full, killed] })) }).kind).toBe(kind);
  });

  it('tells a full heap from a full container', () => {
    const full = line('backend', 'heap-exhausted', 12, { sample: 'java.lang.OutOfMemoryError: Java heap space' });
    expect(conclude('memory-exhausted', { logs: observed(logs({ signatures: [full] })) })).toMatchObject({
      claim: 'backend runs out of memory: 12 times the heap of its runtime was full, below the limit of 512 MiB.',
      evidence: [{ text: '12 times in backend-00002: "java.lang.OutOfMemoryError: Java heap space"' }, {}],
    });
  });

  it('names the service that lost most, with its limit and its peak', () => {
    expect(withKills(7)).toMatchObject({
      claim: 'backend runs out of memory: 7 containers were killed at the limit of 512 MiB.',
      evidence: [
        { text: '7 times in backend-00002: "Memory limit of 512 MiB exceeded with 514 MiB used"' },
        { text: 'Memory reached 99 % of the limit (99th percentile).' },
      ],
    });
  });
});
