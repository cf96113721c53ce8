import { environmentIn } from '../../../shared/engine/advance.ts';
import { leasesAtWork } from '../../../shared/engine/resource-lease.ts';
import { APPROVAL_HOLDS_SECONDS } from '../../../shared/incident/approval.ts';
import type { Offer } from '../../../shared/incident/event.ts';
import type { Incident } from '../../../shared/incident/incident.ts';
import type { AuditEntry } from '../../../shared/incident/store.ts';
import { type Instant, plusSeconds } from '../../../shared/ports/clock.ts';
import type { Plan } from '../../../shared/remedy/plan.ts';
import { canonical } from '../../../shared/remedy/signature.ts';
import { card } from '../../../shared/report/card.ts';
import { digestPrefix } from '../../../shared/report/click.ts';
import { correlationKey } from '../../../shared/signal/subject.ts';
import type { Write } from './cloud.ts';
import type { Ended } from './plot.ts';

type PlanOffer = Extract<Offer, { readonly kind: 'plan' }>;

interface Told {
  readonly incident: Incident;
  readonly trail: readonly AuditEntry[];
}

/** What must hold at the end of every story, each breach in a sentence. Empty: nothing changed without approval, nothing twice, nothing lost. */
export async function breaches(ended: Ended): Promise<string[]> {
  const incidents = await ended.store.recent(100);
  const told = await Promise.all(
    incidents.map(async (incident) => ({ incident, trail: await ended.store.audit(incident.id) })),
  );
  return [
    ...(ended.rested ? [] : ['it does not come to rest']),
    ...changedWithoutApproval(ended, told),
    ...changedTwice(ended, told),
    ...changedAtOnce(ended),
    ...(await lockedForEver(ended)),
    ...changesForgotten(ended, told),
    ...(await alertsLost(ended, told)),
    ...openTwice(told),
    ...told.flatMap(trailBroken),
    ...told.flatMap(offersTaken),
    ...told.flatMap((one) => leftHanging(one, ended)),
    ...testsWrong(ended, told),
    ...(await workLeft(ended)),
    ...clicksInSilence(ended, told),
    ...(await cardsWrong(ended, told)),
    ...(await nobodyCalled(ended, told)),
  ];
}

/** A plan as it was offered. */
interface Offered {
  readonly plan: Plan;
  readonly at: Instant;
  /** Since it was approved in time, until when it could be made; undefined when it was not. */
  readonly makeableUntil: Instant | undefined;
}

const offersIn = (told: readonly Told[]): Offered[] =>
  told.flatMap(({ trail }) =>
    trail.flatMap(({ event }) =>
      event.type === 'investigated' && event.offer.kind === 'plan'
        ? [{ plan: event.offer.signed.plan, at: event.at, makeableUntil: makeableUntil(event.offer, trail) }]
        : [],
    ),
  );

/** An approval given while the plan was on offer has a time of its own. */
function makeableUntil({ signed, expiresAt }: PlanOffer, trail: readonly AuditEntry[]): Instant | undefined {
  const given = trail.flatMap(({ event }) => (event.type === 'approved' ? [event.approval] : []));
  const inTime = given.find(({ digest, issuedAt }) => digest === signed.plan.digest && issuedAt < expiresAt);
  return inTime && plusSeconds(inTime.issuedAt, APPROVAL_HOLDS_SECONDS);
}

const isApply = (write: Write, { steps }: Plan): boolean =>
  steps.some(({ target, after }) => target === write.target && canonical(after) === canonical(write.after));
const isUndo = (write: Write, { steps }: Plan): boolean =>
  steps.some(
    ({ target, before, prospect }) =>
      target === write.target &&
      canonical(before) === canonical(write.after) &&
      prospect.undo.kind === 'restore-before',
  );

/** Every write is a step of a plan that was approved while it was on offer, not long ago, and that a named person had said yes to, or puts such a step back. */
function changedWithoutApproval({ cloud, consents }: Ended, told: readonly Told[]): string[] {
  const offers = offersIn(told);
  const isAllowed = (write: Write) =>
    offers.some(
      ({ plan, at, makeableUntil }) =>
        ((isApply(write, plan) && at <= write.at && makeableUntil !== undefined && write.at < makeableUntil) ||
          isUndo(write, plan)) &&
        consents.some((consent) => consent.at <= write.at && consent.digest === digestPrefix(plan.digest)),
    );
  return cloud.writes.filter((write) => !isAllowed(write)).map((write) => `changed without approval: ${words(write)}`);
}

/** One plan is one write of `after`, and at most one back. One that failed and changed nothing may be made again. */
function changedTwice({ cloud }: Ended, told: readonly Told[]): string[] {
  const plans = offersIn(told).map(({ plan }) => plan);
  const most = (write: Write) =>
    new Set(plans.filter((plan) => isApply(write, plan) || isUndo(write, plan)).map(({ digest }) => digest)).size;
  const same = Map.groupBy(
    cloud.writes.filter(({ tookEffect }) => tookEffect),
    words,
  );
  return [...same].flatMap(([change, writes]) =>
    writes.some((write) => writes.length > Math.max(1, most(write)))
      ? [`changed ${writes.length} times: ${change}`]
      : [],
  );
}

/** However many incidents want it, a resource has one operation at a time. */
const changedAtOnce = ({ cloud }: Ended): string[] =>
  cloud.writes.flatMap((write, index) =>
    cloud.writes
      .slice(index + 1)
      .filter(({ target, at }) => target === write.target && at < write.endsAt)
      .map((next) => `changed while another change was under way: ${words(next)}`),
  );

/** What a death left behind is nobody's any more: whoever wants the resource next may take it. */
const lockedForEver = async ({ store }: Ended): Promise<string[]> =>
  (await leasesAtWork(store)).map(({ resource, incident }) => `${resource} is left to ${incident}`);

/** What was changed must stand in the trail as done, unless somebody else changed the same thing after it. */
function changesForgotten({ cloud, plot }: Ended, told: readonly Told[]): string[] {
  if (plot.trouble.change === 'meets-another') return [];
  const made = cloud.writes.filter(({ tookEffect }) => tookEffect);
  const done = told
    .flatMap(({ trail }) => trail)
    .filter(({ event }) => event.type === 'step-finished' && ['done', 'stood-already'].includes(event.result.kind));
  return made.length > done.length
    ? [`${made.length} changes were made and the trail knows of ${done.length}: ${made.map(words).join('; ')}`]
    : [];
}

async function alertsLost({ store, plot }: Ended, told: readonly Told[]): Promise<string[]> {
  const keys = new Set(plot.alerts.map(({ incident, state }) => `0.${incident}/${state}`));
  const traces = await Promise.all(
    [...keys].map(async (key) => ({
      key,
      trace: (await store.alertTrace(key)) ?? (await store.alertTrace(`${key}/ignored`)),
    })),
  );
  return traces.flatMap(({ key, trace }) => {
    if (trace === undefined) return [`alert ${key} left no trace`];
    if (trace.verdict === 'ignored') return [];
    const about = told.find(({ incident }) => incident.id === trace.incident);
    const noted = about?.incident.alerts.filter((alert) => alert.key === key).length ?? 0;
    return noted === 1 ? [] : [`alert ${key} was ${trace.verdict} and stands ${noted} times in ${trace.incident}`];
  });
}

function openTwice(told: readonly Told[]): string[] {
  const byKey = Map.groupBy(told, ({ incident }) => correlationKey(incident.subject));
  return [...byKey].flatMap(([key, same]) => {
    const open = same.filter(({ incident }) => incident.status !== 'closed');
    return open.length > 1 ? [`${key} has ${open.length} open incidents`] : [];
  });
}

function trailBroken({ incident, trail }: Told): string[] {
  const whole = trail.every(({ version, from }, index) => {
    const before = trail[index - 1];
    return version === index + 1 && from === (before?.to ?? 'none');
  });
  const last = trail.at(-1);
  return whole && last?.version === incident.version && last.to === incident.status
    ? []
    : [`the trail of ${incident.id} has a gap: ${trail.map(({ version, to }) => `${version} ${to}`).join(', ')}`];
}

/** Asking for a look takes no plan from those who decide. */
const offersTaken = ({ incident, trail }: Told): string[] =>
  trail.flatMap(({ event, from, to }) =>
    event.type === 'check-asked' && from === 'awaiting-approval' && to !== from
      ? [`${event.by} took the plan of ${incident.id} away by asking for a look`]
      : [],
  );

/** At the end every incident is over, or in people's hands with all of them called. */
function leftHanging({ incident }: Told, { policy }: Ended): string[] {
  const levels = policy.environments[0]?.escalation.length ?? 0;
  const isSettled = incident.status === 'closed' || (incident.status === 'escalated' && incident.level > levels);
  return isSettled ? [] : [`${incident.id} is left ${incident.status}`];
}

/** End-to-end tests begin once for what is resolved and for nothing else, and what came of them is known, also that it cannot be. */
function testsWrong({ tests }: Ended, told: readonly Told[]): string[] {
  const resolved = told.filter(({ incident }) => incident.status === 'closed' && incident.outcome.kind === 'resolved');
  const hanging = resolved.filter(
    ({ incident }) => incident.status === 'closed' && incident.endToEnd?.status !== 'ended',
  );
  return [
    ...(tests.begun.length > resolved.length
      ? [`${tests.begun.length} test runs began for ${resolved.length} resolved incidents`]
      : []),
    ...hanging.map(({ incident }) => `the end-to-end tests of ${incident.id} are left hanging`),
  ];
}

async function workLeft({ store, queue }: Ended): Promise<string[]> {
  const waiting = (['alerts', 'clicks', 'investigations', 'remediations', 'retests', 'announcements'] as const).filter(
    (topic) => queue.waiting(topic) > 0,
  );
  const undelivered = await store.undelivered(0, 10);
  return [
    ...waiting.map((topic) => `messages are left on ${topic}`),
    ...undelivered.map(({ id }) => `effect ${id} was never handed to the queue`),
    ...queue.deadLetters(10).map(({ data }) => `dead letter: ${data.slice(0, 100)}`),
  ];
}

/** Whoever decides about something has decided it, or is told why not. */
function clicksInSilence({ clicks, chat }: Ended, told: readonly Told[]): string[] {
  const decisions = told.flatMap(({ trail }) => trail.map(({ event }) => event));
  return clicks.flatMap((click) => {
    const { kind, user } = click;
    const digest = click.kind === 'check-again' ? undefined : click.digest;
    const isHeard =
      kind === 'reject-opened' ||
      chat.whispers.some((whisper) => whisper.user === user) ||
      decisions.some(
        (event) =>
          (event.type === 'approved' &&
            event.approval.approver === user &&
            digestPrefix(event.approval.digest) === digest) ||
          (event.type === 'check-asked' && kind === 'check-again' && event.by === user) ||
          (event.type === 'rejected' && event.refusal.approver === user && digestPrefix(event.digest) === digest),
      );
    return isHeard ? [] : [`the click of ${user} (${kind}) ended in silence`];
  });
}

/** The card says what the store says, and there are no more cards than incidents and crashes account for. */
async function cardsWrong(ended: Ended, told: readonly Told[]): Promise<string[]> {
  const { store, chat, policy, crashes } = ended;
  const wrong = await Promise.all(
    told.map(async ({ incident, trail }) => {
      const shown = await store.card(incident.id);
      const environment = environmentIn(incident, policy);
      const post = chat.posts.find(({ channel, ts }) => channel === shown?.channel && ts === shown.ts);
      if (shown === undefined || post === undefined) return [`${incident.id} has no card`];
      const stale =
        canonical(post.message) === canonical(card({ incident, trail, environment }))
          ? []
          : ['does not say what is so'];
      const untold =
        shown.threaded === trail.length ? [] : [`lacks ${trail.length - shown.threaded} lines in its thread`];
      return [...stale, ...untold].map((fault) => `the card of ${incident.id} ${fault}`);
    }),
  );
  const calls = told.filter(({ trail }) => trail.some(({ to }) => to === 'escalated')).length;
  const cards = chat.posts.filter(({ thread }) => thread === undefined).length;
  const tooMany = cards > told.length + crashes + calls ? [`${cards} cards for ${told.length} incidents`] : [];
  return [...wrong.flat(), ...tooMany];
}

async function nobodyCalled({ store, policy }: Ended, told: readonly Told[]): Promise<string[]> {
  const levels = (policy.environments[0]?.escalation.length ?? 0) + 1;
  const calls = told.flatMap(({ incident }) =>
    incident.status === 'escalated'
      ? Array.from({ length: levels }, (_, level) => `escalation/${incident.id}/${incident.since}/${level}`)
      : incident.status === 'closed' &&
          incident.endToEnd?.status === 'ended' &&
          incident.endToEnd.result.kind === 'failed'
        ? [`escalation/${incident.id}/${incident.endToEnd.endedAt}/0`]
        : [],
  );
  const made = await Promise.all(calls.map(async (key) => ({ key, spent: await store.spent(key) })));
  return made.filter(({ spent }) => !spent).map(({ key }) => `nobody was called: ${key}`);
}

const words = ({ target, after }: Write): string => `${target} -> ${canonical(after)}`;
