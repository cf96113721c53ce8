import type { Environment, Policy } from '../policy/policy.ts';
import { aboutOf } from './about.ts';
import type { Alert } from './alert.ts';
import type { Clues } from './clues.ts';
import { environmentOf } from './environment-of.ts';
import type { Subject } from './subject.ts';

export type Found =
  /** `note` says what was assumed, where anything was. */
  | {
      readonly kind: 'watched';
      readonly environment: Environment;
      readonly subject: Subject;
      readonly note: string | undefined;
    }
  | { readonly kind: 'unwatched'; readonly reason: string };

/** Which environment an alert is about and which of its services it names, or why it is about none that is watched. */
export function findSubject(alert: Alert, clues: Clues, policy: Policy): Found {
  const named = environmentOf(alert, clues, policy);
  if (named.kind === 'unwatched') return named;
  const { environment, note } = named;
  const services = servicesOf(alert, clues);
  const about = aboutOf(alert, services);
  if (about.kind === 'nothing-watched')
    return { kind: 'unwatched', reason: `${about.reason} (in ${environment.project})` };
  const watched = services.filter((service) => environment.services?.includes(service) ?? true);
  if (services.length > 0 && watched.length === 0) return unwatchedService(services, environment);
  const connector = alert.resource.labels['connector_name'];
  if (about.kind === 'connector' && connector !== undefined && !watchesConnector(environment, connector))
    return unwatchedConnector(connector, environment);
  const { name, project, region } = environment;
  return { kind: 'watched', environment, subject: { environment: name, project, region, services: watched }, note };
}

/** The resource's own label, else what the condition's filter demands, else the label of a log-based metric. */
function servicesOf({ resource }: Alert, { services, metricLabels }: Clues): readonly string[] {
  const own = resource.labels['service_name'];
  if (own !== undefined) return [own];
  if (services.length > 0) return services;
  const label = metricLabels['service_name'];
  return label === undefined ? [] : [label];
}

const unwatchedService = (services: readonly string[], { name, services: watched = [] }: Environment): Found => ({
  kind: 'unwatched',
  reason: `service ${services.join(', ')} is not watched; ${name} watches ${watched.join(', ')}`,
});

const watchesConnector = ({ connectors }: Environment, connector: string): boolean =>
  connectors === undefined || connectors.some((name) => name === connector || name.endsWith(`/${connector}`));

const unwatchedConnector = (connector: string, { name, connectors = [] }: Environment): Found => ({
  kind: 'unwatched',
  reason: `connector ${connector} is not watched; ${name} watches ${connectors.join(', ') || 'none'}`,
});
