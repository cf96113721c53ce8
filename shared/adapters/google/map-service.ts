import type { Service } from '../../ports/cloud.ts';
import { toCondition } from './map-condition.ts';
import { toTemplate } from './map-template.ts';
import { toServing, toTraffic } from './map-traffic.ts';
import { nameOf } from './name-of.ts';
import { enumName, type Fields, fields, moment, number, positive, shortName, text } from './values.ts';

const INGRESS = [
  'INGRESS_TRAFFIC_UNSPECIFIED',
  'INGRESS_TRAFFIC_ALL',
  'INGRESS_TRAFFIC_INTERNAL_ONLY',
  'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  'INGRESS_TRAFFIC_NONE',
];

/** google.cloud.run.v2.Service. @throws PlatformFailure for what has no name. */
export function toService(api: unknown): Service {
  const service = fields(api);
  const name = nameOf(service, 'a Cloud Run service');
  const latestReadyRevision = text(service['latestReadyRevision']);
  const scaling = fields(service['scaling']);
  return {
    name,
    shortName: shortName(name),
    ...(service['labels'] === undefined ? {} : { labels: labelsOf(service) }),
    etag: text(service['etag']) ?? '',
    generation: text(service['generation']) ?? '',
    observedGeneration: text(service['observedGeneration']) ?? '',
    reconciling: service['reconciling'] === true,
    ready: toCondition(service['terminalCondition']),
    uri: text(service['uri']),
    ingress: enumName(service['ingress'], INGRESS) ?? 'INGRESS_TRAFFIC_UNSPECIFIED',
    invokerIamDisabled: service['invokerIamDisabled'] === true,
    defaultUriDisabled: service['defaultUriDisabled'] === true,
    updatedAt: moment(service['updateTime']),
    lastModifier: text(service['lastModifier']),
    latestReadyRevision,
    latestCreatedRevision: text(service['latestCreatedRevision']),
    traffic: toTraffic(service['traffic']),
    serving: toServing(service['trafficStatuses'], latestReadyRevision),
    instancesMax: positive(scaling['maxInstanceCount']),
    instancesMin: positive(scaling['minInstanceCount']),
    instancesByHand: byHand(scaling),
    template: toTemplate(service['template']),
  };
}

const labelsOf = ({ labels }: Fields): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields(labels)).map(([key, value]) => [key, String(value)]));

const SCALING_MODES = ['SCALING_MODE_UNSPECIFIED', 'AUTOMATIC', 'MANUAL'];

/** Zero is a number of instances here, and JSON leaves it out where it is the default. */
const byHand = (scaling: Fields): number | undefined =>
  enumName(scaling['scalingMode'], SCALING_MODES) === 'MANUAL'
    ? (number(scaling['manualInstanceCount']) ?? 0)
    : undefined;
