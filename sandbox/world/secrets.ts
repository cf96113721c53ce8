import type { SecretEstate } from '../scenarios/estate-secrets.ts';
import { auditChange } from './audit.ts';
import { note } from './note.ts';
import type { Json, WorldState } from './state.ts';
import { secretsOf } from './template.ts';

type State = SecretEstate['versions'][number]['state'];

/** The versions of every secret, by its name, oldest first. */
export type SecretsState = Map<string, { readonly version: string; state: State }[]>;

export const buildSecrets = (secrets: readonly SecretEstate[]): SecretsState =>
  new Map(secrets.map(({ name, versions }) => [name, versions.map((one) => ({ ...one }))]));

/** `latest` is the newest one, whatever its state. Source: Secret Manager's documentation of versions, read 2026-11-23. */
export function findVersion(state: WorldState, secret: string, version: string) {
  const versions = state.secrets.get(secret) ?? [];
  return version === 'latest' ? versions.at(-1) : versions.find((one) => one.version === version);
}

/** The first secret of a template that an instance would not get; undefined where it gets them all. */
export function unusableSecret(
  state: WorldState,
  template: Json,
): { readonly name: string; readonly variable: string; readonly index: number; readonly why: string } | undefined {
  const { projectNumber } = state.scenario.estate;
  for (const { secret, version, variable, index } of secretsOf(template)) {
    const found = findVersion(state, secret, version);
    if (found?.state === 'ENABLED') continue;
    const name = `projects/${projectNumber}/secrets/${secret}/versions/${found?.version ?? version}`;
    const why =
      found === undefined
        ? `Secret Version [${name}] not found.`
        : `Secret Version [${name}] is in ${found.state} state.`;
    return { name, variable, index, why };
  }
  return undefined;
}

const METHODS: Record<State, string> = {
  ENABLED: 'EnableSecretVersion',
  DISABLED: 'DisableSecretVersion',
  DESTROYED: 'DestroySecretVersion',
};

/** Someone enables, disables or destroys a version. What runs keeps what it has; what starts asks anew. */
export function changeSecret(
  state: WorldState,
  change: { readonly secret: string; readonly version: string; readonly state: State; readonly by: string },
): void {
  const found = findVersion(state, change.secret, change.version);
  if (!found) return;
  found.state = change.state;
  const { projectNumber } = state.scenario.estate;
  auditChange(state, {
    api: 'secretmanager.googleapis.com',
    method: `google.cloud.secretmanager.v1.SecretManagerService.${METHODS[change.state]}`,
    resource: `projects/${projectNumber}/secrets/${change.secret}/versions/${found.version}`,
    by: change.by,
    about: { type: 'audited_resource', labels: { service: 'secretmanager.googleapis.com' } },
  });
  note(state, 'secret-changed', `${change.secret}/${found.version}`, `${change.state} by ${change.by}`);
}
