import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { FAILED_RATIO_MIN } from '../../shared/diagnosis/symptoms.ts';
import {
  at,
  context,
  evidence,
  failed,
  logs,
  observed,
  points,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

const requests = (perMinute: number) => points([perMinute, perMinute, perMinute, perMinute], at(-60));
const felt = (count: number, metrics: ReturnType<typeof evidence>['metrics']) =>
  diagnose(evidence({ logs: observed(logs({ failed: [failed('backend', count)] })), metrics }), context).symptoms;
const counted = (perMinute: number, serverErrors = points([])) =>
  observed({ services: [serviceMetrics('backend', { requests: requests(perMinute), serverErrors })] });

describe('failures of a busy service', () => {
  // Four minutes since the first failure, at 60 s a point.
  it.each([
    [4 * 5000 * FAILED_RATIO_MIN - 1, 0],
    [4 * 5000 * FAILED_RATIO_MIN, 1],
  ])('%i among 20,000 requests are %i symptoms', (count, symptoms) => {
    expect(felt(count, counted(5000))).toHaveLength(symptoms);
  });

  it('are held against the traffic since they began, not against what was before', () => {
    const before = observed({
      services: [serviceMetrics('backend', { requests: [...points([90_000, 90_000], at(-300)), ...requests(1000)] })],
    });
    expect(felt(10, before)).toHaveLength(1);
  });

  it('are felt where nobody counts the traffic', () => {
    expect(felt(10, unavailable('403'))).toHaveLength(1);
    expect(felt(10, observed({ services: [] }))).toHaveLength(1);
  });

  it('are everyday where Monitoring alone counts them, by the same measure', () => {
    const few = (perMinute: number) =>
      diagnose(evidence({ metrics: counted(perMinute, points([3, 3, 3], at(-60))) }), context).symptoms;
    expect(few(5000)).toHaveLength(0);
    expect(few(2000)).toHaveLength(1);
  });
});
