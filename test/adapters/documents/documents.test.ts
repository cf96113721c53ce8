import { describe, expect, it } from 'vitest';
import { decodeEvidence, encodeEvidence } from '../../../shared/adapters/documents/evidence-document.ts';
import { decodeIncident, encodeIncident } from '../../../shared/adapters/documents/incident-document.ts';
import { everyMember } from '../../../shared/adapters/documents/schema-parts.ts';
import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import type { Evidence } from '../../../shared/evidence/evidence.ts';
import { EVIDENCE_SCHEMA, inspectorNames } from '../../../shared/evidence/evidence.ts';
import { planDigest } from '../../../shared/remedy/plan-for.ts';
import { context, evidence, NOW } from '../../builders/evidence.ts';
import { diagnosisOf } from '../../builders/incident.ts';
import { incident, signed, states } from '../../contracts/incidents.ts';

describe('stored evidence', () => {
  const record = { ...context, evidence: evidence() };
  const stored = (change: (readings: Record<string, unknown>) => void): Evidence => {
    // Sound: evidence is a record of readings by name.
    const readings = { ...evidence() } as Record<string, unknown>;
    change(readings);
    return decodeEvidence(
      'evidence/inc-1/1',
      JSON.stringify({ schema: EVIDENCE_SCHEMA, ...record, evidence: readings }),
    ).evidence;
  };

  it('comes back as it was gathered', () => {
    expect(decodeEvidence('evidence/inc-1/1', encodeEvidence('evidence/inc-1/1', record))).toEqual(record);
  });

  it('says of an inspector that came later that it did not look, and never that all was well', () => {
    const read = stored((readings) => {
      delete readings['metrics'];
    });
    expect(read.metrics).toEqual({
      status: 'unavailable',
      at: NOW,
      reason: 'failed',
      detail: 'this inspector did not exist when the evidence was gathered',
    });
  });

  it('leaves out an inspector that was removed', () => {
    const read = stored((readings) => {
      readings['dns'] = { status: 'observed', at: NOW, value: {} };
    });
    expect(Object.keys(read).toSorted()).toEqual([...inspectorNames].toSorted());
  });

  it('of another release is not judged by this one', () => {
    const other = JSON.stringify({ schema: EVIDENCE_SCHEMA + 1, ...record });
    expect(() => decodeEvidence('evidence/inc-1/1', other)).toThrow(
      `schema: evidence of another release; this one reads schema ${EVIDENCE_SCHEMA}`,
    );
  });

  it.each([
    ['a reading of no known kind', { metrics: { status: 'fine', at: NOW } }],
    ['a reading without its moment', { metrics: { status: 'observed', value: {} } }],
  ])('cannot be read with %s', (_, document) => {
    expect(() =>
      decodeEvidence('evidence/inc-1/1', JSON.stringify({ schema: EVIDENCE_SCHEMA, ...record, evidence: document })),
    ).toThrow(/^evidence\/inc-1\/1 cannot be read.*metrics\./);
  });
});

describe('a stored incident', () => {
  it.each(Object.values(states))('that is $status keeps every key that it had', (state) => {
    const saved = { ...incident('inc-1', 'staging', state), addedByTheSameRelease: { deep: [1, 2] } };
    expect(decodeIncident('inc-1', encodeIncident(saved))).toEqual(saved);
  });

  it('from before calls were counted and looks could be asked for has neither', () => {
    const { googleCalls: _, checkAskedAt: __, ...older } = incident('inc-1');
    const read = decodeIncident('inc-1', JSON.stringify(older));
    expect([read.googleCalls, read.checkAskedAt]).toEqual([{ total: 0, logReads: 0 }, undefined]);
  });

  it('keeps what was seen before with its diagnosis', () => {
    const { escalated } = states;
    const last = {
      incident: 'inc-0',
      openedAt: NOW,
      lastedSeconds: 540,
      outcome: 'resolved',
      fixedBy: ['scale-connector'],
    };
    const seenBefore = { times: 2, days: 30, last } as const;
    const diagnosis = { ...diagnosisOf(), seenBefore } as Diagnosis;
    const saved = incident('inc-1', 'staging', { ...escalated, diagnosis });
    expect(decodeIncident('inc-1', encodeIncident(saved))).toEqual(saved);
  });

  it('gives back a plan whose digest is what it was', () => {
    const saved = incident('inc-1', 'staging', states['awaiting-approval']);
    const read = decodeIncident('inc-1', encodeIncident(saved));
    expect(read.status === 'awaiting-approval' && planDigest(read.signed.plan)).toBe(planDigest(signed.plan));
  });

  it('says at most eight faults, each with its path', () => {
    const broken = { ...incident('inc-1'), alerts: Array.from({ length: 5 }, () => ({})) };
    expect(() => decodeIncident('inc-1', JSON.stringify(broken))).toThrow(/alerts\.0\.key: /);
    try {
      decodeIncident('inc-1', JSON.stringify(broken));
    } catch (error) {
      expect(error).toMatchObject({ faults: expect.objectContaining({ length: 8 }) });
    }
  });
});

describe('a schema of a union', () => {
  it('must have every member of it', () => {
    everyMember<'a' | 'b', 'a' | 'b'>();
    everyMember<'a', 'a' | 'no longer used'>();
    // @ts-expect-error 'b' could be saved and not be read again.
    everyMember<'a' | 'b', 'a'>();
  });
});
