import type { Template, VpcAccess } from '../../ports/cloud.ts';
import { toContainers } from './map-container.ts';
import { durationSeconds, enumName, fields, list, positive, text } from './values.ts';

/** The annotation that a restart by runmedic leaves: Cloud Run rejects Google's own namespaces, not others (facts, 2026-11-23). */
export const RESTARTED_AT = 'runmedic.dev/restarted-at';

/** Source: "When unspecified, the field is set to the server default value of 100", RevisionScaling in vendor_settings.proto. */
const INSTANCES_MAX_DEFAULT = 100;
/** Source: cloud.google.com/run/docs/configuring/request-timeout (facts, 2026-11-23). */
const TIMEOUT_SECONDS_DEFAULT = 300;
/** Where CPU is at least 1, else 1: facts, 2026-11-23. */
const CONCURRENCY_DEFAULT = 80;

/** A RevisionTemplate, or a Revision, which has the same fields. */
export function toTemplate(api: unknown): Template {
  const template = fields(api);
  const scaling = fields(template['scaling']);
  const containers = toContainers(template['containers']);
  const sockets = cloudSqlSockets(template['volumes']);
  return {
    containers,
    vpcAccess: toVpcAccess(template['vpcAccess']),
    ...(sockets.length === 0 ? {} : { cloudSqlInstances: sockets }),
    serviceAccount: text(template['serviceAccount']),
    timeoutSeconds: durationSeconds(template['timeout']) ?? TIMEOUT_SECONDS_DEFAULT,
    concurrency:
      positive(template['maxInstanceRequestConcurrency']) ?? ((containers[0]?.cpu ?? 1) < 1 ? 1 : CONCURRENCY_DEFAULT),
    instancesMin: positive(scaling['minInstanceCount']) ?? 0,
    instancesMax: positive(scaling['maxInstanceCount']) ?? INSTANCES_MAX_DEFAULT,
    restartedAt: text(fields(template['annotations'])[RESTARTED_AT]),
  };
}

/** A Cloud SQL volume names the instances whose sockets it holds. */
const cloudSqlSockets = (volumes: unknown): readonly string[] =>
  list(volumes).flatMap((volume) =>
    list(fields(fields(volume)['cloudSqlInstance'])['instances']).flatMap((instance) => text(instance) ?? []),
  );

const EGRESS = ['VPC_EGRESS_UNSPECIFIED', 'ALL_TRAFFIC', 'PRIVATE_RANGES_ONLY'];

/** "If not provided, it defaults to PRIVATE_RANGES_ONLY", VpcAccess in vendor_settings.proto. */
function toVpcAccess(api: unknown): VpcAccess {
  const access = fields(api);
  const egress = enumName(access['egress'], EGRESS) === 'ALL_TRAFFIC' ? 'all-traffic' : 'private-ranges-only';
  const connector = text(access['connector']);
  if (connector !== undefined) return { kind: 'connector', connector, egress };
  const [first] = list(access['networkInterfaces']);
  if (first === undefined) return { kind: 'none' };
  const direct = fields(first);
  // Either may be left out, and then has the other's name.
  const network = text(direct['network']) ?? text(direct['subnetwork']) ?? '';
  return { kind: 'direct', network, subnetwork: text(direct['subnetwork']) ?? network, egress };
}
