import { z } from 'zod';

// What a service is told to run its containers with: what a person sets beside the image.

const probe = z.strictObject({
  type: z.enum(['tcp', 'http']).default('tcp'),
  path: z.string().default('/'),
  port: z.number().int().min(1).max(65535).optional().describe('The container’s own port unless said.'),
  initialDelaySeconds: z.number().int().min(0).max(240).optional(),
  periodSeconds: z.number().int().min(1).max(240).default(10),
  timeoutSeconds: z.number().int().min(1).max(240).default(1),
  failureThreshold: z.number().int().min(1).default(3),
});

const secretReference = z.strictObject({ secret: z.string(), version: z.string().default('latest') });

export const settings = z
  .strictObject({
    port: z.number().int().min(1).max(65535).describe('Where Cloud Run sends requests, and what it tells as PORT.'),
    protocol: z.enum(['http1', 'h2c']).describe('What Cloud Run speaks to the container.'),
    env: z.record(z.string(), z.string().nullable()).describe('Variables that are set; null: taken away.'),
    secrets: z
      .record(z.string(), secretReference.nullable())
      .describe('Variables that are filled from a secret when an instance starts; null: taken away.'),
    cpu: z.number().positive(),
    memoryMib: z.number().int().min(128),
    concurrency: z.number().int().min(1).max(1000),
    timeoutSeconds: z.number().int().min(1).max(3600),
    minInstances: z.number().int().min(0),
    maxInstances: z.number().int().min(1),
    startupProbe: probe.nullable().describe('null: Cloud Run’s own, one TCP connection within 240 s.'),
    livenessProbe: probe.nullable().describe('Cloud Run shuts down an instance that fails it; null: nobody asks.'),
    startupCpuBoost: z
      .boolean()
      .describe('Up to twice the CPU while a container starts; without it a start takes twice as long.'),
    executionEnvironment: z.enum(['gen1', 'gen2']),
    inMemoryVolume: z.string().describe('The path where a volume in memory is mounted.'),
  })
  .partial();
export type Settings = z.infer<typeof settings>;
