import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import { type RecoveryInput, readingsFor, recovery } from '../../shared/incident/verification.ts';
import type { Instant } from '../../shared/ports/clock.ts';
import {
  at,
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
import { diagnosisOf, planOf, saturated, shutOut } from '../builders/incident.ts';
import { checkOf } from '../builders/scenes.ts';

/** What stands once the connector has grown. */
const grown = observed({
  connectors: [connector({ instancesMax: 10, ceilingMbps: 1000, throughputMbps: points([400, 410, 420], at(-60)) })],
});
const healed: Partial<Evidence> = {
  'vpc-connector': grown,
  websocket: observed({ checks: [checkOf('live updates', 'passed')] }),
};

const look = (over: Partial<Evidence>, readBack: RecoveryInput['readBack'] = ['stands']) =>
  recovery({
    diagnosis: diagnosisOf(),
    plan: planOf('inc-1'),
    evidence: evidence({ ...healed, ...over }),
    context,
    readBack,
  });

describe('what was done by hand', () => {
  it('is judged by what is seen alone: nothing of it is read back', () => {
    const plan = planOf('inc-1', shutOut);
    const seen = evidence({
      ...shutOut,
      ...healed,
      logs: observed(logs()),
      network: observed({ ways: [], networks: [] }),
    });
    const { checks } = recovery({
      diagnosis: diagnosisOf(shutOut),
      plan,
      evidence: seen,
      context,
      readBack: ['stands'],
    });
    expect(checks.map(({ name }) => name)).toEqual([
      'front page',
      'live updates',
      'errors of backend',
      'check of the cause (Firewall blocks the way)',
    ]);
  });
});

describe('what a verification reads', () => {
  it('is how users are served, and what the rule behind the plan is judged by', () => {
    expect(readingsFor(planOf('inc-1'))).toEqual([
      ...['http', 'websocket', 'journey', 'logs', 'metrics', 'cloud-run'],
      ...['vpc-connector', 'network'],
    ]);
  });

  it.each([
    ['a rule that considers nothing', 'container-port-wrong'],
    ['a rule that is gone', 'retired-rule'],
  ])('is how users are served, by %s', (_, rule) => {
    const plan = { ...planOf('inc-1'), because: { rule, target: 't' } };
    expect(readingsFor(plan)).toEqual(['http', 'websocket', 'journey', 'logs', 'metrics', 'cloud-run']);
  });
});

describe('recovery', () => {
  it('is believed when users are served, the rule is silent and the change stands', () => {
    expect(look({})).toEqual({
      verdict: 'recovered',
      checks: [
        { name: 'front page', status: 'passed', detail: '200 in 20 ms' },
        { name: 'live updates', status: 'passed', detail: '200' },
        { name: 'errors of auth, backend, frontend', status: 'passed', detail: 'none in the last 30 min' },
        {
          name: 'check of the cause (VPC connector saturated)',
          status: 'passed',
          detail: expect.stringContaining('carried 410 of about 1000 Mbps'),
        },
        {
          name: 'Scale connector staging-connector: as approved',
          status: 'passed',
          detail: '2-10 x e2-micro (about 1000 Mbps)',
        },
      ],
    });
  });

  it('is not believed while who looks is turned away', () => {
    const turned = { ...checkOf('live updates', 'failed'), verdict: 'turned-away' as const, detail: '403' };
    const seen = look({ websocket: observed({ checks: [turned] }) });
    expect(seen.verdict).not.toBe('recovered');
    expect(seen.checks).toContainEqual({ name: 'live updates', status: 'failed', detail: '403' });
  });

  it.each<[string, Partial<Evidence>, RecoveryInput['readBack'], string]>([
    [
      'a WebSocket does not open',
      { websocket: observed({ checks: [checkOf('live updates', 'failed')] }) },
      ['stands'],
      'not-yet',
    ],
    ['a journey ends early', { journey: observed({ checks: [checkOf('log in', 'failed')] }) }, ['stands'], 'not-yet'],
    ['requests still fail', { logs: observed(logs({ failed: [failed('auth', 9)] })) }, ['stands'], 'not-yet'],
    [
      'the cause is still there',
      { 'vpc-connector': observed({ connectors: [connector({ throughputMbps: points([299, 299, 299]) })] }) },
      ['stands'],
      'not-yet',
    ],
    ['the change does not stand', {}, ['moved'], 'not-yet'],
    ['the change could not be read', {}, [{ unavailable: '503' }], 'inconclusive'],
    ['the change was not read', {}, [], 'inconclusive'],
    [
      'a check wants to be made from inside the VPC',
      { websocket: observed({ checks: [checkOf('live updates', 'unavailable')] }) },
      ['stands'],
      'inconclusive',
    ],
    ['the check itself could not be made', { http: unavailable('no egress') }, ['stands'], 'inconclusive'],
    ['the connectors are out of reach', { 'vpc-connector': unavailable('denied') }, ['stands'], 'inconclusive'],
    ['logs are out of reach', { logs: unavailable('denied') }, ['stands'], 'inconclusive'],
    [
      'metrics since the change have not arrived',
      { 'vpc-connector': observed({ connectors: [connector({ throughputMbps: [] })] }) },
      ['stands'],
      'inconclusive',
    ],
  ])('is not believed while %s', (_, over, readBack, verdict) => {
    expect(look(over, readBack).verdict).toBe(verdict);
  });

  it('reads of several steps on one target only what the last has left', () => {
    const plan = planOf('inc-1');
    const [step] = plan.steps;
    const steps = [step, { ...step, target: 'other' }, step] as const;
    const seen = recovery({
      diagnosis: diagnosisOf(),
      plan: { ...plan, steps },
      evidence: evidence(healed),
      context,
      readBack: ['moved', 'stands', 'stands'],
    });
    expect(seen.verdict).toBe('recovered');
    expect(seen.checks.filter(({ name }) => name.endsWith('as approved'))).toHaveLength(2);
  });

  it('is worse when more is in trouble than before', () => {
    const before = diagnosisOf().symptoms.length;
    const checks = Array.from({ length: before + 1 }, (_, index) => checkOf(`check ${index}`, 'failed'));
    expect(look({ journey: observed({ checks }) }).verdict).toBe('worse');
    expect(look({ journey: observed({ checks: checks.slice(1) }) }).verdict).toBe('not-yet');
  });

  it('wants requests seen where nothing is looked at from outside', () => {
    const blind = { http: { status: 'not-applicable' }, websocket: { status: 'not-applicable' } } as const;
    expect(look(blind).verdict).toBe('recovered');
    expect(look({ ...blind, metrics: observed({ services: [serviceMetrics('backend')] }) }).verdict).toBe(
      'inconclusive',
    );
    expect(look({ ...blind, metrics: unavailable('denied') }).verdict).toBe('inconclusive');
  });

  it('is not measured without logs, nor where no cause names whom to ask for', () => {
    const none = { status: 'not-applicable' } as const;
    const errors = (over: Partial<Evidence>, diagnosis = diagnosisOf()) =>
      recovery({
        diagnosis,
        plan: planOf('inc-1'),
        evidence: evidence({ ...healed, ...over }),
        context,
        readBack: ['stands'],
      }).checks.find(({ name }) => name.startsWith('errors of'));
    expect(errors({ logs: none })).toEqual({
      name: 'errors of auth, backend, frontend',
      status: 'unavailable',
      detail: 'no logs',
    });
    expect(errors({}, { ...diagnosisOf(), root: undefined })).toMatchObject({
      name: 'errors of the environment',
      status: 'passed',
    });
  });

  const errorsOf = (over: Partial<Evidence>, since = context.since) =>
    recovery({
      diagnosis: diagnosisOf(),
      plan: planOf('inc-1'),
      evidence: evidence({ ...healed, ...over }),
      context: { ...context, since },
      readBack: ['stands'],
    }).checks.find(({ name }) => name.startsWith('errors of'));

  it.each<[string, Partial<Evidence>, Instant, string]>([
    ['no further back than was read', {}, at(-480), 'none in the last 8 min'],
    ['not rounded up to what was not read', {}, at(-479), 'none in the last 7 min'],
    ['right after the change', {}, at(-90), 'none in the last 90 s'],
    [
      'what failed after the change, and has ended',
      {
        logs: observed(
          logs({
            failed: [
              failed('auth', 300, { lastAt: at(-360) }),
              failed('backend', 10, { lastAt: at(-310) }),
              failed('stranger', 10, { lastAt: at(-300) }),
            ],
          }),
        ),
      },
      at(-480),
      '310 failed requests in the last 8 min, the last 5 min ago',
    ],
    [
      'what is too little to count',
      { logs: observed(logs({ failed: [failed('auth', 1, { lastAt: at(-20) })] })) },
      at(-480),
      '1 failed request in the last 8 min, the last 20 s ago',
    ],
  ])('says of errors what was read of them: %s', (_, over, since, detail) => {
    expect(errorsOf(over, since)).toMatchObject({ status: 'passed', detail });
  });

  it('says how far back answered requests were looked for', () => {
    const blind = { http: { status: 'not-applicable' }, websocket: { status: 'not-applicable' } } as const;
    expect(errorsOf({ ...blind, metrics: unavailable('denied') }, at(-480))).toMatchObject({
      status: 'unavailable',
      detail: expect.stringMatching(/counted in the last 8 min$/),
    });
  });

  it.each([
    ['failing', [299, 299, 299]],
    ['unmeasured', []],
  ])('takes another target for another matter: %s', (_, throughput) => {
    const elsewhere = connector({
      name: 'projects/p/locations/l/connectors/other',
      throughputMbps: points(throughput),
    });
    const found = look({ 'vpc-connector': observed({ connectors: [elsewhere] }) });
    expect(found.checks.find(({ name }) => name === 'check of the cause (VPC connector saturated)')).toMatchObject({
      status: 'passed',
      detail: expect.stringContaining('gone: no longer on'),
    });
  });

  it('cannot be measured by a rule that is gone', () => {
    const plan = { ...planOf('inc-1'), because: { rule: 'retired-rule', target: 't' } };
    expect(
      recovery({ diagnosis: diagnosisOf(saturated), plan, evidence: evidence(healed), context, readBack: ['stands'] })
        .verdict,
    ).toBe('inconclusive');
  });
});
