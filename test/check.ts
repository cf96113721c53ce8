// The whole check, as `npm test` and CI run it: types, lint, unused code, coverage of the pure rooms, then every test. What is skipped is said and counted.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'runmedic-check-'));
const report = join(scratch, 'vitest.json');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

// The pure rooms by their own tests alone: what another room happens to pass through is not tested by that.
const pureRooms = ['policy', 'signal', 'evidence', 'diagnosis', 'remedy', 'incident', 'report'];
const coverage = [
  'run',
  '--coverage',
  '--coverage.thresholds.100',
  `--coverage.reportsDirectory=${join(scratch, 'coverage')}`,
  // With the slash: test/report is a room, test/reporting would be none.
  ...pureRooms.map((room) => `test/${room}/`),
];

const gates: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', bin('tsc'), ['-p', '.']],
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['unused code', bin('knip'), []],
  ['coverage of the pure rooms', bin('vitest'), coverage],
];

const broken = gates.filter(([name, command, options]) => {
  process.stdout.write(`\n== ${name}\n`);
  return spawnSync(command, options, { cwd: root, stdio: 'inherit' }).status !== 0;
});

process.stdout.write('\n== tests\n');
const vitest = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
const counts = countsFrom(report);
rmSync(scratch, { recursive: true });

const passed = counts.passed + gates.length - broken.length;
const failed = counts.failed + broken.length + (vitest.status !== 0 && counts.failed === 0 ? 1 : 0);
for (const [name] of broken) process.stdout.write(`\nFAILED: ${name}\n`);
for (const name of counts.skipped) process.stdout.write(`\nSKIPPED, and so not shown to work here: ${name}\n`);
const demanded = process.env['RUNMEDIC_DEMAND_ALL'] === 'true' && counts.skipped.length > 0;
if (demanded) process.stdout.write('\nNothing may be skipped here (RUNMEDIC_DEMAND_ALL).\n');
process.stdout.write(`\n${passed} passed, ${failed} failed, ${counts.skipped.length} skipped\n`);
process.exit(failed > 0 || demanded ? 1 : 0);

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

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
