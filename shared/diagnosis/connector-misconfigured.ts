import type { ChangesObservation } from '../evidence/changes.ts';
import { prefixOf } from '../evidence/cidr.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { NetworkObservation } from '../evidence/network.ts';
import type { ConnectorObservation, UnreadConnector } from '../evidence/vpc-connector.ts';
import type { Service } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import { connectorPage, servicePage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT } from './cut-off.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, type EvidenceLine, rule, standingOfEach } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';
import { whatWasDone } from './who-changed.ts';

/** "Each connector requires its own /28 subnet": Serverless VPC Access, subnet requirements (read 2026-11-23). */
const CONNECTOR_PREFIX = 28;

/**
 * Services send through a connector that does not exist, that Cloud Run may not use, or that cannot work where it was made.
 * Sees connectors by their full names in the services, region, network, subnetwork and its Private Google Access, and what Cloud Run says of a service
 * that it could not deploy. Silent about a connector that works: then how it was made does not matter.
 */
export const connectorMisconfigured = rule({
  layer: 'configuration',
  title: 'VPC connector misconfigured',
  needs: ['vpc-connector', 'cloud-run'],
  considers: ['network', 'logs', 'changes'],
  explains: ['connector-in-error', ...CUT_OFF_BRINGS_ABOUT],
  diagnose: (
    { 'vpc-connector': { connectors, unread = [] }, 'cloud-run': { services }, network, logs, changes },
    context,
  ) => {
    const judged = [
      ...unread.map((connector) => missing(connector, { logs, changes }, context)),
      ...connectors.map((connector) => ill(connector, network, logs, context)),
      ...services.flatMap((service) => refused(service, unread)),
    ];
    return standingOfEach(judged, 'no watched service uses a connector');
  },
});

function missing(
  connector: UnreadConnector,
  { logs, changes }: { readonly logs: LogsObservation | undefined; readonly changes: ChangesObservation | undefined },
  context: Context,
): Conclusion {
  const { name, reason, detail } = connector;
  const { id, project } = parseName(name);
  const users = connector.services.map(({ service }) => service);
  const about = { target: name, services: users };
  if (reason !== 'not-found')
    return {
      kind: 'inconclusive',
      reason: `${id}: ${detail}`,
      settles: 'not-by-itself',
      about,
      nextCheck: `Grant runmedic vpcaccess.connectors.get in ${project}, or see there whether connector ${id} exists and is READY.`,
    };
  if (users.length === 0) return { kind: 'ruled-out', reason: `${id} does not exist, and no watched service uses it` };
  return {
    kind: 'cause',
    target: name,
    claim: `${users.join(', ')} send${users.length === 1 ? 's' : ''} through VPC connector ${id}, which does not exist in ${project}.`,
    confidence: 'certain',
    evidence: [{ text: detail, url: connectorPage(name) }, ...whatWasDone(changes, name), ...sent(connector)],
    expects: [{ text: 'services that send through it fail', seen: seenFailing(users, logs, context) }],
    ...harmOf(users, logs, context),
  };
}

const sent = ({ services }: UnreadConnector): EvidenceLine[] =>
  services.map(({ service, egress }) => ({ text: `${service} sends ${egress} through it.` }));

/** What is wrong with one that was read; only where it does not work is that why. */
function ill(
  connector: ConnectorObservation,
  network: NetworkObservation | undefined,
  logs: LogsObservation | undefined,
  context: Context,
): Conclusion {
  const { id, region } = parseName(connector.name);
  const users = connector.services.map(({ service }) => service);
  const wrong = faultOf(connector, network, context.subject.region);
  if (wrong === undefined) return { kind: 'ruled-out', reason: `${id} exists in ${region}` };
  return {
    kind: 'cause',
    target: connector.name,
    claim: `VPC connector ${id} cannot work: ${wrong}.`,
    confidence: 'certain',
    evidence: [
      { text: `${id}: state ${connector.state}, ${wrong}.`, url: connectorPage(connector.name) },
      { text: `Sends through it: ${users.join(', ') || 'no watched service'}.` },
    ],
    expects: [{ text: 'services that send through it fail', seen: seenFailing(users, logs, context) }],
    ...harmOf(users, logs, context),
  };
}

function faultOf(
  { name, state, ipCidrRange, subnetwork, network: short }: ConnectorObservation,
  network: NetworkObservation | undefined,
  region: string,
): string | undefined {
  const where = parseName(name).region;
  if (where !== region) return `it is in ${where}, and its services in ${region}`;
  if (state === 'ready' || state === 'updating') return undefined;
  if (ipCidrRange !== undefined && prefixOf(ipCidrRange) !== CONNECTOR_PREFIX)
    return `its range ${ipCidrRange} is no /${CONNECTOR_PREFIX}`;
  const view = network?.networks.find((one) => one.name.split('/').at(-1) === short?.split('/').at(-1));
  if (view === undefined) return undefined;
  if (view.peerings === undefined) return `its network ${short} does not exist`;
  if (subnetwork === undefined || view.unread.some(({ part }) => part === 'subnetworks')) return undefined;
  const own = view.subnetworks.find((one) => one.name === subnetwork);
  const said = subnetwork.split('/').at(-1);
  if (own === undefined) return `its subnetwork ${said} does not exist`;
  if (prefixOf(own.ipCidrRange) !== CONNECTOR_PREFIX)
    return `its subnetwork ${said} is ${own.ipCidrRange}, no /${CONNECTOR_PREFIX}`;
  return own.privateGoogleAccess ? undefined : `its subnetwork ${said} has no Private Google Access`;
}

/** What Cloud Run says where a deploy names a connector that is not there, or that its service agent may not use (facts, 2026-11-23). */
const REFUSED = /VPC connector (\S+) does not exist, or Cloud Run does not have permission/;

/** A deploy that was refused leaves what served before: it harms nobody yet. */
function refused({ name, shortName, ready }: Service, unread: readonly UnreadConnector[]): Conclusion[] {
  const connector = REFUSED.exec(ready.message ?? '')?.[1];
  if (ready.state !== 'failed' || connector === undefined) return [];
  const gone = unread.some((one) => one.name === connector && one.reason === 'not-found');
  return [
    {
      kind: 'cause',
      target: name,
      claim: `${shortName} cannot be deployed: connector ${connector.split('/').at(-1)} ${gone ? 'does not exist' : 'may not be used by Cloud Run, or does not exist'}.`,
      confidence: gone ? 'certain' : 'likely',
      evidence: [{ text: `Cloud Run says: "${ready.message}"`, url: servicePage(name, 'revisions') }],
      expects: [],
      services: [shortName],
      harm: 'soon',
    },
  ];
}

function harmOf(users: readonly string[], logs: LogsObservation | undefined, context: Context) {
  const failing = logs === undefined ? users : users.filter((service) => fails(service, logs, context));
  return failing.length > 0 ? { services: failing } : { services: users, harm: 'soon' as const };
}

const seenFailing = (users: readonly string[], logs: LogsObservation | undefined, context: Context) =>
  logs === undefined ? 'unknown' : users.some((service) => fails(service, logs, context)) ? 'yes' : 'no';

const fails = (service: string, { failed }: LogsObservation, context: Context): boolean =>
  failed
    .filter((one) => one.service === service && isRecent(one.lastAt, context))
    .reduce((sum, { count }) => sum + count, 0) >= FAILED_REQUESTS_MIN;
