import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { type RuleName, ruleNamed, ruleNames } from '../../shared/diagnosis/rules.ts';
import type { Instant } from '../../shared/ports/clock.ts';
import { certified } from '../builders/conclude.ts';
import { deployed, releaseOf, setting } from '../builders/deploys.ts';
import {
  API,
  answers,
  at,
  backend,
  balancer,
  CONNECTOR,
  certificate,
  connector,
  context,
  domain,
  evidence,
  failed,
  line,
  logs,
  look,
  networkView,
  observed,
  outOfReach,
  points,
  presented,
  revision,
  service,
  serviceMetrics,
  there,
  unavailable,
} from '../builders/evidence.ts';
import { everyService, failedBy, fullConnector, printedBy, released } from '../builders/scenes.ts';

const full = observed({ connectors: [fullConnector] });
const timeouts = everyService.map((name) => line(name, 'private-connection-timed-out', 40));
const down = everyService.map((name) => failed(name, 200));

/** backend-00003 came five minutes ago and exits at start; 00002 served before. */
const brokenRelease = observed({ services: [service('auth'), released('backend'), service('frontend')] });
const releaseLogs = {
  failed: [failedBy('backend', 150)],
  signatures: [printedBy('backend', 'container-exited'), printedBy('backend', 'module-missing')],
};

describe('diagnose', () => {
  it('finds nothing wrong where nothing is', () => {
    const found = diagnose(evidence(), context);
    expect(found).toMatchObject({ healthy: true, root: undefined, causes: [], symptoms: [] });
    expect(found).not.toHaveProperty('seenBefore');
    expect(found.ruledOut.map(({ rule }) => rule)).toEqual(
      ruleNames.filter((name) => ruleNamed(name).needs.every((need) => evidence()[need].status !== 'not-applicable')),
    );
  });

  it('names what looms only where nothing is felt', () => {
    const near = observed({ domains: [domain(presented({ daysLeft: 3 }))], held: there([]) });
    const calm = diagnose(evidence({ certificates: near }), context);
    expect(calm).toMatchObject({ healthy: false, root: { rule: 'certificate-expiring', standing: 'looming' } });
    const troubled = diagnose(
      evidence({ certificates: near, logs: observed(logs({ failed: [failed('backend', 20)] })) }),
      context,
    );
    expect(troubled.root).toBeUndefined();
    expect(troubled.causes).toMatchObject([{ rule: 'certificate-expiring', standing: 'looming' }]);
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
    expect(
      diagnose(evidence({ http: observed({ checks: [{ ...inside, detail: 'no probe' }] }) }), context),
    ).toMatchObject({
      healthy: false,
      symptoms: [],
      unchecked: [{ rule: 'inside', reason: 'no probe' }],
    });
  });

  it('is not healthy while a part of a reading is missing, and says which', () => {
    const unreadConnector = { name: CONNECTOR, reason: 'denied' as const, detail: 'denied', services: [] };
    const partly = evidence({
      'vpc-connector': observed({ connectors: [], unread: [unreadConnector] }),
      network: observed({ ways: [], networks: [networkView({ unread: [{ part: 'zones', detail: 'no dns' }] })] }),
    });
    const found = diagnose(partly, context);
    expect(found.healthy).toBe(false);
    expect(found.unchecked).toContainEqual({ rule: 'network', reason: 'zones of staging: no dns' });
    const unread = observed({ connectors: [], unread: [unreadConnector] });
    expect(diagnose(evidence({ 'vpc-connector': unread }), context).healthy).toBe(false);
    const gone = observed({ connectors: [], unread: [{ ...unreadConnector, reason: 'not-found' as const }] });
    expect(diagnose(evidence({ 'vpc-connector': gone }), context).healthy).toBe(true);
  });

  it('is not healthy where Monitoring answers and has not one point of any service', () => {
    const measured = (...names: readonly string[]) => observed({ services: names.map((name) => serviceMetrics(name)) });
    const reason = 'Monitoring has not one point of auth, backend, frontend in the time that was looked at';
    for (const metrics of [measured(), measured('', 'somebody-else')]) {
      const found = diagnose(evidence({ metrics }), context);
      expect(found.healthy).toBe(false);
      expect(found.unchecked).toContainEqual({ rule: 'metrics', reason });
    }
    // One that nobody asked for is silent, and well.
    expect(diagnose(evidence({ metrics: measured('auth') }), context).healthy).toBe(true);
    const none = observed({ services: [] });
    expect(diagnose(evidence({ metrics: measured(), 'cloud-run': none }), context).healthy).toBe(true);
    expect(
      diagnose(evidence({ metrics: measured(), 'cloud-run': unavailable('no') }), context).unchecked,
    ).not.toContainEqual(expect.objectContaining({ rule: 'metrics' }));
  });

  it('is not healthy while it cannot tell of something that runs out within days', () => {
    const behind = (expiresAt: Instant) => {
      const dns = there({
        a: ['104.16.0.1'],
        aaaa: [],
        cname: undefined,
        caa: [],
        caaAt: undefined,
        leads: 'cdn' as const,
      });
      const domainStates = [{ domain: API, state: 'not-visible' as const, detail: 'FAILED_NOT_VISIBLE' }];
      const held = [certificate({ state: 'renewal-failed', domainStates, expiresAt })];
      return diagnose(
        evidence(certified([domain(presented(), { dns })], held, [look({ verdict: 'passed' })])),
        context,
      );
    };
    expect(behind(at(11 * 86_400))).toMatchObject({ healthy: false, root: undefined });
    expect(behind(at(60 * 86_400))).toMatchObject({ healthy: true, root: undefined });
  });

  it('is not healthy while something looms, though what explains it fails too seldom to be felt', () => {
    const newest = revision('backend-00003', at(-3000));
    const backend = service('backend', {
      serving: [{ revision: newest.shortName, percent: 100 }],
      revisions: [newest, revision('backend-00002', at(-86_400))],
    });
    const climbing = [0.41, 0.4, 0.41, 0.5, 0.65, 0.75, 0.85].map((value, i) => ({ at: at(-4200 + i * 600), value }));
    const own = serviceMetrics('backend');
    const metrics = { services: [{ ...own, before: { ...own.before, memoryRatio: climbing } }] };
    const found = diagnose(
      evidence({
        'cloud-run': observed({ services: [backend] }),
        metrics: observed(metrics),
        logs: observed(logs({ failed: [failed('backend', 4, { revision: newest.shortName, firstAt: at(-600) })] })),
      }),
      context,
    );
    expect(found.causes.map(({ rule, standing }) => [rule, standing])).toEqual([
      ['memory-leaking', 'explained'],
      ['release-broken', 'incidental'],
    ]);
    expect(found).toMatchObject({ healthy: false, root: undefined, symptoms: [] });
  });

  it('is healthy where a release fails by a setting, but too seldom to be felt', () => {
    const backend = deployed({}, { release: releaseOf(setting('env', 'one value', 'another value', 'POSTGRES_HOST')) });
    const withFailures = (count: number) =>
      diagnose(
        evidence({
          'cloud-run': observed({ services: [backend] }),
          logs: observed(logs({ failed: [failedBy('backend', count)] })),
        }),
        context,
      );
    expect(withFailures(4)).toMatchObject({
      healthy: true,
      causes: [{}, { rule: 'configuration-broken', harm: 'now', standing: 'incidental' }],
    });
    expect(withFailures(5)).toMatchObject({ healthy: false, root: { rule: 'configuration-broken' } });
  });

  it('blames a full connector for services that fail and time out behind it', () => {
    const found = diagnose(
      evidence({ 'vpc-connector': full, logs: observed(logs({ failed: down, signatures: timeouts })) }),
      context,
    );
    expect(found.root).toMatchObject({ rule: 'connector-saturated', confidence: 'certain', services: everyService });
    expect(found.ruledOut.map(({ rule }) => rule)).not.toContain('connector-saturated');
    expect(found.ruledOut.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(found.root?.claim).toBe(
      'VPC connector staging-connector is full: it carries 298 Mbps, and its maximum of 3 e2-micro instances can carry about 300; the services behind it logged 120 connection timeouts.',
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
      ['crash-after-ready', 'explained'],
    ]);
  });

  it('says what it could not judge, and for want of what', () => {
    const found = diagnose(evidence({ 'vpc-connector': unavailable('vpcaccess.connectors.get is denied') }), context);
    expect(found.unchecked).toContainEqual({
      rule: 'connector-saturated',
      reason: 'vpc-connector: vpcaccess.connectors.get is denied',
    });
  });

  it('says nothing of what does not apply', () => {
    for (const absent of ['vpc-connector', 'metrics', 'cloud-run'])
      expect(diagnose(evidence({ [absent]: { status: 'not-applicable' } }), context)).toMatchObject({
        healthy: true,
        unchecked: [],
      });
    const found = diagnose(evidence({ 'vpc-connector': { status: 'not-applicable' } }), context);
    expect(found.ruledOut.map(({ rule }) => rule)).not.toContain('connector-saturated');
  });

  it('says first what was ruled out that might have brought the root about, then what it might have', () => {
    const found = diagnose(evidence({ 'cloud-run': brokenRelease, logs: observed(logs(releaseLogs)) }), context);
    expect(found.root?.rule).toBe('release-broken');
    const rank = ({ rule }: { readonly rule: string }) =>
      ruleNamed(rule as RuleName).explains.includes('release-broken') ? 0 : found.root?.explains.includes(rule) ? 1 : 2;
    const ranks = found.ruledOut.map(rank);
    expect(ranks).toEqual(ranks.toSorted());
    expect(new Set(ranks).size).toBe(3);
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
      )
        .causes.filter(({ standing }) => standing === 'root')
        .map(({ rule, standing, confidence, services }) => [rule, standing, confidence, services.length]);

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
        metrics: observed({ services: [serviceMetrics('backend', { instances: points([5, 5, 5], at(-60)) })] }),
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
      { kind: 'serving-errors', on: 'backend', text: 'backend: 9 requests failed with 503' },
    ]);
  });

  it('gives the same diagnosis for the same evidence', () => {
    const same = evidence({ 'vpc-connector': full, logs: observed(logs({ failed: down, signatures: timeouts })) });
    expect(diagnose(same, context)).toEqual(diagnose(structuredClone(same), context));
  });
});

describe('who is turned away', () => {
  const turned = observed({ checks: [look({ verdict: 'turned-away', httpStatus: 403 })] });

  it('is a symptom of the check alone, never of a service, and no proof that anybody is served', () => {
    const found = diagnose(evidence({ http: turned }), context);
    expect(found).toMatchObject({ healthy: false, root: undefined });
    expect(found.symptoms).toEqual([{ kind: 'check-turned-away', on: 'api', text: 'api: tls: refused' }]);
  });

  it('has a root where a rule accounts for the check', () => {
    const page = look({
      url: 'https://api.acme.test/healthz',
      verdict: 'turned-away',
      httpStatus: 404,
      turnedAwayBy: 'google',
    });
    expect(diagnose(evidence({ http: observed({ checks: [page] }) }), context).root?.rule).toBe('path-reserved');
  });
});

describe('what a load balancer failed by itself', () => {
  const seen = (...given: Parameters<typeof answers>) =>
    diagnose(
      evidence({ 'load-balancer': observed(balancer([backend({ groups: [] })], [answers(...given)])) }),
      context,
    );

  it('is a symptom of its backend, which a missing group accounts for', () => {
    const found = seen();
    expect(found.symptoms).toEqual([
      {
        kind: 'backend-failing',
        on: 'api-backend',
        text: 'the load balancer failed 20 requests for api-backend: failed_to_pick_backend',
      },
    ]);
    expect(found.root?.rule).toBe('backend-missing');
  });

  it.each([
    ['enough', { count: 5 }, 1],
    ['too few', { count: 4 }, 0],
    ['long ago', { lastAt: at(-301) }, 0],
    ['just now', { lastAt: at(-300) }, 1],
    ['the service’s own', { statusDetails: 'response_sent_by_backend' }, 0],
    ['the client’s own', { status: 499 }, 0],
    ['for no backend', { backend: undefined }, 0],
  ])('%s', (_, over, count) => expect(seen(over).symptoms).toHaveLength(count));

  it('is not known where its log cannot be read', () => {
    const blind = observed(balancer([backend()], [], { answers: outOfReach }));
    expect(diagnose(evidence({ 'load-balancer': blind }), context).symptoms).toEqual([]);
  });
});
