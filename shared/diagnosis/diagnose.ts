import type { Evidence, Observations } from '../evidence/evidence.ts';
import type { Diagnosis, RankedCause } from './diagnosis.ts';
import type { Cause, Conclusion, Confidence, Context, Rule, Symptom } from './rule.ts';
import { type RuleName, ruleNamed, ruleNames } from './rules.ts';
import { symptoms } from './symptoms.ts';

const WEIGHT: Readonly<Record<Confidence, number>> = { certain: 3, likely: 2, possible: 1 };

/** Judges an evidence by every rule, and orders the causes by what explains what. The same evidence always gives the same diagnosis. */
export function diagnose(evidence: Evidence, context: Context): Diagnosis {
  const concluded = ruleNames.map((name) => ({ name, conclusion: judge(ruleNamed(name), evidence, context) }));
  const felt = symptoms(evidence, context);
  const unsettled = concluded.flatMap(({ name, conclusion }) =>
    conclusion.kind === 'inconclusive' && conclusion.settles === 'soon' ? [name] : [],
  );
  const causes = ranked(concluded.flatMap(causeOf), felt, unsettled);
  const unchecked = concluded.flatMap(({ name, conclusion }) =>
    conclusion.kind === 'inconclusive' ? [{ rule: name, reason: conclusion.reason }] : [],
  );
  const root = causes.find(({ standing }) => standing === 'root');
  return {
    healthy: felt.length === 0 && root === undefined && !isBlind(evidence),
    root,
    causes,
    ruledOut: concluded.flatMap(({ name, conclusion }) =>
      conclusion.kind === 'ruled-out' ? [{ rule: name, reason: conclusion.reason }] : [],
    ),
    unchecked,
    symptoms: felt,
  };
}

/** One rule's answer, handed only what it needs; inconclusive when one of those readings is unavailable. */
export function judge(candidate: Rule, evidence: Evidence, context: Context): Conclusion {
  const seen = candidate.needs.flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'observed' ? [[name, reading.value] as const] : [];
  });
  const missing = candidate.needs.flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'unavailable' ? [`${name}: ${reading.detail}`] : [];
  });
  if (missing.length > 0) return { kind: 'inconclusive', reason: missing.join('; '), settles: 'not-by-itself' };
  const absent = candidate.needs.find((name) => evidence[name].status === 'not-applicable');
  if (absent !== undefined) return { kind: 'ruled-out', reason: `${absent} does not apply here` };
  // Sound: none is missing or absent, so every needed reading was observed, and a rule's type lets it read no other.
  return candidate.diagnose(Object.fromEntries(seen) as unknown as Observations, context);
}

/** Whether anything could not be looked at: a whole reading, or one check of one. */
function isBlind(evidence: Evidence): boolean {
  const { http, websocket, journey } = evidence;
  const checks = [http, websocket, journey].flatMap((reading) =>
    reading.status === 'observed' ? reading.value.checks : [],
  );
  return (
    Object.values(evidence).some(({ status }) => status === 'unavailable') ||
    checks.some(({ verdict }) => verdict === 'unavailable')
  );
}

function causeOf({ name, conclusion }: { readonly name: RuleName; readonly conclusion: Conclusion }): Cause[] {
  if (conclusion.kind !== 'cause') return [];
  const { kind: _, ...fault } = conclusion;
  const { layer, explains } = ruleNamed(name);
  return [{ rule: name, layer, explains, ...fault }];
}

/** Roots first, those that explain most and are surest before others; then what is unsettled or explained; last what explains nothing. */
function ranked(
  causes: readonly Cause[],
  felt: readonly Symptom[],
  unsettled: readonly RuleName[],
): readonly RankedCause[] {
  const withStanding = causes.map((cause): RankedCause => {
    const explainedBy = causes.filter((other) => explains(other, cause)).map(({ rule }) => rule);
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

function explains(other: Cause, cause: Cause): boolean {
  const covers = cause.services.length > 0 && cause.services.every((service) => other.services.includes(service));
  return other !== cause && other.explains.includes(cause.rule) && covers;
}

/** A cause that harms no service in trouble did not bring this about, however bad it looks by itself. */
function standingOf(
  cause: Cause,
  explainedBy: readonly string[],
  felt: readonly Symptom[],
  unsettled: readonly RuleName[],
): RankedCause['standing'] {
  if (explainedBy.length > 0) return 'explained';
  if (reach(cause, felt) === 0) return 'incidental';
  // To name a root while what may have brought it about is still on its way would be to blame the wrong layer.
  return unsettled.some((rule) => ruleNamed(rule).explains.includes(cause.rule)) ? 'unsettled' : 'root';
}

/** How many services in trouble a cause accounts for. */
function reach({ services }: Cause, felt: readonly Symptom[]): number {
  const troubled = new Set(felt.filter(({ kind }) => kind !== 'check-failing').map(({ on }) => on));
  return services.filter((service) => troubled.has(service)).length;
}
