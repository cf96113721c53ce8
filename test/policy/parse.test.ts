import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complete } from '../../shared/policy/complete.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import type { Environment, Policy } from '../../shared/policy/policy.ts';

const ROOT = `${import.meta.dirname}/../..`;

function parsed(text: string): { policy: Policy; warnings: readonly string[] } {
  const result = parsePolicy(text, 'runmedic.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 2));
  return result;
}

function environment(text: string, name = 'staging'): Environment {
  const found = parsed(text).policy.environments.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no environment ${name}`);
  return found;
}

/** One environment with these lines inside, and these blocks beside it. */
const staging = (inside: string, top = 'slack: { channel: C0STAGING }'): string =>
  `environments:\n  staging:\n    project: acme-staging\n    region: us-central1\n${inside.replace(/^/gm, '    ')}\n${top}\n`;

describe('the four-line file', () => {
  const text = readFileSync(`${ROOT}/runmedic.example.yaml`, 'utf8');

  it('is four lines', () => {
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('is complete with its defaults', () => {
    expect(parsed(text)).toEqual({
      ok: true,
      policy: {
        ownProject: undefined,
        paused: false,
        environments: [
          {
            name: 'staging',
            project: 'acme-staging',
            region: 'us-central1',
            services: undefined,
            connectors: undefined,
            checks: [],
            databases: [],
            probes: [],
            slack: { channel: 'C0123456789' },
            approvers: { users: ['U0123456789'], usergroups: [], byAction: {}, expiresAfterSeconds: 1800 },
            bounds: {
              actions: 'all',
              deniedActions: [],
              connectorInstancesMax: 10,
              connectorMachineTypes: ['e2-micro', 'e2-standard-4'],
              memoryMibMax: 8192,
              cpuMax: 4,
              instancesMax: 100,
              costUsdPerMonthMax: 1000,
              costUsdPerMonthPerDayMax: 3000,
            },
            guardrails: {
              cooldownSeconds: 900,
              changesPerHourMax: 10,
              repeats: { times: 3, withinSeconds: 604_800 },
              blastRadius: { percentMax: 50, servicesAlways: 5 },
              optInLabel: undefined,
              freezes: [],
            },
            verification: { checks: 3, everySeconds: 60, deadlineSeconds: 1200 },
            escalation: [
              { afterSeconds: 3600, usergroups: [], users: [] },
              { afterSeconds: 14_400, usergroups: [], users: [] },
            ],
            paused: false,
          },
        ],
        top: { channel: 'C0123456789', approvers: { users: ['U0123456789'], usergroups: [] } },
      },
      warnings: ["staging: no checks, so recovery is judged by Google Cloud's own readings and not from outside."],
    });
  });
});

describe('the configuration of the case', () => {
  const text = readFileSync(`${ROOT}/examples/acme-staging.yaml`, 'utf8');

  it('has nothing to warn of', () => {
    expect(parsed(text).warnings).toEqual([]);
  });

  it('watches three services behind one connector, and looks at them as a user would', () => {
    expect(environment(text)).toMatchObject({
      services: ['backend', 'auth', 'frontend'],
      connectors: ['projects/acme-staging/locations/us-central1/connectors/staging-connector'],
      approvers: { users: ['U0ANN'], usergroups: ['S0ONCALL'] },
    });
    expect(environment(text).checks.map(({ kind }) => kind)).toEqual(['http', 'http', 'websocket', 'journey']);
  });
});

describe('guardrails', () => {
  const written = `guardrails:
  cooldown: 1h
  changesPerHourMax: 3
  repeats: { times: 2, within: 14d }
  blastRadius: { percentMax: 25 }
  optInLabel: runmedic=yes
  freezes:
    - { name: weekend, days: [sat, sun], from: "00:00", to: "24:00", timeZone: Europe/Berlin }
    - { name: holidays, from: "2026-12-24T12:00", to: "2026-12-27T00:00", timeZone: UTC }`;
  const read = {
    cooldownSeconds: 3600,
    changesPerHourMax: 3,
    repeats: { times: 2, withinSeconds: 14 * 86_400 },
    blastRadius: { percentMax: 25, servicesAlways: 5 },
    optInLabel: { key: 'runmedic', value: 'yes' },
    freezes: [
      { kind: 'weekly', name: 'weekend', days: ['sat', 'sun'], from: '00:00', to: '24:00', timeZone: 'Europe/Berlin' },
      { kind: 'dates', name: 'holidays', from: '2026-12-24T12:00', to: '2026-12-27T00:00', timeZone: 'UTC' },
    ],
  };

  it('are read where the environment says them, and from the top else', () => {
    expect(environment(staging(written)).guardrails).toEqual(read);
    const top = `slack: { channel: C0STAGING }\n${written}`;
    expect(environment(staging('', top)).guardrails).toEqual(read);
    expect(environment(staging('guardrails: { cooldown: 2h }', top)).guardrails).toEqual({
      ...read,
      cooldownSeconds: 7200,
    });
    expect(environment(staging('guardrails: { blastRadius: { servicesAlways: 2 } }', top)).guardrails).toEqual({
      ...read,
      blastRadius: { percentMax: 25, servicesAlways: 2 },
    });
  });

  it.each([
    ['nowhere', '', '', undefined],
    ['here', 'observe: true', '', 'environments.staging.observe'],
    ['at the top', '', 'observe: true', 'observe'],
    ['at the top and not here', 'observe: false', 'observe: true', undefined],
    ['here and not at the top', 'observe: true', 'observe: false', 'environments.staging.observe'],
  ])('have plans shown and not made, and know which setting says so: %s', (_, here, top, observe) => {
    const text = staging(here, `slack: { channel: C0STAGING }\napprovers: { users: [U0ANN] }\n${top}`);
    expect(environment(text).observe).toBe(observe);
    expect(parsed(text).warnings.filter((warning) => warning.includes('observe'))).toEqual(
      observe === undefined ? [] : [`staging: ${observe} is true, so plans are shown and none is offered.`],
    );
  });

  it('pause everything by one line', () => {
    expect(parsed(staging('', 'slack: { channel: C0STAGING }\npaused: true')).policy.paused).toBe(true);
  });
});

describe('checks', () => {
  const checks = (lines: string) => environment(staging(`checks:\n${lines.replace(/^/gm, '  ')}`)).checks;
  const common = { auth: { kind: 'none' }, vantage: 'public', timeoutMs: 10_000 };

  it('may be bare URLs', () => {
    expect(checks('- https://a.test/health\n- wss://a.test/ws')).toEqual([
      {
        kind: 'http',
        name: 'https://a.test/health',
        url: 'https://a.test/health',
        expectStatus: 200,
        expectBody: undefined,
        ...common,
      },
      { kind: 'websocket', name: 'wss://a.test/ws', url: 'wss://a.test/ws', echo: undefined, ...common },
    ]);
  });

  it('may be spelt out', () => {
    const auth = '{ kind: id-token, audience: https://a.run.app }';
    expect(
      checks(
        `- { kind: http, name: front, url: https://a.test, expectStatus: 204, expectBody: ok, timeout: 3, auth: ${auth} }`,
      ),
    ).toEqual([
      {
        ...common,
        kind: 'http',
        name: 'front',
        url: 'https://a.test',
        expectStatus: 204,
        expectBody: 'ok',
        timeoutMs: 3000,
        auth: { kind: 'id-token', audience: 'https://a.run.app' },
      },
    ]);
  });

  it('may speak in clear inside the VPC', () => {
    expect(
      checks(
        '- { kind: http, url: http://10.0.0.2/, vantage: vpc }\n- { kind: websocket, name: w, url: ws://10.0.0.2/, vantage: vpc, echo: hi }',
      ),
    ).toMatchObject([
      { url: 'http://10.0.0.2/', vantage: 'vpc' },
      { name: 'w', url: 'ws://10.0.0.2/', vantage: 'vpc', echo: 'hi' },
    ]);
  });

  it.each([
    ['{ kind: none }', { kind: 'none' }],
    [
      '{ kind: iap, clientId: 123.apps.googleusercontent.com }',
      { kind: 'iap', clientId: '123.apps.googleusercontent.com' },
    ],
    [
      '{ kind: header, name: x-api-key, secret: probe-key }',
      { kind: 'header', name: 'x-api-key', secret: 'probe-key' },
    ],
    [
      '{ kind: header, name: x-api-key, secret: projects/acme/secrets/probe-key/versions/latest }',
      { secret: 'projects/acme/secrets/probe-key/versions/latest' },
    ],
  ])('prove who they are by %s', (auth, expected) => {
    expect(checks(`- { kind: http, url: https://a.test, auth: ${auth} }`)[0]?.auth).toMatchObject(expected);
  });

  it('may be journeys, whose steps take what came before', () => {
    const steps = `[{ name: log in, method: POST, url: https://a.test/login, headers: { x-probe: '1' }, body: '{}', expectStatus: 201, expectBody: token, capture: { token: data.token } },
    { url: 'https://a.test/{{token}}' }]`;
    expect(checks(`- { kind: journey, name: log in, steps: ${steps}, timeout: 30s }`)).toEqual([
      {
        ...common,
        kind: 'journey',
        name: 'log in',
        timeoutMs: 30_000,
        steps: [
          {
            name: 'log in',
            method: 'POST',
            url: 'https://a.test/login',
            headers: { 'x-probe': '1' },
            body: '{}',
            expectStatus: 201,
            expectBody: 'token',
            capture: { token: 'data.token' },
          },
          {
            name: 'GET https://a.test/{{token}}',
            method: 'GET',
            url: 'https://a.test/{{token}}',
            headers: {},
            body: undefined,
            expectStatus: 200,
            expectBody: undefined,
            capture: {},
          },
        ],
      },
    ]);
  });
});

describe('an environment and the blocks at the top', () => {
  const top = `ownProject: acme-runmedic
slack: { channel: C0TOP00 }
approvers: { users: [U0TOP], usergroups: [S0TOP], byAction: { restart-service: { users: [U0RESTART] } }, expiresAfter: 10m }
bounds: { actions: [scale-connector], connectorInstancesMax: 5, connectorMachineTypes: [e2-micro], costUsdPerMonthMax: 100 }
verification: { checks: 2, every: 30s, deadline: 10m }
escalation: [{ after: 30m, users: [U0TOP] }]`;

  it('takes everything from the top where it writes nothing', () => {
    expect(environment(staging('', top))).toMatchObject({
      slack: { channel: 'C0TOP00' },
      approvers: {
        users: ['U0TOP'],
        usergroups: ['S0TOP'],
        byAction: { 'restart-service': { users: ['U0RESTART'], usergroups: [] } },
        expiresAfterSeconds: 600,
      },
      bounds: {
        actions: ['scale-connector'],
        connectorInstancesMax: 5,
        connectorMachineTypes: ['e2-micro'],
        costUsdPerMonthMax: 100,
      },
      verification: { checks: 2, everySeconds: 30, deadlineSeconds: 600 },
      escalation: [{ afterSeconds: 1800, users: ['U0TOP'], usergroups: [] }],
    });
    expect(parsed(staging('', top)).policy.ownProject).toBe('acme-runmedic');
  });

  it('keeps whom and where the top names, for what belongs to no environment any more', () => {
    const named = { channel: 'C0TOP00', approvers: { users: ['U0TOP'], usergroups: ['S0TOP'] } };
    expect(parsed(staging('', top)).policy.top).toEqual(named);
    const silent = parsed(staging('slack: { channel: C0OWN00 }', ''));
    expect(silent.policy.top).toEqual({ channel: undefined, approvers: { users: [], usergroups: [] } });
  });

  it('takes key by key what it does not write itself', () => {
    const inside = `slack: { channel: C0OWN00 }
bounds: { connectorInstancesMax: 7 }
verification: { checks: 4 }
approvers: { expiresAfter: 5m }
escalation: []`;
    expect(environment(staging(inside, top))).toMatchObject({
      slack: { channel: 'C0OWN00' },
      bounds: {
        actions: ['scale-connector'],
        connectorInstancesMax: 7,
        connectorMachineTypes: ['e2-micro'],
        costUsdPerMonthMax: 100,
      },
      verification: { checks: 4, everySeconds: 30, deadlineSeconds: 600 },
      approvers: { users: ['U0TOP'], usergroups: ['S0TOP'], expiresAfterSeconds: 300 },
      escalation: [],
    });
  });

  it('overrides every bound and every pace', () => {
    const inside = `bounds: { actions: all, connectorMachineTypes: [e2-standard-4], costUsdPerMonthMax: 0 }
verification: { every: 20s, deadline: 5m }`;
    expect(environment(staging(inside, top))).toMatchObject({
      bounds: {
        actions: 'all',
        connectorInstancesMax: 5,
        connectorMachineTypes: ['e2-standard-4'],
        costUsdPerMonthMax: 0,
      },
      verification: { checks: 2, everySeconds: 20, deadlineSeconds: 300 },
    });
  });

  it.each([
    ['users', '{ users: [U0LEAD] }', { users: ['U0LEAD'], usergroups: [], byAction: {} }],
    ['usergroups', '{ usergroups: [S0LEADS] }', { users: [], usergroups: ['S0LEADS'], byAction: {} }],
    [
      'byAction',
      '{ byAction: { scale-connector: { usergroups: [S0LEADS] } } }',
      { users: [], usergroups: [], byAction: { 'scale-connector': { users: [], usergroups: ['S0LEADS'] } } },
    ],
    ['nobody', '{ users: [] }', { users: [], usergroups: [], byAction: {} }],
  ])('lets nobody from the top approve once it names %s itself', (_, approvers, expected) => {
    expect(environment(staging(`approvers: ${approvers}`, top)).approvers).toEqual({
      ...expected,
      expiresAfterSeconds: 600,
    });
  });
});

describe('warnings', () => {
  const ONE_ACTION = 'approvers: { byAction: { scale-connector: { users: [U0ANN] } } }';
  const warned = (inside: string, top?: string) => parsed(staging(`checks: [https://a.test]\n${inside}`, top)).warnings;

  it.each([
    [
      'nobody named',
      '',
      ['staging: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.'],
    ],
    [
      'an empty list',
      'approvers: { users: [], usergroups: [] }',
      ['staging: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.'],
    ],
    ['a usergroup', 'approvers: { usergroups: [S0ONCALL] }', []],
    ['a user', 'approvers: { users: [U0ANN] }', []],
    [
      'nobody for one action',
      'approvers: { users: [U0ANN], byAction: { shift-traffic: {}, scale-connector: { users: [U0ANN] } } }',
      ['staging: approvers names nobody for shift-traffic, so no such change can be approved.'],
    ],
    ['somebody for one action, and nobody knows which others there are', ONE_ACTION, []],
    [
      'nobody, said twice',
      'approvers: { users: [], byAction: { shift-traffic: {} } }',
      ['staging: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.'],
    ],
    [
      'no action',
      'approvers: { users: [U0ANN] }\nbounds: { actions: [] }',
      ['staging: bounds.actions is empty, so no change is ever offered.'],
    ],
    [
      'a pause',
      'approvers: { users: [U0ANN] }\npaused: true',
      ['staging: paused, so its alerts are recorded and otherwise ignored.'],
    ],
  ])('%s', (_, inside, warnings) => {
    expect(warned(inside)).toEqual(warnings);
  });

  it.each([
    [
      'somebody for one action alone',
      ONE_ACTION,
      ['staging: approvers names nobody for restart-service, shift-traffic, so no such change can be approved.'],
    ],
    ['somebody for the one action that may be offered', `${ONE_ACTION}\nbounds: { actions: [scale-connector] }`, []],
    [
      'somebody for an action that is not offered',
      `${ONE_ACTION}\nbounds: { actions: [shift-traffic] }`,
      ['staging: approvers names nobody for shift-traffic, so no such change can be approved.'],
    ],
    ['somebody for all', 'approvers: { users: [U0ANN] }', []],
  ])('%s, where it is known which actions there are', (_, inside, warnings) => {
    const actions = ['scale-connector', 'restart-service', 'shift-traffic'];
    const result = parsePolicy(staging(`checks: [https://a.test]\n${inside}`), 'runmedic.yaml', actions);
    expect(result.ok && result.warnings).toEqual(warnings);
  });

  it('checks that cannot be looked at yet', () => {
    const named = 'approvers: { users: [U0ANN] }\nchecks:\n';
    const keyed = '- { kind: http, url: https://a.test/, auth: { kind: header, name: x-key, secret: probe-key } }';
    expect(parsed(staging(named + keyed)).warnings).toEqual([
      expect.stringMatching(/^staging: some checks have auth header, which cannot be used yet/),
    ]);
    expect(parsed(staging(`${named}- { kind: http, url: http://10.0.0.2/, vantage: vpc }`)).warnings).toEqual([
      expect.stringMatching(/^staging: some checks are from vantage vpc/),
    ]);
  });
});

describe('what people write in YAML', () => {
  it('may use anchors', () => {
    const text = staging(
      '',
      'slack: { channel: C0STAGING }\napprovers: { users: &people [U0ANN] }\nescalation: [{ after: 1h, users: *people }]',
    );
    expect(environment(text).escalation).toEqual([{ afterSeconds: 3600, users: ['U0ANN'], usergroups: [] }]);
  });
});

it('asserts that a file without a channel never comes to completion', () => {
  const file = { environments: { staging: { project: 'acme-staging', region: 'us-central1' } } };
  expect(() => complete(file)).toThrow('environment staging has no Slack channel');
});
