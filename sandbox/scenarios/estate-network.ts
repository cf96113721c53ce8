import { z } from 'zod';

// The VPC networks behind connectors and Direct VPC egress, and what lies outside of the project.

const name = z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and hyphens');
export const cidr = z.string().regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'an IPv4 range, as 10.20.0.0/16');
const host = z.string().regex(/^[a-z0-9.-]+$/, 'a host name');
const ipv4 = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/, 'an IPv4 address');

export const subnetwork = z.strictObject({
  name,
  ipCidrRange: cidr.default('10.128.0.0/20'),
  privateGoogleAccess: z.boolean().default(true),
  usedAddresses: z.number().int().min(0).default(0).describe('Taken by other users: virtual machines, load balancers.'),
});

/** 64 ports and 120 s of TIME-WAIT are Cloud NAT's own defaults. Source: Cloud NAT, addresses and ports, read 2026-11-23. */
export const nat = z.strictObject({
  minPortsPerVm: z.number().int().min(2).max(65536).default(64),
  maxPortsPerVm: z.number().int().min(32).max(65536).optional(),
  dynamicPorts: z.boolean().default(false),
  addresses: z.number().int().min(1).default(1),
  subnetworks: z.array(z.string()).optional().describe('Only these; all of the network unless said.'),
});

export const firewall = z.strictObject({
  name,
  direction: z.enum(['EGRESS', 'INGRESS']).default('EGRESS'),
  action: z.enum(['ALLOW', 'DENY']),
  priority: z.number().int().min(0).max(65535).default(1000),
  ranges: z.array(cidr).default(['0.0.0.0/0']).describe('Destinations of an egress rule, sources of an ingress rule.'),
  targetTags: z.array(z.string()).default([]),
  protocol: z.string().default('all'),
  ports: z.array(z.string()).default([]),
});

export const route = z.strictObject({
  name,
  destRange: cidr,
  priority: z.number().int().min(0).max(65535).default(1000),
  nextHop: z
    .enum(['internet-gateway', 'gone-instance'])
    .default('internet-gateway')
    .describe('gone-instance: an appliance that forwards nothing.'),
});

const record = z.strictObject({
  name: host,
  value: ipv4,
  database: z.string().optional().describe('Whoever uses this database looks it up by this name.'),
});

const zone = z.strictObject({
  name,
  domain: host,
  records: z.array(record).default([]),
});

export const network = z.strictObject({
  name,
  subnetworks: z.array(subnetwork).default([]),
  nat: z.union([z.literal('none'), nat]).prefault({}),
  privateServices: z
    .array(cidr)
    .optional()
    .describe('Ranges behind the private services peering; the /16 of every private database unless said.'),
  firewalls: z.array(firewall).default([]),
  routes: z.array(route).default([]).describe('Besides the default route and those of subnetworks and peerings.'),
  zones: z.array(zone).default([]).describe('Private DNS zones that the network sees.'),
});

const external = z.strictObject({
  name,
  host,
  address: z.string().regex(/^\d+\.\d+\.\d+\.\d+:\d+$/, 'an IPv4 address and a port, as 203.0.113.10:443'),
});

/** The section of the estate. What a connector or a service names and this does not is an ordinary network with a route out and a NAT. */
export const networkEstate = {
  networks: z.array(network).default([]),
  externals: z.array(external).default([]).describe('Hosts of others that services call.'),
  allowListed: z
    .array(z.string())
    .default([])
    .describe('Databases and externals that admit connections from the NAT addresses of the project alone.'),
};

export type NetworkEstate = z.infer<typeof network>;
export type NatEstate = z.infer<typeof nat>;
export type FirewallEstate = z.infer<typeof firewall>;
export type RouteEstate = z.infer<typeof route>;
