import { z } from 'zod';
import { databaseCauses } from './causes-database.ts';
import { deployCauses } from './causes-deploy.ts';
import { edgeCauses } from './causes-edge.ts';
import { networkCauses } from './causes-network.ts';
import { causesPlatform } from './causes-platform.ts';
import { runtimeCauses } from './causes-runtime.ts';
import { codePatch } from './code.ts';
import { machineType } from './estate.ts';
import { settings } from './settings.ts';

// What happens, and when. Symptoms are never stated here: they follow.

const at = z.number().describe('Seconds after the start; negative: in the past that is simulated before it.');
const until = z.number().optional().describe('Seconds after the start; open-ended unless said.');

const surge = z
  .strictObject({
    type: z.literal('surge'),
    at,
    until,
    service: z.string().optional().describe('Whose requests grow.'),
    connector: z.string().optional().describe('Whose background traffic grows.'),
    factor: z.number().min(0).describe('Multiplies the requests, or the background traffic.'),
    rampSeconds: z.number().min(0).default(60),
  })
  .refine((s) => (s.service === undefined) !== (s.connector === undefined), 'one of service and connector');

const release = z.strictObject({
  type: z.literal('release'),
  at,
  service: z.string(),
  image: z.string().describe('The new image; its code is what `code` says, otherwise as before.'),
  by: z.string().default('deploy@ci.example'),
  code: codePatch.default({}),
  settings: settings.optional().describe('What is set otherwise in the same deploy.'),
  pull: z
    .enum(['works', 'not-found', 'forbidden'])
    .default('works')
    .describe('Whether the image is in its repository, and Cloud Run may read it.'),
  revision: z.string().optional().describe('Its name; Cloud Run makes one up unless said.'),
});

const leak = z.strictObject({
  type: z.literal('leak'),
  at,
  until,
  service: z.string(),
  mibPerMinute: z.number().positive().describe('Every instance of the service loses this much more, MiB a minute.'),
});

const cap = z.strictObject({
  type: z.literal('cap'),
  at,
  service: z.string(),
  maxInstances: z.number().int().min(1).describe('Someone sets the service’s ceiling to this.'),
  by: z.string().default('deploy@ci.example'),
});

const connectorChanged = z.strictObject({
  type: z.literal('connector-changed'),
  at,
  connector: z.string(),
  minInstances: z.number().int().min(2).max(9).optional(),
  maxInstances: z.number().int().min(3).max(10).optional(),
  machineType: machineType.optional(),
  state: z.enum(['READY', 'ERROR', 'UPDATING']).optional().describe('ERROR: it carries nothing any more.'),
});

export const cause = z.discriminatedUnion('type', [
  surge,
  release,
  leak,
  cap,
  connectorChanged,
  ...runtimeCauses,
  ...databaseCauses,
  ...edgeCauses,
  ...networkCauses,
  ...deployCauses,
  ...causesPlatform,
]);
export type Cause = z.infer<typeof cause>;
export type CauseOf<T extends Cause['type']> = Extract<Cause, { type: T }>;
