import { z } from 'zod';
import type { Instant } from '../../ports/clock.ts';

/** A key that is always there and may hold undefined; JSON leaves such keys out. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.optional().transform((value) => value);

/** Sound: the pattern is the form that Instant names. */
export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'not a moment in UTC with milliseconds')
  .transform((text) => text as Instant);

export const countSchema = z.int().min(0);
export const callCountSchema = z.looseObject({ total: countSchema, logReads: countSchema });
export const directionSchema = z.enum(['apply', 'undo']);

/**
 * Does nothing; the compiler refuses it unless `Parsed` has every member of `Wanted`. A schema that forgets one would still fit its type,
 * and what is saved today could not be read tomorrow.
 */
export const everyMember = <Wanted, Parsed>(
  ..._missing: Exclude<Wanted, Parsed> extends never ? [] : [Exclude<Wanted, Parsed>]
): void => {};
