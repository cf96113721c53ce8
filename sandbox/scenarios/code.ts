import { z } from 'zod';

// What the code of a container image does. A release brings other code; nothing here says what users will see.

const requestFields = {
  latencyMs: z.number().positive().describe('Time to answer one request while all is well, milliseconds.'),
  cpuMs: z.number().positive().describe('CPU time that one request takes, milliseconds of one vCPU.'),
  egressKb: z.number().min(0).describe('What one request sends and receives outside, kilobytes.'),
  needs: z.array(z.string()).describe('Databases that every request uses, by name.'),
  calls: z.array(z.string()).describe('Services that every request calls over their public URL, by name.'),
  timeoutSeconds: z
    .number()
    .positive()
    .describe('After this the app gives up on a dependency and answers 503, seconds.'),
  timeoutLine: z.string().optional().describe('What the app prints when that happens.'),
  threads: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Requests that one instance works on at once; what more it is given waits inside it. Unless said, it works on all that it is given, and none is given to it for which it has no CPU.',
    ),
  upstreams: z.array(z.string()).describe('Third parties that requests call, by host.'),
  upstreamRatio: z.number().min(0).max(1).describe('Share of the requests that call them.'),
  longRatio: z.number().min(0).max(1).describe('Share of the requests that take longSeconds: exports, reports.'),
  longSeconds: z.number().positive().describe('What those take, seconds.'),
  longPath: z.string().startsWith('/').describe('Where those are asked for.'),
  sessionRatio: z
    .number()
    .min(0)
    .max(1)
    .describe('Share of the requests that belong to a session which the instance that began it keeps in its memory.'),
  sessionPath: z.string().startsWith('/').describe('Where those are sent.'),
  sessionLine: z.string().describe('What an instance prints about a session that is not its own, and answers 404.'),
  healthCpuMs: z.number().positive().describe('CPU time that one health check takes, milliseconds of one vCPU.'),
  healthLatencyMs: z.number().positive().describe('Time to answer one health check while all is well, milliseconds.'),
  poolMax: z.number().int().min(1).describe('Connections to each database that one instance opens at most.'),
  poolIdle: z.number().int().min(0).describe('Connections that one instance keeps open without any request.'),
  queryMs: z.number().positive().describe('How long a request holds a connection while all is well, milliseconds.'),
  queryCpuMs: z
    .number()
    .min(0)
    .describe('CPU time of a SQL database that one request takes, milliseconds of one vCPU.'),
  poolTimeoutSeconds: z.number().positive().describe('After this a request without a free connection fails, seconds.'),
  poolTimeoutLine: z.string().describe('What the app prints then.'),
  staleSeconds: z
    .number()
    .min(0)
    .describe('So long after a restart of the database its pool still hands out dead connections, seconds.'),
  staleLine: z.string().describe('What the app prints about one.'),
  reaches: z.array(z.string()).describe('Externals that every request calls, by name.'),
  newConnections: z
    .number()
    .min(0)
    .describe('Connections that a request opens to each of them; 0: the app keeps its connections.'),
  needsEnv: z.array(z.string()).describe('Variables without which a request fails, by name.'),
};

const startFields = {
  seconds: z
    .number()
    .positive()
    .describe(
      'From a new instance to a listening port, seconds, with the startup CPU boost; twice as many without it.',
    ),
  needs: z.array(z.string()).describe('Databases without which the start fails, by name.'),
  connections: z.number().int().min(1).describe('New connections to each of them that must succeed.'),
  quota: z
    .string()
    .optional()
    .describe('A start calls a Google API and takes one of this quota, by name; refused, it gives up.'),
  egressMbps: z
    .number()
    .min(0)
    .describe('What one instance moves through the network while it starts (caches, models), Mbit/s.'),
  timeoutSeconds: z.number().positive().describe('After this the start gives up and the container exits, seconds.'),
  timeoutLine: z.string().optional().describe('What the app prints then.'),
  exitCode: z.number().int().min(1).max(255).describe('The exit code then.'),
  needsEnv: z.array(z.string()).describe('Variables without which the start fails, by name.'),
  missingLine: z.string().optional().describe('What the app prints for want of a variable.'),
  generation: z
    .enum(['any', 'gen2'])
    .describe('gen2: its volumes in memory never come up in the first execution environment.'),
  warmUpSeconds: z.number().min(0).describe('For so long after its port opens it answers 503, seconds.'),
  warmUpLine: z.string().optional().describe('What the app prints for each of those.'),
  readyPath: z.string().optional().describe('An HTTP probe of this path succeeds only after the warm-up.'),
};

const listenFields = {
  port: z
    .union([z.literal('PORT'), z.number().int().min(1).max(65535)])
    .describe('Where it listens; PORT: where it is told to.'),
  alsoOn: z.array(z.number().int().min(1).max(65535)).describe('Other ports, of an admin server for one.'),
  protocol: z.enum(['http1', 'h2c']).describe('What it speaks there.'),
};

const memoryFields = {
  baseMib: z.number().positive().describe('An idle instance, MiB.'),
  perRequestMib: z.number().min(0).describe('Each request in flight adds this, MiB.'),
  leakMibPerMinute: z.number().min(0).describe('Never given back, MiB a minute of an instance’s life.'),
};

const failureFields = {
  exitCode: z.number().int().min(1).max(255).describe('Exit code where the code exits.'),
  lines: z.array(z.string()).describe('What it prints on stderr as it fails.'),
  status: z.number().int().min(400).max(599).describe('Status of failed requests, with fails: with-errors.'),
  ratio: z.number().min(0).max(1).describe('Share of requests that fail, with fails: with-errors.'),
};

const fails = z
  .enum(['never', 'before-ready', 'after-ready', 'with-errors'])
  .describe(
    'before-ready: exits before it listens, so the revision never becomes ready. after-ready: listens, then exits on its first request. with-errors: answers errors.',
  );

const rest = {
  lifeSeconds: z.number().min(0).describe('A ready instance exits by itself after so long; 0: never.'),
  addresses: z
    .record(z.string(), z.string())
    .describe('Variables that say where a database is, and which; another value leads nowhere.'),
  chatterMbps: z.number().min(0).describe('What a ready instance moves without any request, Mbit/s.'),
  giveUpSeconds: z.number().min(0).describe('An instance whose databases fail for this long exits; 0: never.'),
  fails,
};

export const code = z.strictObject({
  request: z.strictObject(requestFields),
  start: z.strictObject(startFields),
  listen: z.strictObject(listenFields),
  memory: z.strictObject(memoryFields),
  failure: z.strictObject(failureFields),
  ...rest,
});
export type Code = z.infer<typeof code>;

export const codePatch = z
  .strictObject({
    request: z.strictObject(requestFields).partial(),
    start: z.strictObject(startFields).partial(),
    listen: z.strictObject(listenFields).partial(),
    memory: z.strictObject(memoryFields).partial(),
    failure: z.strictObject(failureFields).partial(),
    ...rest,
  })
  .partial();
export type CodePatch = z.infer<typeof codePatch>;

const outside = {
  upstreams: [],
  upstreamRatio: 1,
  longRatio: 0,
  longSeconds: 60,
  longPath: '/export',
  sessionRatio: 0,
  sessionPath: '/messages',
  // Real text: mozilla/metric-hub#1459, read 2026-11-25.
  sessionLine: 'Could not find session',
  healthCpuMs: 2,
  healthLatencyMs: 5,
};

/** A pool that an ordinary service never notices. */
const pooled = {
  poolMax: 10,
  poolIdle: 2,
  queryMs: 8,
  queryCpuMs: 1,
  poolTimeoutSeconds: 10,
  // SQLAlchemy's words: sqlalchemy.exc.TimeoutError, https://docs.sqlalchemy.org/en/20/errors.html#error-3o7r (read 2026-11-23).
  poolTimeoutLine:
    'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 5 reached, connection timed out, timeout 10.00',
  staleSeconds: 0,
  // Real text: Flowminder/FlowKit#7284, read 2026-11-23.
  staleLine: "OperationalError (2013, 'Lost connection to MySQL server during query')",
} as const;

/** A small, healthy web application. */
export const defaultCode: Code = {
  request: {
    latencyMs: 80,
    cpuMs: 20,
    egressKb: 20,
    needs: [],
    calls: [],
    timeoutSeconds: 13,
    reaches: [],
    newConnections: 0,
    needsEnv: [],
    ...pooled,
    ...outside,
  },
  start: {
    seconds: 4,
    needs: [],
    connections: 1,
    egressMbps: 0,
    timeoutSeconds: 25,
    exitCode: 3,
    needsEnv: [],
    generation: 'any',
    warmUpSeconds: 0,
  },
  listen: { port: 'PORT', alsoOn: [], protocol: 'http1' },
  memory: { baseMib: 160, perRequestMib: 1, leakMibPerMinute: 0 },
  failure: { exitCode: 1, lines: [], status: 500, ratio: 0 },
  lifeSeconds: 0,
  addresses: {},
  chatterMbps: 0,
  giveUpSeconds: 0,
  fails: 'never',
};

/** `base` with what `patch` says otherwise. */
export function patchCode(base: Code, patch: CodePatch | undefined): Code {
  return {
    request: { ...base.request, ...defined(patch?.request) },
    start: { ...base.start, ...defined(patch?.start) },
    listen: { ...base.listen, ...defined(patch?.listen) },
    memory: { ...base.memory, ...defined(patch?.memory) },
    failure: { ...base.failure, ...defined(patch?.failure) },
    lifeSeconds: patch?.lifeSeconds ?? base.lifeSeconds,
    addresses: patch?.addresses ?? base.addresses,
    chatterMbps: patch?.chatterMbps ?? base.chatterMbps,
    giveUpSeconds: patch?.giveUpSeconds ?? base.giveUpSeconds,
    fails: patch?.fails ?? base.fails,
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T | undefined): Defined<T> {
  const kept = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Defined<T>; // Sound: only keys of T, and no undefined among the values.
}
