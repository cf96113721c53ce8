import { generateKeyPairSync } from 'node:crypto';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { AlertNote, Approval, Incident, IncidentIn, Recovery } from '../../shared/incident/incident.ts';
import { investigation } from '../../shared/incident/opening.ts';
import { transition } from '../../shared/incident/transition.ts';
import type { Plan, SignedPlan } from '../../shared/remedy/plan.ts';
import { planFor } from '../../shared/remedy/plan-for.ts';
import { signed } from '../../shared/remedy/signature.ts';
import {
  at,
  context,
  environment,
  evidence,
  failed,
  firewall,
  line,
  logs,
  lost,
  NOW,
  networkView,
  observed,
  service,
  way,
} from './evidence.ts';
import { everyService, failedBy, fullConnector, printedBy, released } from './scenes.ts';

/** The case: a connector full to the brim, three services down behind it. */
export const saturated = evidence({
  'vpc-connector': observed({ connectors: [fullConnector] }),
  logs: observed(
    logs({
      failed: everyService.map((name) => failed(name, 200)),
      signatures: everyService.map((name) => line(name, 'private-connection-timed-out', 40)),
    }),
  ),
});

/** backend-00003 came five minutes ago and exits at start. Its remedy can be undone. */
export const brokenRelease = evidence({
  'cloud-run': observed({ services: [released('backend')] }),
  logs: observed(
    logs({
      failed: [failedBy('backend', 150)],
      signatures: [printedBy('backend', 'container-exited')],
    }),
  ),
});

/** A firewall rule of five minutes ago cuts the database off. Its remedy is made by hand. */
export const shutOut = evidence({
  'cloud-run': observed({ services: [service('backend')] }),
  network: observed({ ways: [way('backend')], networks: [networkView({ firewalls: [firewall()] })] }),
  logs: observed(
    logs({
      failed: [failed('backend', 150)],
      signatures: [line('backend', 'private-connection-timed-out', 34)],
      unreachable: [lost('backend', '10.20.0.3')],
    }),
  ),
});

export const alertNote = (key = '0.abc/open', over: Partial<AlertNote> = {}): AlertNote => ({
  key,
  incidentId: key.split('/')[0] ?? key,
  state: key.endsWith('closed') ? 'closed' : 'open',
  severity: 'critical',
  policy: '5xx of backend',
  summary: '5xx ratio of backend is above 5 %',
  url: undefined,
  at: NOW,
  ...over,
});

export const opened = (): IncidentIn<'investigating'> => {
  const { incident } = investigation(context.subject, alertNote(), NOW);
  return must(incident, 'investigating');
};

export function must<S extends Incident['status']>(incident: Incident, status: S): IncidentIn<S> {
  if (incident.status !== status) throw new Error(`expected ${status}, it is ${incident.status}`);
  // Sound: the status was just compared.
  return incident as IncidentIn<S>;
}

export const diagnosisOf = (of = saturated): Diagnosis => diagnose(of, context);

export function planOf(incident: string, of = saturated): Plan {
  const { root } = diagnosisOf(of);
  if (root === undefined) throw new Error('this evidence has no root');
  const planned = planFor({
    incident,
    round: 1,
    root,
    evidence: of,
    environment,
    ownProject: 'acme-runmedic',
    at: NOW,
    made: [],
    tried: [],
  });
  if (planned.kind !== 'plan') throw new Error(JSON.stringify(planned));
  return planned.plan;
}

/** investigate's, as far as these incidents are concerned. */
export const planKeys = generateKeyPairSync('ed25519');

export function offer(incident: string, of = saturated): SignedPlan {
  const plan = planOf(incident, of);
  return { plan, signature: signed({ digest: plan.digest }, planKeys.privateKey) };
}

export const approvalOf = (incident: IncidentIn<'awaiting-approval'>): Approval => ({
  incident: incident.id,
  digest: incident.signed.plan.digest,
  approver: 'U0ANN',
  via: 'user',
  issuedAt: at(60),
  expiresAt: incident.expiresAt,
  signature: 'c2lnbmVk',
});

export const looked = (verdict: Recovery['verdict']): Recovery => ({ verdict, checks: [] });

/** One event after another, as if each had been saved. */
export const play = (incident: Incident, ...events: IncidentEvent[]): Incident =>
  events.reduce((now, event) => transition(now, event, environment).incident, incident);

export const step = (incident: Incident, event: IncidentEvent) => transition(incident, event, environment);

/** Patrol finds the incident due, as it is. */
export const timer = (incident: Incident, seconds: number): IncidentEvent => ({
  type: 'timer-due',
  at: at(seconds),
  version: incident.version,
});

export function awaiting(of = saturated): IncidentIn<'awaiting-approval'> {
  const incident = opened();
  const event = {
    type: 'investigated',
    at: at(5),
    round: 1,
    diagnosis: diagnosisOf(of),
    offer: { kind: 'plan', signed: offer(incident.id, of), expiresAt: at(1805) },
  } as const;
  return must(play(incident, event), 'awaiting-approval');
}

export function executing(of = saturated): IncidentIn<'executing'> {
  const incident = awaiting(of);
  return must(play(incident, { type: 'approved', at: at(60), approval: approvalOf(incident) }), 'executing');
}

export function verifying(of = saturated): IncidentIn<'verifying'> {
  const incident = executing(of);
  const { digest } = incident.signed.plan;
  const done = {
    type: 'step-finished',
    at: at(180),
    digest,
    step: 0,
    direction: 'apply',
    result: { kind: 'done' },
  } as const;
  return must(play(incident, done), 'verifying');
}
