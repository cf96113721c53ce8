import type { Instant } from './clock.ts';

/** What the parts of load balancers are read of. */
export interface BalancedProject {
  readonly project: string;
}

/** Parts name each other by what follows the project in their links: `global/urlMaps/web`, `regions/us-central1/networkEndpointGroups/api`. */
export interface ForwardingRule {
  readonly name: string;
  readonly address: string;
  readonly target: string;
}

export interface TargetProxy {
  readonly link: string;
  readonly name: string;
  readonly urlMap: string;
  readonly certificates: readonly string[];
  /** Its short name. Where there is one, `certificates` do not count. */
  readonly certificateMap: string | undefined;
}

export interface UrlMap {
  readonly link: string;
  readonly name: string;
  /** For hosts that no rule names. Several share the requests by weight; none where requests are redirected. */
  readonly defaultBackends: readonly string[];
  readonly rules: readonly {
    readonly hosts: readonly string[];
    readonly defaultBackends: readonly string[];
    readonly paths: readonly PathRule[];
  }[];
}

export interface PathRule extends PathOrder {
  /** `/auth` takes itself alone, `/auth/*` and `/auth*` what begins so. */
  readonly paths: readonly string[];
  readonly backends: readonly string[];
}

export interface PathOrder {
  /** The lowest that matches wins, whatever its length; left out where the longest path does. */
  readonly priority?: number;
  /** It wants certain headers or parameters too, or judges the path by an expression, so that a URL alone does not say whether it matches. */
  readonly isConditional?: true;
}

export interface BackendService {
  readonly link: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly healthChecks: readonly string[];
  readonly securityPolicy: string | undefined;
  readonly identityAwareProxy: 'on' | 'off';
  /** Of its requests, the share that is logged; 0 where logging is off. */
  readonly loggedRatio: number;
  readonly outlierDetection:
    | { readonly consecutiveErrors: number | undefined; readonly maxEjectionPercent: number | undefined }
    | undefined;
}

export interface EndpointGroup {
  readonly link: string;
  readonly name: string;
  /** `SERVERLESS`, `GCE_VM_IP_PORT`, ... */
  readonly type: string;
  readonly region: string | undefined;
  /** Cloud Run service that it leads to; undefined for a URL mask or another platform. */
  readonly service: string | undefined;
}

export interface HealthCheck {
  readonly link: string;
  readonly name: string;
  readonly path: string | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface SecurityPolicy {
  readonly link: string;
  readonly name: string;
  readonly rules: readonly {
    readonly priority: number;
    readonly action: string;
    readonly isPreview: boolean;
    /** The expression or the ranges, as text. */
    readonly match: string;
  }[];
}

export type DomainState = 'active' | 'provisioning' | 'not-visible' | 'caa' | 'rate-limited' | 'failed' | 'unknown';

/** A certificate as Google keeps it, of either product. */
export interface HeldCertificate {
  readonly link: string;
  readonly name: string;
  readonly product: 'compute' | 'certificate-manager';
  readonly management: 'managed' | 'self-managed';
  /** What it is for, or covers. */
  readonly domains: readonly string[];
  readonly state: 'active' | 'provisioning' | 'failed' | 'renewal-failed' | 'unknown';
  readonly domainStates: readonly { readonly domain: string; readonly state: DomainState; readonly detail: string }[];
  /** undefined: not issued yet. */
  readonly expiresAt: Instant | undefined;
}

export interface CertificateMapEntry {
  /** undefined: for every host that no other entry names. */
  readonly hostname: string | undefined;
  readonly certificates: readonly string[];
}

/** Verdicts of one backend's health checks by state: `HEALTHY`, `UNHEALTHY`. */
export interface GroupHealth {
  readonly states: readonly { readonly state: string; readonly count: number }[];
}

/** Compute Engine v1 and Certificate Manager v1. A project that has not enabled an API has none of its things: an empty list, no failure. */
export interface LoadBalancingReader {
  forwardingRules(of: BalancedProject, abort: AbortSignal): Promise<readonly ForwardingRule[]>;
  targetProxies(of: BalancedProject, abort: AbortSignal): Promise<readonly TargetProxy[]>;
  urlMaps(of: BalancedProject, abort: AbortSignal): Promise<readonly UrlMap[]>;
  backendServices(of: BalancedProject, abort: AbortSignal): Promise<readonly BackendService[]>;
  endpointGroups(of: BalancedProject, abort: AbortSignal): Promise<readonly EndpointGroup[]>;
  healthChecks(of: BalancedProject, abort: AbortSignal): Promise<readonly HealthCheck[]>;
  securityPolicies(of: BalancedProject, abort: AbortSignal): Promise<readonly SecurityPolicy[]>;
  groupHealth(
    of: BalancedProject & { readonly backend: string; readonly group: string },
    abort: AbortSignal,
  ): Promise<GroupHealth>;
  computeCertificates(of: BalancedProject, abort: AbortSignal): Promise<readonly HeldCertificate[]>;
  managerCertificates(of: BalancedProject, abort: AbortSignal): Promise<readonly HeldCertificate[]>;
  certificateMapEntries(
    of: BalancedProject & { readonly map: string },
    abort: AbortSignal,
  ): Promise<readonly CertificateMapEntry[]>;
}
