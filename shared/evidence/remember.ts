import type { CloudReader } from '../ports/cloud.ts';

/**
 * A reader that asks for the same thing once: inspectors run side by side and several want the services.
 * Serves one investigation and is then thrown away. The first caller's abort ends the call for all who wait on it.
 */
export function remember(cloud: CloudReader): CloudReader {
  const services = new Map<string, ReturnType<CloudReader['services']>>();
  const connectors = new Map<string, ReturnType<CloudReader['connector']>>();
  return {
    service: (name, abort) => cloud.service(name, abort),
    revisions: (service, abort) => cloud.revisions(service, abort),
    series: (query, abort) => cloud.series(query, abort),
    logs: (query, abort) => cloud.logs(query, abort),
    services: (location, abort) =>
      once(services, `${location.project}/${location.region}`, () => cloud.services(location, abort)),
    connector: (name, abort) => once(connectors, name, () => cloud.connector(name, abort)),
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask();
  known.set(key, asked);
  return asked;
}
