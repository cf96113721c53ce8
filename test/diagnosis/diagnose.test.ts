import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { ruleNames } from '../../shared/diagnosis/rules.ts';
import {
  at,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  revision,
  service,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

const all = ['auth', 'backend', 'frontend'];
const full = observed({
  connectors: [connector({ throughputMbps: points([291, 296, 298]), instances: points([3, 3, 3]) })],
});
const timeouts = all.map((name) => line(name, 'private-connection-timed-out', 40));
const down = all.map((name) => failed(name, 200));

/** backend-00003 came five minutes ago and exits at start; 00002 served before. */
const brokenRelease = observed({
  services: [
    service('auth'),
    service('backend', {
      serving: [{ revision: 'backend-00003', percent: 100 }],
      revisions: [revision('backend-00003', at(-300)), revision('backend-00002', at(-86_400))],
    }),
    service('frontend'),
  ],
});
const releaseLogs = {
  failed: [failed('backend', 150, { revision: 'backend-00003' })],
  signatures: [
    line('backend', 'container-exited', 12, { revision: 'backend-00003' }),
    line('backend', 'module-missing', 12, { revision: 'backend-00003' }),
  ],
};

describe('diagnose', () => {
  it('finds nothing wrong where nothing is', () => {
    const found = diagnose(evidence(), context);
    expect(found).toMatchObject({ healthy: true, root: undefined, causes: [], symptoms: [] });
    expect([...new Set(found.ruledOut.map(({ rule }) => rule))]).toEqual(ruleNames);
  });

  it('is not healthy while something could not be looked at', () => {
    expect(diagnose(evidence({ logs: unavailable('403') }), context).healthy).toBe(false);
    const inside = {
      name: 'inside',
      url: 'http://10.0.0.2/',
      verdict: 'unavailable' as const,
      detail: '',
      httpStatus: undefined,
      latencyMs: 0,
    };
    expect(diagnose(evidence({ http: observed({ checks: [inside] }) }), context)).toMatchObject({
      healthy: false,
      symptoms: [],
    });
  });

  it('blames a full connector for services that fail and time out behind it', () => {
    const found = diagnose(
      evidence({ 'vpc-connector': full, logs: observed(logs({ failed: down, signatures: timeouts })) }),
      context,
    );
    expect(found.root).toMatchObject({ rule: 'connector-saturated', confidence: 'certain', services: all });
    expect(found.root?.claim).toBe(
      'VPC connector staging-connector is full: 298 of 300 Mbps at its maximum of 3 e2-micro instances, and 120 private connections timed out.',
    );
  });

  it('lets the connector explain instances that pile up at the ceiling behind it', () => {
    const found = diagnose(
      evidence({
        'vpc-connector': full,
        'cloud-run': observed({
          services: [service('auth'), service('backend', { instancesMax: 5 }), service('frontend')],
        }),
        metrics: observed({ services: [serviceMetrics('backend', { instances: points([5, 5, 5]) })] }),
        logs: observed(logs({ failed: down, signatures: [...timeouts, line('backend', 'no-available-instance', 30)] })),
      }),
      context,
    );
    expect(found.root?.rule).toBe('connector-saturated');
    expect(found.causes.map(({ rule, standing, explainedBy }) => [rule, standing, explainedBy])).toEqual([
      ['connector-saturated', 'root', []],
      ['instance-ceiling-reached', 'explained', ['connector-saturated']],
    ]);
  });

  it('does not fall into the trap: a broken release beside a busy connector is a broken release', () => {
    const found = diagnose(
      evidence({ 'vpc-connector': full, 'cloud-run': brokenRelease, logs: observed(logs(releaseLogs)) }),
      context,
    );
    expect(found.root).toMatchObject({ rule: 'release-broken', confidence: 'certain', services: ['backend'] });
    expect(found.causes.find(({ rule }) => rule === 'connector-saturated')?.standing).toBe('incidental');
  });

  it('takes a new release that cannot reach its own database for a release, though it times out', () => {
    const signatures = [
      ...releaseLogs.signatures,
      line('backend', 'private-connection-timed-out', 50, { revision: 'backend-00003' }),
    ];
    const found = diagnose(
      evidence({
        'vpc-connector': full,
        'cloud-run': brokenRelease,
        logs: observed(logs({ ...releaseLogs, signatures })),
      }),
      context,
    );
    expect(found.root?.rule).toBe('release-broken');
  });

  it('lets a broken release explain the memory that it leaks', () => {
    const found = diagnose(
      evidence({
        'cloud-run': brokenRelease,
        logs: observed(
          logs({
            failed: releaseLogs.failed,
            signatures: [
              ...releaseLogs.signatures,
              line('backend', 'memory-limit-exceeded', 8, { revision: 'backend-00003' }),
            ],
          }),
        ),
      }),
      context,
    );
    expect(found.causes.map(({ rule, standing }) => [rule, standing])).toEqual([
      ['release-broken', 'root'],
      ['memory-exhausted', 'explained'],
    ]);
  });

  it('says what it could not judge, and for want of what', () => {
    const found = diagnose(evidence({ 'vpc-connector': unavailable('vpcaccess.connectors.get is denied') }), context);
    expect(found.unchecked).toEqual([
      { rule: 'connector-saturated', reason: 'vpc-connector: vpcaccess.connectors.get is denied' },
    ]);
  });

  it('rules out what does not apply', () => {
    const found = diagnose(evidence({ 'vpc-connector': { status: 'not-applicable' } }), context);
    expect(found).toMatchObject({ healthy: true, unchecked: [] });
    expect(found.ruledOut).toContainEqual({
      rule: 'connector-saturated',
      reason: 'vpc-connector does not apply here',
    });
  });

  describe('orders causes of equal standing', () => {
    const exited = (name: string) => line(name, 'container-exited', 9, { revision: `${name}-00003` });
    const released = (name: string) =>
      service(name, {
        serving: [{ revision: `${name}-00003`, percent: 100 }],
        revisions: [revision(`${name}-00003`, at(-300)), revision(`${name}-00002`, at(-86_400))],
      });
    it('by their names where all else is equal', () => {
      const found = diagnose(
        evidence({
          'cloud-run': observed({ services: [service('auth', { instancesMax: 3 }), service('backend')] }),
          logs: observed(
            logs({
              failed: [failed('auth', 20), failed('backend', 20)],
              signatures: [line('auth', 'no-available-instance', 9), line('backend', 'memory-limit-exceeded', 9)],
            }),
          ),
        }),
        context,
      );
      expect(found.causes.map(({ rule, standing, confidence }) => [rule, standing, confidence])).toEqual([
        ['instance-ceiling-reached', 'root', 'certain'],
        ['memory-exhausted', 'root', 'certain'],
      ]);
    });

    /** A full connector that these share and that fail without a word about connections, beside a release of frontend that exits. */
    const beside = (sharing: readonly string[]) =>
      diagnose(
        evidence({
          'vpc-connector': observed({
            connectors: [
              connector({
                throughputMbps: points([291, 296, 298]),
                services: sharing.map((name) => ({ service: name, egress: 'all-traffic' as const })),
              }),
            ],
          }),
          'cloud-run': observed({ services: [...sharing.map((name) => service(name)), released('frontend')] }),
          logs: observed(
            logs({
              failed: [
                ...sharing.map((name) => failed(name, 20)),
                failed('frontend', 20, { revision: 'frontend-00003' }),
              ],
              signatures: [exited('frontend')],
            }),
          ),
        }),
        context,
      ).causes.map(({ rule, standing, confidence, services }) => [rule, standing, confidence, services.length]);

    it('by how sure they are before that', () => {
      expect(beside(['auth'])).toEqual([
        ['release-broken', 'root', 'certain', 1],
        ['connector-saturated', 'root', 'likely', 1],
      ]);
    });

    it('by how much they account for before anything else', () => {
      expect(beside(['auth', 'backend'])).toEqual([
        ['connector-saturated', 'root', 'likely', 2],
        ['release-broken', 'root', 'certain', 1],
      ]);
    });
  });

  it('names no root while what may have brought it about is still on its way', () => {
    const found = diagnose(
      evidence({
        'cloud-run': observed({
          services: [service('auth'), service('backend', { instancesMax: 5 }), service('frontend')],
        }),
        metrics: observed({ services: [serviceMetrics('backend', { instances: points([5, 5, 5]) })] }),
        logs: observed(
          logs({
            failed: down,
            onsets: [{ service: 'backend', at: at(-120) }],
            signatures: [...timeouts, line('backend', 'no-available-instance', 30)],
          }),
        ),
      }),
      context,
    );
    expect(found.root).toBeUndefined();
    expect(found.causes.map(({ rule, standing }) => [rule, standing])).toEqual([
      ['instance-ceiling-reached', 'unsettled'],
    ]);
    expect(found.unchecked[0]?.reason).toContain('throughput since the trouble began has not arrived yet');
  });

  it('names symptoms without a cause plainly', () => {
    const found = diagnose(evidence({ logs: observed(logs({ failed: [failed('backend', 9)] })) }), context);
    expect(found).toMatchObject({ healthy: false, root: undefined });
    expect(found.symptoms).toEqual([
      { kind: 'serving-errors', on: 'backend', text: 'backend failed 9 requests with 503' },
    ]);
  });

  it('gives the same diagnosis for the same evidence', () => {
    const same = evidence({ 'vpc-connector': full, logs: observed(logs({ failed: down, signatures: timeouts })) });
    expect(diagnose(same, context)).toEqual(diagnose(structuredClone(same), context));
  });
});
