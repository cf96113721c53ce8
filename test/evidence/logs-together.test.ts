import { describe, expect, it } from 'vitest';
import { logs } from '../../shared/evidence/logs.ts';
import { logsTogether } from '../../shared/evidence/logs-together.ts';
import type { LogEntry } from '../../shared/ports/cloud.ts';
import { entry, inspection, page, reading, unhurried } from '../builders/ports.ts';

const filters = { requests: 'R', system: 'S', application: 'A' };
const LOG_OF: Readonly<Record<string, string>> = {
  R: 'run.googleapis.com/requests',
  S: 'run.googleapis.com/varlog/system',
  A: 'run.googleapis.com/stderr',
};
/** `RRS`: two requests and a line of the system, newest first. */
const lines = (kinds: string): LogEntry[] =>
  [...kinds].map((kind, index) => entry(-index, { log: LOG_OF[kind] ?? '' }));

/** A project whose logs hold these lines, three of them on a page. */
async function see(kinds: string) {
  const asked: string[] = [];
  const pages = await logsTogether(filters, async (filter) => {
    asked.push(filter);
    const own = lines(kinds).filter(({ log }) => Object.keys(filters).some((name) => isAskedFor(name, log, filter)));
    return page(own.slice(0, 3), own.length > 3);
  });
  const { requests, system, application } = pages;
  return { asked, seen: [requests, system, application].map(({ entries, truncated }) => [entries.length, truncated]) };
}

const isAskedFor = (name: string, log: string, filter: string): boolean => {
  const letter = name === 'requests' ? 'R' : name === 'system' ? 'S' : 'A';
  return LOG_OF[letter] === log && filter.includes(`(${letter})`);
};

describe('three logs at once', () => {
  it.each([
    [
      'nothing',
      '',
      [
        [0, false],
        [0, false],
        [0, false],
      ],
      ['((R) OR (S) OR (A))'],
    ],
    [
      'what fits on a page',
      'RSA',
      [
        [1, false],
        [1, false],
        [1, false],
      ],
      ['((R) OR (S) OR (A))'],
    ],
    [
      'a storm of requests, whose page is as full as there is room',
      'RRSRRA',
      [
        [2, true],
        [1, false],
        [1, false],
      ],
      ['((R) OR (S) OR (A))', '((S) OR (A))'],
    ],
    [
      'storms in two logs',
      'RRRSSSSA',
      [
        [3, true],
        [3, true],
        [1, false],
      ],
      ['((R) OR (S) OR (A))', '((S) OR (A))', '((A))'],
    ],
    [
      'storms in all of them',
      'AAAARRRRSSSS',
      [
        [3, true],
        [3, true],
        [3, true],
      ],
      ['((R) OR (S) OR (A))', '((R) OR (S))', '((S))'],
    ],
  ])('%s', async (_, kinds, pages, questions) => {
    const { seen, asked } = await see(kinds);
    expect([seen, asked]).toEqual([pages, questions]);
  });

  it('is how a verification looks, and a diagnosis does not', async () => {
    const asking = async (purpose: 'diagnosis' | 'verification') => {
      const { cloud, asked } = reading({ logs: () => page([entry(-5)]) });
      const { failed } = await logs.inspect(inspection({ cloud, purpose }), unhurried);
      return [asked.length, failed.map(({ count }) => count)];
    };
    // The last of them asks for the newest requests.
    expect(await asking('verification')).toEqual([2, [1]]);
    expect(await asking('diagnosis')).toEqual([4, [1]]);
  });
});
