import { describe, expect, it } from 'vitest';
import { faultLine } from '../../shared/policy/fault.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';

const staging = (inside: string): string =>
  `slack: { channel: C0STAGING }\napprovers: { users: [U0ANN] }\nenvironments:\n  staging:\n    project: acme-staging\n    region: us-central1\n    checks: [https://a.test/]\n${inside.replace(/^/gm, '    ')}\n`;

function environment(inside: string) {
  const result = parsePolicy(staging(inside), 'runmedic.yaml');
  if (!result.ok) throw new Error(result.faults.map(faultLine).join('\n'));
  const [found] = result.policy.environments;
  if (found === undefined) throw new Error('no environment');
  return { ...found, warnings: result.warnings };
}

const faults = (inside: string): readonly string[] => {
  const result = parsePolicy(staging(inside), 'runmedic.yaml');
  return result.ok ? [] : result.faults.map(faultLine);
};

const PROBE = 'probes: [{ name: direct, url: "https://p.test/", through: direct-vpc, knownGood: "10.0.0.2:443" }]';

describe('databases', () => {
  it('need a name and a kind only', () => {
    expect(environment('databases: [{ name: postgres, kind: postgresql }]').databases).toEqual([
      {
        name: 'postgres',
        kind: 'postgresql',
        address: undefined,
        instance: undefined,
        services: undefined,
        login: undefined,
        encryption: 'none',
        timeoutMs: 5000,
      },
    ]);
  });

  it('may be spelt out; secrets are named', () => {
    const written =
      '{ name: db, kind: mysql, address: "10.20.0.3:3306", instance: sql1, services: [auth, { name: backend, connectionsPerInstance: 18 }, { name: web }], user: probe, secret: probe-password, database: shop, encryption: tls, timeout: 2s }';
    expect(environment(`databases: [${written}]`).databases).toEqual([
      {
        name: 'db',
        kind: 'mysql',
        address: '10.20.0.3:3306',
        instance: 'sql1',
        services: [
          { service: 'auth', connectionsPerInstance: undefined },
          { service: 'backend', connectionsPerInstance: 18 },
          { service: 'web', connectionsPerInstance: undefined },
        ],
        login: { user: 'probe', secret: 'probe-password', database: 'shop' },
        encryption: 'tls',
        timeoutMs: 2000,
      },
    ]);
  });

  it.each([
    ['[{ name: a, kind: oracle }]', 'databases[0].kind: found "oracle", allowed: postgresql, mysql or redis'],
    [
      '[{ name: a, kind: redis, address: 10.0.0.4 }]',
      'databases[0].address: found "10.0.0.4", allowed: a host and a port',
    ],
    ['[{ name: a, kind: redis, password: hunter2 }]', 'databases[0].password: found a key that does not exist here'],
    [
      '[{ name: a, kind: redis }, { kind: redis }, { name: a, kind: mysql }]',
      'databases[2].name: found "a", allowed: a name that no other has; databases[0] has this one',
    ],
    [
      '[{ name: a, kind: redis, services: [{ name: b, connectionsPerInstance: 0 }] }]',
      'connectionsPerInstance: found 0',
    ],
    ['[3]', 'databases[0]: found 3'],
  ])('%s is a fault', (written, fault) => {
    expect(faults(`databases: ${written}`).join('\n')).toContain(fault);
  });

  it('that could be probed and are not are worth a warning', () => {
    const written = 'databases: [{ name: a, kind: redis, address: "10.20.0.4:6379" }]';
    expect(environment(written).warnings).toEqual([
      'staging: some databases have an address, and no probe stands in the VPC to look at them.',
    ]);
    expect(environment(`${written}\n${PROBE}`).warnings).toEqual([]);
  });
});

describe('probes', () => {
  it('stand behind Direct VPC egress, or behind a connector by its full name', () => {
    const behind = '{ name: behind, url: "https://q.test/", through: shared, knownGood: "dns.acme.internal:53" }';
    const { probes } = environment(PROBE.replace(']', `, ${behind}]`));
    expect(probes).toEqual([
      { name: 'direct', url: 'https://p.test/', through: 'direct-vpc', knownGood: '10.0.0.2:443' },
      {
        name: 'behind',
        url: 'https://q.test/',
        through: 'projects/acme-staging/locations/us-central1/connectors/shared',
        knownGood: 'dns.acme.internal:53',
      },
    ]);
  });

  it('must say what always answers', () => {
    expect(faults('probes: [{ name: a, url: "https://p.test/", through: direct-vpc }]').join('\n')).toContain(
      'probes[0].knownGood: found nothing',
    );
  });

  it('make http checks from inside the VPC, and no others', () => {
    const check = (kind: string) =>
      `databases: []\nchecks: [{ kind: ${kind}, url: "${kind === 'http' ? 'http' : 'ws'}://10.0.0.9/", vantage: vpc }]`;
    const withCheck = (kind: string, probes: string) => {
      const text = staging(probes).replace('checks: [https://a.test/]', check(kind).replaceAll('\n', '\n    '));
      const result = parsePolicy(text, 'runmedic.yaml');
      return result.ok ? result.warnings : result.faults.map(faultLine);
    };
    expect(withCheck('http', '')).toEqual([expect.stringContaining('no probe stands there')]);
    expect(withCheck('http', PROBE)).toEqual([]);
    expect(withCheck('websocket', PROBE)).toEqual([expect.stringContaining('not of kind http')]);
  });
});
