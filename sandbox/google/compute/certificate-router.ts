import { type Request, Router } from 'express';
import { insertCertificate, setCertificateMap, setCertificates } from '../../world/edge/change-certificates.ts';
import type { HostState } from '../../world/edge/edge-state.ts';
import type { WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { ApiError, alreadyExists, invalidArgument, notFound } from '../api-error.ts';
import { newCertificate } from './new-certificate.ts';
import { operationView } from './operation-view.ts';

/** "SSL certificates per target HTTPS or target SSL proxy: 15. This limit cannot be increased": cloud.google.com/load-balancing/docs/quotas, read 2026-11-30. */
const CERTIFICATES_MAX = 15;

/** Compute Engine v1: certificates made, and what target proxies present. Neither method on a proxy takes a fingerprint (its discovery document). */
export function certificateRouter({ state }: World): Router {
  const router = Router();
  const base = '/compute/v1/projects/:project/global';
  router.post(`${base}/sslCertificates`, (request, response) => {
    const { name, domains } = newCertificate(request.body);
    if (state.edge.certificates.has(name))
      throw alreadyExists(`The resource '${nameIn(state, 'sslCertificates', name)}' already exists`);
    response.json(operationView(insertCertificate(state, { name, domains, by: caller(request) })));
  });
  router.post(`${base}/targetHttpsProxies/:proxy/setSslCertificates`, (request, response) => {
    const host = restingProxy(state, request.params.proxy);
    const certificates = wantedCertificates(state, request.body?.sslCertificates, host);
    response.json(operationView(setCertificates(state, host, { certificates, by: caller(request) })));
  });
  router.post(`${base}/targetHttpsProxies/:proxy/setCertificateMap`, (request, response) => {
    const host = restingProxy(state, request.params.proxy);
    const map = wantedMap(state, request.body?.certificateMap, host);
    response.json(operationView(setCertificateMap(state, host, { map, by: caller(request) })));
  });
  router.get(`${base}/operations/:operation`, (request, response) => {
    const { project, operation: id } = request.params;
    const operation = state.operations.get(`projects/${project}/global/operations/${id}`);
    if (operation === undefined)
      throw notFound(`The resource 'projects/${project}/global/operations/${id}' was not found`);
    response.json(operationView(operation));
  });
  return router;
}

const caller = ({ res }: Request): string => String(res?.locals['identity']);

const nameIn = ({ scenario }: WorldState, collection: string, name: string): string =>
  `projects/${scenario.estate.project}/global/${collection}/${name}`;

/** @throws ApiError while another change of it is under way: `resourceNotReady`. */
function restingProxy(state: WorldState, proxy: string): HostState {
  const host = [...state.edge.hosts.values()].find(({ label }) => `${label}-proxy` === proxy);
  const full = nameIn(state, 'targetHttpsProxies', proxy);
  if (host === undefined) throw notFound(`The resource '${full}' was not found`);
  assertReady(state, full);
  return host;
}

function assertReady(state: WorldState, target: string): void {
  if ([...state.operations.values()].some((one) => one.target === target && one.doneMs === undefined))
    throw new ApiError(400, 'INVALID_ARGUMENT', `The resource '${target}' is not ready`);
}

function wantedCertificates(state: WorldState, asked: unknown, host: HostState): readonly string[] {
  const links = Array.isArray(asked) ? asked.map(String) : [];
  if (links.length === 0 && host.map === undefined)
    throw invalidArgument(
      "Invalid value for field 'sslCertificates': ''. At least one SSL certificate must be specified.",
    );
  if (links.length > CERTIFICATES_MAX)
    throw invalidArgument(
      `Invalid value for field 'sslCertificates': ${links.length} certificates. Up to ${CERTIFICATES_MAX} SSL certificates may be specified.`,
    );
  return links.map((link) => {
    const name = link.slice(link.lastIndexOf('/') + 1);
    const full = nameIn(state, 'sslCertificates', name);
    const known = state.edge.certificates.get(name);
    if (!link.endsWith(full) || known === undefined || known.product === 'certificate-manager')
      throw notFound(`The resource '${link.replace(/^.*?(?=projects\/)/, '')}' was not found`);
    assertReady(state, full);
    return name;
  });
}

function wantedMap(state: WorldState, asked: unknown, host: HostState): string | undefined {
  if (asked === undefined || asked === null || asked === '') {
    if (host.certificates.length === 0)
      throw invalidArgument(
        "Invalid value for field 'certificateMap': ''. A target proxy needs a certificate map or at least one SSL certificate.",
      );
    return undefined;
  }
  const prefix = `//certificatemanager.googleapis.com/projects/${state.scenario.estate.project}/locations/global/certificateMaps/`;
  const name = String(asked).slice(prefix.length);
  if (!String(asked).startsWith(prefix) || !state.edge.maps.has(name))
    throw invalidArgument(
      `Invalid value for field 'certificateMap': '${String(asked)}'. The certificate map was not found.`,
    );
  return name;
}
