import { randomBytes } from 'node:crypto';
import { log } from '../shared/adapters/log/log.ts';
import { openDatabase } from '../shared/adapters/sqlite/database.ts';
import { Dispatcher, type Subscriber } from '../shared/adapters/sqlite/dispatcher.ts';
import { onlyRunner } from '../shared/adapters/sqlite/only-runner.ts';
import { SqliteQueue } from '../shared/adapters/sqlite/queue.ts';
import type { Topic } from '../shared/incident/effect.ts';
import { PlatformFailure } from '../shared/ports/platform-failure.ts';
import { type Config, ConfigurationInvalid, configOf, publishAt } from './config.ts';
import { eventDelivery } from './local/event-delivery.ts';
import { answerJson, listenHere } from './local/http.ts';
import { identitiesOf } from './local/identities.ts';
import { publishEndpoint } from './local/publish-endpoint.ts';
import { serveFunction, type Traffic } from './local/serve-function.ts';
import { untilTold } from './local/until-told.ts';

/** Which function listens on which topic, as its Eventarc trigger says in production. */
const LISTENS: readonly (readonly [Topic, 'alert' | 'investigate' | 'chat' | 'remediate'])[] = [
  ['alerts', 'alert'],
  ['investigations', 'investigate'],
  ['clicks', 'chat'],
  ['announcements', 'chat'],
  ['remediations', 'remediate'],
];
/** How long what is in flight may take to end; what does not is delivered again at the next start. */
const STOP_GRACE_MS = 2_000;

/**
 * Every function on one machine: each on its own port behind functions-framework, and between them the embedded queue, reached as Pub/Sub is.
 * Prints its addresses as one JSON line once all are up. Ends when told to, or when its stdin closes; what was in flight then is kept.
 */
async function run(config: Config): Promise<void> {
  const project = config.needed('RUNMEDIC_PUBSUB_PROJECT');
  const file = config.needed('RUNMEDIC_STATE_FILE');
  const identities = identitiesOf(config.settings.RUNMEDIC_IDENTITY_TOKENS ?? {});
  const local = log('local');
  for (const warning of config.warnings) process.stderr.write(`runmedic: ${warning}\n`);
  const letGo = onlyRunner(file);
  const database = openDatabase(file);
  const queue = new SqliteQueue(database, { nowMs: Date.now });

  const publishing = await listenHere(publishEndpoint({ project, queue, identities }));
  publishAt(publishing.url);
  // One after the other: each reads its configuration as it is loaded, and the first fault is the one to tell.
  await import('./alert.ts');
  await import('./investigate.ts');
  await import('./chat.ts');
  await import('./remediate.ts');
  await import('./slack.ts');
  await import('./patrol.ts');

  const traffic: Traffic = { inFlight: 0, activity: 0 };
  const slack = await serveFunction({ name: 'slack', admits: () => true, traffic });
  const isScheduler = (authorization: string | undefined) => identities.callerOf(authorization) === 'scheduler';
  const patrol = await serveFunction({ name: 'patrol', admits: isScheduler, traffic });
  const bearer = randomBytes(24).toString('base64url');
  const isQueue = (authorization: string | undefined) => authorization === `Bearer ${bearer}`;
  const subscribers = new Map<Topic, Subscriber>();
  const served = [slack, patrol, publishing];
  for (const [topic, name] of LISTENS) {
    const { url, close } = await serveFunction({ name, admits: isQueue, traffic: undefined });
    served.push({ url, close });
    subscribers.set(topic, eventDelivery({ url, project, bearer }));
  }

  const broken = Promise.withResolvers<never>();
  const dispatcher = new Dispatcher({
    queue,
    subscribers,
    onFailed: ({ topic, id, attempt }, cause, next) =>
      local.warn({ topic, messageId: id, attempt, next, cause: String(cause) }, 'delivery failed'),
    onBroken: broken.reject,
  });
  const status = await listenHere(async (_, response) => {
    const { queued, inFlight, activity } = dispatcher.status();
    answerJson(response, 200, {
      queued,
      inFlight: inFlight + traffic.inFlight,
      activity: activity + traffic.activity,
      deadLetters: queue.waiting('dead-letters'),
    });
  });
  served.push(status);

  dispatcher.start();
  const addresses = {
    slackRequestUrl: slack.url,
    schedulerUrl: patrol.url,
    publishUrl: `${publishing.url}/v1/projects/${project}/topics/alerts:publish`,
    statusUrl: status.url,
  };
  process.stdout.write(`${JSON.stringify({ ready: true, ...addresses })}\n`);
  try {
    await Promise.race([untilTold(), broken.promise]);
  } finally {
    await dispatcher.stop(STOP_GRACE_MS);
    for (const { close } of served) await close();
    database.close();
    letGo();
  }
}

try {
  await run(configOf('patrol'));
  // Whatever a function still waits for is over with this process.
  process.exit(0);
} catch (error) {
  const known = error instanceof ConfigurationInvalid || error instanceof PlatformFailure;
  process.stderr.write(`${error instanceof Error ? (known ? error.message : error.stack) : String(error)}\n`);
  process.exit(1);
}
