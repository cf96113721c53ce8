import type { NatObservation, NetworkView } from '../evidence/network.ts';
import type { NatGateway, NatPorts } from '../ports/network.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { parseNatName, projectOf } from '../ports/resource-name.ts';
import type { Action, LimitInput, Prospect } from './action.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { addressesUsdPerMonth, moreUsd } from './prices.ts';

/** "64,512 TCP source ports" for each address of a gateway. Source: Cloud NAT, addresses and ports (read 2026-11-23). */
const PORTS_PER_ADDRESS = 64_512;
/** compute v1, RouterNat, enableDynamicPortAllocation: powers of two, at least 32, the maximum above the minimum and at most 65,536. */
const PORTS_MIN_DYNAMIC = 32;
const PORTS_MAX = 65_536;
/** Packets that were dropped say that ports were too few, not by how many, and a second raise would be a second outage. Our own choice. */
const FACTORS = [4, 2] as const;
/** Connectors and services run more machines under load than were seen. Our own choice. */
const HEADROOM = 2;
/** So much of all ports given out leaves nothing to give a machine more of. Our own choice, as for ports of one machine. */
const GIVEN_OUT_RATIO = 0.9;
/** The gateway takes half a minute; its metrics arrive up to 225 s late. */
const SECONDS = 300;

/**
 * Gives every machine behind a Cloud NAT gateway more ports, in the way that it has them: a larger share for good, or a higher most.
 * API: Compute Engine v1 routers.patch (nats: the whole list, read right before), regionOperations.get.
 * Silent (refuses) where the addresses cannot give so many, where it is not known how many machines share them, and where some machines got none at
 * all: then it is addresses that are missing.
 */
export const raiseNatPorts: Action<NatPorts, 'network'> = {
  title: 'Raise the NAT ports',
  answers: ['nat-exhausted'],
  permissions: [
    'compute.routers.list',
    'compute.routers.get',
    'compute.routers.update',
    'compute.regionOperations.get',
  ],
  terms: { risk: ['low', 'medium'], undo: 'restore-before', cost: 'priced' },
  needs: ['network'],
  propose: ({ cause: { target }, seen: { network }, environment: { region } }) => {
    const found = network.networks
      .flatMap((view) => view.gateways.map((gateway) => ({ view, gateway })))
      .find(({ view, gateway }) => nameOf(view, gateway, region) === target);
    if (found === undefined) return refused(`NAT gateway ${target} was not observed`);
    const { gateway } = found;
    const more = morePorts(gateway);
    if (more.kind === 'refused') return more;
    const before = portsOf(gateway);
    const { after } = more;
    return {
      kind: 'proposed',
      change: { target, etag: undefined, before, after },
      prospect: {
        ...told(gateway, more, target),
        summary: { title: `Raise the ports of ${gateway.name}`, before: inWords(before), after: inWords(after) },
      },
    };
  },
  outOfLimits: ({ after, present }) => outOfApi(after) ?? notRaised({ after, present }),
  read: async (target, cloud, abort) => {
    const { project, region, router, gateway } = parseNatName(target);
    const all = await cloud.natGateways({ project, region }, abort);
    const found = all.find((one) => one.router === router && one.name === gateway);
    if (found === undefined) throw new PlatformFailure('not-found', `router ${router} has no NAT gateway ${gateway}`);
    return { settings: portsOf(found), etag: undefined, settled: true };
  },
  write: ({ target, after }, cloud, abort) => cloud.changeNatPorts(target, after, abort),
};

const nameOf = ({ name }: NetworkView, gateway: NatGateway, region: string): string =>
  `projects/${projectOf(name)}/regions/${region}/routers/${gateway.router}/nats/${gateway.name}`;

const portsOf = ({ minPortsPerVm, maxPortsPerVm }: NatGateway): NatPorts => ({
  minPortsPerVm,
  maxPortsPerVm: maxPortsPerVm ?? null,
});

type More = Or<{ readonly after: NatPorts; readonly machines: number }>;

function morePorts(gateway: NatObservation): More {
  const { name, addresses, allocationFailed, allocatedPorts = [], minPortsPerVm, maxPortsPerVm } = gateway;
  if ((allocationFailed.at(-1)?.value ?? 0) > 0)
    return refused(
      `${name} has machines that got no ports at all: it needs more addresses, and more ports for each would leave more without`,
    );
  if (allocatedPorts.length === 0)
    return refused(
      `how many machines share the addresses of ${name} is not known: Monitoring has no count of its ports`,
    );
  const given = Math.max(...allocatedPorts.map(({ value }) => value));
  const all = addresses === undefined ? Number.POSITIVE_INFINITY : addresses * PORTS_PER_ADDRESS;
  const machines = Math.max(1, Math.ceil(given / rounded(minPortsPerVm)));
  const few = (ports: number) =>
    refused(
      `${addresses} ${addresses === 1 ? 'address' : 'addresses'} of ${name} give ${all} ports: with ${ports} for each they serve ${Math.floor(all / ports)} machines, and ${machines} were seen`,
    );
  if (maxPortsPerVm === undefined) {
    const own = rounded(minPortsPerVm);
    const wanted = FACTORS.map((factor) => own * factor).filter((ports) => ports <= PORTS_MAX);
    const ports = wanted.find((one) => Math.floor(all / one) >= machines * HEADROOM);
    if (ports !== undefined) return { kind: 'found', after: { minPortsPerVm: ports, maxPortsPerVm: null }, machines };
    return wanted.length === 0 ? refused(`Cloud NAT gives no machine more than ${PORTS_MAX} ports`) : few(own * 2);
  }
  if (maxPortsPerVm >= PORTS_MAX) return refused(`Cloud NAT gives no machine more than ${PORTS_MAX} ports`);
  if (given >= all * GIVEN_OUT_RATIO)
    return refused(`${given} of the ${all} ports of ${name} are given out: it needs more addresses`);
  const most = Math.min(maxPortsPerVm * FACTORS[0], PORTS_MAX);
  return { kind: 'found', after: { minPortsPerVm, maxPortsPerVm: most }, machines };
}

/** "Rounded up to the nearest power of 2": minPortsPerVm, RouterNat, compute v1. */
const rounded = (ports: number): number => 2 ** Math.ceil(Math.log2(ports));

function told(
  { name, addresses, minPortsPerVm }: NatObservation,
  { after, machines }: Extract<More, { readonly kind: 'found' }>,
  target: string,
): Omit<Prospect, 'summary'> {
  const { project, region, router } = parseNatName(target);
  const isDynamic = after.maxPortsPerVm !== null;
  const most = addresses === undefined ? undefined : Math.floor((addresses * PORTS_PER_ADDRESS) / after.minPortsPerVm);
  const flags = `--min-ports-per-vm=${after.minPortsPerVm}${isDynamic ? ` --max-ports-per-vm=${after.maxPortsPerVm}` : ''}`;
  return {
    fit: 'mends',
    risk: isDynamic ? 'medium' : 'low',
    expectedEffect: `new connections through ${name} find ports again; those that are open stay`,
    expectedSeconds: SECONDS,
    whatCouldGoWrong: isDynamic
      ? 'Every machine falls back to its least ports for a moment, and some of its new connections may fail until it has more.'
      : `${most === undefined ? 'The gateway takes more addresses by itself, which a partner may have to let in' : `Its addresses then serve ${most} machines at most; ${machines} were seen`}. Taking it back cuts off connections on the ports that go.`,
    costUsdPerMonth:
      addresses === undefined && !isDynamic
        ? moreUsd(
            addressesUsdPerMonth(addressesFor(machines, after.minPortsPerVm)),
            addressesUsdPerMonth(addressesFor(machines, rounded(minPortsPerVm))),
          )
        : addresses === undefined
          ? 'unknown'
          : 0,
    undo: { kind: 'restore-before' },
    permanent: {
      gcloud: `gcloud compute routers nats update ${name} --router=${router} --project=${project} --region=${region} ${flags}`,
      terraform: terraform(
        'google_compute_router_nat',
        name,
        `min_ports_per_vm = ${after.minPortsPerVm}${isDynamic ? `\nmax_ports_per_vm = ${after.maxPortsPerVm}\nenable_dynamic_port_allocation = true` : ''}`,
      ),
    },
  };
}

const addressesFor = (machines: number, ports: number): number => Math.ceil((machines * ports) / PORTS_PER_ADDRESS);

const inWords = ({ minPortsPerVm, maxPortsPerVm }: NatPorts): string =>
  maxPortsPerVm === null
    ? `${minPortsPerVm} ports for each machine`
    : `${minPortsPerVm} to ${maxPortsPerVm} ports for each machine`;

function outOfApi({ minPortsPerVm, maxPortsPerVm }: NatPorts): string | undefined {
  if (maxPortsPerVm === null)
    return Number.isInteger(minPortsPerVm) && minPortsPerVm >= 2 && minPortsPerVm <= PORTS_MAX
      ? undefined
      : `Cloud NAT gives each machine 2 to ${PORTS_MAX} ports, not ${minPortsPerVm}`;
  const fits =
    [minPortsPerVm, maxPortsPerVm].every((ports) => Number.isInteger(Math.log2(ports))) &&
    minPortsPerVm >= PORTS_MIN_DYNAMIC &&
    minPortsPerVm < maxPortsPerVm &&
    maxPortsPerVm <= PORTS_MAX;
  return fits
    ? undefined
    : `Cloud NAT takes powers of two from ${PORTS_MIN_DYNAMIC} to ${PORTS_MAX} with the minimum below the maximum, not ${minPortsPerVm} to ${maxPortsPerVm}`;
}

function notRaised({ after, present }: Pick<LimitInput<NatPorts>, 'after' | 'present'>): string | undefined {
  if ((after.maxPortsPerVm === null) !== (present.maxPortsPerVm === null))
    return `the gateway has ${inWords(present)}: another way of giving them out would cut off what is open`;
  if (after.minPortsPerVm < present.minPortsPerVm || (after.maxPortsPerVm ?? 0) < (present.maxPortsPerVm ?? 0))
    return `ports are only raised: the gateway has ${inWords(present)}, and ${inWords(after)} would cut off what is open`;
  return undefined;
}
