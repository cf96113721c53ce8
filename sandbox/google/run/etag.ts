import { aborted } from '../api-error.ts';

/** In quotes, the version and the resource's name, as in real replies. */
export const etagOf = (name: string, version: string): string =>
  `"${Buffer.from(version).toString('base64url')}/${Buffer.from(name).toString('base64url')}"`;

/** @throws ApiError ABORTED when the version that the caller has read is not the present one. */
export function checkEtag(given: unknown, present: { name: string; version: string }): void {
  if (given === undefined || given === null || given === '') return;
  if (given === etagOf(present.name, present.version)) return;
  const specified = Buffer.from(String(given).replaceAll('"', '').split('/')[0] ?? '', 'base64url').toString();
  const short = present.name.split('/').at(-1);
  throw aborted(
    `Conflict for resource '${short}': version '${specified}' was specified but current version is '${present.version}'.`,
  );
}
