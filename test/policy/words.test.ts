import { expect, it, describe as suite } from 'vitest';
import { cut, describe } from '../../shared/policy/describe.ts';
import { faultLine, pathText } from '../../shared/policy/fault.ts';
import { nearest } from '../../shared/policy/nearest.ts';
import { durationText } from '../../shared/policy/values.ts';

suite('describe', () => {
  it.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'nothing'],
    ['', '""'],
    ['a', '"a"'],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(79)}…"`],
    ['see https://a:b@c.test and wss://d@e', '"see https://…@c.test and wss://…@e"'],
    [0, '0'],
    [false, 'false'],
    [[], 'an empty list'],
    [[1, 2], 'a list of 2'],
    [{}, 'an empty mapping'],
    [{ a: 1, b: 2 }, 'a mapping with a, b'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'a mapping with a, b, c, d, e, f'],
    [{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1 }, 'a mapping with a, b, c, d, e, f, …'],
  ])('%o is %s', (value, text) => {
    expect(describe(value)).toBe(text);
  });

  it('cuts to exactly what fits', () => {
    expect([cut('abc', 3), cut('abcd', 3)]).toEqual(['abc', 'ab…']);
  });
});

suite('nearest', () => {
  const keys = ['environments', 'slack', 'approvers', 'bounds', 'every'];

  it.each([
    ['enviroments', 'environments'],
    ['Environments', 'environments'],
    ['environment', 'environments'],
    ['aprovers', 'approvers'],
    ['slak', 'slack'],
    ['bonds', 'bounds'],
    ['evry', 'every'],
    ['telemetry', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s is %s', (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  it.each([
    ['abcdef', 'xyabcdef', true],
    ['abcdef', 'xyzabcdef', false],
    ['xyabcdef', 'abcdef', true],
    ['xyzabcde', 'abcde', false],
    ['xycdef', 'abcdef', true],
    ['xyzdef', 'abcdef', false],
    ['abcdxy', 'abcdef', true],
    ['abcdefxy', 'abcdef', true],
    ['abcdef', 'abcdefxyz', false],
    ['axbcdyef', 'abcdef', true],
    ['CONNECTORINSTANCESMAX', 'connectorInstancesMax', true],
  ])('%s could be %s: %s', (word, candidate, near) => {
    expect(nearest(word, [candidate])).toBe(near ? candidate : undefined);
  });

  it('takes the nearest of several, and no candidate as short as the mistake', () => {
    expect(nearest('checks', ['check', 'checks-x', 'cheeks'])).toBe('check');
    expect(nearest('ab', ['cd'])).toBeUndefined();
    expect(nearest('abc', ['abx'])).toBe('abx');
    expect(nearest('abcdefghi', ['abcdefxyz'])).toBe('abcdefxyz');
    expect(nearest('abcdefgh', ['abcdexyz'])).toBeUndefined();
  });
});

suite('durations and paths in words', () => {
  it.each([
    [1, '1s'],
    [90, '90s'],
    [60, '1m'],
    [3600, '1h'],
    [5400, '90m'],
    [86_400, '1d'],
    [0.5, '0.5s'],
  ])('%d s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it('writes paths as people point at them', () => {
    expect(pathText([])).toBe('');
    expect(pathText(['a', 'b', 0, 'c', 1, 2])).toBe('a.b[0].c[1][2]');
  });

  it('leaves out what is not known of a place', () => {
    const fault = { file: 'f', found: 'x', allowed: 'y' };
    expect(faultLine({ ...fault, line: undefined, path: '' })).toBe('f: found x, allowed: y');
    expect(faultLine({ ...fault, line: 3, path: 'a.b' })).toBe('f:3 a.b: found x, allowed: y');
  });
});
