import { z } from 'zod';

// What Secret Manager holds: that a version is there and may be used, never a value.

export const secretState = z.enum(['ENABLED', 'DISABLED', 'DESTROYED']);

export const secret = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,255}$/, 'letters, digits, hyphens and underscores'),
  versions: z
    .array(z.strictObject({ version: z.string().regex(/^\d+$/), state: secretState.default('ENABLED') }))
    .min(1)
    .describe('Oldest first; `latest` is the last one.'),
});
export type SecretEstate = z.infer<typeof secret>;
