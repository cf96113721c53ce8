import { z } from 'zod';
import { firewall, nat, route } from './estate-network.ts';

// What people do to networks, and what is to be undone at `until`.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');
const by = z.string().default('ops@acme.example');
const network = z.string().describe('The name of a network.');

const firewallAdded = z.strictObject({ type: z.literal('firewall-added'), at, until, network, by, rule: firewall });

const routeAdded = z.strictObject({ type: z.literal('route-added'), at, until, network, by, route });

const routeRemoved = z.strictObject({
  type: z.literal('route-removed'),
  at,
  until,
  network,
  by,
  route: z.string().default('default-route').describe('Its name; the default route unless said.'),
});

const peeringRemoved = z.strictObject({
  type: z.literal('peering-removed'),
  at,
  until,
  network,
  by,
  side: z
    .enum(['ours', 'theirs'])
    .default('ours')
    .describe('ours: it is gone from the network; theirs: it stays, INACTIVE.'),
});

const natChanged = z.strictObject({
  type: z.literal('nat-changed'),
  at,
  until,
  network,
  by,
  nat: z.union([z.literal('none'), nat.partial()]).describe('none: the gateway is deleted.'),
});

const recordChanged = z.strictObject({
  type: z.literal('record-changed'),
  at,
  until,
  network,
  by,
  record: z.string().describe('The host name in a private zone.'),
  value: z
    .string()
    .regex(/^\d+\.\d+\.\d+\.\d+$/, 'an IPv4 address')
    .optional()
    .describe('What it resolves to from now on; left out: the record is deleted.'),
});

const connectorDeleted = z.strictObject({ type: z.literal('connector-deleted'), at, connector: z.string(), by });

const connectorRecreated = z.strictObject({
  type: z.literal('connector-recreated'),
  at,
  connector: z.string(),
  by,
  fails: z
    .enum(['rejected', 'cpu-quota', 'unhealthy'])
    .describe(
      'It is deleted, and its like is not made: rejected: the request lacks a size, and it stays away; cpu-quota, unhealthy: its machines do not come, and it ends in ERROR.',
    ),
});

const vpcAccessChanged = z.strictObject({
  type: z.literal('vpc-access-changed'),
  at,
  service: z.string(),
  by,
  connector: z.string().optional(),
  network: z.string().optional().describe('Direct VPC egress into this network; neither: no VPC access at all.'),
  subnetwork: z.string().optional(),
  egress: z.enum(['ALL_TRAFFIC', 'PRIVATE_RANGES_ONLY']).default('PRIVATE_RANGES_ONLY'),
});

export const networkCauses = [
  firewallAdded,
  routeAdded,
  routeRemoved,
  peeringRemoved,
  natChanged,
  recordChanged,
  connectorDeleted,
  connectorRecreated,
  vpcAccessChanged,
] as const;
