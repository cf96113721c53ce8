export interface ResourceName {
  readonly project: string;
  readonly region: string;
  /** The last part: a service's or a connector's short name. */
  readonly id: string;
}

/** The project of any full name: `projects/P/...`. */
export const projectOf = (name: string): string => name.replace(/^projects\/([^/]+).*$/, '$1');

/** The last part of any full name, or link. */
export const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** @throws Error for anything that is not `projects/P/locations/L/COLLECTION/ID`. */
export function parseName(name: string): ResourceName {
  const [, project, , region, , id] = name.split('/');
  if (project === undefined || region === undefined || id === undefined)
    throw new Error(`not a resource name: ${name}`);
  return { project, region, id };
}

/** The parts of a Cloud NAT gateway's name, `projects/P/regions/R/routers/ROUTER/nats/NAT`. @throws Error for any other. */
export function parseNatName(name: string): {
  readonly project: string;
  readonly region: string;
  readonly router: string;
  readonly gateway: string;
} {
  const [, project, region, router, gateway] =
    /^projects\/([^/]+)\/regions\/([^/]+)\/routers\/([^/]+)\/nats\/([^/]+)$/.exec(name) ?? [];
  if (project === undefined || region === undefined || router === undefined || gateway === undefined)
    throw new Error(`not the name of a NAT gateway: ${name}`);
  return { project, region, router, gateway };
}
