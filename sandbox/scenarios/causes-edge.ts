import { z } from 'zod';
import { dnsRecords } from './estate-edge.ts';

// What people do to the way in, and what happens to it.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const by = z.string().default('ann@acme.example');

const certificateReplaced = z.strictObject({
  type: z.literal('certificate-replaced'),
  at,
  host: z.string(),
  names: z.array(z.string()).min(1).optional().describe('What the new one covers; the host’s own name unless said.'),
  days: z.number().default(365).describe('Days until it expires; negative: it was expired already.'),
  product: z
    .enum(['managed', 'self-managed'])
    .default('self-managed')
    .describe('A managed one has to be provisioned before it serves.'),
  chain: z.enum(['complete', 'leaf-only']).default('complete'),
  previous: z
    .enum(['deleted', 'kept'])
    .default('deleted')
    .describe('What becomes of the one before; kept: it stays in the project, attached to nothing.'),
  by,
});

const certificateMapAttached = z.strictObject({
  type: z.literal('certificate-map-attached'),
  at,
  host: z.string(),
  names: z.array(z.string()).min(1).describe('What the certificates of the map cover; it wins over what was attached.'),
  days: z.number().default(90),
  by,
});

const dnsChanged = z.strictObject({
  type: z.literal('dns-changed'),
  at,
  name: z.string().describe('Any name; what is not said of it stays.'),
  ...dnsRecords,
});

const ingressChanged = z.strictObject({
  type: z.literal('ingress-changed'),
  at,
  service: z.string(),
  ingress: z.enum(['all', 'internal', 'internal-and-load-balancer']),
  by,
});

const invokerRemoved = z.strictObject({
  type: z.literal('invoker-removed'),
  at,
  service: z.string(),
  by,
});

const iapEnabled = z.strictObject({ type: z.literal('iap-enabled'), at, service: z.string(), by });

const armorRuleAdded = z.strictObject({
  type: z.literal('armor-rule-added'),
  at,
  service: z.string(),
  policy: z.string().default('edge-policy'),
  priority: z.number().int().min(0).default(1000),
  expression: z.string().describe('As the rule states it; what it catches is said by paths and ratio.'),
  paths: z.array(z.string()).min(1).optional().describe('Of requests to these only; to any unless said.'),
  ratio: z.number().min(0).max(1).default(1).describe('Share of those requests that it catches.'),
  isPreview: z.boolean().default(false).describe('Only written down, never enforced.'),
  by,
});

const backendEmptied = z.strictObject({ type: z.literal('backend-emptied'), at, service: z.string(), by });

const endpointGroupChanged = z.strictObject({
  type: z.literal('endpoint-group-changed'),
  at,
  service: z.string().describe('Whose backend it is.'),
  target: z.string().describe('The Cloud Run service that its endpoint group names from now on.'),
  by,
});

const healthCheckChanged = z.strictObject({
  type: z.literal('health-check-changed'),
  at,
  backend: z.string().describe('One of the estate’s vmBackends.'),
  timeoutSeconds: z.number().int().min(1).optional(),
  intervalSeconds: z.number().int().min(1).optional(),
  unhealthyThreshold: z.number().int().min(1).optional(),
  by,
});

const healthEndpointSlower = z.strictObject({
  type: z.literal('health-endpoint-slower'),
  at,
  backend: z.string().describe('One of the estate’s vmBackends.'),
  seconds: z.number().positive(),
});

export const edgeCauses = [
  certificateReplaced,
  certificateMapAttached,
  dnsChanged,
  ingressChanged,
  invokerRemoved,
  iapEnabled,
  armorRuleAdded,
  backendEmptied,
  endpointGroupChanged,
  healthCheckChanged,
  healthEndpointSlower,
] as const;
const edgeCause = z.discriminatedUnion('type', edgeCauses);
export type EdgeCause = z.infer<typeof edgeCause>;
export type EdgeCauseOf<T extends EdgeCause['type']> = Extract<EdgeCause, { type: T }>;
