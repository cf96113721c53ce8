import { z } from 'zod';
import { codePatch } from './code.ts';
import { database } from './estate-database.ts';
import { edge, hostEdge } from './estate-edge.ts';
import { networkEstate } from './estate-network.ts';
import { estatePlatform } from './estate-platform.ts';
import { healthChecks, sockets, upstream } from './estate-runtime.ts';
import { secret } from './estate-secrets.ts';
import { settings } from './settings.ts';

// What stands in the project before anything happens.

const name = z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and hyphens');
const seconds = z.number().min(0);

/** Instances of a connector by machine type, and what each carries. Source: cost and throughput table of Serverless VPC Access, read 2026-11-23. */
export const machineTypes = ['f1-micro', 'e2-micro', 'e2-standard-4'] as const;
export const machineType = z.enum(machineTypes);
export type MachineType = z.infer<typeof machineType>;

const connector = z
  .strictObject({
    name,
    network: z.string().default('default'),
    ipCidrRange: z.string().default('10.8.0.0/28'),
    machineType: machineType.default('e2-micro'),
    minInstances: z.number().int().min(2).max(9).default(2),
    maxInstances: z.number().int().min(3).max(10).default(10),
    instances: z
      .number()
      .int()
      .min(2)
      .max(10)
      .optional()
      .describe('Running at the beginning; the minimum unless said.'),
    backgroundMbps: z.number().min(0).default(0).describe('Traffic of users other than the services, Mbit/s.'),
    connectedProjects: z.array(z.string()).optional(),
  })
  .refine((c) => c.minInstances < c.maxInstances, 'minInstances must be below maxInstances');

const vpcAccess = z.strictObject({
  connector: z
    .string()
    .nullish()
    .transform((value) => value ?? undefined)
    .describe('null: none, where the file that is extended has one.'),
  network: z.string().optional().describe('Direct VPC egress instead of a connector.'),
  subnetwork: z.string().optional(),
  egress: z.enum(['ALL_TRAFFIC', 'PRIVATE_RANGES_ONLY']).default('PRIVATE_RANGES_ONLY'),
});

const revision = z.strictObject({
  name,
  image: z.string().optional().describe('The service’s image unless said.'),
  deployedBy: z.string().default('deploy@ci.example'),
  deployedSecondsBefore: z.number().min(0),
  code: codePatch.optional().describe('Where its code is other than the service’s.'),
  settings: settings.optional().describe('Where its settings are other than the service’s.'),
});

const startupProbe = z.strictObject({
  type: z.enum(['tcp', 'http']).default('tcp'),
  path: z.string().default('/'),
  periodSeconds: z.number().int().min(1).max(240).default(240),
  timeoutSeconds: z.number().int().min(1).max(240).default(240),
  failureThreshold: z.number().int().min(1).default(1),
});

const service = z.strictObject({
  name,
  image: z.string(),
  requestsPerSecond: z.number().min(0).describe('What clients ask for on an ordinary minute.'),
  clientRetryRatio: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe('Share of failed requests that clients send again within seconds.'),
  logger: z
    .enum(['plain', 'pino'])
    .default('plain')
    .describe(
      'How it writes its lines: as text on stderr, or as pino does, JSON on stdout with a level of its own and no severity.',
    ),
  paths: z.array(z.string()).min(1).default(['/']).describe('Request paths as they appear in logs.'),
  cpu: z.number().positive().default(1),
  memoryMib: z.number().int().min(128).default(512),
  concurrency: z.number().int().min(1).max(1000).default(80),
  timeoutSeconds: z.number().int().min(1).max(3600).default(300),
  minInstances: z.number().int().min(0).default(0),
  maxInstances: z.number().int().min(1).default(100),
  serviceMaxInstances: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('The ceiling at service level; the lower one holds.'),
  startupProbe: startupProbe.optional(),
  serviceAccount: z.string().default('default-compute@developer.gserviceaccount.com'),
  env: z.record(z.string(), z.string()).default({}),
  labels: z.record(z.string(), z.string()).default({}),
  vpcAccess: vpcAccess.optional(),
  cloudSql: z.array(z.string()).default([]).describe('Databases whose Cloud SQL socket is mounted, by name.'),
  traffic: z
    .union([
      z.literal('latest'),
      z.array(z.strictObject({ revision: z.string(), percent: z.number().int().min(0).max(100) })),
    ])
    .default('latest'),
  sockets: sockets.optional(),
  healthChecks: healthChecks.optional(),
  code: codePatch.default({}),
  settings: settings.default({}),
  revisions: z.array(revision).min(1).describe('Oldest first; the last one is the latest.'),
});

const host = z.strictObject({
  name: z.string(),
  routes: z
    .array(z.strictObject({ path: z.string().startsWith('/'), service: z.string() }))
    .min(1)
    .describe('The longest matching path wins.'),
  webSocketPath: z.string().startsWith('/').optional(),
  certificateDays: z.number().default(60).describe('Days until its certificate expires; negative: expired.'),
  user: z
    .strictObject({ name: z.string(), password: z.string() })
    .optional()
    .describe('Who can log in by POST /auth/login.'),
  ...hostEdge,
});

export const estate = z.strictObject({
  project: name,
  projectNumber: z.string().regex(/^\d+$/).default('415104041262'),
  region: name,
  historySeconds: seconds
    .min(600)
    .max(7200)
    .default(2700)
    .describe('Healthy past that is simulated before the start, seconds.'),
  databases: z.array(database).default([]),
  secrets: z.array(secret).default([]),
  upstreams: z.array(upstream).default([]),
  connectors: z.array(connector).default([]),
  services: z.array(service).min(1),
  hosts: z.array(host).default([]),
  edge,
  ...networkEstate,
  platform: estatePlatform,
});

export type Estate = z.infer<typeof estate>;
export type ServiceEstate = Estate['services'][number];
export type ConnectorEstate = Estate['connectors'][number];
export type UpstreamEstate = Estate['upstreams'][number];
export type HostEstate = Estate['hosts'][number];
