import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { Planned } from '../../shared/remedy/plan-for.ts';
import type { Label } from './labels.ts';

/** How one diagnosis compares with what happened. */
export interface Judged {
  readonly scenario: string;
  readonly expected: string;
  /** The root that was named, `healthy`, or `no-cause`. */
  readonly found: string;
  /** The root is right, and where there are several all are named. */
  readonly top1: boolean;
  /** A right root is among the first three causes. */
  readonly top3: boolean;
  /** Roots that were named beside those that there are: symptoms, the innocent, and the same one twice. */
  readonly surplus: readonly string[];
  /** The first action that was offered, or `-`. */
  readonly offered: string;
  readonly harmful: boolean;
  /** Something was blamed, or a change offered, where nothing was wrong. */
  readonly falseAlarm: boolean;
  readonly ms: number;
}

const CAUSES_SHOWN = 3;

export function judged(label: Label, diagnosis: Diagnosis, planned: Planned | undefined, ms: number): Judged {
  const { healthy, root, causes, symptoms } = diagnosis;
  const quiet = root === undefined && symptoms.length === 0;
  const offered = planned?.kind === 'plan' ? (planned.plan.steps[0]?.action ?? '-') : '-';
  const found = root?.rule ?? (healthy || quiet ? 'healthy' : 'no-cause');
  const roots = causes.filter(({ standing }) => standing === 'root').map(({ rule }) => rule);
  const first = causes.slice(0, CAUSES_SHOWN).map(({ rule }) => rule);
  const right = label.acceptable.includes(found);
  return {
    scenario: label.scenario,
    expected: [label.root, ...label.also].join(' + '),
    found,
    top1: right && label.also.every((rule) => roots.includes(rule)),
    top3: right || label.acceptable.some((rule) => first.includes(rule)),
    surplus: surplusOf(roots, label),
    offered,
    harmful: label.harmful.includes(offered),
    falseAlarm: label.root === 'healthy' && (!right || offered !== '-'),
    ms,
  };
}

/** What is left of the roots that were named, once each of those that there are is taken away, and one of those that may stand for the first. */
function surplusOf(roots: readonly string[], { acceptable, also }: Label): readonly string[] {
  const left = [...roots];
  const take = (wanted: (rule: string) => boolean) => {
    const index = left.findIndex(wanted);
    if (index >= 0) left.splice(index, 1);
  };
  for (const other of also) take((rule) => rule === other);
  take((rule) => acceptable.includes(rule));
  return left;
}

/** What must be reached on the project's corpus. */
export const AIM = { top1: 0.95, harmful: 0, falseAlarms: 0, surplusRoots: 0 } as const;

export interface Score {
  readonly n: number;
  /** Shares of n, 0..1. */
  readonly top1: number;
  readonly top3: number;
  readonly harmful: number;
  readonly falseAlarms: number;
  /** How many roots were named that are none. */
  readonly surplusRoots: number;
  /** Of the look that led to the diagnosis: gathering and judging. Machine time. */
  readonly medianMs: number;
  readonly p95Ms: number;
}

export function scoreOf(all: readonly Judged[]): Score {
  const share = (is: (one: Judged) => boolean) => Math.round((all.filter(is).length / all.length) * 1000) / 1000;
  const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
  const quantile = (q: number) => Math.round(times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0);
  return {
    n: all.length,
    top1: share(({ top1 }) => top1),
    top3: share(({ top3 }) => top3),
    harmful: all.filter(({ harmful }) => harmful).length,
    falseAlarms: all.filter(({ falseAlarm }) => falseAlarm).length,
    surplusRoots: all.reduce((sum, { surplus }) => sum + surplus.length, 0),
    medianMs: quantile(0.5),
    p95Ms: quantile(0.95),
  };
}

export const isReached = ({ top1, harmful, falseAlarms, surplusRoots }: Score): boolean =>
  top1 >= AIM.top1 && harmful <= AIM.harmful && falseAlarms <= AIM.falseAlarms && surplusRoots <= AIM.surplusRoots;
