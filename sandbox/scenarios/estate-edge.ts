import { z } from 'zod';

// The way in: what stands between a public name and a service.

const ipv4 = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/, 'an IPv4 address');

const caa = z
  .array(z.strictObject({ tag: z.enum(['issue', 'issuewild', 'iodef']), value: z.string() }))
  .describe('Who may issue certificates for a name and those below it.');

export const dnsRecords = {
  a: z.array(ipv4).optional(),
  aaaa: z.array(z.string()).optional(),
  cname: z.string().optional().describe('Another name that it stands for.'),
  caa: caa.optional(),
};

/** What a public host has beside its routes. */
export const hostEdge = {
  address: ipv4.optional().describe('Of its load balancer; one is made up unless said.'),
  certificate: z
    .strictObject({
      product: z.enum(['managed', 'self-managed', 'certificate-manager']).default('managed'),
      names: z.array(z.string()).min(1).optional().describe('What it covers; the host’s own name unless said.'),
      chain: z.enum(['complete', 'leaf-only']).default('complete').describe('leaf-only: without its intermediate.'),
      issuance: z
        .enum(['works', 'rate-limited'])
        .default('works')
        .describe('What the authority does with its renewal.'),
    })
    .prefault({}),
  routing: z
    .enum(['path-rules', 'route-rules'])
    .default('path-rules')
    .describe('How its URL map is written; route-rules, with weights, is what the newer load balancers have.'),
  dns: z.strictObject(dnsRecords).prefault({}).describe('A is the load balancer’s address unless said.'),
};

/** Machines behind the same load balancer, which have health checks where Cloud Run has none. */
const vmBackend = z.strictObject({
  name: z.string(),
  host: z.string(),
  path: z.string().startsWith('/'),
  instances: z.number().int().min(1).default(2),
  requestsPerSecond: z.number().min(0).default(5),
  healthSeconds: z.number().positive().default(0.2).describe('How long its health endpoint takes to answer.'),
  healthCheck: z
    .strictObject({
      path: z.string().default('/healthz'),
      intervalSeconds: z.number().int().min(1).default(10),
      timeoutSeconds: z.number().int().min(1).default(5),
      healthyThreshold: z.number().int().min(1).default(2),
      unhealthyThreshold: z.number().int().min(1).default(3),
    })
    .prefault({}),
});

export const edge = z
  .strictObject({
    vmBackends: z.array(vmBackend).default([]),
    zones: z
      .array(z.strictObject({ name: z.string(), ...dnsRecords }))
      .default([])
      .describe('Further names in the DNS.'),
    looseCertificates: z
      .array(z.strictObject({ name: z.string(), names: z.array(z.string()).min(1), days: z.number() }))
      .default([])
      .describe('Certificates of the project that no load balancer serves.'),
  })
  .prefault({});
export type VmBackendEstate = z.infer<typeof vmBackend>;
