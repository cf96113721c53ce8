import { secondsBetween } from '../ports/clock.ts';
import type { Series } from '../ports/cloud.ts';
import type { Context } from './rule.ts';

/**
 * What is "now" for symptoms: request logs arrive within seconds, and a minute may hold few requests at night. Run's metrics arrive up to 120 s late in
 * points of 60 s (Google's metric list, read 2026-11-23), so that five minutes hold two of them at least; the five are our own choice.
 */
export const RECENT_SECONDS = 300;
/** A point says what happened in the minute before it (Google's metric list: request_count is sampled every 60 s; read 2026-11-23). */
export const POINT_SECONDS = 60;

export const isRecent = (at: Context['until'], { until }: Context): boolean =>
  secondsBetween(at, until) <= RECENT_SECONDS;

/** What a metric says of now: the points of the last minutes whose own minute began within the look. */
export const recentValues = (points: Series['points'], context: Context): readonly number[] =>
  points
    .filter(({ at }) => isRecent(at, context) && secondsBetween(context.since, at) >= POINT_SECONDS)
    .map(({ value }) => value);

/** The middle one, the upper of two; undefined for none. */
export const middleOf = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
