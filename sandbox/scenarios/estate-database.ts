import { z } from 'zod';

// What services keep their data in: a Cloud SQL instance, a Memorystore instance, or something of one's own.

const ratio = z.number().min(0).max(1);

const cloudSql = z.strictObject({
  instance: z.string().optional().describe('Its name; the database’s unless said.'),
  version: z.string().optional().describe('POSTGRES_15 or MYSQL_8_0 unless said.'),
  tier: z
    .string()
    .regex(/^db-(custom-\d+-\d+|f1-micro|g1-small)$/, 'db-custom-CPUS-MIB, db-f1-micro or db-g1-small')
    .default('db-custom-2-7680'),
  maxConnections: z.number().int().positive().optional().describe('The flag; the default of its memory unless said.'),
  highlyAvailable: z.boolean().default(false),
  publicAddress: z.boolean().default(false),
  otherConnections: z.number().int().min(0).default(6).describe('Held by others than the services.'),
  cpuRatio: ratio.default(0.12).describe('Busy with others than the services.'),
  memoryRatio: ratio.default(0.45),
  diskRatio: ratio.default(0.3),
});

const memorystore = z.strictObject({
  instance: z.string().optional().describe('Its name; the database’s unless said.'),
  tier: z.enum(['BASIC', 'STANDARD_HA']).default('BASIC'),
  memorySizeGb: z.number().int().positive().default(1),
  usedRatio: ratio.default(0.35),
  evictionPolicy: z.enum(['noeviction', 'volatile-lru', 'allkeys-lru']).default('noeviction'),
});

export const database = z.strictObject({
  name: z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and hyphens'),
  kind: z.enum(['postgresql', 'redis', 'mysql', 'other']),
  address: z.string().regex(/^\d+\.\d+\.\d+\.\d+:\d+$/, 'an IPv4 address and a port, as 10.20.0.3:5432'),
  cloudSql: cloudSql.prefault({}).describe('Of postgresql and mysql.'),
  memorystore: memorystore.prefault({}).describe('Of redis.'),
});

export type DatabaseEstate = z.infer<typeof database>;
