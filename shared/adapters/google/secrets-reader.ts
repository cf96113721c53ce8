import type { SecretsReader, SecretVersion } from '../../ports/secrets.ts';
import type { ReadContext } from './read-context.ts';
import { fields, text } from './values.ts';

/** google.cloud.secretmanager.v1.SecretVersion.State. Source: projects.secrets.versions in Secret Manager's REST reference, read 2026-11-23. */
const STATE: Readonly<Record<string, SecretVersion['state']>> = {
  ENABLED: 'enabled',
  DISABLED: 'disabled',
  DESTROYED: 'destroyed',
};

/** Secret Manager v1 by REST: that a version is there, which takes secretmanager.versions.get; what it holds would take another permission. */
export const secretsReader = ({ rest, read }: ReadContext): SecretsReader => ({
  secretVersion: (name, abort) =>
    read('secretmanager.versions.get', name, abort, async () => {
      const version = fields(await rest({ api: 'secretmanager', method: 'GET', path: `v1/${name}` }));
      return { name: text(version['name']) ?? name, state: STATE[text(version['state']) ?? ''] ?? 'unknown' };
    }),
});
