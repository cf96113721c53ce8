import { shapeOf } from './line-shape.ts';

/** Words that people put into paths are shorter. Our own choice. */
const WORD_CHARS_MAX = 24;
/** `orders`, `user-settings`, `index.html`, `v1`, `oauth2`. */
const WORD = /^\.?[a-z]+\d{0,2}(?:[._~-][a-z]+\d{0,2})*$/i;
/** What follows one of these opens something by itself. */
const BEFORE_A_SECRET =
  /^(?:reset|resets|password-reset|reset-password|verify|verification|confirm|confirmation|invite|invites|invitation|invitations|activate|activation|magic|magic-link|token|tokens|unsubscribe|share|shared|s|t|key|keys|secret|secrets)$/i;

/**
 * A path without what is not a word of it: ids, tokens, addresses. Requests of one shape ask for the same thing, and a link that lets its bearer in is
 * kept nowhere.
 */
export function shapeOfPath(path: string): string {
  const segments = path.split('/');
  return shapeOf(segments.map((segment, index) => masked(segment, segments[index - 1] ?? '')).join('/'));
}

function masked(segment: string, before: string): string {
  const isWord = segment.length <= WORD_CHARS_MAX && WORD.test(segment);
  return segment === '' || (isWord && !BEFORE_A_SECRET.test(before)) ? segment : '#';
}
