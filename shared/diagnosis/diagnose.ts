import type { Evidence, Observations } from '../evidence/evidence.ts';
import type { Diagnosis, RankedCause } from './diagnosis.ts';
import { isServed } from './proof-of-service.ts';
import type { Cause, Conclusion, Confidence, Context, Rule, Symptom } from './rule.ts';
import { type RuleName, ruleNamed, ruleNames } from './rules.ts';
import { symptoms } from './symptoms.ts';

const WEIGHT: Readonly<Record<Confidence, number>> = { certain: 3, likely: 2, possible: 1 };

/** Judges an evidence by every rule, and orders the causes by what explains what. The same evidence always gives the same diagnosis. */
export function diagnose(evidence: Evidence, context: Context): Diagnosis {
  const concluded = ruleNames.flatMap((name) =>
    judge(ruleNamed(name), evidence, context).map((conclusion) => ({ name, conclusion })),
  );
  const felt = symptoms(evidence, context);
  const unsettled = concluded.filter(
    ({ conclusion }) => conclusion.kind === 'inconclusive' && conclusion.settles === 'soon',
  );
  const causes = ranked(concluded.flatMap(causeOf), felt, unsettled);
  const unchecked = concluded.flatMap(({ name, conclusion }) =>
    conclusion.kind === 'inconclusive' ? [{ rule: name, reason: conclusion.reason }] : [],
  );
  const root = causes.find(({ standing }) => standing === 'root');
  return {
    healthy: felt.length === 0 && root === undefined && !isBlind(evidence) && isServed(evidence, context),
    root,
    causes,
    ruledOut: concluded.flatMap(({ name, conclusion }) =>
      conclusion.kind === 'ruled-out' ? [{ rule: name, reason: conclusion.reason }] : [],
    ),
    unchecked: [...unchecked, ...checksNotMade(evidence)],
    symptoms: felt,
  };
}

/** One rule's answer, handed only what it needs; inconclusive when one of those readings is unavailable. */
export function judge(candidate: Rule, evidence: Evidence, context: Context): readonly Conclusion[] {
  const seen = candidate.needs.flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'observed' ? [[name, reading.value] as const] : [];
  });
  const missing = candidate.needs.flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'unavailable' ? [`${name}: ${reading.detail}`] : [];
  });
  if (missing.length > 0) return [{ kind: 'inconclusive', reason: missing.join('; '), settles: 'not-by-itself' }];
  const absent = candidate.needs.find((name) => evidence[name].status === 'not-applicable');
  if (absent !== undefined) return [{ kind: 'ruled-out', reason: `${absent} does not apply here` }];
  // Sound: none is missing or absent, so every needed reading was observed, and a rule's type lets it read no other.
  return candidate.diagnose(Object.fromEntries(seen) as unknown as Observations, context);
}

/** Whether anything could not be looked at: a whole reading, or one check of one. */
const isBlind = (evidence: Evidence): boolean =>
  Object.values(evidence).some(({ status }) => status === 'unavailable') || checksNotMade(evidence).length > 0;

/** Looks from outside that could not be made: all of a kind, or one by its name. No rule needs them, and people want to know. */
function checksNotMade({ http, websocket, journey }: Evidence): Diagnosis['unchecked'] {
  return Object.entries({ http, websocket, journey }).flatMap(([kind, reading]) => {
    if (reading.status === 'not-applicable') return [];
    if (reading.status === 'unavailable') return [{ rule: kind, reason: reading.detail }];
    const unseen = reading.value.checks.filter(({ verdict }) => verdict === 'unavailable');
    return unseen.map(({ name, detail }) => ({ rule: name, reason: detail }));
  });
}

/** What one rule said of one target. */
interface Concluded {
  readonly name: RuleName;
  readonly conclusion: Conclusion;
}

function causeOf({ name, conclusion }: Concluded): Cause[] {
  if (conclusion.kind !== 'cause') return [];
  const { kind: _, ...fault } = conclusion;
  const { layer, explains } = ruleNamed(name);
  return [{ rule: name, layer, explains, ...fault }];
}

/** Roots first, those that explain most and are surest before others; then what is unsettled or explained; last what explains nothing. */
function ranked(
  causes: readonly Cause[],
  felt: readonly Symptom[],
  unsettled: readonly Concluded[],
): readonly RankedCause[] {
  const withStanding = causes.map((cause): RankedCause => {
    const explainedBy = [...new Set(causes.filter((other) => explains(other, cause)).map(({ rule }) => rule))];
    return { ...cause, explainedBy, standing: standingOf(cause, explainedBy, felt, unsettled) };
  });
  const order = { root: 0, unsettled: 1, explained: 2, incidental: 3 };
  // Rules come in the order of their names, and sorting is stable: where all else is equal, names decide.
  return withStanding.sort(
    (a, b) =>
      order[a.standing] - order[b.standing] ||
      reach(b, felt) - reach(a, felt) ||
      WEIGHT[b.confidence] - WEIGHT[a.confidence],
  );
}

const explains = (other: Cause, cause: Cause): boolean =>
  other !== cause && other.explains.includes(cause.rule) && covers(other, cause);

/** Whether one reaches every service that the other harms. */
const covers = ({ services }: Pick<Cause, 'services'>, cause: Cause): boolean =>
  cause.services.length > 0 && cause.services.every((service) => services.includes(service));

const mightExplain = ({ name, conclusion }: Concluded, cause: Cause): boolean =>
  ruleNamed(name).explains.includes(cause.rule) &&
  conclusion.kind === 'inconclusive' &&
  (conclusion.about === undefined || covers(conclusion.about, cause));

/** A cause that harms no service in trouble did not bring this about, however bad it looks by itself. */
function standingOf(
  cause: Cause,
  explainedBy: readonly string[],
  felt: readonly Symptom[],
  unsettled: readonly Concluded[],
): RankedCause['standing'] {
  if (explainedBy.length > 0) return 'explained';
  if (reach(cause, felt) === 0) return 'incidental';
  // To name a root while what may have brought it about is still on its way would be to blame the wrong layer.
  return unsettled.some((concluded) => mightExplain(concluded, cause)) ? 'unsettled' : 'root';
}

/** How many services in trouble a cause accounts for. */
function reach({ services }: Cause, felt: readonly Symptom[]): number {
  const troubled = new Set(felt.filter(({ kind }) => kind !== 'check-failing').map(({ on }) => on));
  return services.filter((service) => troubled.has(service)).length;
}
