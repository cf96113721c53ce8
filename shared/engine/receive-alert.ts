import type { AlertNote, Incident } from '../incident/incident.ts';
import { investigation } from '../incident/opening.ts';
import type { AlertTrace } from '../incident/store.ts';
import type { Clock, Instant } from '../ports/clock.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { Alert, Intake } from '../signal/alert.ts';
import { intake } from '../signal/intake.ts';
import { correlationKey, type Subject } from '../signal/subject.ts';
import { advance, deliver, type Shell } from './advance.ts';

export interface Intaken {
  readonly verdict: 'opened' | 'joined' | 'ignored' | 'refused' | 'repeated';
  readonly reason: string;
  readonly incident: string | undefined;
}

/** Two alerts that race to open meet at most a few times: one wins, the other joins. */
const RACES_MAX = 5;

/** One delivered notification -> an incident opened or joined, or a trace that says why not. Safe to deliver twice. */
export async function receiveAlert(message: unknown, shell: Shell & { readonly clock: Clock }): Promise<Intaken> {
  const taken = intake(message, shell.policy);
  const at = await shell.clock.now();
  switch (taken.verdict) {
    case 'refused': {
      await shell.queue.publish('dead-letters', [
        { data: JSON.stringify(message) ?? '', attributes: { reason: taken.reason } },
      ]);
      return { verdict: 'refused', reason: taken.reason, incident: undefined };
    }
    case 'ignored':
      return ignore(taken.alert, taken.reason, at, shell);
    case 'accepted':
      return openOrJoin(taken, at, shell);
  }
}

/** Under a key of its own: what was ignored while paused, or as closed too early, must not stand in the way of the same alert later. */
async function ignore(alert: Alert, reason: string, at: Instant, { store }: Shell): Promise<Intaken> {
  const fresh = await store.recordAlert({
    key: `${alert.key}/ignored`,
    verdict: 'ignored',
    reason,
    incident: undefined,
    summary: alert.summary,
    at,
  });
  return { verdict: fresh ? 'ignored' : 'repeated', reason, incident: undefined };
}

async function openOrJoin(
  taken: Extract<Intake, { readonly verdict: 'accepted' }>,
  at: Instant,
  shell: Shell,
): Promise<Intaken> {
  const { alert, subject } = taken;
  const known = await shell.store.alertTrace(alert.key);
  if (known !== undefined)
    return { verdict: 'repeated', reason: `was ${known.verdict} before: ${known.reason}`, incident: known.incident };
  for (let races = 0; races < RACES_MAX; races += 1) {
    const open = await shell.store.openIncident(correlationKey(subject));
    if (open !== undefined) {
      const joined = await join(open, taken, at, shell);
      if (joined !== undefined) return joined;
      continue;
    }
    // A closing that overtook its opening, or came when all was over: nothing to look at.
    if (alert.state === 'closed') return ignore(alert, 'closed, and no incident about it is open', at, shell);
    const opened = await tryToOpen(alert, subject, at, shell);
    if (opened !== undefined) return opened;
  }
  throw new PlatformFailure(
    'conflict',
    `alert ${alert.key} met another one ${RACES_MAX} times while opening an incident`,
  );
}

/** undefined: the incident was closed meanwhile, and an alert that came after is news. */
async function join(
  open: Incident,
  { alert, subject }: Extract<Intake, { readonly verdict: 'accepted' }>,
  at: Instant,
  shell: Shell,
): Promise<Intaken | undefined> {
  const reason = `joined ${open.id}: ${correlationKey(subject)} is ${open.status}`;
  const trace: AlertTrace = {
    key: alert.key,
    verdict: 'joined',
    reason,
    incident: open.id,
    summary: alert.summary,
    at,
  };
  const { incident, changed } = await advance(
    open.id,
    { type: 'alert-joined', at, alert: noteOf(alert, at), services: subject.services },
    shell,
    trace,
  );
  if (!changed && incident.status === 'closed') return undefined;
  return { verdict: 'joined', reason, incident: open.id };
}

async function tryToOpen(alert: Alert, subject: Subject, at: Instant, shell: Shell): Promise<Intaken | undefined> {
  const { incident: after, effects } = investigation(subject, noteOf(alert, at), at);
  const reason = `opened ${after.id}: ${alert.condition}`;
  const audit = {
    incident: after.id,
    version: after.version,
    at,
    by: shell.by,
    event: { type: 'opened', at, alert: alert.key },
    from: 'none',
    to: after.status,
  } as const;
  const trace: AlertTrace = {
    key: alert.key,
    verdict: 'opened',
    reason,
    incident: after.id,
    summary: alert.summary,
    at,
  };
  const result = await shell.store.commit({ before: undefined, after, audit, effects, alert: trace });
  switch (result.kind) {
    case 'saved':
      await deliver(result.effects, shell);
      return { verdict: 'opened', reason, incident: after.id };
    case 'alert-already-recorded':
      return { verdict: 'repeated', reason: 'another delivery of it was first', incident: undefined };
    case 'already-open':
    case 'version-conflict':
      return undefined;
  }
}

const noteOf = ({ key, incidentId, state, severity, policy, summary, url }: Alert, at: Instant): AlertNote => ({
  key,
  incidentId,
  state,
  severity,
  policy,
  summary,
  url,
  at,
});
