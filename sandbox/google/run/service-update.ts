import { isDeepStrictEqual } from 'node:util';
import { findRevision } from '../../world/revisions.ts';
import type { Json, ServiceState, WorldState } from '../../world/state.ts';
import { isJson, objectAt, textAt } from '../../world/template.ts';
import { alreadyExists, invalidArgument } from '../api-error.ts';
import { enumNames } from './enum-names.ts';
import { checkEtag } from './etag.ts';
import { serviceName } from './service-view.ts';
import { checkTemplate } from './template-rules.ts';
import { checkTraffic } from './traffic-rules.ts';

/** Fields that a client may write; the others are output only and ignored. Source: google/cloud/run/v2/service.proto in @google-cloud/run 4.2.0. */
const WRITABLE = [
  'description',
  'labels',
  'annotations',
  'client',
  'clientVersion',
  'ingress',
  'launchStage',
  'binaryAuthorization',
  'template',
  'traffic',
  'scaling',
  'invokerIamDisabled',
  'defaultUriDisabled',
  'iapEnabled',
  'multiRegionSettings',
  'customAudiences',
  'buildConfig',
];

export interface ServiceUpdate {
  readonly spec: ServiceState['spec'];
  readonly newRevision: 'new-revision' | 'same-revision';
}

/**
 * What an UpdateService leaves. With a mask the named fields are taken from the body (absent: cleared), lists as a whole; without one everything is.
 * @throws ApiError where the API would refuse.
 */
export function serviceUpdate(
  state: WorldState,
  service: ServiceState,
  asked: { body: Json; updateMask: unknown; forceNewRevision: boolean },
): ServiceUpdate {
  const name = serviceName(state, service);
  checkEtag(asked.body['etag'], { name, version: service.version });
  const body = enumNames(asked.body);
  const written = masked(service.spec, body, maskPaths(asked.updateMask));
  const template = checkTemplate(state, service, written['template']);
  const traffic = checkTraffic(written['traffic']);
  const spec = { ...written, template, traffic, scaling: isJson(written['scaling']) ? written['scaling'] : {} };
  const changed = asked.forceNewRevision || !isDeepStrictEqual(unnamed(template), unnamed(service.spec.template));
  if (changed) checkRevisionName(service, textAt(template, 'revision'));
  return { spec, newRevision: changed ? 'new-revision' : 'same-revision' };
}

function masked(present: Json, body: Json, paths: readonly string[]): Json {
  const writable = Object.fromEntries(Object.entries(body).filter(([key]) => WRITABLE.includes(key)));
  if (paths.length === 0 || paths.includes('*')) return writable;
  const result = structuredClone(present);
  for (const path of paths) copyPath(result, writable, path.split('.'));
  return result;
}

function maskPaths(mask: unknown): string[] {
  const paths = String(mask ?? '')
    .split(',')
    .map((path) => camelCase(path.trim()))
    .filter(Boolean);
  const unknown = paths.find(
    (path) => path !== '*' && !WRITABLE.includes(path.split('.')[0] ?? '') && !/^(etag|name)$/.test(path),
  );
  if (unknown)
    throw invalidArgument(`Invalid field mask path "${unknown}" in update_mask for google.cloud.run.v2.Service.`);
  return paths;
}

const camelCase = (path: string): string => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function copyPath(into: Json, from: Json, [key, ...rest]: string[]): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    if (from[key] === undefined || from[key] === '') delete into[key];
    else into[key] = from[key];
    return;
  }
  const inner = { ...objectAt(into, key) };
  copyPath(inner, objectAt(from, key), rest);
  into[key] = inner;
}

/** The name is no setting of the revision. */
function unnamed(template: Json): Json {
  const { revision: _name, ...settings } = template;
  return settings;
}

function checkRevisionName(service: ServiceState, name: string): void {
  if (name === '') return;
  if (!name.startsWith(`${service.name}-`)) {
    throw invalidArgument(
      `Violation in UpdateServiceRequest.service.template.revision: must start with "${service.name}-".`,
    );
  }
  // The text is the real one: hashicorp/terraform-provider-google#14569, googleapis/google-cloud-python#14259, read 2026-11-23.
  if (findRevision(service, name))
    throw alreadyExists(`Revision named '${name}' with different configuration already exists.`);
}
