import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

// The house of the design: folder order is pipeline order is import order.
const root = join(import.meta.dirname, '..');
const ROOMS = [
  'ports',
  'policy',
  'signal',
  'evidence',
  'diagnosis',
  'remedy',
  'incident',
  'report',
  'adapters',
  'engine',
];
const PURE = ['ports', 'policy', 'signal', 'evidence', 'diagnosis', 'remedy', 'incident', 'report'];
/** Room -> rooms that it may not look into although they stand above it. */
const CLOSED: Readonly<Record<string, readonly string[]>> = { engine: ['adapters'] };
/** Pure computation from outside that a pure room may use. */
const PURE_PACKAGES = ['zod', 'yaml', 'canonicalize', 'node:crypto'];
const SDK = /^(@google-cloud\/|@slack\/|google-auth-library|google-gax|pino|ws$|pg$|redis$|node:sqlite)/;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = ['shared', 'functions', 'cli', 'sandbox', 'test', 'deploy'].flatMap(filesBelow).concat('start.ts');
const imports = files.flatMap(importsOf);

describe('the house', () => {
  it('has files in every room', () => {
    for (const room of ROOMS)
      expect(
        files.some((file) => file.startsWith(`shared/${room}/`)),
        room,
      ).toBe(true);
  });

  it('lets a room import only from rooms above it', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [here, there] = [roomOf(from), roomOf(to)];
      if (here === undefined || there === undefined) return false;
      return ROOMS.indexOf(there) > ROOMS.indexOf(here) || CLOSED[here]?.includes(there);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps shared/ from knowing who runs it', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('shared/') && /^(functions|cli|sandbox|test|deploy)\//.test(to),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps sandbox and bot strangers', () => {
    const bot = /^(shared|functions|cli|deploy|start\.ts)/;
    const wrong = imports.filter(
      ({ from, to }) => (from.startsWith('sandbox/') && bot.test(to)) || (bot.test(from) && to.startsWith('sandbox/')),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps SDKs in adapters', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        SDK.test(to) && from.startsWith('shared/') && !from.startsWith('shared/adapters/') && !typeOnly,
    );
    expect(wrong).toEqual([]);
  });

  it('keeps pure rooms pure', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        PURE.includes(roomOf(from) ?? '') &&
        !/^(shared|functions|cli|sandbox)\//.test(to) &&
        !typeOnly &&
        !PURE_PACKAGES.includes(to),
    );
    expect(wrong).toEqual([]);
    const impure = files.filter(
      (file) =>
        PURE.includes(roomOf(file) ?? '') &&
        /\b(Date\.now|new Date\(\)|Math\.random|process\.|fetch\()/.test(read(file)),
    );
    expect(impure).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const wrong = files.filter(
      (file) =>
        /^(shared|functions)\//.test(file) && file !== 'functions/config.ts' && read(file).includes('process.env'),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps the front door thin: no Google client, no store, no policy', () => {
    const reached = reachableFrom('functions/slack.ts');
    const wrong = [...reached].filter(
      (path) =>
        /^(@google-cloud\/(run|vpc-access|monitoring)|google-auth-library|yaml$)/.test(path) ||
        /^shared\/(adapters\/sqlite|policy)\//.test(path),
    );
    expect(wrong).toEqual([]);
  });

  it('hands a CloudWriter to remediate alone', () => {
    const writers = files.filter(
      (file) =>
        file.startsWith('functions/') &&
        file !== 'functions/wire.ts' &&
        /remediationShell|googleWriter/.test(read(file)),
    );
    expect(writers).toEqual(['functions/remediate.ts']);
  });

  it("hands GitHub's token, and the right to start builds, to retest alone", () => {
    const starters = files.filter(
      (file) =>
        file.startsWith('functions/') &&
        file !== 'functions/wire-retest.ts' &&
        /retestShell|githubRuns|buildRuns|RUNMEDIC_GITHUB_TOKEN/.test(read(file)),
    );
    expect(starters).toEqual(['functions/config.ts', 'functions/retest.ts']);
  });

  it('keeps a deployed function to wiring', () => {
    const functions = ['alert', 'investigate', 'slack', 'chat', 'remediate', 'retest', 'patrol', 'probe'].map(
      (name) => `functions/${name}.ts`,
    );
    const long = functions.filter((file) => read(file).split('\n').length > 41);
    expect(long).toEqual([]);
  });

  it('has no import loops', () => {
    const loops = files.filter((file) => reachableFrom(file, 'strict').has(file));
    expect(loops).toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  const all = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return all
    .map((file) => `${folder}/${file.split(sep).join('/')}`)
    .filter((file) => file.endsWith('.ts') && statSync(join(root, file)).isFile() && !file.includes('/fixtures/'));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function importsOf(from: string): Import[] {
  const found = [
    ...read(from).matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?from\s+)?'([^']+)'/gm),
    // The empty group stands where an import says that it is of types; one that is loaded on demand never is.
    ...read(from).matchAll(/()\bimport\('([^']+)'\)/g),
  ];
  return found.map(([, typeOnly, target = '']) => ({
    from,
    to: target.startsWith('.')
      ? relative(root, normalize(join(root, dirname(from), target)))
          .split(sep)
          .join('/')
      : target,
    typeOnly: Boolean(typeOnly),
  }));
}

function roomOf(path: string): string | undefined {
  return /^shared\/([a-z]+)\//.exec(path)?.[1];
}

/** Everything that loading `start` loads; 'strict' leaves out `start` itself unless something leads back to it. Types load nothing. */
function reachableFrom(start: string, mode: 'strict' | 'loose' = 'loose'): Set<string> {
  const seen = new Set<string>(mode === 'loose' ? [start] : []);
  const next = [start];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    for (const { to, typeOnly } of importsBy.get(file) ?? []) {
      if (typeOnly || seen.has(to)) continue;
      seen.add(to);
      next.push(to);
    }
  }
  return seen;
}

const importsBy = Map.groupBy(imports, ({ from }) => from);
