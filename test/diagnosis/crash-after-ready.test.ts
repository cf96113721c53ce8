import { describe, expect, it } from 'vitest';
import { CPU_FULL_RATIO } from '../../shared/diagnosis/load-levels.ts';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import { concludes, deployed, kinds, NEWEST, starts, withContainer } from '../builders/deploys.ts';
import { at, cluster, failed, line, observed, points, serviceMetrics } from '../builders/evidence.ts';

const of = { revision: NEWEST };
const exits = (count: number) => line('backend', 'container-exited', count, of);

describe('crash-after-ready', () => {
  it.each([
    [FAILURES_MIN, 0, 'cause'],
    [FAILURES_MIN - 1, 0, 'ruled-out'],
    [FAILURES_MIN + 4, 4, 'cause'],
    [FAILURES_MIN + 3, 4, 'ruled-out'],
  ])('judges %i exits, of which %i beside a failed start', (count, notStarted, kind) => {
    const signatures = [exits(count), line('backend', 'startup-probe-failed', notStarted, of)];
    expect(kinds(concludes('crash-after-ready', [deployed()], { signatures }))).toEqual([kind]);
  });

  it('says what the containers printed, and how many had come up', () => {
    const seen = {
      failed: [failed('backend', 40, of)],
      signatures: [exits(9)],
      clusters: [cluster('backend', 7, of)],
      starts: [starts({ succeeded: 12 })],
    };
    expect(concludes('crash-after-ready', [deployed()], seen)).toMatchObject([
      {
        claim: 'Containers of backend-00003 crash after they were ready: 9 exits, and 40 requests failed.',
        confidence: 'certain',
        evidence: [
          { text: '12 starts had succeeded within the look.' },
          { text: '7 times: "panic: runtime error"' },
          {},
        ],
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
      },
    ]);
  });

  it.each([
    [500, 'yes'],
    [499, 'no'],
  ])('takes %i for an error of the container: %s', (status, seen) => {
    const met = { failed: [failed('backend', 40, { ...of, status })], signatures: [exits(9)] };
    expect(concludes('crash-after-ready', [deployed()], met)).toMatchObject([{ expects: [{}, { seen }] }]);
  });

  it('is silent about a revision that takes no traffic', () => {
    const aside = deployed({}, { serving: [{ revision: NEWEST, percent: 0 }] });
    expect(kinds(concludes('crash-after-ready', [aside], { signatures: [exits(9)] }))).toEqual(['ruled-out']);
  });

  it('is less sure where no start was seen and no request failed', () => {
    expect(concludes('crash-after-ready', [deployed()], { signatures: [exits(9)] })).toMatchObject([
      { confidence: 'possible', expects: [{ seen: 'unknown' }, { seen: 'no' }] },
    ]);
  });

  it.each([
    [FAILURES_MIN, 'ruled-out'],
    [FAILURES_MIN - 1, 'cause'],
  ])('leaves it to others beside %i complaints of connections', (count, kind) => {
    const signatures = [exits(9), line('backend', 'private-connection-refused', count, of)];
    expect(kinds(concludes('crash-after-ready', [deployed()], { signatures }))).toEqual([kind]);
  });

  it('names the signal that ends them', () => {
    const seen = {
      failed: [failed('backend', 350, of)],
      signatures: [line('backend', 'container-crashed', 87, of), line('backend', 'signal-uncaught', 87, of)],
      starts: [starts({ succeeded: 80 })],
    };
    expect(concludes('crash-after-ready', [deployed()], seen)).toMatchObject([
      {
        claim:
          'Containers of backend-00003 crash after they were ready: 87 ends by a fatal signal, and 350 requests failed.',
        confidence: 'certain',
      },
    ]);
  });

  describe('containers that hang', () => {
    const killed = (count: number) => line('backend', 'liveness-probe-failed', count, of);
    const probed = withContainer({
      livenessProbe: {
        kind: 'http',
        initialDelaySeconds: 0,
        timeoutSeconds: 1,
        periodSeconds: 10,
        failureThreshold: 3,
        path: '/healthz',
        port: undefined,
      },
    });
    const cpu = (...ratios: readonly number[]) => ({
      metrics: observed({
        services: [serviceMetrics('backend', { cpuRatio: points(ratios, at(-120)) })],
      }),
    });

    it.each([
      [FAILURES_MIN, 'cause'],
      [FAILURES_MIN - 1, 'ruled-out'],
    ])('judges %i shutdowns by the liveness probe', (count, kind) =>
      expect(kinds(concludes('crash-after-ready', [deployed()], { signatures: [killed(count)] }))).toEqual([kind]),
    );

    it('says what the probe asks, and is never certain why nothing answers', () => {
      const seen = {
        failed: [failed('backend', 350, of)],
        signatures: [killed(43)],
        starts: [starts({ succeeded: 40 })],
      };
      expect(concludes('crash-after-ready', [deployed(probed)], seen)).toMatchObject([
        {
          claim:
            'Containers of backend-00003 stop answering after they were ready: 43 shutdowns by their liveness probe, and 350 requests failed.',
          confidence: 'likely',
          evidence: [{}, { text: 'Its liveness probe: http /healthz, 3 x 10 s, each within 1 s.' }, {}],
        },
      ]);
    });

    it('says nothing of a probe where a worker was timed out', () => {
      const signatures = [line('backend', 'worker-timed-out', 9, of)];
      expect(concludes('crash-after-ready', [deployed(probed)], { signatures })).toMatchObject([
        {
          claim: expect.stringContaining('stop answering after they were ready: 9 worker timeouts,'),
          evidence: [{}, {}],
        },
      ]);
    });

    it.each(['upstream-failed', 'private-connection-timed-out'] as const)(
      'leaves it to what they wait for: %s',
      (kind) =>
        expect(
          concludes('crash-after-ready', [deployed()], { signatures: [killed(9), line('backend', kind, 9, of)] }),
        ).toMatchObject([{ reason: 'backend: containers hang, and complain 9 times of connections' }]),
    );

    it.each([
      [[CPU_FULL_RATIO, 1], 'ruled-out'],
      [[CPU_FULL_RATIO - 0.01, 1], 'cause'],
      [[], 'cause'],
    ])('asks whether their CPU is full: %j', (ratios, kind) =>
      expect(kinds(concludes('crash-after-ready', [deployed()], { signatures: [killed(9)] }, cpu(...ratios)))).toEqual([
        kind,
      ]),
    );

    it('does without the metrics of a service that has none', () =>
      expect(
        kinds(
          concludes(
            'crash-after-ready',
            [deployed()],
            { signatures: [killed(9)] },
            { metrics: observed({ services: [] }) },
          ),
        ),
      ).toEqual(['cause']));
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('crash-after-ready', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
