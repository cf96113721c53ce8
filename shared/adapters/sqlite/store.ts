import type { DatabaseSync, SQLTagStore } from 'node:sqlite';
import type { EvidenceRecord } from '../../evidence/evidence.ts';
import type { Incident } from '../../incident/incident.ts';
import type { AlertTrace, AuditEntry, Card, Commit, CommitResult, Store, StoredEffect } from '../../incident/store.ts';
import { StoredDocumentInvalid } from '../../incident/stored-document-invalid.ts';
import type { Instant } from '../../ports/clock.ts';
import type { Lease } from '../../remedy/lease.ts';
import type { MadeChange } from '../../remedy/made-change.ts';
import { decode } from '../documents/decode.ts';
import { encode } from '../documents/encode.ts';
import { decodeEvidence, encodeEvidence } from '../documents/evidence-document.ts';
import { decodeIncident } from '../documents/incident-document.ts';
import {
  alertTraceSchema,
  auditEntrySchema,
  cardSchema,
  effectSchema,
  leaseSchema,
  madeChangeSchema,
} from '../documents/record-schemas.ts';
import { commitTo } from './commit.ts';
import { atomically, guarded } from './database.ts';
import { numberIn, textIn } from './row.ts';

export interface SqliteStoreOptions {
  /** Machine time, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Told of each stored document that a list had to leave out because it cannot be read. */
  readonly onUnreadable: (fault: StoredDocumentInvalid) => void;
}

/** The embedded store: one SQLite file. Every method is one transaction, so readers never see half of a commit. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #sql: SQLTagStore;
  readonly #options: SqliteStoreOptions;

  /** `database` comes from openDatabase and is closed by whoever opened it. */
  constructor(database: DatabaseSync, options: SqliteStoreOptions) {
    this.#database = database;
    this.#sql = database.createTagStore();
    this.#options = options;
  }

  async load(incident: string): Promise<Incident | undefined> {
    const row = guarded(`load ${incident}`, () => this.#sql.get`SELECT document FROM incidents WHERE id = ${incident}`);
    return row && decodeIncident(incident, textIn(row, 'document'));
  }

  async openIncident(correlationKey: string): Promise<Incident | undefined> {
    const row = guarded(
      `find the open incident of ${correlationKey}`,
      () => this.#sql.get`
        SELECT id, document FROM incidents JOIN open_incidents ON id = incident WHERE correlation_key = ${correlationKey}`,
    );
    return row && decodeIncident(textIn(row, 'id'), textIn(row, 'document'));
  }

  async commit(commit: Commit): Promise<CommitResult> {
    return guarded(`save ${commit.after.id}`, () =>
      atomically(this.#database, () => commitTo(this.#sql, commit, this.#options.nowMs())),
    );
  }

  async recordAlert(trace: AlertTrace): Promise<boolean> {
    const document = encode(`alerts/${trace.key}`, trace);
    return this.#changes(
      `record alert ${trace.key}`,
      () => this.#sql.run`INSERT INTO alerts (key, document) VALUES (${trace.key}, ${document}) ON CONFLICT DO NOTHING`,
    );
  }

  async alertTrace(key: string): Promise<AlertTrace | undefined> {
    const row = guarded(`load alert ${key}`, () => this.#sql.get`SELECT document FROM alerts WHERE key = ${key}`);
    return row && decode(`alerts/${key}`, textIn(row, 'document'), alertTraceSchema);
  }

  async due(now: Instant, limit: number): Promise<readonly { readonly incident: string; readonly version: number }[]> {
    const rows = guarded(
      'list what is due',
      () => this.#sql.all`
        SELECT id, version FROM incidents WHERE due_at <= ${now} ORDER BY due_at, id LIMIT ${limit}`,
    );
    return rows.map((row) => ({ incident: textIn(row, 'id'), version: numberIn(row, 'version') }));
  }

  async undelivered(olderThanMs: number, limit: number): Promise<readonly StoredEffect[]> {
    const savedBefore = this.#options.nowMs() - olderThanMs;
    const rows = guarded(
      'list undelivered effects',
      () => this.#sql.all`
        SELECT id, document FROM effects WHERE saved_at_ms <= ${savedBefore} ORDER BY sequence LIMIT ${limit}`,
    );
    return this.#readable(rows, (row) => {
      const id = textIn(row, 'id');
      return { id, effect: decode(`effects/${id}`, textIn(row, 'document'), effectSchema) };
    });
  }

  async markDelivered(effects: readonly string[]): Promise<void> {
    guarded('mark effects as delivered', () =>
      atomically(this.#database, () => {
        for (const id of effects) this.#sql.run`DELETE FROM effects WHERE id = ${id}`;
      }),
    );
  }

  async saveEvidence(incident: string, round: number, record: EvidenceRecord): Promise<void> {
    const document = encodeEvidence(`evidence/${incident}/${round}`, record);
    guarded(
      `save the evidence of ${incident}, round ${round}`,
      () => this.#sql.run`
        INSERT INTO evidence (incident, round, document) VALUES (${incident}, ${round}, ${document})
        ON CONFLICT DO UPDATE SET document = excluded.document`,
    );
  }

  async evidence(incident: string, round: number): Promise<EvidenceRecord | undefined> {
    const row = guarded(
      `load the evidence of ${incident}, round ${round}`,
      () => this.#sql.get`SELECT document FROM evidence WHERE incident = ${incident} AND round = ${round}`,
    );
    return row && decodeEvidence(`evidence/${incident}/${round}`, textIn(row, 'document'));
  }

  async audit(incident: string): Promise<readonly AuditEntry[]> {
    const rows = guarded(
      `load the trail of ${incident}`,
      () => this.#sql.all`SELECT version, document FROM audit WHERE incident = ${incident} ORDER BY version`,
    );
    return rows.map((row) =>
      decode(`audit/${incident}/${numberIn(row, 'version')}`, textIn(row, 'document'), auditEntrySchema),
    );
  }

  async card(incident: string): Promise<Card | undefined> {
    const row = guarded(
      `load the card of ${incident}`,
      () => this.#sql.get`SELECT document FROM cards WHERE incident = ${incident}`,
    );
    return row && decode(`cards/${incident}`, textIn(row, 'document'), cardSchema);
  }

  async saveCard(before: Card | undefined, after: Card): Promise<boolean> {
    const document = encode(`cards/${after.incident}`, after);
    const tried = `save the card of ${after.incident}`;
    if (before === undefined)
      return this.#changes(
        tried,
        () => this.#sql.run`
          INSERT INTO cards (incident, revision, document) VALUES (${after.incident}, ${after.revision}, ${document})
          ON CONFLICT DO NOTHING`,
      );
    return this.#changes(
      tried,
      () => this.#sql.run`
        UPDATE cards SET revision = ${after.revision}, document = ${document}
        WHERE incident = ${before.incident} AND revision = ${before.revision}`,
    );
  }

  async spend(key: string, at: Instant, change?: MadeChange): Promise<boolean> {
    const document = change && encode(`changes/${key}`, change);
    return guarded(`spend ${key}`, () =>
      atomically(this.#database, () => {
        const isNew =
          this.#sql.run`INSERT INTO spent (key, at) VALUES (${key}, ${at}) ON CONFLICT DO NOTHING`.changes === 1;
        if (isNew && change !== undefined && document !== undefined)
          this.#sql.run`
            INSERT INTO changes (key, environment, at, document) VALUES (${key}, ${change.environment}, ${change.at}, ${document})`;
        return isNew;
      }),
    );
  }

  async spent(key: string): Promise<boolean> {
    return (
      guarded(`see whether ${key} is spent`, () => this.#sql.get`SELECT at FROM spent WHERE key = ${key}`) !== undefined
    );
  }

  async changes(environment: string, since: Instant): Promise<readonly MadeChange[]> {
    const rows = guarded(
      `list the changes of ${environment}`,
      () => this.#sql.all`
        SELECT key, document FROM changes WHERE environment = ${environment} AND at >= ${since} ORDER BY at DESC, key`,
    );
    return this.#readable(rows, (row) =>
      decode(`changes/${textIn(row, 'key')}`, textIn(row, 'document'), madeChangeSchema),
    );
  }

  async leases(): Promise<readonly Lease[]> {
    const rows = guarded(
      'list the leases',
      () => this.#sql.all`SELECT resource, document FROM leases ORDER BY resource`,
    );
    // Whether a resource is another's must not be left out.
    return rows.map((row) => decode(`leases/${textIn(row, 'resource')}`, textIn(row, 'document'), leaseSchema));
  }

  async saveLease(before: Lease | undefined, after: Lease): Promise<boolean> {
    const { resource, mark } = after;
    const document = encode(`leases/${resource}`, after);
    const tried = `save the lease of ${resource}`;
    if (before === undefined)
      return this.#changes(
        tried,
        () => this.#sql.run`
          INSERT INTO leases (resource, mark, document) VALUES (${resource}, ${mark}, ${document}) ON CONFLICT DO NOTHING`,
      );
    return this.#changes(
      tried,
      () => this.#sql.run`
        UPDATE leases SET mark = ${mark}, document = ${document} WHERE resource = ${resource} AND mark = ${before.mark}`,
    );
  }

  async endLease({ resource, mark }: Lease): Promise<boolean> {
    return this.#changes(
      `end the lease of ${resource}`,
      () => this.#sql.run`DELETE FROM leases WHERE resource = ${resource} AND mark = ${mark}`,
    );
  }

  async recent(limit: number): Promise<readonly Incident[]> {
    const rows = guarded(
      'list recent incidents',
      () => this.#sql.all`SELECT id, document FROM incidents ORDER BY opened_at DESC, id DESC LIMIT ${limit}`,
    );
    return this.#readable(rows, (row) => decodeIncident(textIn(row, 'id'), textIn(row, 'document')));
  }

  #changes(tried: string, write: () => { readonly changes: number | bigint }): boolean {
    return guarded(tried, write).changes === 1;
  }

  /** One unreadable document must not hide the others: it is told of and left out. */
  #readable<Row, T>(rows: readonly Row[], read: (row: Row) => T): readonly T[] {
    return rows.flatMap((row) => {
      try {
        return [read(row)];
      } catch (fault) {
        if (!(fault instanceof StoredDocumentInvalid)) throw fault;
        this.#options.onUnreadable(fault);
        return [];
      }
    });
  }
}
