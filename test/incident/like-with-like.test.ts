import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import { recovery } from '../../shared/incident/verification.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  evidence,
  failed,
  logs,
  observed,
  points,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';
import { diagnosisOf, planOf } from '../builders/incident.ts';
import { checkOf, everyService } from '../builders/scenes.ts';

const calm = connector({ throughputMbps: points([60, 60, 60], at(-60)) });
const look = (over: Partial<Evidence>, before: Partial<Diagnosis> = {}) =>
  recovery({
    diagnosis: { ...diagnosisOf(), ...before },
    plan: planOf('inc-1'),
    evidence: evidence({ 'vpc-connector': observed({ connectors: [calm] }), ...over }),
    context,
    readBack: ['stands'],
  });
const checks = (...names: readonly string[]) => observed({ checks: names.map((name) => checkOf(name, 'failed')) });
const down = (...names: readonly string[]) => observed(logs({ failed: names.map((name) => failed(name, 90)) }));
const serving = (name: string) => ({ kind: 'serving-errors' as const, on: name, text: '' });

describe('worse', () => {
  it.each<[string, Partial<Evidence>, Partial<Diagnosis>, string]>([
    [
      'all that was harmed still is, and a check that passed fails',
      { logs: down(...everyService), http: checks('a') },
      {},
      'worse',
    ],
    [
      'a service that the root harms fails by now',
      { logs: down(...everyService) },
      { symptoms: [serving('auth')] },
      'worse',
    ],
    ['another team fails', { logs: down(...everyService, 'payments') }, {}, 'not-yet'],
    [
      'a check could not be made then',
      { logs: down(...everyService), http: checks('a') },
      { unchecked: [{ rule: 'a', reason: '' }] },
      'not-yet',
    ],
    [
      'no check could be made then',
      { logs: down(...everyService), http: checks('a') },
      { unchecked: [{ rule: 'http', reason: '' }] },
      'not-yet',
    ],
    ['one check fails and three services are back', { http: checks('a') }, {}, 'not-yet'],
    [
      'logs are out of reach, and Monitoring counts more than then',
      {
        logs: unavailable('denied'),
        metrics: observed({
          services: everyService.map((name) => serviceMetrics(name, { serverErrors: points([90], at(-60)) })),
        }),
      },
      { symptoms: [] },
      'not-yet',
    ],
  ])('%s', (_, over, before, verdict) => {
    expect(look(over, before).verdict).toBe(verdict);
  });

  it('counts a service once, however it fails', () => {
    const both = { symptoms: everyService.map(serving) };
    expect(look({ logs: down(...everyService), metrics: unavailable('late') }, both).verdict).toBe('not-yet');
  });
});

describe('recovered', () => {
  const unseen = { http: { status: 'not-applicable' } } as const;

  it('wants every harmed service to answer with something else than errors, where no check passed', () => {
    const answering = everyService.map((name) => serviceMetrics(name));
    const erring = serviceMetrics('auth', { requests: points([2, 2]), serverErrors: points([2, 2]) });
    expect(look({ ...unseen, metrics: observed({ services: answering }) }).verdict).toBe('recovered');
    expect(look({ ...unseen, metrics: observed({ services: [erring, ...answering.slice(1)] }) }).verdict).toBe(
      'inconclusive',
    );
  });

  it('is not believed while Monitoring counts errors that no log shows', () => {
    const erring = serviceMetrics('auth', { serverErrors: points([9], at(-60)) });
    expect(look({ metrics: observed({ services: [erring] }) }).verdict).toBe('not-yet');
  });

  it('asks the same rule about the target of the plan only', () => {
    const other = connector({
      name: `${CONNECTOR}-other`,
      services: [],
      throughputMbps: points([299, 299, 299], at(-60)),
    });
    const unknown = connector({ throughputMbps: [] });
    const of = (...connectors: readonly ReturnType<typeof connector>[]) =>
      look({ 'vpc-connector': observed({ connectors }) }).checks.find(
        ({ name }) => name === 'check of the cause (VPC connector saturated)',
      )?.status;
    expect(of(calm, other)).toBe('passed');
    expect(of(other, unknown)).toBe('unavailable');
    expect(of(other, connector({ throughputMbps: points([299, 299, 299], at(-60)) }))).toBe('failed');
    expect(of({ ...unknown, name: `${CONNECTOR}-other` }, calm)).toBe('passed');
  });
});
