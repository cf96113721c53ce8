import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keepLog } from '../../cli/keep-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'runmedic-keep-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* printed(...lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('the log of a demonstration', () => {
  it('has every line that was printed', async () => {
    const file = join(folder, 'whole.log');
    await keepLog({ lines: printed('{"message":"ä"}', 'plain') }, file);
    expect(readFileSync(file, 'utf8')).toBe('{"message":"ä"}\nplain\n');
  });

  it.each([
    ['up to its limit', 8, 'one\ntwo\n'],
    ['and says where it ends', 7, 'one\nthe log ends here: it has reached 7 bytes\n'],
  ])('is kept %s, and what is printed is read to the end', async (_, bytesMax, kept) => {
    const file = join(folder, `${bytesMax}.log`);
    const lines = printed(...(bytesMax === 8 ? ['one', 'two'] : ['one', 'two', 'three', 'four']));
    await keepLog({ lines }, file, bytesMax);
    expect(readFileSync(file, 'utf8')).toBe(kept);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });
});
