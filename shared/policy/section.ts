import { z } from 'zod';

/** Joins the keys of a section in the message of an unknown key; `faults.ts` takes them apart again to say which was meant. */
export const KEY_SEPARATOR = ', ';

/** A mapping with exactly these keys: any other is a fault whose message lists the keys there are. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(KEY_SEPARATOR);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `a mapping of ${keys}`),
  });
}
