import type { SQLTagStore } from 'node:sqlite';
import type { Effect } from '../../incident/effect.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Commit, CommitResult, StoredEffect } from '../../incident/store.ts';
import { correlationKey } from '../../signal/subject.ts';
import { encode } from '../documents/encode.ts';
import { encodeIncident } from '../documents/incident-document.ts';
import { numberIn, textIn } from './row.ts';

/** Writes one commit inside the caller's transaction, or says why not and writes nothing. @throws Error for a commit that contradicts itself. */
export function commitTo(sql: SQLTagStore, commit: Commit, nowMs: number): CommitResult {
  assertCoherent(commit);
  const conflict = conflictOf(sql, commit);
  if (conflict !== undefined) return conflict;
  const { before, after, audit, alert } = commit;
  if (before === undefined) insertIncident(sql, after);
  else updateIncident(sql, after);
  sql.run`
    INSERT INTO audit (incident, version, document)
    VALUES (${after.id}, ${after.version}, ${encode(`audit/${after.id}/${after.version}`, audit)})`;
  if (alert !== undefined)
    sql.run`INSERT INTO alerts (key, document) VALUES (${alert.key}, ${encode(`alerts/${alert.key}`, alert)})`;
  return {
    kind: 'saved',
    effects: commit.effects.map((effect, index) => insertEffect(sql, after, effect, index, nowMs)),
  };
}

/** The alert first: one that was recorded needs nothing more, whatever else stands in the way. */
function conflictOf(sql: SQLTagStore, { before, after, alert }: Commit): CommitResult | undefined {
  if (alert !== undefined && sql.get`SELECT 1 FROM alerts WHERE key = ${alert.key}` !== undefined)
    return { kind: 'alert-already-recorded' };
  if (before === undefined) {
    const open = sql.get`SELECT incident FROM open_incidents WHERE correlation_key = ${correlationKey(after.subject)}`;
    if (open !== undefined) return { kind: 'already-open', incident: textIn(open, 'incident') };
  }
  const stored = sql.get`SELECT version FROM incidents WHERE id = ${after.id}`;
  const version = stored && numberIn(stored, 'version');
  return version === before?.version ? undefined : { kind: 'version-conflict' };
}

function insertIncident(sql: SQLTagStore, after: Incident): void {
  sql.run`
    INSERT INTO incidents (id, version, opened_at, due_at, document)
    VALUES (${after.id}, ${after.version}, ${after.openedAt}, ${dueAtOf(after)}, ${encodeIncident(after)})`;
  sql.run`INSERT INTO open_incidents (correlation_key, incident) VALUES (${correlationKey(after.subject)}, ${after.id})`;
}

function updateIncident(sql: SQLTagStore, after: Incident): void {
  sql.run`
    UPDATE incidents SET version = ${after.version}, due_at = ${dueAtOf(after)}, document = ${encodeIncident(after)}
    WHERE id = ${after.id}`;
  // By incident, not by key alone: a closed incident must not free the key of its successor.
  if (after.status === 'closed') sql.run`DELETE FROM open_incidents WHERE incident = ${after.id}`;
}

function insertEffect(sql: SQLTagStore, after: Incident, effect: Effect, index: number, nowMs: number): StoredEffect {
  const id = `${after.id}:${after.version}:${index}`;
  sql.run`
    INSERT INTO effects (id, saved_at_ms, document) VALUES (${id}, ${nowMs}, ${encode(`effects/${id}`, effect)})`;
  return { id, effect };
}

function dueAtOf(incident: Incident): string | null {
  if (incident.status !== 'closed') return incident.dueAt ?? null;
  const { endToEnd } = incident;
  return endToEnd === undefined || endToEnd.status === 'ended' ? null : endToEnd.dueAt;
}

/** What must not happen: a commit whose parts are about different things. */
function assertCoherent({ before, after, audit }: Commit): void {
  const expected = before === undefined ? 1 : before.version + 1;
  const faults = [
    after.version === expected ? '' : `its version is ${after.version}, not ${expected}`,
    before === undefined || before.id === after.id ? '' : `it follows ${before.id}`,
    before === undefined || correlationKey(before.subject) === correlationKey(after.subject)
      ? ''
      : 'it moved to another environment or region',
    before === undefined && after.status === 'closed' ? 'it opens closed' : '',
    audit.incident === after.id && audit.version === after.version
      ? ''
      : `its audit entry is ${audit.incident} version ${audit.version}`,
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new Error(`incident ${after.id} was not saved: ${faults.join('; ')}`);
}
