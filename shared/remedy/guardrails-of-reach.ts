import type { Service } from '../ports/cloud.ts';
import { lastOf } from '../ports/resource-name.ts';
import type { Guardrail } from './guardrails.ts';

/** A watched service, as far as guardrails are concerned. */
export type Watched = Pick<Service, 'name' | 'labels' | 'template'>;

/** Where a resource lies: its name without the last part. */
const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));
const isService = (name: string): boolean => folderOf(name).endsWith('/services');
const isConnector = (name: string): boolean => folderOf(name).endsWith('/connectors');

/**
 * Only what the configuration names, or what the place that it names has. A connector that is made anew stands beside one that is named; parts of a
 * network or load balancer are named by their project.
 */
export const notNamed: Guardrail = ({ action, target }, { environment: { name, project, region, ...named } }) => {
  const at = `environments.${name}`;
  const { services, connectors } = named;
  if (isConnector(target) && connectors !== undefined) {
    const isBeside = action === 'recreate-connector' && connectors.some((one) => folderOf(one) === folderOf(target));
    return connectors.includes(target) || isBeside ? undefined : amiss(target, `${at}.connectors`, connectors);
  }
  if (isService(target) && services !== undefined && !services.includes(lastOf(target)))
    return amiss(target, `${at}.services`, services);
  const place = isService(target) || isConnector(target) ? `${project}/locations/${region}` : project;
  return target.startsWith(`projects/${place}/`)
    ? undefined
    : `${target} is not in ${place}, which is what ${at} names, and nothing else is changed`;
};

const amiss = (target: string, setting: string, names: readonly string[]): string =>
  `${target} is not named by ${setting} (${names.map(lastOf).join(', ') || 'none'}), and nothing else is changed`;

/**
 * What the configuration does not name has to carry a label, where it asks for one. Connectors and the parts of networks and load balancers have none:
 * they go by the services that use them.
 */
export const notOptedIn: Guardrail = ({ action, target }, { environment, watched = [] }) => {
  const { services, connectors, guardrails } = environment;
  const { optInLabel } = guardrails;
  if (optInLabel === undefined || services !== undefined) return undefined;
  // Each service that is moved to a new connector is asked by its own step.
  if (isConnector(target) && (connectors !== undefined || action === 'recreate-connector')) return undefined;
  const users = watched.filter((service) => uses(service, target));
  const without = users.filter(({ labels }) => labels?.[optInLabel.key] !== optInLabel.value);
  if (users.length > 0 && without.length === 0) return undefined;
  const names = without.map((service) => lastOf(service.name)).join(', ');
  const label = `${optInLabel.key}=${optInLabel.value}`;
  const why = users.length === 0 ? 'no watched service is known to use it' : `the label ${label} is not on ${names}`;
  return `${target} has not opted in: ${why} (environments.${environment.name}.guardrails.optInLabel)`;
};

function uses({ name, template: { vpcAccess } }: Watched, target: string): boolean {
  if (isService(target)) return name === target;
  return !isConnector(target) || (vpcAccess.kind === 'connector' && vpcAccess.connector === target);
}

/** How many services a plan changes itself. What a connector or a NAT gateway is given more of replaces nothing of those who use it. */
export const tooWide: Guardrail = (step, { environment: { name, guardrails }, watched = [], steps = [step] }) => {
  const { percentMax, servicesAlways } = guardrails.blastRadius;
  const touched = new Set(steps.map(({ target }) => target).filter(isService)).size;
  return touched <= servicesAlways || touched * 100 <= percentMax * watched.length
    ? undefined
    : `it touches ${touched} of ${watched.length} watched services at once: environments.${name}.guardrails.blastRadius takes ${percentMax} % of them, and ${servicesAlways} at any rate`;
};
