import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadScenario, parseScenario, ScenarioError, scenarioNames } from '../../../sandbox/scenarios/load-scenario.ts';
import { nearestNames } from '../../../sandbox/scenarios/nearest-names.ts';
import { schemaText } from '../../../sandbox/scenarios/schema-text.ts';

const folder = join(import.meta.dirname, '../../../sandbox/scenarios');
const labelOf = (name: string): string => join(folder, 'labels', `${name}.yaml`);
const committed = readFileSync(join(folder, 'scenario.schema.json'), 'utf8');

// After a change of scenario.ts: npx vitest run test/sandbox/scenarios --update
test('the committed JSON Schema is the parser’s', async () => {
  await expect(schemaText()).toMatchFileSnapshot(join(folder, 'scenario.schema.json'));
});

/** What stands under this headline is made of each file's own description. */
const LIST = '\n## What is shipped\n';

test('the README lists every scenario that is shipped, with its description', async () => {
  const file = join(folder, 'README.md');
  const readme = readFileSync(file, 'utf8');
  const before = readme.slice(0, readme.indexOf(LIST) + LIST.length);
  const rows = scenarioNames().map((name) => {
    const { description } = loadScenario(name);
    expect(description, name).toMatch(/\S/);
    return `| ${name} | ${description?.replaceAll('|', '\\|').trim().replaceAll(/\s+/g, ' ')} |`;
  });
  await expect([`${before}\n| scenario | what happens |`, '| --- | --- |', ...rows, ''].join('\n')).toMatchFileSnapshot(
    file,
  );
});

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(committed));

describe.each(scenarioNames())('%s', (name) => {
  test('is named as its file and passes its JSON Schema', () => {
    const tree = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
    expect(validate(tree), JSON.stringify(validate.errors)).toBe(true);
    expect(loadScenario(name).name).toBe(name);
  });
});

test('ships staging-503, the trap, and healthy, in the order of their names', () => {
  const names = scenarioNames();
  expect(names).toEqual(expect.arrayContaining(['healthy', 'staging-503', 'trap-broken-release-busy-connector']));
  expect(names).toEqual(names.toSorted());
});

test.each(scenarioNames().flatMap((name) => (existsSync(labelOf(name)) ? [name] : [])))(
  'the label of %s names a root, which is acceptable, and a remedy that does no harm',
  (name) => {
    const label = parse(readFileSync(labelOf(name), 'utf8'));
    expect(label.acceptable).toContain(label.root);
    expect(label.harmful).not.toContain(label.remedy);
    expect(label.because).toMatch(/\.$/);
  },
);

const faultsOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
  }
  throw new Error('nothing was refused');
};

test('an unknown name says which three are nearest and where all are', () => {
  const names = scenarioNames();
  const message = faultsOf(() => loadScenario('staging-504'));
  expect(message).toMatch(
    /^There is no scenario and no file called "staging-504"\. Nearest: staging-503, [a-z0-9-]+, [a-z0-9-]+; /,
  );
  expect(message).toMatch(
    new RegExp(`; sandbox/scenarios/README\\.md lists all ${names.length}\\. Or give the path of a YAML file\\.$`),
  );
});

test.each([
  ['memry-leaking', ['memory-leaking', 'memory-leaking-slowly']],
  ['REDIS', ['redis-full', 'healthy-redis-busy']],
  ['', ['healthy', 'memory-leaking-slowly']],
])('nearest to %o are, of a few, %o', (word, nearest) => {
  const few = ['healthy', 'memory-leaking-slowly', 'redis-full', 'healthy-redis-busy', 'memory-leaking'];
  expect(nearestNames(word, few, 2)).toEqual(nearest);
});

test('a bad file lists every fault with path, found and allowed', () => {
  const scenario = structuredClone(loadScenario('staging-503'));
  const bad = {
    ...scenario,
    seed: 'seven',
    sede: 7,
    estate: { ...scenario.estate, connectors: [{ name: 'Staging Connector', minInstances: 1 }] },
    causes: [
      { type: 'surge', at: 0, service: 'backend', factor: -1 },
      { type: 'earthquake', at: 3 },
    ],
  };
  const message = faultsOf(() => parseScenario(bad, 'bad.yaml'));
  expect(message).toMatch(/^bad\.yaml cannot be played, \d fault\(s\):/);
  expect(message).toMatch(/seed: found "seven", allowed: number\n/);
  expect(message).toMatch(/the file: found "sede", allowed: no such key/);
  expect(message).toMatch(/estate\.connectors\[0\]\.name: found "Staging Connector", allowed: lower-case letters/);
  expect(message).toMatch(/estate\.connectors\[0\]\.minInstances: found 1, allowed: number to be >=2/);
  expect(message).toMatch(/causes\[0\]\.factor: found -1, allowed: number to be >=0/);
  expect(message).toMatch(/causes\[1\]\.type: found "earthquake", allowed: 'surge' \| 'release'/);
});

test('a name that the estate does not have is a fault', () => {
  const scenario = structuredClone(loadScenario('staging-503'));
  scenario.causes.push({ type: 'database-down', at: 1, database: 'mysql', how: 'refuses' });
  expect(faultsOf(() => parseScenario(scenario, 'x'))).toContain(
    'causes[2].database: found "mysql", allowed: postgres, redis',
  );
});

test('a filter that does not parse is a fault, not a crash a minute later', () => {
  const scenario = structuredClone(loadScenario('healthy'));
  scenario.alerting.logMetrics.push({ name: 'odd', filter: 'severity=(' });
  expect(faultsOf(() => parseScenario(scenario, 'x'))).toMatch(
    /alerting\.logMetrics\[2\]\.filter: found "severity=\(", allowed: a filter that parses; syntax error/,
  );
});

test('a file may extend another: objects merge, named things merge by name', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'scenario-')), 'mine.yaml');
  const base = join(folder, 'estates/acme-staging.yaml');
  writeFileSync(file, `extends: ${base}\nestate:\n  services:\n    - { name: auth, requestsPerSecond: 99 }\n`);
  const { services } = loadScenario(file).estate;
  expect(services.map((s) => [s.name, s.requestsPerSecond])).toEqual([
    ['backend', 30],
    ['auth', 99],
    ['frontend', 25],
  ]);
});

test('what is no YAML, cannot be read or extends nothing is told by file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scenario-'));
  writeFileSync(join(directory, 'a.yaml'), 'estate: [1');
  writeFileSync(join(directory, 'b.yaml'), 'extends: 3');
  writeFileSync(join(directory, 'c.yaml'), 'extends: ./c.yaml');
  writeFileSync(join(directory, 'd.yaml'), 'extends: ./nowhere.yaml');
  writeFileSync(join(directory, 'e.yaml'), 'extends: ./d.yaml/e.yaml');
  expect(faultsOf(() => loadScenario(join(directory, 'a.yaml')))).toMatch(/a\.yaml is no YAML: Flow sequence/);
  expect(faultsOf(() => loadScenario(directory))).toBe(`${directory} is a folder; name a YAML file in it`);
  expect(faultsOf(() => loadScenario(join(directory, 'd.yaml')))).toMatch(/nowhere\.yaml is not there; /);
  expect(faultsOf(() => loadScenario(join(directory, 'e.yaml')))).toMatch(/e\.yaml cannot be read: ENOTDIR/);
  expect(faultsOf(() => loadScenario(join(directory, 'b.yaml')))).toMatch(/extends: found 3, allowed: the path/);
  expect(faultsOf(() => loadScenario(join(directory, 'c.yaml')))).toMatch(/at most 5 deep/);
});
