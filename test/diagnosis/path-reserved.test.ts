import { expect, it } from 'vitest';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import { conclude } from '../builders/conclude.ts';
import { look, observed } from '../builders/evidence.ts';

const page = (over: Partial<CheckResult> = {}) =>
  look({
    url: 'https://api.acme.test/healthz',
    verdict: 'turned-away',
    httpStatus: 404,
    turnedAwayBy: 'google',
    ...over,
  });
const judged = (over: Partial<CheckResult> = {}) =>
  conclude('path-reserved', { http: observed({ checks: [page(over)] }) });

it('blames the check, and harms it alone', () => {
  expect(judged()).toMatchObject({ kind: 'cause', confidence: 'likely', checks: ['api'], services: [] });
});

it.each<[string, Partial<CheckResult>]>([
  ['the service answers itself', { turnedAwayBy: 'unknown' }],
  ['it is another path', { url: 'https://api.acme.test/health' }],
  ['it is another answer', { httpStatus: 403 }],
  ['it failed', { verdict: 'failed' }],
])('is silent where %s', (_, over) => {
  expect(judged(over).kind).toBe('ruled-out');
});
