import type { Database, DatabaseKind } from '../policy/policy.ts';
import type { Service } from '../ports/cloud.ts';

/** A service that keeps data in a database, and how that is known. */
export interface ObservedUser {
  readonly service: string;
  readonly by: 'configuration' | 'cloud-sql-socket' | 'environment-names';
  /** What one instance may open at most, where the configuration says it. */
  readonly connectionsPerInstance: number | undefined;
  /** How it gets there: by Cloud SQL's own socket, through a connector (its full name), by Direct VPC egress, or by neither. */
  readonly through: string;
}

/** What names of environment variables say, never their values: DATABASE_URL, POSTGRES_HOST, DB_NAME; REDIS_URL, CACHE_HOST. */
const SPEAKS_OF: Readonly<Record<DatabaseKind, RegExp>> = {
  postgresql: /POSTGRES|DATABASE|(^|_)PG[A-Z]*($|_)|(^|_)(DB|SQL)($|_)/,
  mysql: /MYSQL|DATABASE|(^|_)(DB|SQL)($|_)/,
  redis: /REDIS|(^|_)CACHE/,
};

interface Used {
  readonly kind: DatabaseKind;
  readonly configured: Database | undefined;
  readonly connectionName: string | undefined;
  /** Whether it is the only one of its kind: else names of variables say nothing of which. */
  readonly only: 'of-its-kind' | 'one-of-several';
}

/** Who uses a database: as the configuration says; else who mounts its socket; else whose variables speak of its kind, where there is but one. */
export function usersOf(
  { kind, configured, connectionName, only }: Used,
  services: readonly Service[],
): ObservedUser[] {
  const throughOf = (name: string): string => {
    const service = services.find(({ shortName }) => shortName === name);
    return service === undefined ? 'unknown' : wayOf(service, connectionName);
  };
  if (configured?.services !== undefined)
    return configured.services.map(({ service, connectionsPerInstance }) => ({
      service,
      by: 'configuration',
      connectionsPerInstance,
      through: throughOf(service),
    }));
  return services.flatMap((service): ObservedUser[] => {
    const by = mounts(service, connectionName)
      ? 'cloud-sql-socket'
      : only === 'of-its-kind' && speaksOf(service, kind)
        ? 'environment-names'
        : undefined;
    const { shortName } = service;
    return by === undefined
      ? []
      : [{ service: shortName, by, connectionsPerInstance: undefined, through: wayOf(service, connectionName) }];
  });
}

export const mounts = ({ template }: Service, connectionName: string | undefined): boolean =>
  connectionName !== undefined && (template.cloudSqlInstances ?? []).includes(connectionName);

const speaksOf = ({ template }: Service, kind: DatabaseKind): boolean =>
  template.containers.some(({ envNames }) => envNames.some((name) => SPEAKS_OF[kind].test(name)));

function wayOf(service: Service, connectionName: string | undefined): string {
  if (mounts(service, connectionName)) return 'cloud-sql-socket';
  const { vpcAccess } = service.template;
  if (vpcAccess.kind === 'connector') return vpcAccess.connector;
  return vpcAccess.kind === 'direct' ? 'direct-vpc' : 'none';
}
