import type { WorldSnapshot } from '../world/world.ts';

/** What users feel, told from outside: are all services serving? */
export type Impact =
  | { readonly kind: 'healthy' }
  /** At least one service does not serve as it should. */
  | { readonly kind: 'failing'; readonly sinceMs: number; readonly worstErrorRatio: number }
  /** All serve again, and have for a while. */
  | {
      readonly kind: 'recovered';
      readonly sinceMs: number;
      readonly failedForMs: number;
      readonly worstErrorRatio: number;
    };

/** A failure is over when all services served for this long; a shorter pause is part of it. */
const CALM_MS = 30_000;

/** Between two failures: when the services began to serve again. */
export interface ImpactTrack {
  readonly impact: Impact;
  readonly servingSinceMs: number | undefined;
}

export const noImpact: ImpactTrack = { impact: { kind: 'healthy' }, servingSinceMs: undefined };

/** The impact after one more look at the world. */
export function trackImpact(before: ImpactTrack, snapshot: WorldSnapshot): ImpactTrack {
  const nowMs = Date.parse(snapshot.now);
  const allServe = snapshot.services.every(({ state }) => state === 'serving');
  const { impact } = before;
  if (!allServe) {
    const worst = Math.max(...snapshot.services.map(({ errorRatio }) => errorRatio));
    const began = impact.kind === 'failing' ? impact : { sinceMs: nowMs, worstErrorRatio: 0 };
    const worstErrorRatio = Math.max(began.worstErrorRatio, worst);
    return { impact: { kind: 'failing', sinceMs: began.sinceMs, worstErrorRatio }, servingSinceMs: undefined };
  }
  const servingSinceMs = before.servingSinceMs ?? nowMs;
  if (impact.kind !== 'failing' || nowMs - servingSinceMs < CALM_MS) return { impact, servingSinceMs };
  const failedForMs = servingSinceMs - impact.sinceMs;
  return {
    impact: { kind: 'recovered', sinceMs: servingSinceMs, failedForMs, worstErrorRatio: impact.worstErrorRatio },
    servingSinceMs,
  };
}
