import type { EdgeCause, EdgeCauseOf } from '../../scenarios/causes-edge.ts';
import { changeService } from '../change-service.ts';
import { note } from '../note.ts';
import type { WorldState } from '../state.ts';
import { auditChange } from './audit-edge.ts';
import { issued, mapFor } from './build-edge.ts';
import type { CertificateState } from './edge-state.ts';

/** Does what a cause says, and writes down who did it. */
export function happenAtTheEdge(state: WorldState, cause: EdgeCause): void {
  const about =
    'host' in cause ? cause.host : 'service' in cause ? cause.service : 'name' in cause ? cause.name : cause.backend;
  note(state, cause.type, about, 'by' in cause ? `by ${cause.by}` : 'it changed');
  switch (cause.type) {
    case 'certificate-replaced':
      replaceCertificate(state, cause);
      break;
    case 'certificate-map-attached':
      attachMap(state, cause);
      break;
    case 'dns-changed':
      changeDns(state, cause);
      break;
    case 'ingress-changed':
      changeIngress(state, cause);
      break;
    case 'invoker-removed':
      removeInvoker(state, cause);
      break;
    case 'iap-enabled':
    case 'backend-emptied':
    case 'endpoint-group-changed':
      changeBackend(state, cause);
      break;
    case 'armor-rule-added':
      addArmorRule(state, cause);
      break;
    case 'health-check-changed':
      changeHealthCheck(state, cause);
      break;
    case 'health-endpoint-slower': {
      const vm = state.edge.vms.get(cause.backend);
      if (vm) vm.healthSeconds = cause.seconds;
      break;
    }
  }
}

const compute = (state: WorldState, collection: string, name: string, method: string, type: string) => ({
  api: 'compute.googleapis.com',
  method: `v1.compute.${collection}.${method}`,
  resourceName: `projects/${state.scenario.estate.project}/global/${collection}/${name}`,
  resource: { type, labels: { project_id: state.scenario.estate.project } },
});

function replaceCertificate(state: WorldState, cause: EdgeCauseOf<'certificate-replaced'>): void {
  const host = state.edge.hosts.get(cause.host);
  if (!host) return;
  const names = cause.names ?? [cause.host];
  const name = `${host.label}-cert-${state.edge.certificates.size + 1}`;
  const made: CertificateState = {
    ...issued(cause.product, names, state.nowMs, cause.days),
    name,
    chain: cause.chain,
    createdMs: state.nowMs,
    ...(cause.product === 'managed' && {
      expiresMs: undefined,
      status: 'PROVISIONING',
      domainStatus: Object.fromEntries(names.map((one) => [one, 'PROVISIONING'])),
    }),
  };
  state.edge.certificates.set(name, made);
  auditChange(state, {
    ...compute(state, 'sslCertificates', name, 'insert', 'gce_ssl_certificate'),
    by: cause.by,
    request: { name, ...(cause.product === 'managed' && { managed: { domains: names } }) },
  });
  const before = host.certificates;
  host.certificates = [name];
  host.map = undefined;
  if (cause.previous === 'deleted') for (const old of before) state.edge.certificates.delete(old);
  auditChange(state, {
    ...compute(state, 'targetHttpsProxies', `${host.label}-proxy`, 'setSslCertificates', 'gce_target_https_proxy'),
    by: cause.by,
    request: { sslCertificates: [`projects/${state.scenario.estate.project}/global/sslCertificates/${name}`] },
  });
}

function attachMap(state: WorldState, cause: EdgeCauseOf<'certificate-map-attached'>): void {
  const host = state.edge.hosts.get(cause.host);
  if (!host) return;
  const name = `${host.label}-managed`;
  state.edge.certificates.set(name, { ...issued('certificate-manager', cause.names, state.nowMs, cause.days), name });
  const map = mapFor(host.label, name, cause.names);
  state.edge.maps.set(map.name, map);
  host.map = map.name;
  auditChange(state, {
    ...compute(state, 'targetHttpsProxies', `${host.label}-proxy`, 'setCertificateMap', 'gce_target_https_proxy'),
    by: cause.by,
    request: { certificateMap: map.name },
  });
}

function changeDns(state: WorldState, { name, a, aaaa, cname, caa }: EdgeCauseOf<'dns-changed'>): void {
  const known = state.edge.dns.get(name) ?? { a: [], aaaa: [], cname: undefined, caa: [] };
  state.edge.dns.set(name, {
    a: a ?? known.a,
    aaaa: aaaa ?? known.aaaa,
    cname: cname ?? known.cname,
    caa: caa ?? known.caa,
  });
}

const INGRESS = {
  all: 'INGRESS_TRAFFIC_ALL',
  internal: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  'internal-and-load-balancer': 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
} as const;

function changeIngress(state: WorldState, { service: name, ingress, by }: EdgeCauseOf<'ingress-changed'>): void {
  const service = state.services.get(name);
  if (!service) return;
  const fields = { ingress: INGRESS[ingress] };
  changeService(state, service, {
    spec: { ...service.spec, ...fields },
    by,
    newRevision: 'same-revision',
    audit: { service: fields, updateMask: 'ingress' },
  });
}

function removeInvoker(state: WorldState, { service, by }: EdgeCauseOf<'invoker-removed'>): void {
  const { project, region } = state.scenario.estate;
  state.edge.public.delete(service);
  auditChange(state, {
    api: 'run.googleapis.com',
    method: 'google.cloud.run.v1.Services.SetIamPolicy',
    resourceName: `namespaces/${project}/services/${service}`,
    resource: {
      type: 'cloud_run_service',
      labels: { project_id: project, location: region, service_name: service },
    },
    by,
    service,
    request: { policy: { bindings: [] } },
  });
}

function changeBackend(
  state: WorldState,
  cause: EdgeCauseOf<'iap-enabled'> | EdgeCauseOf<'backend-emptied'> | EdgeCauseOf<'endpoint-group-changed'>,
): void {
  const backend = state.edge.backends.get(cause.service);
  if (!backend) return;
  const { by, service } = cause;
  const backendService = compute(state, 'backendServices', `${service}-backend`, 'patch', 'gce_backend_service');
  switch (cause.type) {
    case 'iap-enabled':
      backend.iap = true;
      auditChange(state, { ...backendService, by, service, request: { iap: { enabled: true } } });
      break;
    case 'backend-emptied':
      backend.target = undefined;
      auditChange(state, { ...backendService, by, service, request: { backends: [] } });
      break;
    case 'endpoint-group-changed':
      backend.target = cause.target;
      auditChange(state, {
        ...compute(state, 'networkEndpointGroups', `${service}-neg`, 'insert', 'gce_network_endpoint_group'),
        by,
        service,
        request: { networkEndpointType: 'SERVERLESS', cloudRun: { service: cause.target } },
      });
      break;
  }
}

function addArmorRule(state: WorldState, cause: EdgeCauseOf<'armor-rule-added'>): void {
  const { policy: name, service, priority, expression, paths, ratio, isPreview, by } = cause;
  const policy = state.edge.policies.get(name) ?? { name, rules: [] };
  state.edge.policies.set(name, policy);
  policy.rules.push({ priority, expression, action: 'deny(403)', isPreview, paths, ratio });
  const backend = state.edge.backends.get(service);
  if (backend) backend.policy = name;
  auditChange(state, {
    ...compute(state, 'securityPolicies', name, 'addRule', 'network_security_policy'),
    by,
    service,
    request: { priority: String(priority), action: 'deny(403)', preview: isPreview, match: { expr: { expression } } },
  });
}

function changeHealthCheck(state: WorldState, cause: EdgeCauseOf<'health-check-changed'>): void {
  const vm = state.edge.vms.get(cause.backend);
  if (!vm) return;
  const { timeoutSeconds, intervalSeconds, unhealthyThreshold, by, backend } = cause;
  vm.healthCheck = {
    ...vm.healthCheck,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
    ...(unhealthyThreshold !== undefined && { unhealthyThreshold }),
  };
  auditChange(state, {
    ...compute(state, 'healthChecks', `${backend}-health`, 'patch', 'gce_health_check'),
    by,
    request: { timeoutSec: vm.healthCheck.timeoutSeconds, checkIntervalSec: vm.healthCheck.intervalSeconds },
  });
}
