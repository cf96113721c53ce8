import type { Alert } from './alert.ts';

export type About =
  | { readonly kind: 'service' | 'connector' | 'host' | 'environment' }
  | { readonly kind: 'nothing-watched'; readonly reason: string };

/**
 * The monitored resources that speak of what runmedic watches. Load balancers name backends, not services, and so speak of the whole environment.
 * @see https://cloud.google.com/monitoring/api/resources (read 2026-11-23)
 */
const ABOUT = {
  cloud_run_revision: 'service',
  vpc_access_connector: 'connector',
  uptime_url: 'host',
  https_lb_rule: 'environment',
  http_load_balancer: 'environment',
  gce_backend_service: 'environment',
  gce_forwarding_rule: 'environment',
} as const satisfies Readonly<Record<string, Exclude<About['kind'], 'nothing-watched'>>>;

/** A query whose series carry no resource of their own: it is about a service only where it names one. */
const NEUTRAL = new Set(['unknown', 'global', 'prometheus_target', 'generic_task', 'generic_node']);

/** What kind of thing an alert is about; `services` are those that it names. */
export function aboutOf({ resource: { type }, metric }: Alert, services: readonly string[]): About {
  if (isKnown(type)) return { kind: ABOUT[type] };
  if (!NEUTRAL.has(type))
    return {
      kind: 'nothing-watched',
      reason: `resource ${type} is nothing that is watched; watched: ${Object.keys(ABOUT).join(', ')}`,
    };
  if (services.length > 0 || metric?.startsWith('run.googleapis.com/')) return { kind: 'service' };
  if (metric?.startsWith('vpcaccess.googleapis.com/')) return { kind: 'connector' };
  return {
    kind: 'nothing-watched',
    reason: 'it names neither a resource that is watched nor a service; add service_name to its condition',
  };
}

const isKnown = (type: string): type is keyof typeof ABOUT => Object.hasOwn(ABOUT, type);
