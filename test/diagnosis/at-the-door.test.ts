import { describe, expect, it } from 'vitest';
import { backendsFor } from '../../shared/diagnosis/at-the-door.ts';
import type { Route } from '../../shared/evidence/load-balancer.ts';

const route = (path: string, backend: string, over: Partial<Route> = {}): Route => ({
  host: 'a.test',
  path,
  backend,
  ...over,
});

describe('the backends of a URL', () => {
  it.each<readonly [string, string, readonly Route[], readonly string[]]>([
    ['the longest path', 'https://a.test/b/c', [route('/*', 'a'), route('/b/*', 'b')], ['b']],
    ['a path by itself', 'https://a.test/b', [route('/*', 'a'), route('/b', 'b')], ['b']],
    ['a path by itself takes none below it', 'https://a.test/b/c', [route('/*', 'a'), route('/b', 'b')], ['a']],
    ['what begins so', 'https://a.test/bcd', [route('/*', 'a'), route('/b*', 'b', { priority: 1 })], ['b']],
    [
      'the rule that comes first, however short',
      'https://a.test/b/c',
      [route('/b/c*', 'c', { priority: 2 }), route('/b*', 'b', { priority: 1 }), route('/*', 'a')],
      ['b'],
    ],
    [
      'a rule before what is done by default',
      'https://a.test/',
      [route('/*', 'a'), route('/*', 'b', { priority: 9 })],
      ['b'],
    ],
    ['those who share it', 'https://a.test/', [route('/*', 'a'), route('/*', 'b')], ['a', 'b']],
    [
      'no rule that wants more than a path',
      'https://a.test/b',
      [route('/*', 'a'), route('/b*', 'b', { priority: 1, isConditional: true })],
      ['a'],
    ],
    [
      'the host that is named before a pattern',
      'https://a.test/b',
      [route('/*', 'a'), route('/b*', 'any', { host: '*' }), route('/b*', 'some', { host: '*.test' })],
      ['a'],
    ],
    [
      'a pattern before any host',
      'https://a.test/b',
      [route('/*', 'any', { host: '*' }), route('/*', 'some', { host: '*.test' })],
      ['some'],
    ],
    ['none for another host', 'https://b.test/', [route('/*', 'a')], []],
    ['none for what is no URL', 'b.test', [route('/*', 'a')], []],
  ])('%s', (_, url, routes, backends) => expect(backendsFor(url, routes)).toEqual(backends));
});
