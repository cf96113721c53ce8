// Starts one of the project's programs under the project's own Node, installing what is missing first.
// Plain JavaScript that an old Node understands: it is the only file that may meet one.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const root = dirname(fileURLToPath(import.meta.url));
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.runmedic', 'installed');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) install();
const node = usableNode();
const [program, ...rest] = process.argv.slice(2);
if (program === undefined) stop('usage: node run.mjs PROGRAM [ARGUMENT...]');
const child = spawn(node, [join(root, program), ...rest], { stdio: 'inherit', env: environment(process.env) });
// A terminal signals both, and npm passes on what it gets, so that a program hears of one Ctrl-C more than once: it stops at the first and overhears the rest.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
// As a shell says it of a program that a signal ended.
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));

/** What installation prints goes to stderr: stdout belongs to the program. */
function install() {
  process.stderr.write('runmedic: installing what is missing (npm install) ...\n');
  // Versions are exact, so this takes what the lock names. `npm ci` would refuse a lock that lacks another platform's optional packages.
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0)
    stop(
      `npm install failed${npm.error ? `: ${npm.error.message}` : ''}. Mend what it says above and run the same command again.`,
    );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

function usableNode() {
  const own = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const candidates = [own, process.execPath];
  const found = candidates.find((candidate) => majorOf(candidate) >= NODE_MAJOR_MIN);
  return (
    found ??
    stop(
      `runmedic needs Node ${NODE_MAJOR_MIN}; this is ${process.version}, and node_modules has none either (its install script did not run, perhaps for --ignore-scripts).\n` +
        `Install Node ${NODE_MAJOR_MIN}, or delete node_modules and run the same command again with install scripts allowed.`,
    )
  );
}

function majorOf(candidate) {
  if (!existsSync(candidate)) return 0;
  const asked = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
  return Number.parseInt((asked.stdout ?? '').slice(1), 10) || 0;
}

function environment(env) {
  return {
    ...env,
    // Google's libraries look for a metadata server, which a laptop has none of (google-auth-library).
    METADATA_SERVER_DETECTION: env.METADATA_SERVER_DETECTION ?? 'none',
    // Types are stripped and modules compiled once, and not at every start (node:module, "Module compile cache").
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.runmedic', 'compile-cache'),
  };
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
