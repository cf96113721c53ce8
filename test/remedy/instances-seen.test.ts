import { expect, it } from 'vitest';
import { ceilingOf, instancesSeen } from '../../shared/remedy/instances-seen.ts';
import { points, service, serviceMetrics, template } from '../builders/evidence.ts';

it.each([
  [undefined, 20, 20],
  [10, 20, 10],
  [30, 20, 20],
])('a service of %s and a revision of %d run at most %d instances', (instancesMax, ofRevision, most) => {
  expect(ceilingOf({ instancesMax, template: { ...template, instancesMax: ofRevision } })).toBe(most);
});

it.each([
  [
    'as many as the busiest minute had',
    [serviceMetrics('auth'), serviceMetrics('backend', { instances: points([2, 7, 3]) })],
    7,
  ],
  ['as many as may run, where none was counted', [serviceMetrics('backend', { instances: [] })], 20],
  ['as many as may run, where the service was not', [serviceMetrics('auth')], 20],
])('%s', (_, services, seen) => {
  expect(instancesSeen(service('backend'), { services })).toBe(seen);
});

it('as many as may run, where Monitoring could not be asked', () => {
  expect(instancesSeen(service('backend'), undefined)).toBe(20);
});
