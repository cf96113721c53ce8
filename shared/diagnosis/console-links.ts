import { lastOf as idOf, parseName, projectOf } from '../ports/resource-name.ts';

/** Console pages where a person sees what a finding speaks of. URL forms as the console gives them (read 2026-11-23). */
const CONSOLE = 'https://console.cloud.google.com';

export function servicePage(name: string, tab: 'metrics' | 'logs' | 'revisions'): string {
  const { project, region, id } = parseName(name);
  return `${CONSOLE}/run/detail/${region}/${id}/${tab}?project=${project}`;
}

export function connectorPage(name: string): string {
  const { project, region, id } = parseName(name);
  return `${CONSOLE}/networking/connectors/details/${region}/${id}?project=${project}`;
}

/** A Cloud SQL or Memorystore instance's page; undefined for what has none. */
export function databasePage(target: string): string | undefined {
  const sql = /^projects\/([^/]+)\/instances\/([^/]+)$/.exec(target);
  if (sql !== null) return `${CONSOLE}/sql/instances/${sql[2]}/overview?project=${sql[1]}`;
  const redis = /^projects\/([^/]+)\/locations\/([^/]+)\/instances\/([^/]+)$/.exec(target);
  if (redis === null) return undefined;
  return `${CONSOLE}/memorystore/redis/locations/${redis[2]}/instances/${redis[3]}/details/overview?project=${redis[1]}`;
}

export const certificatesPage = (project: string): string =>
  `${CONSOLE}/security/ccm/list/lbCertificates?project=${project}`;

export const backendPage = (project: string, name: string): string =>
  `${CONSOLE}/net-services/loadbalancing/backends/details/backendService/${name}?project=${project}`;

export const armorPage = (project: string, policy: string): string =>
  `${CONSOLE}/net-security/securitypolicies/details/${policy}?project=${project}`;

export const healthChecksPage = (project: string): string => `${CONSOLE}/compute/healthChecks?project=${project}`;

/** `projects/P/global/networks/N`. */
export const networkPage = (name: string): string =>
  `${CONSOLE}/networking/networks/details/${idOf(name)}?project=${projectOf(name)}`;

/** `projects/P/regions/R/subnetworks/S`. */
export const subnetworkPage = (name: string): string =>
  `${CONSOLE}/networking/subnetworks/details/${name.split('/')[3]}/${idOf(name)}?project=${projectOf(name)}`;

export const firewallPage = (project: string, rule: string): string =>
  `${CONSOLE}/networking/firewalls/details/${rule}?project=${project}`;

export const peeringPage = (project: string): string => `${CONSOLE}/networking/peering/list?project=${project}`;

/** The list of gateways: a gateway's own page is named by a number that no API gives. */
export const natPage = (project: string): string => `${CONSOLE}/net-services/nat/list?project=${project}`;

export const zonePage = (project: string, zone: string): string =>
  `${CONSOLE}/net-services/dns/zones/${zone}/details?project=${project}`;

/** @param api `sqladmin.googleapis.com`. */
export const quotaPage = (project: string, api: string): string =>
  `${CONSOLE}/iam-admin/quotas?project=${project}&service=${api}`;

export const billingPage = (project: string): string => `${CONSOLE}/billing/linkedaccount?project=${project}`;

/** Personalized Service Health. */
export const healthPage = (project: string): string => `${CONSOLE}/servicehealth/incidents?project=${project}`;

/** One incident there, `projects/P/locations/global/events/E`; the form is that of Google's own alert templates (read 2026-12-01). */
export const healthIncidentPage = (name: string): string =>
  `${CONSOLE}/servicehealth/incidentDetails/${encodeURIComponent(name)}?project=${projectOf(name)}`;

/** What Google tells everybody. */
export const STATUS_PAGE = 'https://status.cloud.google.com/';
