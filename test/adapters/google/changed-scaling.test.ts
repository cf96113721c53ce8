import { expect, it } from 'vitest';
import { changedScaling } from '../../../shared/adapters/google/changed-scaling.ts';
import type { ScalingChange } from '../../../shared/ports/cloud.ts';

const present = { minInstanceCount: 1, maxInstanceCount: 20, scalingMode: 'AUTOMATIC', fieldOfTomorrow: 1 };

it.each<[string, ScalingChange, object]>([
  ['nothing', {}, {}],
  ['the floor', { instancesMin: 3 }, { minInstanceCount: 3 }],
  ['no floor', { instancesMin: null }, { minInstanceCount: undefined }],
  ['a floor of none', { instancesMin: 0 }, { minInstanceCount: 0 }],
  ['the ceiling', { instancesMax: 40 }, { maxInstanceCount: 40 }],
  ['no ceiling', { instancesMax: null }, { maxInstanceCount: undefined }],
  ['a number by hand', { instancesByHand: 0 }, { scalingMode: 'MANUAL', manualInstanceCount: 0 }],
  ['by traffic', { instancesByHand: null }, { scalingMode: 'AUTOMATIC', manualInstanceCount: undefined }],
  [
    'all of it',
    { instancesMin: 2, instancesMax: 4, instancesByHand: null },
    { minInstanceCount: 2, maxInstanceCount: 4, scalingMode: 'AUTOMATIC', manualInstanceCount: undefined },
  ],
])('sets %s anew and nothing else', (_, change, expected) => {
  expect(changedScaling(present, change)).toStrictEqual({ ...present, ...expected });
});

it('sets up what was not said before', () => {
  expect(changedScaling({}, { instancesMin: 1 })).toStrictEqual({ minInstanceCount: 1 });
});
