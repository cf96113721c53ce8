import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  service,
  serviceMetrics,
  serviceName,
  unavailable,
} from '../builders/evidence.ts';
import { everyService, failedBy, printedBy, released } from '../builders/scenes.ts';

const full = points([291, 296, 298], at(-60));
const diagnosed = (over: Partial<Evidence>) => diagnose(evidence(over), context);

describe('every target is judged', () => {
  it('finds two broken releases', () => {
    const { causes, ruledOut } = diagnosed({
      'cloud-run': observed({ services: [released('auth'), released('backend'), service('frontend')] }),
      logs: observed(
        logs({
          failed: [failedBy('auth'), failedBy('backend')],
          signatures: [printedBy('auth', 'container-exited'), printedBy('backend', 'container-exited')],
        }),
      ),
    });
    expect(causes.map(({ rule, target, standing }) => [rule, target, standing])).toEqual([
      ['release-broken', serviceName('auth'), 'root'],
      ['release-broken', serviceName('backend'), 'root'],
    ]);
    expect(ruledOut.map(({ rule }) => rule)).not.toContain('release-broken');
  });

  it('sees the full connector that harms beside one that does not', () => {
    const harmless = connector({ name: `${CONNECTOR}-other`, services: [], throughputMbps: full });
    const { root, causes } = diagnosed({
      'vpc-connector': observed({ connectors: [harmless, connector({ throughputMbps: full })] }),
      logs: observed(
        logs({
          failed: everyService.map((name) => failed(name, 50)),
          signatures: ['auth', 'backend'].map((name) => line(name, 'private-connection-timed-out', 9)),
        }),
      ),
    });
    expect(root?.target).toBe(CONNECTOR);
    expect(causes.map(({ target, standing }) => [target, standing])).toEqual([
      [CONNECTOR, 'root'],
      [harmless.name, 'incidental'],
    ]);
  });

  it('says of each target why it could not be judged, and waits for none that could not have brought this about', () => {
    const idle = connector({ name: `${CONNECTOR}-idle`, services: [], throughputMbps: [] });
    const { root, unchecked } = diagnosed({
      'vpc-connector': observed({ connectors: [connector(), idle] }),
      'cloud-run': observed({ services: [released('backend')] }),
      logs: observed(logs({ failed: [failedBy('backend')], signatures: [printedBy('backend', 'container-exited')] })),
    });
    expect(root?.rule).toBe('release-broken');
    expect(unchecked).toEqual([
      { rule: 'connector-saturated', reason: 'staging-connector-idle: 0 of 2 minutes of throughput have arrived' },
    ]);
  });
});

it('says which looks from outside could not be made', () => {
  expect(diagnosed({ journey: unavailable('no egress') })).toMatchObject({
    healthy: false,
    unchecked: [{ rule: 'journey', reason: 'no egress' }],
  });
});

describe('silence is no health', () => {
  const silent = ['auth', 'backend'].map((name) => serviceMetrics(name, { requests: [] }));
  const unseen = { http: { status: 'not-applicable' } } as const;

  it.each<[string, Partial<Evidence>, boolean]>([
    ['nobody asked and nothing was looked at', { ...unseen, metrics: observed({ services: silent }) }, false],
    ['nobody asked, and a check passed', { metrics: observed({ services: silent }) }, true],
    ['somebody was answered', unseen, true],
    [
      'all that were answered were answered with errors, few as they are',
      {
        ...unseen,
        metrics: observed({
          services: [serviceMetrics('backend', { requests: points([2, 2]), serverErrors: points([2, 2]) })],
        }),
      },
      false,
    ],
    [
      'the last answer is long ago',
      { ...unseen, metrics: observed({ services: [serviceMetrics('backend', { requests: points([50], at(-301)) })] }) },
      false,
    ],
  ])('%s', (_, over, healthy) => {
    expect(diagnosed(over).healthy).toBe(healthy);
  });

  const counting = (count: number, endingAt = at(-120)) =>
    observed({ services: [serviceMetrics('backend', { serverErrors: points([count], endingAt) })] });

  it('takes errors that only Monitoring counts for errors', () => {
    expect(diagnosed({ metrics: counting(5) }).symptoms).toEqual([
      { kind: 'serving-errors', on: 'backend', text: 'backend: 5 requests failed with 5xx, as Monitoring counts' },
    ]);
    expect(diagnosed({ metrics: counting(4) }).symptoms).toEqual([]);
    expect(diagnosed({ metrics: counting(500, at(-301)) }).symptoms).toEqual([]);
  });

  it('does not count twice what the request log shows', () => {
    const { symptoms } = diagnosed({
      metrics: counting(50),
      logs: observed(logs({ failed: [failed('backend', 60)] })),
    });
    expect(symptoms.map(({ text }) => text)).toEqual(['backend: 60 requests failed with 503']);
  });
});

describe('a count of lines of which some were not read', () => {
  const cut = (kind: 'requests' | 'system' | 'application') =>
    observed(logs({ truncated: { requests: false, system: false, application: false, [kind]: true } }));
  const rulesUnchecked = (over: Partial<Evidence>) => [...new Set(diagnosed(over).unchecked.map(({ rule }) => rule))];

  it('rules out no killed container', () => {
    expect(rulesUnchecked({ logs: cut('system') })).toEqual(['memory-exhausted']);
  });

  it('rules out no refused request, except below the ceiling', () => {
    const capped = observed({ services: [service('backend', { instancesMax: 3 })] });
    expect(rulesUnchecked({ logs: cut('requests'), 'cloud-run': capped })).toEqual(['instance-ceiling-reached']);
    expect(rulesUnchecked({ logs: cut('requests') })).toEqual([]);
  });

  it.each(['requests', 'system', 'application'] as const)('rules out no release of late: %s', (kind) => {
    const late = observed({ services: [released('backend')] });
    expect(rulesUnchecked({ logs: cut(kind), 'cloud-run': late })).toContain('release-broken');
    expect(rulesUnchecked({ logs: cut(kind) })).not.toContain('release-broken');
  });
});

describe('a connector of one service', () => {
  const behind = (throughput: readonly number[]) =>
    observed({
      connectors: [
        connector({
          services: [{ service: 'backend', egress: 'all-traffic' }],
          throughputMbps: points(throughput, at(-60)),
        }),
      ],
    });
  const found = (signature: 'module-missing' | 'private-connection-timed-out', throughput: readonly number[]) =>
    diagnosed({
      'cloud-run': observed({ services: [released('backend')] }),
      'vpc-connector': behind(throughput),
      logs: observed(
        logs({
          failed: [failedBy('backend')],
          signatures: [printedBy('backend', 'private-connection-timed-out'), printedBy('backend', signature)],
        }),
      ),
    }).root?.rule;
  const busyBefore = [290, 291, 292, 293, 294, 295, 296];
  const calmBefore = [60, 61, 62, 63, 290, 295, 296];

  it('is to blame where the service has no release to speak of', () => {
    const bare = service('backend', { revisions: [] });
    const { root } = diagnosed({
      'cloud-run': observed({ services: [bare] }),
      'vpc-connector': behind([290, 291]),
      logs: observed(
        logs({ failed: [failed('backend', 50)], signatures: [line('backend', 'private-connection-timed-out', 9)] }),
      ),
    });
    expect(root?.rule).toBe('connector-saturated');
  });

  it.each([
    ['a release that prints what is missing is to blame', 'module-missing', calmBefore, 'release-broken'],
    [
      'a release that times out through what was full before it',
      'private-connection-timed-out',
      busyBefore,
      'release-broken',
    ],
    [
      'the connector that filled up after it is to blame',
      'private-connection-timed-out',
      calmBefore,
      'connector-saturated',
    ],
  ] as const)('%s', (_, signature, throughput, rule) => {
    expect(found(signature, throughput)).toBe(rule);
  });
});
