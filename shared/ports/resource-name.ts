export interface ResourceName {
  readonly project: string;
  readonly region: string;
  /** The last part: a service's or a connector's short name. */
  readonly id: string;
}

/** @throws Error for anything that is not `projects/P/locations/L/COLLECTION/ID`. */
export function parseName(name: string): ResourceName {
  const [, project, , region, , id] = name.split('/');
  if (project === undefined || region === undefined || id === undefined)
    throw new Error(`not a resource name: ${name}`);
  return { project, region, id };
}
