import type { Evidence, InspectorName, Observations } from '../evidence/evidence.ts';
import { blamesIn } from './blames.ts';
import type { Diagnosis } from './diagnosis.ts';
import { lessSure } from './less-sure.ts';
import { nextChecks } from './next-checks.ts';
import { isServed } from './proof-of-service.ts';
import { doubtsAbout, ranked } from './rank.ts';
import type { Conclusion, Confidence, Context, Rule } from './rule.ts';
import { type RuleName, ruleNamed, ruleNames } from './rules.ts';
import { saidBy } from './said.ts';
import { seenBefore } from './seen-before.ts';
import { symptoms } from './symptoms.ts';

/** Judges an evidence by every rule, and orders the causes by what explains what. The same evidence always gives the same diagnosis. */
export function diagnose(evidence: Evidence, context: Context): Diagnosis {
  const concluded = ruleNames.flatMap((name) =>
    judge(ruleNamed(name), evidence, context).map((conclusion) => ({ name, conclusion })),
  );
  const felt = symptoms(evidence, context);
  const causes = ranked(concluded, felt, blamesIn(evidence));
  const unchecked = concluded.flatMap(({ name, conclusion }) =>
    conclusion.kind === 'inconclusive' ? [{ rule: name, reason: conclusion.reason }] : [],
  );
  // What looms is worth a call only where nothing else is wrong.
  const wanted = felt.length === 0 ? ['root', 'looming'] : ['root'];
  const root = causes.find(({ standing }) => wanted.includes(standing));
  const before = seenBefore(evidence, root);
  const said = root === undefined ? saidBy(evidence, felt, context) : [];
  return {
    healthy:
      felt.length === 0 &&
      !concluded.some(({ conclusion }) => 'harm' in conclusion && conclusion.harm === 'soon') &&
      !isBlind(evidence) &&
      isServed(evidence, context),
    root,
    causes,
    ruledOut: concluded
      .flatMap(({ name, conclusion }) =>
        conclusion.kind === 'ruled-out' ? [{ rule: name, reason: conclusion.reason }] : [],
      )
      .sort((a, b) => nearness(a.rule, root) - nearness(b.rule, root)),
    unchecked: [...unchecked, ...partsNotSeen(evidence), ...servicesNotMeasured(evidence), ...checksNotMade(evidence)],
    nextChecks: nextChecks(evidence, concluded, {
      felt,
      doubts: root === undefined ? undefined : doubtsAbout(root, concluded),
    }),
    symptoms: felt,
    ...(said.length === 0 ? {} : { said }),
    ...(before === undefined ? {} : { seenBefore: before }),
  };
}

/** What might have brought the root about is asked about first, then what it might have brought about itself. */
function nearness(name: RuleName, root: Diagnosis['root']): number {
  if (root === undefined) return 0;
  if (ruleNamed(name).explains.includes(root.rule)) return 0;
  return root.explains.includes(name) ? 1 : 2;
}

/** One rule's answer, handed only what it needs; inconclusive when one of those readings is unavailable. */
export function judge(
  candidate: Rule<InspectorName, InspectorName>,
  evidence: Evidence,
  context: Context,
): readonly Conclusion[] {
  const seen = [...candidate.needs, ...(candidate.considers ?? [])].flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'observed' ? [[name, reading.value] as const] : [];
  });
  const missing = candidate.needs.flatMap((name) => {
    const reading = evidence[name];
    return reading.status === 'unavailable' ? [`${name}: ${reading.detail}`] : [];
  });
  if (missing.length > 0) return [{ kind: 'inconclusive', reason: missing.join('; '), settles: 'not-by-itself' }];
  // What is not there cannot be broken, and nobody asked about it.
  if (candidate.needs.some((name) => evidence[name].status === 'not-applicable')) return [];
  // Sound: none is missing or absent, so every needed reading was observed; what is considered may be absent, and a rule's type lets it read no other.
  return candidate.diagnose(Object.fromEntries(seen) as unknown as Observations, context).map(weighed);
}

/** What would be there if a claim were true and is not speaks against it. */
function weighed(conclusion: Conclusion): Conclusion {
  if (conclusion.kind !== 'cause') return conclusion;
  const missed = conclusion.expects.filter(({ seen }) => seen === 'no');
  return { ...conclusion, confidence: missed.reduce<Confidence>(lessSure, conclusion.confidence) };
}

/** Whether anything could not be looked at: a whole reading, or one check of one. */
const isBlind = (evidence: Evidence): boolean =>
  Object.values(evidence).some(({ status }) => status === 'unavailable') ||
  [...partsNotSeen(evidence), ...servicesNotMeasured(evidence), ...checksNotMade(evidence)].length > 0 ||
  connectorsNotRead(evidence) > 0;

/** Parts of a network that could not be read, each by its name: the rest of the reading is there. */
function partsNotSeen({ network }: Evidence): Diagnosis['unchecked'] {
  if (network.status !== 'observed') return [];
  return network.value.networks.flatMap(({ name, unread }) =>
    unread.map(({ part, detail }) => ({ rule: 'network', reason: `${part} of ${name.split('/').at(-1)}: ${detail}` })),
  );
}

/**
 * One service that nobody asked for has no points, and that is as it should be. Where none of them has a single one, they are not measured, or under
 * names that are not theirs: Monitoring answered, and said nothing.
 */
function servicesNotMeasured({ metrics, 'cloud-run': seen }: Evidence): Diagnosis['unchecked'] {
  if (metrics.status !== 'observed' || seen.status !== 'observed') return [];
  const names = seen.value.services.map(({ shortName }) => shortName);
  const measured = metrics.value.services.some(({ service }) => names.includes(service));
  return names.length === 0 || measured
    ? []
    : [
        {
          rule: 'metrics',
          reason: `Monitoring has not one point of ${names.join(', ')} in the time that was looked at`,
        },
      ];
}

/** That one is not there is known; rules say so where it could not be read. */
const connectorsNotRead = ({ 'vpc-connector': reading }: Evidence): number =>
  reading.status !== 'observed'
    ? 0
    : (reading.value.unread ?? []).filter(({ reason }) => reason !== 'not-found').length;

/** Looks from outside that could not be made: all of a kind, or one by its name. No rule needs them, and people want to know. */
function checksNotMade({ http, websocket, journey }: Evidence): Diagnosis['unchecked'] {
  return Object.entries({ http, websocket, journey }).flatMap(([kind, reading]) => {
    if (reading.status === 'not-applicable') return [];
    if (reading.status === 'unavailable') return [{ rule: kind, reason: reading.detail }];
    const unseen = reading.value.checks.filter(({ verdict }) => verdict === 'unavailable');
    return unseen.map(({ name, detail }) => ({ rule: name, reason: detail }));
  });
}
