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

/** A Cloud SQL or Memorystore instance's page; undefined for what has none. */
export function databasePage(target: string): string | undefined {
  const sql = /^projects\/([^/]+)\/instances\/([^/]+)$/.exec(target);
  if (sql !== null) return `${CONSOLE}/sql/instances/${sql[2]}/overview?project=${sql[1]}`;
  const redis = /^projects\/([^/]+)\/locations\/([^/]+)\/instances\/([^/]+)$/.exec(target);
  if (redis === null) return undefined;
  return `${CONSOLE}/memorystore/redis/locations/${redis[2]}/instances/${redis[3]}/details/overview?project=${redis[1]}`;
}
