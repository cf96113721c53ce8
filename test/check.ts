// The whole check, as `npm test` and CI run it: types, lint, unused code, then every test, with the coverage of the pure rooms. What is skipped is said and counted.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'runmedic-check-'));

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const gates: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', bin('tsc'), ['-p', '.']],
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['unused code', bin('knip'), []],
];

// With the slash: test/report is a room, test/reporting would be none.
const pureRooms = ['policy', 'signal', 'evidence', 'diagnosis', 'remedy', 'incident', 'report'].map(
  (room) => `test/${room}/`,
);
const wanted = process.argv.slice(2);
const runs: readonly (readonly [string, readonly string[]])[] =
  wanted.length > 0
    ? [['the tests that were asked for', wanted]]
    : [
        [
          // By their own tests alone: what another room happens to pass through is not tested by that.
          'tests of the pure rooms, which reach every line and branch of them',
          [
            '--coverage',
            '--coverage.thresholds.100',
            `--coverage.reportsDirectory=${join(scratch, 'coverage')}`,
            ...pureRooms,
          ],
        ],
        ['all other tests', pureRooms.map((room) => `--exclude=${room}**`)],
      ];

// At once: each of them leaves cores idle.
const gated = await Promise.all(gates.map(([, command, options]) => ran(command, options)));
for (const [index, [name]] of gates.entries()) process.stdout.write(`\n== ${name}\n${gated[index]?.said}`);
const broken = gates.filter((_, index) => gated[index]?.status !== 0);
const counts = runs.map(([name, options]) => tested(name, options));
rmSync(scratch, { recursive: true });

const passed = sum(counts.map((one) => one.passed)) + gates.length - broken.length;
const failed = sum(counts.map((one) => one.failed)) + broken.length;
const skipped = counts.flatMap((one) => one.skipped);
for (const [name] of broken) process.stdout.write(`\nFAILED: ${name}\n`);
for (const name of skipped) process.stdout.write(`\nSKIPPED, and so not shown to work here: ${name}\n`);
const demanded = process.env['RUNMEDIC_DEMAND_ALL'] === 'true' && skipped.length > 0;
if (demanded) process.stdout.write('\nNothing may be skipped here (RUNMEDIC_DEMAND_ALL).\n');
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
process.exit(failed > 0 || demanded ? 1 : 0);

async function ran(command: string, options: readonly string[]) {
  const child = spawn(command, options, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [status] = await once(child, 'close');
  return { status: Number(status ?? 1), said };
}

function tested(name: string, options: readonly string[]): Counts {
  process.stdout.write(`\n== ${name}\n`);
  const report = join(scratch, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(bin('vitest'), ['run', ...reporters, ...options], { cwd: root, stdio: 'inherit' });
  const counts = countsFrom(report);
  // What failed beside the tests counts too: coverage, a file that cannot be loaded, a worker that died.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countsFrom(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
  // Sound: vitest's own json reporter wrote it a moment ago.
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length,
    skipped: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
