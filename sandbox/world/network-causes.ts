import type { Cause, CauseOf } from '../scenarios/causes.ts';
import { auditNetworkChange } from './audit-network.ts';
import { changeService } from './change-service.ts';
import { type NetworkState, natState } from './network-state.ts';
import { note } from './note.ts';
import { deleteConnector, recreateConnector } from './recreate-connector.ts';
import type { Json, WorldState } from './state.ts';

type NetworkCause = CauseOf<
  | 'firewall-added'
  | 'route-added'
  | 'route-removed'
  | 'peering-removed'
  | 'nat-changed'
  | 'record-changed'
  | 'connector-deleted'
  | 'connector-recreated'
  | 'vpc-access-changed'
>;

/** Someone changes a network, and the activity log says who. */
export function happenToNetwork(state: WorldState, cause: NetworkCause): void {
  if (cause.type === 'connector-deleted') {
    deleteConnector(state, cause);
    return;
  }
  if (cause.type === 'connector-recreated') {
    recreateConnector(state, cause);
    return;
  }
  if (cause.type === 'vpc-access-changed') {
    changeVpcAccess(state, cause);
    return;
  }
  const network = state.networks.get(cause.network);
  if (network) changeNetwork(state, network, cause);
}

type InNetwork = Exclude<NetworkCause, CauseOf<'connector-deleted' | 'connector-recreated' | 'vpc-access-changed'>>;

function changeNetwork(state: WorldState, network: NetworkState, cause: InNetwork): void {
  switch (cause.type) {
    case 'firewall-added':
      network.firewalls.push({ ...cause.rule, createdMs: state.nowMs });
      tell(state, cause, 'firewalls.insert', `global/firewalls/${cause.rule.name}`, 'gce_firewall_rule', cause.rule);
      return;
    case 'route-added':
      network.routes.push({ ...cause.route, createdMs: state.nowMs });
      tell(state, cause, 'routes.insert', `global/routes/${cause.route.name}`, 'gce_route', cause.route);
      return;
    case 'route-removed':
      take(network.routes, cause.route);
      tell(state, cause, 'routes.delete', `global/routes/${cause.route}`, 'gce_route', {});
      return;
    case 'peering-removed':
      network.peering.state = cause.side === 'ours' ? 'gone' : 'INACTIVE';
      network.peering.changedMs = state.nowMs;
      // What the other side does is in its own log.
      if (cause.side === 'ours')
        tell(state, cause, 'networks.removePeering', `global/networks/${network.name}`, 'gce_network', {
          name: 'servicenetworking-googleapis-com',
        });
      else note(state, cause.type, network.name, 'the other side has removed its peering');
      return;
    case 'nat-changed':
      changeNat(state, network, cause);
      return;
    case 'record-changed': {
      const found = recordOf(network, cause.record);
      if (found) changeRecord(state, network, { ...cause, zone: found.zone });
      return;
    }
  }
}

function changeNat(state: WorldState, network: NetworkState, cause: CauseOf<'nat-changed'>): void {
  const router = network.nat?.router ?? `${network.name}-router`;
  const before = network.nat?.config ?? network.estate.nat;
  if (cause.nat === 'none') network.nat = undefined;
  else {
    const stated = before === 'none' ? { minPortsPerVm: 64, dynamicPorts: false, addresses: 1 } : before;
    const config = { ...stated, ...withoutUndefined(cause.nat) };
    if (network.nat) network.nat.config = config;
    else network.nat = natState(network.name, config);
  }
  const { region } = state.scenario.estate;
  tell(state, cause, 'routers.patch', `regions/${region}/routers/${router}`, 'gce_router', { nats: [cause.nat] });
}

const withoutUndefined = <T extends object>(fields: T) =>
  // Sound: only keys of T, and no undefined among the values.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

function changeRecord(
  state: WorldState,
  network: NetworkState,
  cause: { type: string; record: string; value?: string | undefined; by: string; zone: string },
): void {
  const found = recordOf(network, cause.record);
  if (!found) return;
  const { project } = state.scenario.estate;
  const set = (value: string) => ({ name: `${cause.record}.`, type: 'A', ttl: 300, rrdatas: [value] });
  const request = {
    change: {
      ...(found.record.value !== undefined && { deletions: [set(found.record.value)] }),
      ...(cause.value !== undefined && { additions: [set(cause.value)] }),
    },
  };
  const zone = network.zones.find(({ name }) => name === cause.zone);
  zone?.changes.push({ atMs: state.nowMs, name: cause.record, before: found.record.value, after: cause.value });
  found.record.value = cause.value;
  auditNetworkChange(state, {
    api: 'dns',
    method: 'dns.changes.create',
    resourceName: `managedZones/${cause.zone}`,
    by: cause.by,
    resource: { type: 'dns_managed_zone', labels: { project_id: project, location: 'global', zone_name: cause.zone } },
    request,
  });
  note(state, cause.type, cause.record, cause.value ?? 'deleted');
}

const recordOf = ({ zones }: NetworkState, name: string) =>
  zones
    .flatMap((zone) => zone.records.map((record) => ({ zone: zone.name, record })))
    .find(({ record }) => record.name === name);

/** What was done is undone. */
export function passFromNetwork(state: WorldState, cause: Cause): void {
  if (!('network' in cause) || cause.type === 'vpc-access-changed') return;
  const network = state.networks.get(cause.network);
  if (!network) return;
  switch (cause.type) {
    case 'firewall-added':
      take(network.firewalls, cause.rule.name);
      tell(state, cause, 'firewalls.delete', `global/firewalls/${cause.rule.name}`, 'gce_firewall_rule', {});
      return;
    case 'route-added':
      take(network.routes, cause.route.name);
      tell(state, cause, 'routes.delete', `global/routes/${cause.route.name}`, 'gce_route', {});
      return;
    case 'route-removed':
      network.routes.push({
        name: cause.route,
        destRange: '0.0.0.0/0',
        priority: 1000,
        nextHop: 'internet-gateway',
        createdMs: state.nowMs,
      });
      tell(state, cause, 'routes.insert', `global/routes/${cause.route}`, 'gce_route', {});
      return;
    case 'peering-removed':
      network.peering.state = 'ACTIVE';
      network.peering.changedMs = state.nowMs;
      tell(state, cause, 'networks.addPeering', `global/networks/${network.name}`, 'gce_network', {});
      return;
    case 'nat-changed':
      changeNat(state, network, { ...cause, nat: network.estate.nat });
      return;
    case 'record-changed': {
      const stated = network.estate.zones.flatMap((zone) =>
        zone.records.map((record) => ({ zone: zone.name, record })),
      );
      const before = stated.find(({ record }) => record.name === cause.record);
      if (before) changeRecord(state, network, { ...cause, value: before.record.value, zone: before.zone });
      return;
    }
  }
}

/** Someone deploys a service with another way into the network, its image as it was. */
function changeVpcAccess(state: WorldState, cause: CauseOf<'vpc-access-changed'>): void {
  const service = state.services.get(cause.service);
  if (!service) return;
  const { project, region } = state.scenario.estate;
  const { vpcAccess: _, revision: _name, ...template } = structuredClone(service.spec.template);
  const access = vpcAccessOf(cause, `projects/${project}/locations/${region}`);
  const spec = { ...service.spec, template: { ...template, ...(access && { vpcAccess: access }) } };
  const audit = { service: { template: spec.template }, updateMask: 'template.vpcAccess' };
  changeService(state, service, { spec, by: cause.by, newRevision: 'new-revision', audit });
}

function vpcAccessOf(
  { connector, network, subnetwork, egress }: CauseOf<'vpc-access-changed'>,
  location: string,
): Json | undefined {
  if (connector !== undefined) return { connector: `${location}/connectors/${connector}`, egress };
  if (network === undefined && subnetwork === undefined) return undefined;
  return {
    egress,
    networkInterfaces: [{ ...(network !== undefined && { network }), ...(subnetwork !== undefined && { subnetwork }) }],
  };
}

function take(list: { readonly name: string }[], name: string): void {
  const index = list.findIndex((item) => item.name === name);
  if (index !== -1) list.splice(index, 1);
}

const LABELS: Readonly<Record<string, string>> = {
  gce_firewall_rule: 'firewall_rule_id',
  gce_route: 'route_id',
  gce_network: 'network_id',
  gce_router: 'router_id',
};

function tell(
  state: WorldState,
  cause: { readonly type: string; readonly by: string },
  method: string,
  path: string,
  resourceType: string,
  request: Json,
): void {
  const { project, region } = state.scenario.estate;
  const label = LABELS[resourceType];
  const labels = {
    ...(label && { [label]: path.split('/').at(-1) ?? '' }),
    ...(resourceType === 'gce_router' && { region }),
  };
  auditNetworkChange(state, {
    api: 'compute',
    method: `v1.compute.${method}`,
    resourceName: `projects/${project}/${path}`,
    by: cause.by,
    resource: { type: resourceType, labels },
    request,
  });
  note(state, cause.type, path.split('/').at(-1) ?? path, `v1.compute.${method} by ${cause.by}`);
}
