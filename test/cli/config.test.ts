import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

describe('config', () => {
  it('says that a good file is good, and what it watches', () => {
    expect(run('config.ts', '--check', 'examples/acme-staging.yaml')).toEqual({
      exitCode: 0,
      stdout: 'examples/acme-staging.yaml is good; it watches staging (acme-staging in us-central1)\n',
      stderr: '',
    });
  });

  it('says what may surprise', () => {
    expect(run('config.ts', '--check', 'runmedic.example.yaml').stdout).toMatch(
      /^warning: staging: no checks, .+\nrunmedic.example.yaml is good; /,
    );
  });

  it('lists the faults of a bad file, and exits 1', () => {
    const file = join(FOLDER, 'bad.yaml');
    writeFileSync(file, 'slack: { channel: C0123456789 }\n');
    expect(run('config.ts', '--check', file)).toEqual({
      exitCode: 1,
      stdout: `${file} environments: found nothing, allowed: a mapping of environment names to what is watched there\n1 fault in ${file}; every key is explained in docs/configuration.md.\n`,
      stderr: '',
    });
  });

  it('writes the schema as it is committed', () => {
    const file = join(FOLDER, 'schema.json');
    expect(run('config.ts', '--schema', file)).toEqual({ exitCode: 0, stdout: `wrote ${file}\n`, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(`${import.meta.dirname}/../../runmedic.schema.json`, 'utf8'));
  });

  it.each([
    [[]],
    [['--chek', 'a.yaml']],
    [['--check']],
    [['--check', 'runmedic.example.yaml', '--schema', 'never.json']],
  ])('shows how it is used for %o, and exits 2', (args) => {
    const { exitCode, stdout, stderr } = run('config.ts', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('npm run config -- --check FILE');
  });
});
