import type { Blames } from './blames.ts';
import type { RankedCause } from './diagnosis.ts';
import { lessSure } from './less-sure.ts';
import type { Cause, Conclusion, Confidence, Fault, Symptom } from './rule.ts';
import { type RuleName, ruleNamed } from './rules.ts';

/** What one rule said of one target. */
export interface Concluded {
  readonly name: RuleName;
  readonly conclusion: Conclusion;
}

/** What one rule could not judge. */
export interface Doubt {
  readonly name: RuleName;
  readonly conclusion: Extract<Conclusion, { kind: 'inconclusive' }>;
}

const WEIGHT: Readonly<Record<Confidence, number>> = { certain: 3, likely: 2, possible: 1 };
const ORDER: Readonly<Record<RankedCause['standing'], number>> = {
  root: 0,
  unsettled: 1,
  explained: 2,
  looming: 3,
  incidental: 4,
};

/** Roots first, those that explain most and are surest before others; then what is unsettled or explained; last what explains nothing. */
export function ranked(
  concluded: readonly Concluded[],
  felt: readonly Symptom[],
  blames: Blames = new Map(),
): readonly RankedCause[] {
  const causes = concluded.flatMap(causeOf);
  const unsettled = concluded.flatMap(({ name, conclusion }) =>
    conclusion.kind === 'inconclusive' && conclusion.settles === 'soon' ? [{ name, about: conclusion.about }] : [],
  );
  const withStanding = causes.map((cause): RankedCause => {
    const others =
      cause.answered === true
        ? []
        : causes.filter((other) => explains(other, cause) || failsItsCaller(other, cause, blames));
    const explainedBy = [...new Set(others.map(({ rule }) => rule))];
    const doubted = explainedBy.length === 0 && doubtsAbout(cause, concluded).length > 0;
    const whole = {
      ...cause,
      services: harmedThrough(cause, causes),
      confidence: doubted ? lessSure(cause.confidence) : cause.confidence,
    };
    return { ...whole, explainedBy, standing: standingOf(whole, explainedBy, felt, unsettled) };
  });
  // Rules come in the order of their names, and sorting is stable: where all else is equal, names decide.
  return withStanding.sort(
    (a, b) => place(a) - place(b) || reach(b, felt) - reach(a, felt) || WEIGHT[b.confidence] - WEIGHT[a.confidence],
  );
}

/** What looms comes before what it would bring about, as a root does. */
const place = ({ standing, harm }: RankedCause): number =>
  standing === 'explained' && harm === 'soon' ? ORDER.looming + AFTER : ORDER[standing];
const AFTER = 0.5;

function causeOf({ name, conclusion }: Concluded): Cause[] {
  if (conclusion.kind !== 'cause') return [];
  const { kind: _, ...fault } = conclusion;
  const { layer, explains: broughtAbout } = ruleNamed(name);
  return [{ rule: name, layer, explains: broughtAbout, ...fault }];
}

/** What harms nothing yet has brought nothing about but what harms nothing yet either. */
const explains = (other: Cause, cause: Cause): boolean =>
  bringsAbout(other, cause) ||
  (!bringsAbout(cause, other) &&
    (other.harm !== 'soon' || cause.harm === 'soon') &&
    maySpeakFor(other, cause) &&
    covers(other, cause));

/** Rules that rest on what was deployed when: of a service that names another as what fails it, that it was deployed at about that time says nothing. */
const BY_COINCIDENCE: readonly string[] = ['release-broken', 'configuration-broken'];

/** Whether all that a cause harms says that it fails by what the other harms, and none of that says the same of it: what blames itself by a circle is not cleared by it. */
const failsItsCaller = (other: Cause, cause: Cause, blames: Blames): boolean =>
  other.harm !== 'soon' &&
  cause.confessed !== true &&
  BY_COINCIDENCE.includes(cause.rule) &&
  cause.services.length > 0 &&
  cause.services.every((caller) =>
    other.services.some(
      (called) => blames.get(caller)?.has(called) === true && blames.get(called)?.has(caller) !== true,
    ),
  );

const bringsAbout = (one: Cause, { rule, target }: Cause): boolean =>
  one.bringsAbout?.some((other) => other.rule === rule && other.target === target) ?? false;

/** Those whom it harms itself, and those who are harmed by what it brings about. */
const harmedThrough = (cause: Cause, all: readonly Cause[]): readonly string[] => [
  ...new Set([cause, ...all.filter((other) => bringsAbout(cause, other))].flatMap(({ services }) => services)),
];

/** What a service stands on explains nothing that its own containers have confessed. */
const maySpeakFor = (
  { layer, explains }: Pick<Cause, 'layer' | 'explains'>,
  { rule, confessed }: Pick<Cause, 'rule' | 'confessed'>,
): boolean => explains.includes(rule) && !(confessed === true && AROUND.includes(layer));
const AROUND: readonly Cause['layer'][] = ['infrastructure', 'platform'];

type Harmed = Pick<Fault, 'services' | 'checks' | 'backends'>;

/** Whether one reaches every service and every check that the other harms. */
const covers = (one: Harmed, other: Harmed): boolean => {
  const [mine, theirs] = [harmed(one), harmed(other)];
  return theirs.length > 0 && theirs.every((name) => mine.includes(name));
};

/** Services and checks have different names for different things; one list serves as long as each says what it is. */
const harmed = ({ services, checks = [], backends = [] }: Harmed): string[] => [
  ...services.map((name) => `service ${name}`),
  ...checks.map((name) => `check ${name}`),
  ...backends.map((name) => `backend ${name}`),
];

/** A rule that could not judge; `about` is left out where it could judge no target. */
interface Unsettled {
  readonly name: RuleName;
  readonly about: Harmed | undefined;
}

const mightExplain = ({ name, about }: Unsettled, cause: Pick<Cause, 'rule' | 'confessed'> & Harmed): boolean =>
  maySpeakFor(ruleNamed(name), cause) && (about === undefined || covers(about, cause));

/**
 * What could not be judged, and will not be without somebody's doing, and might have brought a cause about: it may be a symptom of that. One step off its
 * confidence, however many there are: they mostly want for the same reading.
 */
export const doubtsAbout = (cause: Cause, concluded: readonly Concluded[]): readonly Doubt[] =>
  cause.answered === true
    ? []
    : concluded.flatMap(({ name, conclusion }) =>
        conclusion.kind === 'inconclusive' &&
        conclusion.settles === 'not-by-itself' &&
        mightExplain({ name, about: conclusion.about }, cause)
          ? [{ name, conclusion }]
          : [],
      );

/** A cause that harms nothing in trouble did not bring this about, however bad it looks by itself. */
function standingOf(
  cause: Cause,
  explainedBy: readonly string[],
  felt: readonly Symptom[],
  unsettled: readonly Unsettled[],
): RankedCause['standing'] {
  if (explainedBy.length > 0) return 'explained';
  if (cause.harm === 'soon') return 'looming';
  if (reach(cause, felt) === 0) return 'incidental';
  // To name a root while what may have brought it about is still on its way would be to blame the wrong layer.
  return cause.answered !== true && unsettled.some((one) => mightExplain(one, cause)) ? 'unsettled' : 'root';
}

/** How many services in trouble, and checks that fail, a cause accounts for. */
function reach(cause: Cause, felt: readonly Symptom[]): number {
  const troubled = new Set(felt.map(({ kind, on }) => `${SORTS[kind]} ${on}`));
  return harmed(cause).filter((name) => troubled.has(name)).length;
}

const SORTS: Readonly<Record<Symptom['kind'], 'service' | 'check' | 'backend'>> = {
  'serving-errors': 'service',
  'start-ups-failing': 'service',
  'requests-refused': 'service',
  slow: 'service',
  'connections-cut': 'service',
  'check-failing': 'check',
  'check-turned-away': 'check',
  'backend-failing': 'backend',
};
