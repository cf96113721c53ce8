import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

const commands: readonly (readonly [string, string, string])[] = [
  ['npm start', '../start.ts', '  npm start -- [--scenario NAME|FILE]'],
  ['npm run diagnose', 'diagnose.ts', '  npm run diagnose -- --scenario NAME|FILE'],
  ['npm run replay', 'replay.ts', '  npm run replay -- FILE...'],
  ['npm run config', 'config.ts', '  npm run config -- --check FILE'],
  ['npm run bench', '../test/bench/bench.ts', '  npm run bench\n'],
];

describe.each(commands)('%s', (_, file, call) => {
  it.each([[['--help']], [['-h']], [['--bogus', '--help']]])(
    'shows how it is used for %j, and does nothing else',
    (args) => {
      const { exitCode, stdout, stderr } = run(file, ...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^[A-Z].*\.\n\n {2}npm /);
      expect(stdout).toContain(call);
    },
  );

  it('refuses a flag that it does not have, with the same words', () => {
    const { exitCode, stdout, stderr } = run(file, '--bogus');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--bogus'/);
    expect(stderr).toContain(`\n\n${run(file, '--help').stdout}`);
  });
});

it('takes what stands after -- for an argument, whatever it looks like', () => {
  const { exitCode, stdout } = run('replay.ts', '--', '-h');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('"file":"-h"');
});
