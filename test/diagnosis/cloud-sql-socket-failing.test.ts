import { describe, expect, it } from 'vitest';
import { line, observed, observedDatabase, service, sqlInstance, template, unavailable } from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

const judged = judgedData('cloud-sql-socket-failing');
const mounting = (over: Partial<typeof template> = {}) => ({
  'cloud-run': observed({
    services: [
      service('backend', {
        template: { ...template, cloudSqlInstances: ['acme-staging:us-central1:postgres'], ...over },
      }),
    ],
  }),
});
const said = (sample: string, count = 3) => ({
  signatures: [line('backend', 'cloud-sql-socket-failing', count, { sample })],
});
const closed = { signatures: [line('backend', 'cloud-sql-socket-closed', 3)] };

describe('cloud-sql-socket-failing', () => {
  it('is known by its own lines, from three on', () => {
    expect(only(judged([observedDatabase()], closed, mounting()))).toMatchObject({
      kind: 'cause',
      confidence: 'likely',
      services: ['backend'],
      claim: 'backend does not get through to Cloud SQL by its socket: 3 connections failed.',
      evidence: [
        {},
        { text: expect.stringContaining('acme-staging:us-central1:postgres') },
        { text: 'postgres is RUNNABLE, up: 1.' },
      ],
    });
    expect(only(judged([observedDatabase()], said('x', 2), mounting()))).toMatchObject({ kind: 'ruled-out' });
  });

  it('says why: no way into the VPC', () => {
    const none = mounting({ vpcAccess: { kind: 'none' } });
    const dial = said('dial tcp 10.110.0.3:3307: i/o timeout');
    expect(only(judged([observedDatabase()], dial, none))).toMatchObject({
      confidence: 'certain',
      claim: expect.stringContaining('a private address only and the service no way into the VPC'),
    });
    const open = observedDatabase({ sql: { ...sqlInstance({ hasPublicAddress: true }), operations: [] } });
    expect(only(judged([open], dial, none))).toMatchObject({ confidence: 'likely' });
    expect(only(judged([observedDatabase()], dial, mounting()))).toMatchObject({ confidence: 'likely' });
  });

  it.each([
    ['Error 429: Quota exceeded', 'over its quota'],
    ['googleapi: Error 403: NOT_AUTHORIZED', 'its service account may not connect'],
  ])('says why: %s', (sample, why) => {
    expect(only(judged([observedDatabase()], said(sample), mounting()))).toMatchObject({
      confidence: 'certain',
      claim: expect.stringContaining(why),
    });
  });

  it('names the service account, and a service that mounts nothing makes it doubtful', () => {
    const bare = {
      'cloud-run': observed({
        services: [service('backend', { template: { ...template, serviceAccount: 'b@p.iam' } })],
      }),
    };
    expect(only(judged([observedDatabase({ up: [] })], said('Error 403'), bare))).toMatchObject({
      confidence: 'likely',
      claim: expect.stringContaining('b@p.iam may not connect'),
      expects: [{ seen: 'no' }],
    });
  });

  it('does without the database, and is nothing where no service is', () => {
    expect(only(judged([], closed, { ...mounting(), database: unavailable('denied') }))).toMatchObject({
      kind: 'cause',
    });
    const unmeasured = observedDatabase({ up: [] });
    expect(only(judged([unmeasured], closed, mounting()))).toMatchObject({
      evidence: [{}, {}, { text: expect.stringContaining('up: unknown') }],
    });
    expect(only(judged([], {}, { 'cloud-run': observed({ services: [] }) }))).toMatchObject({
      reason: 'no service is watched',
    });
  });
});
