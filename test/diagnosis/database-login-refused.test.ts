import { describe, expect, it } from 'vitest';
import { servicePage } from '../../shared/diagnosis/console-links.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { SKEW_SECONDS } from '../../shared/diagnosis/revisions.ts';
import type { Change } from '../../shared/evidence/changes.ts';
import {
  at,
  databaseUser,
  failed,
  line,
  observed,
  observedDatabase,
  observedLook,
  observedRedis,
  SQL,
  service,
  unavailable,
} from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

const judged = judgedData('database-login-refused');
const FATAL = 'FATAL: password authentication failed for user "backend"';
const refused = (of: string, count: number, sample = FATAL, over = {}) =>
  line(of, 'database-login-refused', count, { sample, ...over });
const said = (...signatures: ReturnType<typeof refused>[]) => ({ signatures });

const change = (over: Partial<Change>): Change => ({
  at: at(-250),
  by: 'dba@acme.example',
  thing: 'database',
  method: 'users.update',
  resource: SQL,
  name: 'postgres',
  fields: [],
  outcome: 'made',
  detail: '',
  ...over,
});
const withChanges = (...changes: readonly Change[]) => ({
  changes: observed({ from: at(-21_600), changes, truncated: false }),
});

describe('database-login-refused', () => {
  it('names the database, whom it turns away, as whom, how often and since when', () => {
    const seen = observedDatabase({ looks: [observedLook('answered')] });
    expect(only(judged([seen, observedRedis()], said(refused('backend', 350))))).toMatchObject({
      kind: 'cause',
      target: SQL,
      confidence: 'certain',
      claim:
        'Database postgres refuses the login of backend as backend: 350 connections turned away since 2026-11-23 02:56:00 UTC.',
      expects: [{ seen: 'yes' }],
      evidence: [
        { text: `backend: 350 x "${FATAL}"`, url: servicePage(service('backend').name, 'logs') },
        { text: expect.stringContaining('answered') },
      ],
      services: ['backend'],
    });
  });

  it('needs three lines of a service, of the last minutes', () => {
    expect(only(judged([observedDatabase()], said(refused('backend', 3))))).toMatchObject({ kind: 'cause' });
    expect(only(judged([observedDatabase()], said(refused('backend', 2), refused('auth', 2))))).toMatchObject({
      kind: 'ruled-out',
      reason: 'Database postgres refused 4 logins',
    });
    const aged = (seconds: number) => said(refused('backend', 9, FATAL, { lastAt: at(-seconds) }));
    expect(only(judged([observedDatabase()], aged(RECENT_SECONDS)))).toMatchObject({ kind: 'cause' });
    expect(only(judged([observedDatabase()], aged(RECENT_SECONDS + 1)))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is less sure where the database answers nobody, and does not know where nobody looked', () => {
    const dead = observedDatabase({ looks: [observedLook('timed-out')] });
    expect(only(judged([dead], said(refused('backend', 9))))).toMatchObject({ confidence: 'likely' });
    expect(only(judged([observedDatabase()], said(refused('backend', 9))))).toMatchObject({
      expects: [{ seen: 'unknown' }],
    });
    const probeToo = observedDatabase({ looks: [observedLook('wrong-password')] });
    expect(only(judged([probeToo], said(refused('backend', 9))))).toMatchObject({ expects: [{ seen: 'yes' }] });
  });

  it('tells databases apart by words and by address, and where it cannot, names the service', () => {
    const reports = observedDatabase({ name: 'reports', target: 'reports', address: '10.20.0.9:5432' });
    const at9 =
      'connection to server at "10.20.0.9", port 5432 failed: FATAL: no pg_hba.conf entry for host "10.8.0.5"';
    const targets = (...lines: ReturnType<typeof refused>[]) =>
      judged([observedDatabase(), reports, observedRedis()], said(...lines)).map((one) =>
        one.kind === 'cause' ? [one.target, one.services] : one.kind,
      );
    expect(targets(refused('backend', 9, at9))).toEqual([['reports', ['backend']]]);
    expect(targets(refused('backend', 9, 'WRONGPASS invalid username-password pair'))).toEqual([
      [observedRedis().target, ['backend']],
    ]);
    expect(targets(refused('backend', 9))).toEqual([[service('backend').name, ['backend']]]);
    expect(targets(refused('gone', 9))).toEqual([['gone', ['gone']]]);
  });

  it('takes a line that names no database for that which its service uses', () => {
    const own = observedDatabase({ users: [databaseUser('backend')] });
    const others = observedDatabase({ name: 'reports', target: 'reports', users: [databaseUser('auth')] });
    expect(judged([own, others], said(refused('backend', 9)))).toMatchObject([{ kind: 'cause', target: SQL }]);
    expect(judged([own, others], said(refused('auth', 9)))).toMatchObject([{ kind: 'cause', target: 'reports' }]);
  });

  it('is told without any look at databases, of all who are turned away', () => {
    const blind = { database: unavailable('denied') };
    expect(only(judged([], said(refused('backend', 9, 'NOAUTH Authentication required.')), blind))).toMatchObject({
      target: service('backend').name,
      claim: expect.stringContaining('A database of backend refuses the login of backend: 9 connections'),
    });
    expect(only(judged([], {}, blind))).toMatchObject({ reason: 'no line speaks of a login that was refused' });
  });

  it('says who changed a user of the instance, or a secret that those who are turned away refer to', () => {
    const backend = service('backend');
    const [container] = backend.template.containers;
    if (container === undefined) throw new Error('no container');
    const secrets = [{ secret: 'db-password', version: 'latest', variable: 'DB_PASSWORD' }] as never;
    const refers = {
      'cloud-run': observed({
        services: [
          service('backend', { template: { ...backend.template, containers: [{ ...container, secrets }] } }),
          service('auth'),
        ],
      }),
    };
    const version = {
      thing: 'secret',
      method: 'AddSecretVersion',
      resource: 'projects/1/secrets/db-password',
      name: 'db-password',
    } as const;
    const texts = (...changes: readonly Change[]) => {
      const one = only(
        judged([observedDatabase()], said(refused('backend', 9)), { ...refers, ...withChanges(...changes) }),
      );
      return one.kind === 'cause' ? one.evidence.slice(1).map(({ text }) => text) : [];
    };
    expect(texts(change({}), change(version))).toEqual([
      'dba@acme.example: users.update on postgres at 2026-11-23 02:55:50 UTC.',
      'dba@acme.example: AddSecretVersion on db-password at 2026-11-23 02:55:50 UTC.',
    ]);
    expect(texts(change({ at: at(-240 + SKEW_SECONDS) }))).toHaveLength(1);
    expect(
      texts(
        change({ at: at(-240 + SKEW_SECONDS + 1) }),
        change({ method: 'instances.update' }),
        change({ resource: 'projects/acme-staging/instances/other' }),
        change({ thing: 'service' }),
        change({ ...version, resource: 'projects/1/secrets/db-password-of-others' }),
        change({ ...version, at: at(0) }),
      ),
    ).toEqual([]);
  });

  it('says what would settle it where a probe is turned away and those who use it fail without a word', () => {
    const seen = observedDatabase({ looks: [observedLook('wrong-password')] });
    expect(only(judged([seen], { failed: [failed('backend', 5)] }))).toMatchObject({
      kind: 'inconclusive',
      about: { services: ['backend'] },
      nextCheck: expect.stringContaining('Log in to postgres as backend would'),
    });
    expect(only(judged([seen], { failed: [failed('backend', 4)] }))).toMatchObject({ kind: 'ruled-out' });
    expect(only(judged([observedDatabase()], { failed: [failed('backend', 5)] }))).toMatchObject({ kind: 'ruled-out' });
  });
});
