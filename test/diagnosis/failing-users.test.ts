import { describe, expect, it } from 'vitest';
import { failingUsers, LINES_MIN } from '../../shared/diagnosis/database-facts.ts';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { OutsideCount, SignatureCount } from '../../shared/evidence/logs.ts';
import { at, failed, line, logs, observedRedis } from '../builders/evidence.ts';

const refused = (service: string, count: number): OutsideCount => ({
  host: 'api.geo.example.org',
  how: 'rate-limited',
  service,
  revision: undefined,
  count,
  firstAt: at(-240),
  lastAt: at(-5),
  sample: 'Request failed with status code 429',
});
const seen = (signatures: readonly SignatureCount[], outside: readonly OutsideCount[] = [], count = 400) =>
  failingUsers(observedRedis(), logs({ failed: [failed('backend', count), failed('auth', 400)], signatures, outside }));
const redisSays = (count: number) =>
  line('backend', 'private-connection-timed-out', count, { sample: 'Redis ping timeout after 10.0s' });

describe('those who use a database and fail', () => {
  it('are counted where they fail often enough, and use it', () => {
    expect(seen([], [], FAILED_REQUESTS_MIN)).toEqual(['backend']);
    expect(seen([], [], FAILED_REQUESTS_MIN - 1)).toEqual([]);
  });

  it.each<[string, readonly SignatureCount[], readonly OutsideCount[], boolean]>([
    ['say nothing of why', [], [], true],
    ['say that a third party refuses them', [], [refused('backend', LINES_MIN)], false],
    ['say so too seldom', [], [refused('backend', LINES_MIN - 1)], true],
    ['hear it said by others', [line('auth', 'module-missing', 9)], [refused('frontend', 9)], true],
    ['say that a module is missing', [line('backend', 'module-missing', LINES_MIN)], [], false],
    ['say that and of the database too', [line('backend', 'module-missing', 9), redisSays(LINES_MIN)], [], true],
    [
      'say hardly anything of the database',
      [line('backend', 'module-missing', 9), redisSays(LINES_MIN - 1)],
      [],
      false,
    ],
    [
      'speak of another database',
      [line('backend', 'private-connection-timed-out', 9, { sample: 'dial tcp 10.20.0.3:5432: i/o timeout' })],
      [],
      false,
    ],
    [
      'say only how they fare',
      [line('backend', 'health-check-failed', 9), line('backend', 'upstream-failed', 9)],
      [],
      true,
    ],
    ['are spoken of by the platform only', [line('backend', 'container-exited', 9)], [], true],
  ])('and that %s', (_, signatures, outside, isCounted) => {
    expect(seen(signatures, outside)).toEqual(isCounted ? ['backend'] : []);
  });
});
