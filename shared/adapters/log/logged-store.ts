import type { Incident } from '../../incident/incident.ts';
import type { Commit, Store } from '../../incident/store.ts';
import type { Log } from './log.ts';

/** The same store; every saved move of an incident leaves one line. */
export function loggedStore(store: Store, log: Log): Store {
  return {
    load: (incident) => store.load(incident),
    openIncident: (key) => store.openIncident(key),
    recordAlert: (trace) => store.recordAlert(trace),
    alertTrace: (key) => store.alertTrace(key),
    due: (now, limit) => store.due(now, limit),
    undelivered: (olderThanMs, limit) => store.undelivered(olderThanMs, limit),
    markDelivered: (effects) => store.markDelivered(effects),
    saveEvidence: (incident, round, record) => store.saveEvidence(incident, round, record),
    evidence: (incident, round) => store.evidence(incident, round),
    audit: (incident) => store.audit(incident),
    card: (incident) => store.card(incident),
    saveCard: (before, after) => store.saveCard(before, after),
    spend: (key, at, change) => store.spend(key, at, change),
    changes: (environment, since) => store.changes(environment, since),
    spent: (key) => store.spent(key),
    leases: () => store.leases(),
    saveLease: (before, after) => store.saveLease(before, after),
    endLease: (lease) => store.endLease(lease),
    recent: (limit) => store.recent(limit),
    commit: async (commit) => {
      const result = await store.commit(commit);
      if (result.kind === 'saved') log.info(fieldsOf(commit), 'incident moved');
      return result;
    },
  };
}

function fieldsOf({ after, audit }: Commit): Readonly<Record<string, unknown>> {
  const { incident, version, event, from, to, at } = audit;
  return { incident, version, event: event.type, from, to, at, openedAt: after.openedAt, ...conclusions(after) };
}

function conclusions(incident: Incident): Readonly<Record<string, unknown>> {
  const signed = 'signed' in incident ? incident.signed : undefined;
  return {
    rootCause: incident.diagnosis?.root?.rule,
    actions: signed?.plan.steps.map(({ action }) => action),
    tried: incident.attempts.map(({ action }) => action),
    googleCalls: incident.googleCalls,
    ...(incident.status === 'closed' ? { outcome: incident.outcome.kind } : {}),
    ...(incident.status === 'executing' ? { direction: incident.direction } : {}),
    ...(incident.status === 'escalated'
      ? { outcome: 'escalated', reason: incident.reason, detail: incident.detail }
      : {}),
  };
}
