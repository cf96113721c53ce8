import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { ruleNamed } from '../../shared/diagnosis/rules.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import {
  at,
  connector,
  context,
  evidence,
  observed,
  points,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';
import { everyService, fullConnector } from '../builders/scenes.ts';

const counting = (errors: number, ...services: readonly string[]) =>
  observed({
    services: services.map((name) => serviceMetrics(name, { serverErrors: points([9, 0, errors], at(-120)) })),
  });
const judged = (over: Partial<Evidence>) =>
  judge(
    ruleNamed('connector-saturated'),
    evidence({ 'vpc-connector': observed({ connectors: [fullConnector] }), logs: unavailable('no right'), ...over }),
    context,
  );

describe('connector-saturated where no log may be read', () => {
  it('is told by the counts of all who share it, and not whether connections time out', () => {
    expect(judged({ metrics: counting(5, ...everyService) })).toMatchObject([
      { kind: 'cause', confidence: 'certain', services: everyService, expects: [{ seen: 'unknown' }] },
    ]);
  });

  it.each([
    ['one who shares it fails too seldom', { metrics: counting(4, ...everyService) }],
    ['one who shares it is not counted', { metrics: counting(5, 'auth', 'backend') }],
    ['Monitoring cannot be asked either', { metrics: unavailable('no right') }],
  ])('is only possible where %s', (_, over) => {
    expect(judged(over)).toMatchObject([{ kind: 'cause', confidence: 'possible', services: [] }]);
  });

  it('is ruled out below the ceiling, though nobody says when the trouble began', () => {
    const half = observed({ connectors: [connector({ throughputMbps: points([150, 150, 150]) })] });
    expect(judged({ 'vpc-connector': half })).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
