import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backend5xx, inPubsub } from '../signal/notifications.ts';
import { run } from './run.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

const linesOf = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('replay', () => {
  it('prints one line a file, in order, and nothing else on stdout', () => {
    const accepted = file('accepted.json', JSON.stringify(backend5xx()));
    const pushed = file('pushed.json', JSON.stringify(inPubsub(backend5xx())));
    const broken = file('broken.json', '{"incident":');
    const ignored = 'test/fixtures/monitoring/send-test-notification.json';
    const { exitCode, stdout, stderr } = run('replay.ts', accepted, pushed, ignored, broken);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(linesOf(stdout)).toEqual([
      {
        file: accepted,
        verdict: 'accepted',
        reason: 'about backend in staging (acme-staging in us-central1)',
        alert: expect.objectContaining({ key: '0.abcdef1234567890/open' }),
      },
      {
        file: pushed,
        verdict: 'accepted',
        reason: 'about backend in staging (acme-staging in us-central1)',
        alert: expect.objectContaining({ key: '0.abcdef1234567890/open' }),
      },
      {
        file: ignored,
        verdict: 'ignored',
        reason: 'a test notification: the channel works, and nothing is wrong',
        alert: expect.objectContaining({ incidentId: '12345' }),
      },
      { file: broken, verdict: 'refused', reason: expect.stringMatching(/^the file is not JSON: /), alert: null },
    ]);
  });

  it.each([
    ['that is not there', join(FOLDER, 'missing.json'), 'ENOENT'],
    ['that is a directory', FOLDER, 'EISDIR'],
    ['whose path leads through another file', join(import.meta.filename, 'a.json'), 'ENOTDIR'],
  ])('says of a file %s that it cannot be read, replays the others, and exits 1', (_, unreadable, code) => {
    const last = 'test/fixtures/monitoring/uptime-open-v1.json';
    const { exitCode, stdout, stderr } = run('replay.ts', unreadable, last);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const reason = expect.stringMatching(new RegExp(`^the file cannot be read: ${code}`));
    expect(linesOf(stdout)).toEqual([
      { file: unreadable, verdict: 'refused', reason, alert: null },
      expect.objectContaining({ file: last, verdict: expect.not.stringMatching('refused') }),
    ]);
  });

  it('takes a file that begins with a byte order mark', () => {
    const marked = file('marked.json', `\uFEFF${JSON.stringify(backend5xx())}`);
    expect(linesOf(run('replay.ts', marked).stdout)).toEqual([expect.objectContaining({ verdict: 'accepted' })]);
  });

  it('prints its keys in the order that is promised', () => {
    const [line] = linesOf(run('replay.ts', 'test/fixtures/monitoring/uptime-open-v1.json').stdout);
    expect(Object.keys(line as object)).toEqual(['file', 'verdict', 'reason', 'alert']);
  });

  it('asks the configuration that it is given', () => {
    const config = file(
      'runmedic.yaml',
      'environments:\n  eu: { project: my-gcp-project, region: asia-northeast1 }\nslack: { channel: C0123456789 }\napprovers: {}\n',
    );
    const { stdout } = run('replay.ts', 'test/fixtures/monitoring/cloud-run-5xx-open.json', '--config', config);
    expect(linesOf(stdout)).toMatchObject([
      { verdict: 'accepted', reason: 'about tickets-api in eu (my-gcp-project in asia-northeast1)' },
    ]);
  });

  it.each([
    ['no file', [], 'npm run replay -- FILE...'],
    ['an unknown option', ['--colour', 'a.json'], "Unknown option '--colour'"],
    ['a missing configuration', ['a.json', '--config', 'nowhere.yaml'], 'nowhere.yaml: no such file'],
  ])('says what to do for %s, and exits 2', (_, args, message) => {
    const { exitCode, stdout, stderr } = run('replay.ts', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('lists every fault of a bad configuration, and replays nothing', () => {
    const config = file('bad.yaml', 'environments: {}\nslak: {}\n');
    const { exitCode, stdout, stderr } = run(
      'replay.ts',
      'test/fixtures/monitoring/uptime-open-v1.json',
      '--config',
      config,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      `${config}:1 environments: found an empty mapping, allowed: at least one environment`,
      expect.stringContaining(`${config}:2 slak: found a key that does not exist here`),
      `2 faults in ${config}; every key is explained in docs/configuration.md.`,
    ]);
  });
});
