import { expect, it } from 'vitest';
import { canonical } from '../../shared/remedy/signature.ts';

it('the canonical form is of JSON only: nothing has none', () => {
  expect(() => canonical(undefined)).toThrow('the value is not JSON');
  expect(canonical({ b: 1, a: [null] })).toBe('{"a":[null],"b":1}');
});
