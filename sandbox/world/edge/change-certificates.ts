import { note } from '../note.ts';
import { beginOperation, endOperation, schedule } from '../operations.ts';
import type { Json, Operation, WorldState } from '../state.ts';
import { auditChange } from './audit-edge.ts';
import type { CertificateState, HostState } from './edge-state.ts';

/** An operation on a part of a load balancer takes so long. Our own choice: they take seconds to half a minute. */
const CHANGE_MS = [5_000, 20_000] as const;

/** A new certificate that Google manages: it is there at once, and not issued. Validation is the API's. */
export function insertCertificate(
  state: WorldState,
  { name, domains, by }: { readonly name: string; readonly domains: readonly string[]; readonly by: string },
): Operation {
  const made: CertificateState = {
    name,
    product: 'managed',
    names: domains,
    chain: 'complete',
    issuance: 'works',
    createdMs: state.nowMs,
    expiresMs: undefined,
    status: 'PROVISIONING',
    domainStatus: Object.fromEntries(domains.map((domain) => [domain, 'PROVISIONING'])),
  };
  state.edge.certificates.set(name, made);
  note(state, 'certificate-created', name, `for ${domains.join(', ')}, by ${by}`);
  return changing(state, {
    resource: { collection: 'sslCertificates', name, type: 'gce_ssl_certificate' },
    method: 'insert',
    by,
    request: { name, type: 'MANAGED', managed: { domains } },
    done: () => {},
  });
}

/** What a target proxy presents, set anew and whole. */
export function setCertificates(
  state: WorldState,
  host: HostState,
  { certificates, by }: { readonly certificates: readonly string[]; readonly by: string },
): Operation {
  return changing(state, {
    resource: { collection: 'targetHttpsProxies', name: `${host.label}-proxy`, type: 'gce_target_https_proxy' },
    method: 'setSslCertificates',
    by,
    request: {
      sslCertificates: certificates.map(
        (name) => `projects/${state.scenario.estate.project}/global/sslCertificates/${name}`,
      ),
    },
    done: () => {
      host.certificates = [...certificates];
      note(state, 'certificates-attached', host.name, certificates.join(', '));
    },
  });
}

/** The certificate map of a target proxy, which counts in place of what is attached; undefined takes it off. */
export function setCertificateMap(
  state: WorldState,
  host: HostState,
  { map, by }: { readonly map: string | undefined; readonly by: string },
): Operation {
  return changing(state, {
    resource: { collection: 'targetHttpsProxies', name: `${host.label}-proxy`, type: 'gce_target_https_proxy' },
    method: 'setCertificateMap',
    by,
    request: map === undefined ? {} : { certificateMap: map },
    done: () => {
      host.map = map;
      note(state, 'certificate-map-set', host.name, map ?? 'none');
    },
  });
}

interface Change {
  readonly resource: { readonly collection: string; readonly name: string; readonly type: string };
  readonly method: string;
  readonly by: string;
  readonly request: Json;
  readonly done: () => void;
}

function changing(state: WorldState, { resource, method, by, request, done }: Change): Operation {
  const { project } = state.scenario.estate;
  const target = `projects/${project}/global/${resource.collection}/${resource.name}`;
  const full = `v1.compute.${resource.collection}.${method}`;
  const operation = beginOperation(state, { api: 'compute', target, method: full }, 'global');
  auditChange(state, {
    api: 'compute.googleapis.com',
    method: full,
    resourceName: target,
    resource: { type: resource.type, labels: { project_id: project } },
    by,
    request,
  });
  schedule(state, state.nowMs + Math.round(state.random.between(...CHANGE_MS) / 1000) * 1000, () => {
    done();
    endOperation(state, operation);
  });
  return operation;
}
