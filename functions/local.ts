import { log } from '../shared/adapters/log/log.ts';
import { openDatabase } from '../shared/adapters/sqlite/database.ts';
import { Dispatcher } from '../shared/adapters/sqlite/dispatcher.ts';
import { onlyRunner } from '../shared/adapters/sqlite/only-runner.ts';
import { SqliteQueue } from '../shared/adapters/sqlite/queue.ts';
import { PlatformFailure } from '../shared/ports/platform-failure.ts';
import { ConfigurationInvalid, probeAt, publishAt } from './config.ts';
import { type ConfigWithPolicy, configWithPolicy } from './config-with-policy.ts';
import { answerJson, listenHere } from './local/http.ts';
import { identitiesOf } from './local/identities.ts';
import { serveListeners } from './local/listeners.ts';
import { publishEndpoint } from './local/publish-endpoint.ts';
import { serveFunction, type Traffic } from './local/serve-function.ts';
import { untilTold } from './local/until-told.ts';

/** How long what is in flight may take to end; what does not is delivered again at the next start. */
const STOP_GRACE_MS = 2_000;

/**
 * Every function on one machine: each on its own port behind functions-framework, and between them the embedded queue, reached as Pub/Sub is.
 * Prints its addresses as one JSON line once all are up. Ends when told to, or when its stdin closes; what was in flight then is kept.
 */
async function run(config: ConfigWithPolicy): Promise<void> {
  const project = config.needed('RUNMEDIC_PUBSUB_PROJECT');
  const file = config.needed('RUNMEDIC_STATE_FILE');
  const identities = identitiesOf(config.settings.RUNMEDIC_IDENTITY_TOKENS ?? {});
  // For whoever sits before the terminal; each function logs them too.
  for (const warning of config.warnings) process.stderr.write(`runmedic: ${warning}\n`);
  const letGo = onlyRunner(file);
  const database = openDatabase(file);
  const queue = new SqliteQueue(database, { nowMs: Date.now });

  const publishing = await listenHere(publishEndpoint({ project, queue, identities }));
  publishAt(publishing.url);
  const traffic: Traffic = { inFlight: 0, activity: 0 };
  await import('./probe.ts');
  // What it admits it decides itself too; in the cloud, Cloud Run's own gate comes before.
  const isInvestigate = (authorization: string | undefined) => identities.callerOf(authorization) === 'investigate';
  const probe = await serveFunction({ name: 'probe', admits: isInvestigate, traffic });
  probeAt(probe.url);
  await loadFunctions();
  const slack = await serveFunction({ name: 'slack', admits: () => true, traffic });
  const isScheduler = (authorization: string | undefined) => identities.callerOf(authorization) === 'scheduler';
  const patrol = await serveFunction({ name: 'patrol', admits: isScheduler, traffic });
  const { served, subscribers } = await serveListeners(project);
  const { dispatcher, broken } = dispatching(queue, subscribers);
  const status = await serveStatus(dispatcher, traffic, queue);

  dispatcher.start();
  const addresses = {
    slackRequestUrl: slack.url,
    schedulerUrl: patrol.url,
    publishUrl: `${publishing.url}/v1/projects/${project}/topics/alerts:publish`,
    statusUrl: status.url,
  };
  // Listened for before anybody knows that it is ready: a signal that comes at once must not end it with its work in hand.
  const told = untilTold();
  process.stdout.write(`${JSON.stringify({ ready: true, ...addresses })}\n`);
  try {
    await Promise.race([told, broken]);
  } finally {
    await dispatcher.stop(STOP_GRACE_MS);
    for (const { close } of [status, slack, patrol, ...served, probe, publishing]) await close();
    database.close();
    letGo();
  }
}

/** One after the other: each reads its configuration as it is loaded, and the first that cannot start is told of. */
async function loadFunctions(): Promise<void> {
  await import('./alert.ts');
  await import('./investigate.ts');
  await import('./chat.ts');
  await import('./remediate.ts');
  await import('./retest.ts');
  await import('./slack.ts');
  await import('./patrol.ts');
}

function dispatching(queue: SqliteQueue, subscribers: ConstructorParameters<typeof Dispatcher>[0]['subscribers']) {
  const own = log('local');
  const { promise: broken, reject: onBroken } = Promise.withResolvers<never>();
  const dispatcher = new Dispatcher({
    queue,
    subscribers,
    onBroken,
    onFailed: ({ topic, id, attempt }, cause, next) =>
      own.warn({ topic, messageId: id, attempt, next, cause: String(cause) }, 'delivery failed'),
  });
  return { dispatcher, broken };
}

/** What the bot is busy with: the sandbox's world jumps only while nothing here moves. */
const serveStatus = (dispatcher: Dispatcher, traffic: Traffic, queue: SqliteQueue) =>
  listenHere(async (_, response) => {
    const { queued, inFlight, activity } = dispatcher.status();
    answerJson(response, 200, {
      queued,
      inFlight: inFlight + traffic.inFlight,
      activity: activity + traffic.activity,
      deadLetters: queue.waiting('dead-letters'),
    });
  });

try {
  await run(configWithPolicy('patrol'));
  // Whatever a function still waits for is over with this process.
  process.exit(0);
} catch (error) {
  const expected = error instanceof ConfigurationInvalid || error instanceof PlatformFailure;
  process.stderr.write(`${error instanceof Error ? (expected ? error.message : error.stack) : String(error)}\n`);
  process.exit(1);
}
