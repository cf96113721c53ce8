import { invalidArgument } from './api-error.ts';

/** One page of a list, and the token of the next one. @throws ApiError for a token that this did not make. */
export function page<T>(
  items: readonly T[],
  asked: { pageSize: unknown; pageToken: unknown },
  sizes: { usual: number; max: number },
) {
  const size = Math.min(sizes.max, Number(asked.pageSize) || sizes.usual);
  const from = decodeToken(asked.pageToken);
  const next = from + size;
  return {
    items: items.slice(from, next),
    ...(next < items.length && { nextPageToken: Buffer.from(`from:${next}`).toString('base64url') }),
  };
}

function decodeToken(token: unknown): number {
  if (token === undefined || token === '') return 0;
  const match = /^from:(\d+)$/.exec(Buffer.from(String(token), 'base64url').toString());
  if (!match) throw invalidArgument('The page token is not valid.');
  return Number(match[1]);
}
