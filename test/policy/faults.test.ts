import { describe, expect, it } from 'vitest';
import { faultLine } from '../../shared/policy/fault.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';

const ACTIONS = ['scale-connector', 'restart-service', 'shift-traffic'];
const KEYS =
  'paused, observe, ownProject, environments, slack, approvers, bounds, guardrails, verification, escalation';
const CHECK_KEYS = 'kind, name, url, expectStatus, expectBody, auth, vantage, timeout';

function faultsOf(text: string): readonly string[] {
  const parsed = parsePolicy(text, 'f', ACTIONS);
  return parsed.ok ? [] : parsed.faults.map(faultLine);
}

/** Line 1 to 4 are good; what a test adds begins on line 5. */
const good = (more = ''): string => `environments:
  staging: { project: acme-staging, region: us-central1 }
slack: { channel: C0123456789 }
approvers: { users: [U0123456789] }
${more}`;

/** What a test adds inside the environment begins on line 6. */
const inside = (more: string): string => `slack: { channel: C0123456789 }
environments:
  staging:
    project: acme-staging
    region: us-central1
${more.replace(/^/gm, '    ')}
`;

it('finds none in a good file', () => {
  expect(faultsOf(good())).toEqual([]);
});

describe('the file as a whole', () => {
  it.each([
    ['empty', '', [`f: found nothing, allowed: a mapping of ${KEYS}`]],
    ['only comments', '# later\n', [`f: found nothing, allowed: a mapping of ${KEYS}`]],
    ['text', 'hello', [`f: found "hello", allowed: a mapping of ${KEYS}`]],
    ['a list', '- a\n- b\n', [`f: found a list of 2, allowed: a mapping of ${KEYS}`]],
    [
      'no environments',
      'slack: { channel: C0123456789 }',
      ['f environments: found nothing, allowed: a mapping of environment names to what is watched there'],
    ],
    [
      'an empty mapping of environments',
      'environments: {}',
      ['f:1 environments: found an empty mapping, allowed: at least one environment'],
    ],
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('holds at most 50 environments', () => {
    const environments = Array.from(
      { length: 51 },
      (_, index) => `  e${index}: { project: acme-staging-${index}, region: us-central1 }`,
    ).join('\n');
    expect(faultsOf(`slack: { channel: C0123456789 }\nenvironments:\n${environments}`)).toEqual([
      'f:2 environments: found a mapping with e0, e1, e2, e3, e4, e5, …, allowed: at most 50 environments',
    ]);
  });
});

describe('YAML that is broken', () => {
  it('names every place at once', () => {
    const faults = faultsOf('a: [1\nb: c: d\n');
    expect(faults.length).toBeGreaterThan(1);
    expect(faults[0]).toMatch(/^f:2: found broken YAML \(.+\), allowed: YAML 1.2, one document$/);
  });

  it.each([
    ['two documents', 'a: 1\n---\nb: 2\n', /^f:2: found broken YAML/],
    ['an alias without an anchor', 'a: *b\n', /^f:1: found broken YAML \(ReferenceError/],
    [
      'aliases that multiply without end',
      `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      /^f:1: found broken YAML \(ReferenceError: Excessive alias count/,
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('a key that is written twice', () => {
  const twice = (line: number) =>
    `found a key that line ${line} has already, allowed: each key once; what is written last is judged here`;

  it('is a fault, however good the rest is', () => {
    expect(faultsOf(good('slack: { channel: C0123456789 }'))).toEqual([`f:5 slack: ${twice(3)}`]);
  });

  it('hides no other fault, and of its values the last is judged', () => {
    expect(
      faultsOf(inside('paused: perhaps\nregion: us\nchecks: [{ kind: tcp, kind: icmp }]').concat('slak: 1\n')),
    ).toEqual([
      'f:6 environments.staging.paused: found "perhaps", allowed: true or false',
      `f:7 environments.staging.region: ${twice(5)}`,
      'f:7 environments.staging.region: found "us", allowed: a Google Cloud region (not a zone), such as us-central1',
      `f:8 environments.staging.checks[0].kind: ${twice(8)}`,
      'f:8 environments.staging.checks[0].kind: found "icmp", allowed: http, websocket or journey',
      expect.stringMatching(/^f:9 slak: found a key that does not exist here/),
    ]);
  });

  it('is told of beside broken YAML, too', () => {
    expect(faultsOf('a: 1\na: 2\nb: ]\n')).toEqual([
      `f:2 a: ${twice(1)}`,
      expect.stringMatching(/^f:3: found broken YAML/),
    ]);
  });
});

describe('keys that do not exist', () => {
  it.each([
    [
      'at the top',
      good('approver: {}'),
      `f:5 approver: found a key that does not exist here, allowed: ${KEYS} (did you mean approvers?)`,
    ],
    [
      'with no other near',
      good('telemetry: {}'),
      `f:5 telemetry: found a key that does not exist here, allowed: ${KEYS}`,
    ],
    [
      'in a block',
      good('bounds: { conectorInstancesMax: 5 }'),
      'f:5 bounds.conectorInstancesMax: found a key that does not exist here, allowed: actions, deniedActions, connectorInstancesMax, connectorMachineTypes, memoryMibMax, cpuMax, instancesMax, costUsdPerMonthMax, costUsdPerMonthPerDayMax (did you mean connectorInstancesMax?)',
    ],
    [
      'in a check',
      inside('checks:\n  - kind: http\n    url: https://a.test\n    expectstatus: 200'),
      `f:9 environments.staging.checks[0].expectstatus: found a key that does not exist here, allowed: ${CHECK_KEYS} (did you mean expectStatus?)`,
    ],
    ['named as a number', good('5: {}'), `f:5 5: found a key that does not exist here, allowed: ${KEYS}`],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});

describe('names and ids', () => {
  const environment = (project: unknown, region: unknown) =>
    `slack: { channel: C0123456789 }\nenvironments:\n  staging:\n    project: ${project}\n    region: ${region}\n`;
  const noProject =
    'allowed: a Google Cloud project id (not its name or number): 6 to 30 lower-case letters, digits and hyphens, such as acme-staging';
  const noRegion = 'allowed: a Google Cloud region (not a zone), such as us-central1';

  it.each(['acme-staging', 'abcdef', 'example.com:acme-staging', 'a'.repeat(30)])('project %s is one', (project) => {
    expect(faultsOf(environment(project, 'us-central1'))).toEqual([]);
  });

  it.each(['Acme', '"123456789"', 'acme', 'acme-', '-acme-x', 'a'.repeat(31), '"acme staging"'])(
    'project %s is none',
    (project) => {
      expect(faultsOf(environment(project, 'us-central1'))).toEqual([
        `f:4 environments.staging.project: found "${project.replaceAll('"', '')}", ${noProject}`,
      ]);
    },
  );

  it.each(['us-central1', 'northamerica-northeast2', 'europe-west12'])('region %s is one', (region) => {
    expect(faultsOf(environment('acme-staging', region))).toEqual([]);
  });

  it.each(['us-central1-a', 'us', 'US-CENTRAL1', 'global'])('region %s is none', (region) => {
    expect(faultsOf(environment('acme-staging', region))).toEqual([
      `f:5 environments.staging.region: found "${region}", ${noRegion}`,
    ]);
  });

  it('missing ones are found on their environment', () => {
    expect(faultsOf('slack: { channel: C0123456789 }\nenvironments:\n  staging:\n    paused: false')).toEqual([
      `f:3 environments.staging.project: found nothing, ${noProject}`,
      `f:3 environments.staging.region: found nothing, ${noRegion}`,
    ]);
  });

  it.each([
    [
      'an environment',
      good().replace('  staging', '  Staging'),
      'f:2 environments.Staging: found the name "Staging", allowed: an environment name: lower-case letters, digits and hyphens, at most 31, beginning with a letter, such as staging',
    ],
    [
      'a channel',
      good().replace('C0123456789', "'#incidents'"),
      `f:3 slack.channel: found "#incidents", allowed: a Slack channel's id (not its name), such as C0123456789; in Slack: channel name > About > Channel ID`,
    ],
    [
      'a user',
      good().replace('U0123456789', 'ann'),
      `f:4 approvers.users[0]: found "ann", allowed: a Slack user's id (not a name), such as U0123456789; in Slack: profile > ⋮ > Copy member ID`,
    ],
    [
      'a usergroup',
      good('escalation: [{ after: 1h, usergroups: [oncall] }]'),
      `f:5 escalation[0].usergroups[0]: found "oncall", allowed: a Slack usergroup's id (not its handle), such as S0123456789`,
    ],
    [
      'a service',
      inside('services: [Backend]'),
      `f:6 environments.staging.services[0]: found "Backend", allowed: a Cloud Run service's short name, such as backend`,
    ],
    [
      'a connector',
      inside('connectors: [a/b]'),
      'f:6 environments.staging.connectors[0]: found "a/b", allowed: a connector, such as staging-connector, or in full projects/P/locations/L/connectors/C',
    ],
    [
      'an action',
      good('approvers2: 1')
        .replace('approvers: { users', 'approvers: { byAction: { Scale: {} }, users')
        .replace('approvers2: 1', ''),
      `f:4 approvers.byAction.Scale: found the name "Scale", allowed: an action's id, such as scale-connector`,
    ],
  ])('%s has its shape', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});

describe('numbers and durations', () => {
  it.each([
    [
      'bounds: { connectorInstancesMax: 2 }',
      'f:5 bounds.connectorInstancesMax: found 2, allowed: a whole number from 3 to 10',
    ],
    [
      'bounds: { connectorInstancesMax: 11 }',
      'f:5 bounds.connectorInstancesMax: found 11, allowed: a whole number from 3 to 10',
    ],
    [
      'bounds: { connectorInstancesMax: 3.5 }',
      'f:5 bounds.connectorInstancesMax: found 3.5, allowed: a whole number from 3 to 10',
    ],
    [
      'bounds: { connectorInstancesMax: many }',
      'f:5 bounds.connectorInstancesMax: found "many", allowed: a whole number from 3 to 10',
    ],
    [
      'bounds: { costUsdPerMonthMax: -1 }',
      'f:5 bounds.costUsdPerMonthMax: found -1, allowed: an amount in US dollars, 0 or more',
    ],
    [
      'bounds: { costUsdPerMonthMax: $5 }',
      'f:5 bounds.costUsdPerMonthMax: found "$5", allowed: an amount in US dollars, 0 or more',
    ],
    [
      'bounds: { connectorMachineTypes: [e2-small] }',
      'f:5 bounds.connectorMachineTypes[0]: found "e2-small", allowed: f1-micro, e2-micro, e2-standard-4',
    ],
    [
      'guardrails: { optInLabel: Runmedic }',
      'f:5 guardrails.optInLabel: found "Runmedic", allowed: a label, key=value in lower case, such as runmedic=yes',
    ],
    [
      'guardrails: { blastRadius: { percentMax: 0 } }',
      'f:5 guardrails.blastRadius.percentMax: found 0, allowed: a whole number from 1 to 100',
    ],
    [
      'guardrails: { freezes: [{ name: x, days: [sat], from: "25:00", to: "24:00", timeZone: UTC }] }',
      'f:5 guardrails.freezes[0].from: found "25:00", allowed: in quotes, a time of the day such as "18:00", or a local date and time such as "2026-12-24T12:00"',
    ],
    [
      'guardrails: { freezes: [{ name: x, from: "18:00", to: "24:00", timeZone: UTC }] }',
      'f:5 guardrails.freezes[0]: found a mapping with name, from, to, timeZone, allowed: with days, two times of the day; without, two dates with their time, the earlier first',
    ],
    [
      'guardrails: { freezes: [{ name: x, from: "2026-12-24T00:00", to: "2026-12-24T00:00", timeZone: UTC }] }',
      'f:5 guardrails.freezes[0]: found a mapping with name, from, to, timeZone, allowed: with days, two times of the day; without, two dates with their time, the earlier first',
    ],
    [
      'guardrails: { freezes: [{ name: x, days: [sat], from: "18:00", to: "24:00", timeZone: Berlin }] }',
      'f:5 guardrails.freezes[0].timeZone: found "Berlin", allowed: a time zone of the IANA list, such as Europe/Berlin or UTC',
    ],
    [
      'guardrails: { freezes: [{ name: x, days: [saturday], from: "18:00", to: "24:00", timeZone: UTC }] }',
      'f:5 guardrails.freezes[0].days[0]: found "saturday", allowed: mon, tue, wed, thu, fri, sat, sun',
    ],
    [
      'guardrails: { repeats: { times: 0, within: 7d } }',
      'f:5 guardrails.repeats.times: found 0, allowed: a whole number from 1 to 100',
    ],
    ['bounds: { actions: some }', 'f:5 bounds.actions: found "some", allowed: all, or a list of action ids'],
    ['verification: { checks: 0 }', 'f:5 verification.checks: found 0, allowed: a whole number from 1 to 10'],
    [
      'verification: { every: 9s }',
      'f:5 verification.every: found "9s", allowed: a duration from 10s to 1h: seconds, or text such as 90s, 30m or 1h',
    ],
    [
      'verification: { every: 9 }',
      'f:5 verification.every: found 9, allowed: a duration from 10s to 1h: seconds, or text such as 90s, 30m or 1h',
    ],
    [
      'verification: { every: 1.5m }',
      'f:5 verification.every: found "1.5m", allowed: a duration from 10s to 1h: seconds, or text such as 90s, 30m or 1h',
    ],
    [
      'verification: { every: null }',
      'f:5 verification.every: found nothing, allowed: a duration from 10s to 1h: seconds, or text such as 90s, 30m or 1h',
    ],
    [
      'verification: { deadline: 2d }',
      'f:5 verification.deadline: found "2d", allowed: a duration from 1m to 1d: seconds, or text such as 90s, 30m or 1h',
    ],
    ['escalation: { after: 1h }', 'f:5 escalation: found a mapping with after, allowed: a list of at most 5'],
    [
      'escalation: [{}]',
      'f:5 escalation[0].after: found nothing, allowed: a duration from 1m to 7d: seconds, or text such as 90s, 30m or 1h',
    ],
  ])('%s', (more, fault) => {
    expect(faultsOf(good(more))).toEqual([fault]);
  });

  it.each([
    'bounds: { connectorInstancesMax: 3 }',
    'bounds: { connectorInstancesMax: 10 }',
    'verification: { checks: 1, every: 10, deadline: 60 }',
    'verification: { checks: 10, every: 1h, deadline: 10h }',
  ])('takes %s', (more) => {
    expect(faultsOf(good(more))).toEqual([]);
  });
});

describe('checks', () => {
  const check = (text: string) => faultsOf(inside(`checks:\n  - ${text}`));
  const at = 'f:7 environments.staging.checks[0]';
  const url = 'allowed: a URL that begins with https:// and holds no user or password (http:// only from vantage vpc)';

  it.each([
    [
      'http://a.test',
      `${at}: found "http://a.test", allowed: an https:// or wss:// URL that holds no user or password`,
    ],
    ['a.test', `${at}: found "a.test", allowed: an https:// or wss:// URL that holds no user or password`],
    ['5', `${at}: found 5, allowed: an https:// or wss:// URL, or a mapping whose kind is http, websocket or journey`],
    ['{ url: https://a.test }', `${at}.kind: found nothing, allowed: http, websocket or journey`],
    ['{ kind: tcp, url: https://a.test }', `${at}.kind: found "tcp", allowed: http, websocket or journey`],
    ['{ kind: http, url: wss://a.test }', `${at}.url: found "wss://a.test", ${url}`],
    ['{ kind: http, url: https:// }', `${at}.url: found "https://", ${url}`],
    [
      '{ kind: http, url: http://a.test }',
      `${at}.url: found "http://a.test", allowed: https:// from vantage public; in clear only inside the VPC, with vantage: vpc`,
    ],
    [
      '{ kind: websocket, url: ws://a.test }',
      `${at}.url: found "ws://a.test", allowed: wss:// from vantage public; in clear only inside the VPC, with vantage: vpc`,
    ],
    ['{ kind: http, url: https://a.test, vantage: moon }', `${at}.vantage: found "moon", allowed: public or vpc`],
    [
      '{ kind: http, url: https://a.test, timeout: 2m }',
      `${at}.timeout: found "2m", allowed: a duration from 1s to 1m: seconds, or text such as 90s, 30m or 1h`,
    ],
    [
      '{ kind: http, url: https://a.test, expectStatus: 99 }',
      `${at}.expectStatus: found 99, allowed: a whole number, an HTTP status, from 100 to 599`,
    ],
    [
      '{ kind: http, url: https://a.test, auth: basic }',
      `${at}.auth: found "basic", allowed: a mapping whose kind is none, id-token, iap or header`,
    ],
    [
      '{ kind: http, url: https://a.test, auth: { kind: basic } }',
      `${at}.auth.kind: found "basic", allowed: a mapping whose kind is none, id-token, iap or header`,
    ],
    [
      '{ kind: http, url: https://a.test, auth: { kind: id-token } }',
      `${at}.auth.audience: found nothing, allowed: one line of text, at most 500 characters`,
    ],
    ['{ kind: journey, name: j, steps: [] }', `${at}.steps: found an empty list, allowed: a list of 1 to 20 steps`],
    [
      '{ kind: journey, name: j, steps: [{ url: https://a.test, body: 5 }] }',
      `${at}.steps[0].body: found 5, allowed: text; quote JSON, for example '{"user":"probe"}'`,
    ],
    [
      '{ kind: journey, name: j, steps: [{ url: http://a.test }] }',
      `${at}.steps[0].url: found "http://a.test", allowed: https:// from vantage public; in clear only inside the VPC, with vantage: vpc`,
    ],
    [
      '{ kind: journey, name: j, steps: [{ url: https://a.test, capture: { t: a..b } }] }',
      `${at}.steps[0].capture.t: found "a..b", allowed: a dotted path, such as user.id`,
    ],
    [
      '{ kind: journey, name: j, steps: [{ url: https://a.test, capture: { "a b": a } }] }',
      `${at}.steps[0].capture.a b: found the name "a b", allowed: a name of letters, digits and underscores, such as token`,
    ],
  ])('%s', (text, fault) => {
    expect(check(text)).toEqual([fault]);
  });

  it('are told apart by name', () => {
    expect(
      faultsOf(
        inside(
          'checks:\n  - https://a.test\n  - { kind: http, name: b, url: https://b.test }\n  - https://a.test\n  - { kind: websocket, name: b, url: wss://b.test }',
        ),
      ),
    ).toEqual([
      'f:9 environments.staging.checks[2]: found "https://a.test", allowed: a name that no other check has; checks[0] has this one',
      'f:10 environments.staging.checks[3].name: found "b", allowed: a name that no other check has; checks[1] has this one',
    ]);
  });

  it('all that share a name are told of the first', () => {
    expect(faultsOf(inside('checks: [https://a.test, https://a.test, https://a.test]'))).toEqual([
      expect.stringContaining('checks[1]: found "https://a.test", allowed: a name that no other check has; checks[0]'),
      expect.stringContaining('checks[2]: found "https://a.test", allowed: a name that no other check has; checks[0]'),
    ]);
  });

  it('may mention an address in clear without speaking to it', () => {
    expect(check("{ kind: http, url: 'https://a.test/?next=http://b.test/' }")).toEqual([]);
  });

  it('use only what an earlier step captured', () => {
    const steps = [
      "{ url: 'https://a.test/{{own}}', capture: { own: id } }",
      "{ url: 'https://a.test/{{own}}', headers: { x: '{{never}}' }, body: '{{own}} {{other}}' }",
    ];
    expect(check(`{ kind: journey, name: j, steps: [${steps.join(', ')}] }`)).toEqual([
      `${at}.steps[0].url: found {{own}}, allowed: what an earlier step captures`,
      `${at}.steps[1].headers.x: found {{never}}, allowed: what an earlier step captures`,
      `${at}.steps[1].body: found {{other}}, allowed: what an earlier step captures`,
    ]);
  });

  const KIND = 'allowed: http, websocket or journey';
  const ECHO = 'allowed: one line of text, at most 1000 characters';
  it.each([
    ['{ kind: htp, url: ftp://x }', [`${at}.kind: found "htp", ${KIND}`, `${at}.url: found "ftp://x", ${url}`]],
    ['{ url: ftp://x }', [`${at}.kind: found nothing, ${KIND}`, `${at}.url: found "ftp://x", ${url}`]],
    [
      '{ kind: web-socket, url: wss://a.test, echo: 5 }',
      [`${at}.kind: found "web-socket", ${KIND}`, `${at}.echo: found 5, ${ECHO}`],
    ],
    ['{ url: wss://a.test, echo: 5 }', [`${at}.kind: found nothing, ${KIND}`, `${at}.echo: found 5, ${ECHO}`]],
    [
      '{ kind: 5, name: buy, steps: [{ url: ftp://x }] }',
      [`${at}.kind: found 5, ${KIND}`, `${at}.steps[0].url: found "ftp://x", ${url}`],
    ],
    ['{ kind: icmp, url: ftp://x }', [`${at}.kind: found "icmp", ${KIND}`]],
  ])('are looked into although their kind is wrong: %s', (text, faults) => {
    expect(check(text)).toEqual(faults);
  });

  it('may be as many as the limits say', () => {
    const many = (count: number, text: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => text(index)).join(', ');
    expect(faultsOf(inside(`checks: [${many(30, (index) => `https://${index}.test`)}]`))).toEqual([]);
    const step = `{ url: https://a.test, headers: { ${many(20, (index) => `h${index}: x`)} }, capture: { ${many(10, (index) => `c${index}: x`)} } }`;
    expect(check(`{ kind: journey, name: j, steps: [${many(20, () => step)}] }`)).toEqual([]);
  });

  it('are limited', () => {
    const many = (count: number, text: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => text(index)).join(', ');
    expect(faultsOf(inside(`checks: [${many(31, (index) => `https://${index}.test`)}]`))).toEqual([
      'f:6 environments.staging.checks: found a list of 31, allowed: a list of at most 30',
    ]);
    expect(check(`{ kind: journey, name: j, steps: [${many(21, () => '{ url: https://a.test }')}] }`)).toEqual([
      `${at}.steps: found a list of 21, allowed: a list of at most 20`,
    ]);
    expect(
      check(
        `{ kind: journey, name: j, steps: [{ url: https://a.test, headers: { ${many(21, (index) => `h${index}: x`)} } }] }`,
      ),
    ).toEqual([expect.stringContaining('allowed: at most 20 headers')]);
    expect(
      check(
        `{ kind: journey, name: j, steps: [{ url: https://a.test, capture: { ${many(11, (index) => `c${index}: x`)} } }] }`,
      ),
    ).toEqual([expect.stringContaining('allowed: at most 10 captures')]);
  });
});

describe('what must not be read again in a log', () => {
  it('hides a secret that was written instead of its name', () => {
    const [fault] = faultsOf(
      inside(
        'checks:\n  - { kind: http, url: https://a.test, auth: { kind: header, name: x-api-key, secret: "Bearer s3cr3t" } }',
      ),
    );
    expect(fault).toBe(
      'f:7 environments.staging.checks[0].auth.secret: found a text of 13 characters, allowed: the name of a secret in Secret Manager, never the secret itself: short, or projects/P/secrets/S/versions/V',
    );
  });

  it('says what else stands where a secret should be named', () => {
    const [fault] = faultsOf(
      inside('checks:\n  - { kind: http, url: https://a.test, auth: { kind: header, name: x-api-key, secret: [a] } }'),
    );
    expect(fault).toContain('secret: found a list of 1,');
  });

  it("hides a URL's user and password", () => {
    const [fault] = faultsOf(inside('checks:\n  - { kind: http, url: "https://ann:s3cr3t@a.test/" }'));
    expect(fault).toContain('found "https://…@a.test/"');
  });
});

describe('what makes no sense', () => {
  const two = (second: string) =>
    `slack: { channel: C0123456789 }\nenvironments:\n  one: { project: acme-staging, region: us-central1 }\n  two: { ${second} }\n`;

  it('two environments over the same project and region', () => {
    expect(faultsOf(two('project: acme-staging, region: us-central1'))).toEqual([
      'f:4 environments.two: found acme-staging in us-central1, allowed: a project and region that no other environment covers; environments.one does',
    ]);
    expect(faultsOf(two('project: acme-staging, region: us-east1'))).toEqual([]);
    expect(faultsOf(two('project: acme-other, region: us-central1'))).toEqual([]);
    expect(
      faultsOf(
        'slack: { channel: C0123456789 }\nenvironments:\n  a: { project: acme-staging }\n  b: { project: acme-staging }\n',
      ).map((fault) => fault.split(':', 2).join(':')),
    ).toEqual(['f:3 environments.a.region', 'f:4 environments.b.region']);
  });

  it("an environment over runmedic's own project", () => {
    expect(faultsOf(good('ownProject: acme-staging'))).toEqual([
      'f:2 environments.staging.project: found "acme-staging", allowed: any project but ownProject: runmedic never changes what it runs on',
    ]);
    expect(faultsOf(good('ownProject: acme-runmedic'))).toEqual([]);
  });

  it('no channel to talk in', () => {
    expect(faultsOf('environments:\n  staging: { project: acme-staging, region: us-central1 }\n')).toEqual([
      'f:2 environments.staging.slack: found nothing, allowed: slack: { channel: C0123456789 } here, or at the top for all environments',
    ]);
    expect(
      faultsOf(
        'environments:\n  staging: { project: acme-staging, region: us-central1, slack: { channel: C0123456789 } }\n',
      ),
    ).toEqual([]);
  });

  it('a channel that is written wrong is told once', () => {
    expect(faultsOf(good().replace('{ channel: C0123456789 }', ''))).toEqual([
      'f:3 slack: found nothing, allowed: a mapping of channel',
    ]);
  });

  it('a connector of another region', () => {
    const connector = (region: string) =>
      inside(`connectors: [projects/acme-host/locations/${region}/connectors/shared]`);
    expect(faultsOf(connector('us-east1'))).toEqual([
      'f:6 environments.staging.connectors[0]: found "projects/acme-host/locations/us-east1/connectors/shared", allowed: a connector of us-central1: services use connectors of their own region',
    ]);
    expect(faultsOf(connector('us-central1'))).toEqual([]);
  });

  it('a deadline before the last check', () => {
    expect(faultsOf(good('verification: { checks: 10, every: 2m }'))).toEqual([]);
    expect(faultsOf(good('verification: { checks: 10, every: 121s }'))).toEqual([
      'f:5 verification.deadline: found 20m, allowed: at least 1210s: 10 checks, one every 121s',
    ]);
    expect(faultsOf(inside('verification: { deadline: 2m }'))).toEqual([
      'f:6 environments.staging.verification.deadline: found 2m, allowed: at least 3m: 3 checks, one every 1m',
    ]);
  });

  it("an environment's own pace that the deadline at the top does not allow for", () => {
    expect(faultsOf(inside('verification: { every: 10m }'))).toEqual([
      'f:6 environments.staging.verification.deadline: found 20m, allowed: at least 30m: 3 checks, one every 10m',
    ]);
    expect(faultsOf(inside('verification: { checks: 10, every: 2m, deadline: 1199 }'))).toEqual([
      'f:6 environments.staging.verification.deadline: found 1199s, allowed: at least 20m: 10 checks, one every 2m',
    ]);
  });

  it('escalation that does not rise', () => {
    expect(faultsOf(good('escalation: [{ after: 1h }, { after: 60m }]'))).toEqual([
      'f:5 escalation[1].after: found 1h, allowed: later than the level before it, 1h',
    ]);
    expect(faultsOf(inside('escalation: [{ after: 2h }, { after: 1h }]'))).toEqual([
      'f:6 environments.staging.escalation[1].after: found 1h, allowed: later than the level before it, 2h',
    ]);
  });

  it('actions that do not exist', () => {
    expect(faultsOf(good('bounds: { actions: [scale-conector, reboot] }'))).toEqual([
      'f:5 bounds.actions[0]: found "scale-conector", allowed: scale-connector, restart-service, shift-traffic (did you mean scale-connector?)',
      'f:5 bounds.actions[1]: found "reboot", allowed: scale-connector, restart-service, shift-traffic',
    ]);
    expect(faultsOf(inside('approvers: { byAction: { shift-trafic: {} } }'))).toEqual([
      'f:6 environments.staging.approvers.byAction.shift-trafic: found "shift-trafic", allowed: scale-connector, restart-service, shift-traffic (did you mean shift-traffic?)',
    ]);
  });

  it('any well-formed action passes where none are given', () => {
    expect(parsePolicy(good('bounds: { actions: [of-tomorrow] }'), 'f').ok).toBe(true);
  });
});

describe('where a fault lies', () => {
  it('the whole file comes before its lines', () => {
    expect(faultsOf('slack: 1\n').map((fault) => fault.split(' ')[0])).toEqual(['f', 'f:1']);
    expect(faultsOf('slak: 1\n').map((fault) => fault.split(' ')[0])).toEqual(['f', 'f:1']);
  });

  it('behind an alias it lies at the anchor', () => {
    const text = `limits: &limits
  connectorInstancesMax: 99
environments:
  staging: { project: acme-staging, region: us-central1, bounds: *limits }
slack: { channel: C0123456789 }
`;
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^f:1 limits: found a key that does not exist here/),
      'f:2 environments.staging.bounds.connectorInstancesMax: found 99, allowed: a whole number from 3 to 10',
    ]);
  });

  it('an empty item lies at its dash', () => {
    expect(faultsOf(inside('checks:\n  - kind: journey\n    name: j\n    steps:\n      -\n'))).toEqual([
      'f:10 environments.staging.checks[0].steps[0]: found nothing, allowed: a mapping of name, method, url, headers, body, expectStatus, expectBody, capture',
    ]);
  });
});

describe('all at once', () => {
  it('in the order of the file, sense beside shape', () => {
    const text = `environmets: {}
environments:
  one: { project: acme-staging, region: us-central1, chanels: [] }
  two: { project: acme-staging, region: us-central1, services: [] }
  three: 3
  Four: { project: acme, region: us-central1 }
slack: { channel: incidents }
bounds: { connectorInstancesMax: 99, actions: [restart] }
escalation: [{ after: 2h }, x, { after: 1h }]
verification: { checks: 10, every: 1h, deadline: soon }
`;
    const paths = faultsOf(text).map((fault) => fault.split(':', 2).join(':').replace(/^f:/, ''));
    expect(paths).toEqual([
      '1 environmets',
      '3 environments.one.chanels',
      '4 environments.two.services',
      '4 environments.two',
      '5 environments.three',
      '6 environments.Four.project',
      '6 environments.Four',
      '7 slack.channel',
      '8 bounds.connectorInstancesMax',
      '8 bounds.actions[0]',
      '9 escalation[1]',
      '10 verification.deadline',
    ]);
  });
});
