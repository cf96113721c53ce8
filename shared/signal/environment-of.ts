import type { Check, Environment, Policy } from '../policy/policy.ts';
import type { Alert } from './alert.ts';
import type { Clues } from './clues.ts';

type Named =
  | { readonly kind: 'named'; readonly environment: Environment; readonly note: string | undefined }
  | { readonly kind: 'unwatched'; readonly reason: string };

/** The environment that an alert is about: by the host of an uptime check, else by project and region. */
export function environmentOf(alert: Alert, clues: Clues, policy: Policy): Named {
  const projects = projectsOf(alert, clues);
  const host = alert.resource.type === 'uptime_url' ? alert.resource.labels['host'] : undefined;
  const byHost = host === undefined ? undefined : environmentWithHost(host, projects, policy);
  if (byHost !== undefined) return { kind: 'named', environment: byHost, note: undefined };
  if (projects.length === 0)
    return unwatched(host === undefined ? noProject(alert, clues, policy) : unknownHost(host, policy));
  const inProject = policy.environments.filter(({ project }) => projects.includes(project));
  if (inProject.length === 0)
    return unwatched(`project ${projects.join(', ')} is not watched; watched: ${places(policy.environments)}`);
  return inRegion(inProject, alert, clues);
}

const unwatched = (reason: string): Named => ({ kind: 'unwatched', reason });

/** Never the scoping project: a policy may live in a project that only monitors others. */
function projectsOf({ resource }: Alert, { projects }: Clues): readonly string[] {
  const own = resource.labels['project_id'];
  return own === undefined ? projects : [own];
}

function inRegion(inProject: readonly Environment[], { resource }: Alert, clues: Clues): Named {
  const location = resource.labels['location'];
  const locations = location === undefined ? clues.locations : [location];
  const candidates = locations.length === 0 ? inProject : inProject.filter(({ region }) => locations.includes(region));
  const [environment, ...others] = candidates;
  if (environment === undefined)
    return unwatched(`${locations.join(', ')} is not watched; watched: ${places(inProject)}`);
  if (others.length === 0) return { kind: 'named', environment, note: undefined };
  const note = `it does not say which of ${candidates.map(({ name }) => name).join(', ')}; the first is taken`;
  return { kind: 'named', environment, note };
}

function environmentWithHost(
  host: string,
  projects: readonly string[],
  { environments }: Policy,
): Environment | undefined {
  const checked = environments.filter((environment) => hostsOf(environment).includes(host.toLowerCase()));
  return checked.find(({ project }) => projects.includes(project)) ?? checked[0];
}

const hostsOf = ({ checks }: Environment): readonly string[] => [
  ...new Set(checks.flatMap(urlsOf).map((url) => hostOf(url))),
];

const urlsOf = (check: Check): readonly string[] =>
  check.kind === 'journey' ? check.steps.map(({ url }) => url) : [check.url];

/** By the text, because a journey's URL may hold placeholders that `new URL` would refuse. */
const hostOf = (url: string): string =>
  url
    .replace(/^\w+:\/\//, '')
    .replace(/[:/?#].*$/s, '')
    .toLowerCase();

const unknownHost = (host: string, { environments }: Policy): string =>
  `no check looks at host ${host}; checked: ${[...new Set(environments.flatMap(hostsOf))].join(', ') || 'none'}`;

function noProject({ resource }: Alert, { scopingProject }: Clues, { environments }: Policy): string {
  const policyLivesIn =
    scopingProject === undefined ? '' : ` (${scopingProject}, where its policy lives, need not be what it is about)`;
  return `resource ${resource.type} names no project in its labels, nor does the condition${policyLivesIn}; watched: ${places(environments)}`;
}

const places = (environments: readonly Environment[]): string =>
  environments.map(({ name, project, region }) => `${name} (${project} in ${region})`).join(', ');
