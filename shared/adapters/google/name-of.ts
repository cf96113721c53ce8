import { PlatformFailure } from '../../ports/platform-failure.ts';
import { type Fields, text } from './values.ts';

/** @throws PlatformFailure: what has no name is not what was asked for, and must not pass as an empty resource. */
export function nameOf(api: Fields, what: string): string {
  const name = text(api['name']);
  if (name === undefined) throw new PlatformFailure('unknown', `Google's answer is not ${what}: it has no name`);
  return name;
}
