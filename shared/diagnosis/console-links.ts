import { parseName } from '../ports/resource-name.ts';

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

export const certificatesPage = (project: string): string =>
  `${CONSOLE}/security/ccm/list/lbCertificates?project=${project}`;

export const backendPage = (project: string, name: string): string =>
  `${CONSOLE}/net-services/loadbalancing/backends/details/backendService/${name}?project=${project}`;

export const armorPage = (project: string, policy: string): string =>
  `${CONSOLE}/net-security/securitypolicies/details/${policy}?project=${project}`;

export const healthChecksPage = (project: string): string => `${CONSOLE}/compute/healthChecks?project=${project}`;
