import type { Volume } from '../../ports/cloud.ts';
import { fields, list, text } from './values.ts';

/** google.cloud.run.v2.Volume's oneof, by the field that is set. Source: k8s.min.proto of @google-cloud/run 4.2.0. */
const KINDS: readonly (readonly [string, Volume['kind']])[] = [
  ['secret', 'secret'],
  ['cloudSqlInstance', 'cloud-sql'],
  ['nfs', 'nfs'],
  ['gcs', 'bucket'],
  // "Currently in memory (this may change over time)", EmptyDirVolumeSource.
  ['emptyDir', 'in-memory'],
];

export const toVolumes = (api: unknown): readonly Volume[] =>
  list(api)
    .map(fields)
    .map((volume) => ({
      name: text(volume['name']) ?? '',
      kind: kindOf(volume),
      cloudSqlInstances: list(fields(volume['cloudSqlInstance'])['instances']).flatMap((one) => text(one) ?? []),
    }));

const kindOf = (volume: Readonly<Record<string, unknown>>): Volume['kind'] =>
  KINDS.find(([field]) => volume[field] !== undefined && volume[field] !== null)?.[1] ?? 'other';

/** A secret's version that a volume shows as a file. */
export interface SecretFile {
  readonly volume: string;
  readonly secret: string;
  readonly version: string;
}

/** "If no items are defined, the name of the file is the secret", and its version the latest. */
export const secretFiles = (api: unknown): readonly SecretFile[] =>
  list(api)
    .map(fields)
    .flatMap((volume): SecretFile[] => {
      const source = fields(volume['secret']);
      const secret = text(source['secret']);
      if (secret === undefined) return [];
      const versions = list(source['items']).map((item) => text(fields(item)['version']) ?? 'latest');
      return (versions.length === 0 ? ['latest'] : versions).map((version) => ({
        volume: text(volume['name']) ?? '',
        secret,
        version,
      }));
    });
