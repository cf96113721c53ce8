import { describe, expect, it } from 'vitest';
import { externalDependencyFailing } from '../../shared/diagnosis/external-dependency-failing.ts';
import { instanceCeilingReached } from '../../shared/diagnosis/instance-ceiling-reached.ts';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import {
  at,
  context,
  databaseUser,
  failed,
  line,
  logs,
  observedDatabase,
  points,
  revision,
  service,
  serviceMetrics,
} from '../builders/evidence.ts';

const recent = (...values: readonly number[]) => points(values, at(-120));
// Ordinarily 600 a minute, the slowest twentieth in 150 ms. Of 40 in each of 10 instances 600 leave in a minute: each stays for 40 s.
const WAITING: Partial<ServiceMetrics> = {
  latencyP95Ms: recent(40_000, 40_000),
  concurrency: recent(40, 40),
  instances: recent(10, 10),
  requests: recent(600, 600),
  cpuRatio: recent(0.1, 0.1),
};
const refused = {
  failed: [failed('backend', 40, { status: 429, reachedContainer: false })],
  onsets: [{ service: 'backend', at: at(-240) }],
  signatures: [line('backend', 'no-available-instance', 40)],
};
const postgres = observedDatabase({ users: [databaseUser('backend'), databaseUser('auth')] });
interface Given {
  readonly of?: ServiceObservation;
  readonly backend?: Partial<ServiceMetrics>;
  readonly auth?: Partial<ServiceMetrics>;
  readonly lines?: Partial<LogsObservation>;
  readonly databases?: readonly ObservedDatabase[] | undefined;
}
const seen = ({ of = service('backend', { instancesMax: 10 }), backend = {}, auth = {}, lines = refused }: Given) => ({
  'cloud-run': { services: [of, service('auth')] },
  logs: logs(lines),
  metrics: {
    services: [serviceMetrics('auth', auth), serviceMetrics('backend', { ...WAITING, ...backend })],
  },
});
const see = (given: Given = {}) => {
  const databases = 'databases' in given ? given.databases : [postgres];
  const database = databases === undefined ? {} : { database: { databases, probes: [], missing: [] } };
  return externalDependencyFailing.diagnose({ ...seen(given), ...database }, context);
};
const ceiling = (given: Given = {}) => instanceCeilingReached.diagnose(seen(given), context);

describe('a service that waits in silence', () => {
  it('waits for something outside, possibly, where its databases answer others as ever', () => {
    expect(see()).toMatchObject([
      {
        kind: 'cause',
        claim:
          'backend waits for something outside that none of its lines names: 40 of 80 requests are in each of 10 instances of backend at 10 % CPU, and its slowest twentieth of answers takes 40 s instead of 0.2 s.',
        confidence: 'possible',
        evidence: [
          {
            text: 'It serves 1.0 times its ordinary traffic, and no revision of it is new: neither load nor a release.',
          },
          { text: 'It is none of its databases: postgres answers auth as quickly as ever.' },
          { text: expect.stringContaining('A trace of a slow request of backend') },
        ],
        services: ['backend'],
      },
    ]);
  });

  it('is not short of instances', () => {
    expect(ceiling()).toEqual([
      { kind: 'ruled-out', reason: 'the instances of backend are full of requests that only wait' },
    ]);
  });

  it('uses no database of ours', () => {
    const others = [observedDatabase({ users: [databaseUser('auth')] })];
    for (const databases of [[], others])
      expect(see({ databases })).toMatchObject([{ kind: 'cause', evidence: [{}, {}] }]);
  });

  it('never holds more than it admits, as a percentile between two counts may say', () => {
    expect(see({ backend: { concurrency: recent(84, 84) } })).toMatchObject([
      { claim: expect.stringContaining('80 of 80 requests are in each') },
    ]);
  });

  it.each([
    [0.8, 'ruled-out'],
    [0.79, 'cause'],
  ])('is judged beside memory at %f of its limit: what is nearly full is being collected', (ratio, kind) => {
    expect(see({ backend: { memoryRatio: recent(0.5, ratio) } })).toMatchObject([{ kind }]);
  });

  const slow = { latencyP95Ms: recent(4000, 4000), cpuRatio: recent(0.95, 0.95) };
  it.each([
    ['another service is slow too', { auth: slow }, 'postgres'],
    ['nobody tells of databases', { databases: undefined }, 'its database'],
    [
      'nobody else uses its database',
      { databases: [observedDatabase({ users: [databaseUser('backend')] })] },
      'postgres',
    ],
    [
      'who else uses it is not measured',
      { databases: [observedDatabase({ users: [databaseUser('backend'), databaseUser('gone')] })] },
      'postgres',
    ],
    ['who else uses it is hardly used', { auth: { requests: recent(9, 10) } }, 'postgres'],
    [
      'one of two has no other user',
      { databases: [postgres, observedDatabase({ name: 'orders', users: [databaseUser('backend')] })] },
      'postgres and orders',
    ],
  ])('is for people to look at where %s', (_, given, where) => {
    expect(see(given)).toEqual([
      {
        kind: 'inconclusive',
        reason: expect.stringContaining('it waits for something that no line names'),
        settles: 'not-by-itself',
        about: { target: service('backend').name, services: ['backend'] },
        nextCheck: `Look at a trace of a slow request of backend, and at what queries wait for in ${where}: SELECT pid, wait_event_type, wait_event, query FROM pg_stat_activity WHERE state = 'active'.`,
      },
    ]);
  });

  it('is for people to look at where another waits as well, and both are named', () => {
    expect(see({ auth: { ...WAITING, instances: recent(3, 3) } })).toMatchObject([
      {
        kind: 'inconclusive',
        about: { services: ['backend', 'auth'] },
        nextCheck: expect.stringContaining('of backend or auth,'),
      },
    ]);
    expect(see({ auth: { requests: recent(10, 10) } })).toMatchObject([{ kind: 'cause' }]);
  });

  it.each([
    [5, 'ruled-out'],
    [4, 'cause'],
  ])('says itself what it waits for, by %i lines', (count, kind) => {
    const named = {
      ...refused,
      signatures: [...refused.signatures, line('backend', 'database-pool-exhausted', count)],
    };
    expect(see({ lines: named })).toMatchObject([{ kind }]);
  });
});

describe('what waits, and what does not', () => {
  const NEW = service('backend', {
    instancesMax: 10,
    serving: [{ revision: 'backend-00003', percent: 100 }],
    revisions: [revision('backend-00003', at(-1800)), revision('backend-00002', at(-86_400))],
  });
  const idle = { ...NEW, serving: [{ revision: 'backend-00002', percent: 100 }] };
  const older = { ...NEW, revisions: [revision('backend-00003', at(-1801))] };
  // 450 ms are three times 150: of 600 a minute, 0.45 in each of 10 instances.
  it.each([
    ['each stays for three times what is ordinary', { backend: { concurrency: recent(0.45, 0.45) } }, 'waits'],
    ['each stays for less', { backend: { concurrency: recent(0.44, 0.44) } }, 'does not'],
    [
      'as few instances are held for long',
      { backend: { instances: recent(1, 1), concurrency: recent(4.5, 4.5) } },
      'waits',
    ],
    ['a little fewer', { backend: { instances: recent(1, 1), concurrency: recent(4.4, 4.4) } }, 'does not'],
    ['nothing leaves in a minute', { backend: { requests: recent(30, 0) } }, 'waits'],
    ['CPU is not quite busy', { backend: { cpuRatio: recent(0.79, 0.79) } }, 'waits'],
    ['CPU is busy', { backend: { cpuRatio: recent(0.8, 0.8) } }, 'does not'],
    ['CPU is known of one minute', { backend: { cpuRatio: recent(0.1) } }, 'does not'],
    ['CPU is not known', { backend: { cpuRatio: [] } }, 'does not'],
    ['what is inside is not known', { backend: { concurrency: [] } }, 'does not'],
    ['instances are not known', { backend: { instances: [] } }, 'does not'],
    ['a little more traffic comes', { backend: { requests: recent(779, 779) } }, 'waits'],
    ['more traffic comes', { backend: { requests: recent(780, 780) } }, 'does not'],
    [
      'nobody knows what is ordinary',
      { backend: { before: { requestsPerMinute: undefined, latencyP95Ms: 150, memoryRatio: [] } } },
      'does not',
    ],
    ['answers are quick', { backend: { latencyP95Ms: recent(200, 200) } }, 'does not'],
    ['a revision is new', { of: NEW }, 'does not'],
    ['the new revision takes no traffic', { of: idle }, 'waits'],
    ['the revision came before the look', { of: older }, 'waits'],
    ['it is not measured', { backend: { service: 'other' } }, 'does not'],
  ] as const)('%s', (_, given, what) => {
    const kind = what === 'waits' ? 'cause' : 'ruled-out';
    expect(see(given)).toMatchObject([{ kind }]);
  });

  it('says nothing without metrics', () => {
    const { metrics: _, ...blind } = seen({});
    expect(externalDependencyFailing.diagnose(blind, context)).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('leaves the ceiling the cause where requests wait before the door', () => {
    // Each stays inside for a tenth of a second, as ever; that there are so few instances is why they queue.
    expect(ceiling({ backend: { instances: recent(10, 10), concurrency: recent(0.1, 0.1) } })).toMatchObject([
      { kind: 'cause', claim: expect.stringContaining('backend runs all 10 instances that it may') },
    ]);
  });
});
