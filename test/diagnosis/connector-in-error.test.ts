import { describe, expect, it } from 'vitest';
import { LOST_MIN } from '../../shared/diagnosis/broken-ways.ts';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { ruleNamed } from '../../shared/diagnosis/rules.ts';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { ConnectorObservation } from '../../shared/evidence/vpc-connector.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  unavailable,
} from '../builders/evidence.ts';
import { everyService } from '../builders/scenes.ts';

const see = (over: Partial<ConnectorObservation>, rest: Partial<Evidence> = {}) => {
  const seen = evidence({ 'vpc-connector': observed({ connectors: [connector(over)] }), ...rest });
  return judge(ruleNamed('connector-in-error'), seen, context)[0];
};
const timeouts = (count: number, over = {}) => line('backend', 'private-connection-timed-out', count, over);

describe('connector-in-error', () => {
  it('names a connector in ERROR by the connections that time out', () => {
    const seen = see({ state: 'error' }, { logs: observed(logs({ signatures: [timeouts(34)] })) });
    expect(seen).toMatchObject({
      kind: 'cause',
      target: CONNECTOR,
      claim:
        'VPC connector staging-connector is in state ERROR: 3 services send through it, and 34 of their connections timed out.',
      confidence: 'certain',
      services: ['backend'],
      evidence: [{}, {}, { text: 'backend: 34 connections timed out.' }],
    });
    expect(seen).not.toHaveProperty('harm');
  });

  it.each([
    ['error', 'cause'],
    ['deleting', 'cause'],
    ['ready', 'ruled-out'],
    ['updating', 'ruled-out'],
    ['creating', 'ruled-out'],
    ['unknown', 'ruled-out'],
  ] as const)('state %s: %s', (state, kind) => {
    expect(see({ state })?.kind).toBe(kind);
  });

  it.each([
    ['and its services fail', FAILED_REQUESTS_MIN, 'inconclusive'],
    ['and they do not', FAILED_REQUESTS_MIN - 1, 'ruled-out'],
  ])('waits for one that is being created, %s', (_, count, kind) => {
    const seen = see({ state: 'creating' }, { logs: observed(logs({ failed: [failed('auth', count)] })) });
    expect(seen?.kind).toBe(kind);
    if (kind === 'inconclusive')
      expect(seen).toMatchObject({ settles: 'soon', about: { services: ['auth', 'backend', 'frontend'] } });
  });

  it('tells what was done to it, and what became of that', () => {
    const step = (method: string, outcome: 'made' | 'refused', resource = CONNECTOR) => ({
      at: at(-60),
      by: 'tom@acme.example',
      thing: 'connector' as const,
      method,
      resource,
      name: 'staging-connector',
      fields: [],
      outcome,
      detail: outcome === 'made' ? '' : 'Insufficient CPU quota in region.',
    });
    const done = [
      step('CreateConnector', 'refused'),
      step('CreateConnector', 'made', 'another'),
      step('CreateConnector', 'made'),
      step('DeleteConnector', 'made'),
      step('UpdateConnector', 'made'),
    ];
    const changes = observed({ from: at(-21_600), changes: done, truncated: false });
    expect(see({ state: 'error' }, { changes })).toMatchObject({
      evidence: [
        {},
        {
          text: 'tom@acme.example: CreateConnector on staging-connector at 2026-11-23 02:59:00 UTC. It failed: "Insufficient CPU quota in region."',
        },
        { text: expect.stringContaining('CreateConnector') },
        { text: expect.stringContaining('DeleteConnector') },
        { text: expect.stringContaining('Sends through it') },
      ],
    });
  });

  it.each([
    ['as many time-outs as count', [timeouts(LOST_MIN)], [], 'yes', 'certain', undefined, ['backend']],
    ['no way', [line('backend', 'no-route', LOST_MIN)], [], 'yes', 'certain', undefined, ['backend']],
    ['one time-out less', [timeouts(LOST_MIN - 1)], [], 'no', 'likely', 'soon', everyService],
    ['time-outs that are over', [timeouts(50, { lastAt: at(-301) })], [], 'no', 'likely', 'soon', everyService],
    ['failed requests alone', [], [failed('auth', FAILED_REQUESTS_MIN)], 'no', 'likely', undefined, ['auth']],
    ['one failed request less', [], [failed('auth', FAILED_REQUESTS_MIN - 1)], 'no', 'likely', 'soon', everyService],
  ])('with %s', (_, signatures, failures, expected, confidence, harm, services) => {
    const seen = see({ state: 'error' }, { logs: observed(logs({ signatures, failed: failures })) });
    expect(seen).toMatchObject({ expects: [{ seen: expected }], confidence, services });
    expect(seen).toHaveProperty('kind', 'cause');
    expect((seen as { harm?: string }).harm).toBe(harm);
  });

  it('holds without logs for all that send through it', () => {
    expect(see({ state: 'error' }, { logs: unavailable('denied') })).toMatchObject({
      services: ['auth', 'backend', 'frontend'],
      expects: [{ seen: 'unknown' }],
      claim: expect.not.stringContaining('timed out'),
    });
  });

  it('blames none that nobody uses, and says of none that there is none', () => {
    expect(see({ state: 'error', services: [] })).toEqual({
      kind: 'ruled-out',
      reason: 'staging-connector is in state ERROR, and no watched service sends through it',
    });
    const none = judge(
      ruleNamed('connector-in-error'),
      evidence({ 'vpc-connector': observed({ connectors: [] }) }),
      context,
    );
    expect(none).toEqual([{ kind: 'ruled-out', reason: 'no connector was seen' }]);
  });
});
