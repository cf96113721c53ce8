import { z } from 'zod';
import { DATABASE_TIMEOUT_SECONDS } from './defaults.ts';
import {
  connectorName,
  duration,
  durationText,
  httpUrl,
  line,
  listOf,
  privateAddress,
  secretName,
  section,
  serviceName,
  wholeNumber,
} from './values.ts';

const SERVICES_MAX = 100;
/** PostgreSQL's own ceiling for max_connections is 262143: nobody's pool is larger. */
const POOL_MAX = 262_143;

const user = z.union(
  [
    serviceName,
    section({
      name: serviceName,
      connectionsPerInstance: wholeNumber(1, POOL_MAX)
        .optional()
        .describe('How many connections one instance may open at most: its pools added up, over all of its processes.'),
    }),
  ],
  { error: "a service's short name, or a mapping of name and connectionsPerInstance" },
);

/** A database, as people write it. */
export const databaseFile = section({
  name: line(100).describe('What cards call it.'),
  kind: z.enum(['postgresql', 'mysql', 'redis'], { error: 'postgresql, mysql or redis' }),
  address: privateAddress.optional().describe('Where probes inside the VPC reach it. Left out: it is not probed.'),
  instance: line(100)
    .optional()
    .describe('The Cloud SQL or Memorystore instance. Left out: the one that has the address.'),
  services: listOf(user, SERVICES_MAX)
    .optional()
    .describe('Who uses it. Left out: those that mount its socket, or whose environment names speak of its kind.'),
  user: line(100)
    .optional()
    .describe(
      'As whom probes log in. Left out: a probe goes no further than to be asked who it is, which proves that it answers.',
    ),
  secret: secretName.optional().describe("The name of the secret that holds this user's password."),
  database: line(100).optional().describe('PostgreSQL: the database to log in to. The name of the user when left out.'),
  encryption: z
    .enum(['none', 'tls'], { error: 'none or tls' })
    .optional()
    .meta({ description: 'Whether probes speak TLS with it.', default: 'none' }),
  timeout: duration({ minSeconds: 1, maxSeconds: 15 })
    .optional()
    .meta({ description: 'How long a handshake may take.', default: durationText(DATABASE_TIMEOUT_SECONDS) }),
});

/** A deployed probe, as people write it. */
export const probeFile = section({
  name: line(100).describe('What cards call it; the deployed function is told it as RUNMEDIC_PROBE.'),
  url: httpUrl.describe('Where the deployed function probe answers.'),
  through: z
    .union([z.literal('direct-vpc'), connectorName], { error: 'direct-vpc, or the connector that it stands behind' })
    .describe('Its way into the VPC: direct-vpc, or the connector that it stands behind.'),
  knownGood: privateAddress.describe(
    'Something in the VPC that always answers. Until it does, nothing that this probe saw is believed.',
  ),
});
