import type { CloudReader, Template } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import type { SecretVersion } from '../ports/secrets.ts';
import { inBatches } from './in-batches.ts';
import { redact } from './redact.ts';

/** A secret's version that a revision refers to, and whether it may be used. */
export interface SecretState {
  /** `projects/P/secrets/S/versions/V`, as the revision refers to it. */
  readonly name: string;
  readonly state: SecretVersion['state'] | 'missing';
  /** Why it is not known, where it is not. */
  readonly detail: string | undefined;
}

/** Versions that are looked at in one look: each takes a call. */
const VERSIONS_MAX = 40;

/** The state of every secret that these templates refer to. One that cannot be looked at is `unknown`, and the others are seen all the same. */
export async function secretStates(
  templates: readonly Template[],
  project: string,
  cloud: CloudReader,
  abort: AbortSignal,
): Promise<ReadonlyMap<string, SecretState>> {
  const names = [...new Set(templates.flatMap((template) => secretNames(template, project)))].slice(0, VERSIONS_MAX);
  const states = await inBatches(names, async (name): Promise<SecretState> => {
    try {
      return { name, state: (await cloud.secretVersion(name, abort)).state, detail: undefined };
    } catch (error) {
      if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
      return error.code === 'not-found'
        ? { name, state: 'missing', detail: undefined }
        : { name, state: 'unknown', detail: redact(error.message) };
    }
  });
  return new Map(states.map((state) => [state.name, state]));
}

/** Full names; a secret without a project is one of the service's own. */
export const secretNames = ({ containers }: Template, project: string): readonly string[] =>
  containers
    .flatMap(({ secrets }) => secrets)
    .map(
      ({ secret, version }) =>
        `${secret.includes('/') ? secret : `projects/${project}/secrets/${secret}`}/versions/${version}`,
    );
