import type { z } from 'zod';

/** Whether a cause is one of a product's own. */
export function isOneOf<Kind extends z.ZodType & { readonly shape: { readonly type: z.ZodLiteral<string> } }>(
  kinds: readonly Kind[],
): (cause: { readonly type: string }) => cause is z.infer<Kind> & { readonly type: string } {
  const types: ReadonlySet<string> = new Set(kinds.map(({ shape }) => shape.type.value));
  return (cause): cause is z.infer<Kind> & { readonly type: string } => types.has(cause.type);
}
