import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformFailure } from '../../ports/platform-failure.ts';

/**
 * Secrets as Cloud Run mounts them: a file each, named for the secret. `projects/P/secrets/S/versions/V` is looked for as S.
 * @throws PlatformFailure naming the secret, never its value.
 */
export function secretFiles(folder: string): (name: string) => Promise<string> {
  return async (name) => {
    const short = /(?:^|secrets\/)([\w-]+)(?:\/versions\/[\w-]+)?$/.exec(name)?.[1];
    if (short === undefined) throw new PlatformFailure('invalid-argument', `${name} is no name of a secret`);
    try {
      return (await readFile(join(folder, short), 'utf8')).trimEnd();
    } catch (cause) {
      throw new PlatformFailure('not-found', `the secret ${name} is not mounted`, { cause });
    }
  };
}
