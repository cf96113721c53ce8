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

/** @param api `sqladmin.googleapis.com`. */
export const quotaPage = (project: string, api: string): string =>
  `${CONSOLE}/iam-admin/quotas?project=${project}&service=${api}`;

export const billingPage = (project: string): string => `${CONSOLE}/billing/linkedaccount?project=${project}`;

/** Personalized Service Health. */
export const healthPage = (project: string): string => `${CONSOLE}/servicehealth/incidents?project=${project}`;

/** What Google tells everybody. */
export const STATUS_PAGE = 'https://status.cloud.google.com/';
