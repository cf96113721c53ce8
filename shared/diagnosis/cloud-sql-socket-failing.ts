import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { DatabaseObservation } from '../evidence/database.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { servicePage } from './console-links.ts';
import { GOING_WITHOUT_BRINGS_ABOUT } from './cut-off.ts';
import { LINES_MIN, total } from './database-facts.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/**
 * Connections by Cloud SQL's own socket (/cloudsql/...) come to nothing: they pass no connector, so that none is to blame.
 * Sees the socket's own lines, which instances a service mounts, its way into the VPC, and whether the instance is up and has a public address.
 * Silent when a service goes to a private address by itself.
 */
export const cloudSqlSocketFailing = rule({
  layer: 'infrastructure',
  title: 'Cloud SQL socket failing',
  needs: ['cloud-run', 'logs'],
  considers: ['database'],
  explains: GOING_WITHOUT_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, logs, database }) => {
    const judged = services.map((service) => judge(service, logs, database));
    return standingOfEach(judged, 'no service is watched');
  },
});

const SIGNATURES: readonly string[] = ['cloud-sql-socket-failing', 'cloud-sql-socket-closed'];

function judge(
  service: ServiceObservation,
  { signatures }: LogsObservation,
  database: DatabaseObservation | undefined,
): Conclusion {
  const { shortName, name, template } = service;
  const lines = signatures.filter((line) => line.service === shortName && SIGNATURES.includes(line.signature));
  const count = total(lines);
  if (count < LINES_MIN) return { kind: 'ruled-out', reason: `${shortName}: ${count} connections by socket failed` };
  const mounted = template.cloudSqlInstances ?? [];
  const instance = database?.databases.find(({ sql }) => sql !== undefined && mounted.includes(sql.connectionName));
  const why = reasonOf(service, lines, instance?.sql?.hasPublicAddress);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} does not get through to Cloud SQL by its socket: ${count} connections failed${why.text}.`,
    confidence: why.isKnown ? 'certain' : 'likely',
    evidence: [
      ...lines
        .slice(0, 2)
        .map(({ sample, count: times }) => ({ text: `${times} x "${sample}"`, url: servicePage(name, 'logs') })),
      {
        text: `It mounts ${mounted.join(', ') || 'no socket'}; its way into the VPC: ${template.vpcAccess.kind}. A socket passes no connector.`,
        url: servicePage(name, 'revisions'),
      },
      ...(instance?.sql === undefined
        ? []
        : [{ text: `${instance.name} is ${instance.sql.state}, up: ${instance.up.at(-1)?.value ?? 'unknown'}.` }]),
    ],
    expects: [{ text: 'a mounted socket', seen: mounted.length > 0 ? 'yes' : 'no' }],
    services: [shortName],
  };
}

/** What the lines and the configuration give away. Source: the threads that log-signatures.ts names. */
function reasonOf(
  { template }: ServiceObservation,
  lines: readonly SignatureCount[],
  hasPublicAddress: boolean | undefined,
): { readonly text: string; readonly isKnown: boolean } {
  const says = (pattern: RegExp) => lines.some(({ sample }) => pattern.test(sample));
  if (says(/:3307/) && hasPublicAddress === false && template.vpcAccess.kind === 'none')
    return {
      text: ', since the instance has a private address only and the service no way into the VPC',
      isKnown: true,
    };
  if (says(/429|rateLimitExceeded|Quota exceeded/))
    return { text: ", since each start asks Cloud SQL's Admin API and that is over its quota", isKnown: true };
  if (says(/403|NOT_AUTHORIZED|forbidden/))
    return {
      text: `, since ${template.serviceAccount ?? 'its service account'} may not connect (cloudsql.instances.connect)`,
      isKnown: true,
    };
  return { text: '', isKnown: false };
}
