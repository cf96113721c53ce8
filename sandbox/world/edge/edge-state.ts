import type { VmBackendEstate } from '../../scenarios/estate-edge.ts';

/** What stands before the services, as people may change it. */
export interface EdgeState {
  readonly hosts: Map<string, HostState>;
  readonly certificates: Map<string, CertificateState>;
  readonly maps: Map<string, CertificateMapState>;
  /** By name, hosts and others. */
  readonly dns: Map<string, DnsState>;
  /** By the service behind each. */
  readonly backends: Map<string, BackendState>;
  readonly vms: Map<string, VmState>;
  readonly policies: Map<string, PolicyState>;
  /** Services that anybody may call. */
  readonly public: Set<string>;
}

export interface HostState {
  readonly name: string;
  /** What its load balancer's parts are called after. */
  readonly label: string;
  readonly address: string;
  /** Of its target proxy, the first of them first. */
  certificates: string[];
  /** Of its target proxy; where there is one, it alone counts. */
  map: string | undefined;
}

export interface CertificateState {
  readonly name: string;
  readonly product: 'managed' | 'self-managed' | 'certificate-manager';
  readonly names: readonly string[];
  readonly chain: 'complete' | 'leaf-only';
  readonly issuance: 'works' | 'rate-limited';
  readonly createdMs: number;
  /** undefined: not issued yet. */
  expiresMs: number | undefined;
  status: 'ACTIVE' | 'PROVISIONING' | 'RENEWAL_FAILED';
  /** Of each name: ACTIVE, PROVISIONING, FAILED_NOT_VISIBLE, FAILED_CAA_FORBIDDEN, FAILED_RATE_LIMITED. */
  domainStatus: Record<string, string>;
}

export interface CertificateMapState {
  readonly name: string;
  readonly certificate: string;
  readonly hostnames: readonly string[];
}

export interface DnsState {
  a: readonly string[];
  aaaa: readonly string[];
  cname: string | undefined;
  caa: readonly { readonly tag: string; readonly value: string }[];
}

export interface BackendState {
  readonly service: string;
  /** The endpoint group's service; undefined: the backend service has no group. */
  target: string | undefined;
  policy: string | undefined;
  iap: boolean;
}

export interface VmState {
  readonly estate: VmBackendEstate;
  healthCheck: VmBackendEstate['healthCheck'];
  healthSeconds: number;
  isHealthy: boolean;
  /** Health checks in a row that went the other way. */
  contrary: number;
  lastCheckMs: number;
}

export interface PolicyState {
  readonly name: string;
  readonly rules: ArmorRule[];
}

export interface ArmorRule {
  readonly priority: number;
  readonly expression: string;
  readonly action: 'deny(403)' | 'allow';
  readonly isPreview: boolean;
  readonly paths: readonly string[] | undefined;
  readonly ratio: number;
}
