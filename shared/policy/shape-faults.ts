import type { z } from 'zod';
import { describe } from './describe.ts';
import type { RawFault } from './fault.ts';
import { nearest } from './nearest.ts';
import { KEY_SEPARATOR } from './values.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What the schema objects to in `data`, one fault for each value or key. */
export function shapeFaults(error: z.ZodError, data: unknown): readonly RawFault[] {
  return error.issues.flatMap((issue) => faultsOf(issue, [], data));
}

function faultsOf(issue: Issue, prefix: Path, data: unknown): readonly RawFault[] {
  const path = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, issue.message));
    case 'invalid_key':
      return [
        {
          path: plain(path),
          found: `the name ${describe(String(path.at(-1)))}`,
          allowed: issue.issues.map(({ message }) => message).join('; '),
        },
      ];
    case 'invalid_union': {
      const meant = issue.errors.filter(goesDeeper);
      if (meant.length === 1) return meant.flat().flatMap((inner) => faultsOf(inner, path, data));
      return [wrongValue(path, issue.message, data)];
    }
    default:
      return [wrongValue(path, issue.message, data)];
  }
}

/** Of a union's branches, the one that objects to something inside the value is the one that was meant. */
const goesDeeper = (branch: readonly Issue[]): boolean =>
  branch.some((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');

function unknownKey(path: Path, key: string, knownKeys: string): RawFault {
  const meant = nearest(key, knownKeys.split(KEY_SEPARATOR));
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return { path: plain([...path, key]), found: 'a key that does not exist here', allowed: `${knownKeys}${hint}` };
}

function wrongValue(path: Path, allowed: string, data: unknown): RawFault {
  const value = path.reduce<unknown>(valueAt, data);
  // Someone who wrote the secret itself must not read it again in a log.
  const found =
    path.at(-1) === 'secret' && typeof value === 'string' ? `a text of ${value.length} characters` : describe(value);
  return { path: plain(path), found, allowed };
}

// Sound: Object() makes a mapping of anything, an empty one of null, and a mapping may be asked for any property.
const valueAt = (value: unknown, part: PropertyKey): unknown => (Object(value) as Record<PropertyKey, unknown>)[part];

/** YAML gives no symbols; zod's type allows them. */
const plain = (path: Path): RawFault['path'] => path.map((part) => (typeof part === 'number' ? part : String(part)));
