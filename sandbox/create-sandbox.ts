import express from 'express';
import { createBotConnection } from './bot-connection.ts';
import { githubRouter } from './ci/github-router.ts';
import { createTestRuns } from './ci/test-runs.ts';
import { controlRoutes } from './control-routes.ts';
import type { Credentials } from './credentials.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createCallLog } from './google/call-log.ts';
import { googleRouter } from './google/google-router.ts';
import { jumpWhenIdle } from './jump-when-idle.ts';
import { logSlack } from './log-slack.ts';
import { createNotificationPublisher } from './notification-publisher.ts';
import { createOncall, type Decision } from './oncall.ts';
import { observeWorld } from './page/observe-world.ts';
import { pageRoutes } from './page/page-routes.ts';
import type { WorldOnPage } from './page/page-state.ts';
import { slackOnPage } from './page/slack-on-page.ts';
import { createScheduler } from './scheduler.ts';
import { createSlack } from './slack/create-slack.ts';
import { acmeWorkspace } from './slack/workspace.ts';
import { createTime } from './time.ts';
import { timeRoutes } from './time-routes.ts';
import { watchWorld } from './watch-world.ts';
import type { World } from './world/world.ts';

/** The user who decides in a headless run. */
const ONCALL_USER = 'U0ANN';
const CALLS_ON_PAGE = 300;

export interface Sandbox {
  /** Everything that the plain-HTTP port serves. */
  readonly app: express.Express;
  readonly log: EventLog;
  stop(): void;
}

/** Puts the world, Slack, the page and the clock together; whoever calls it opens the ports. */
export function createSandbox(options: {
  readonly world: World;
  readonly credentials: Credentials;
  readonly speed: number;
  /** undefined: people decide, on the page. */
  readonly oncall: Decision | undefined;
  readonly publicUrl: () => string;
  /** One round of the estate's end-to-end tests, as a user would make it: what it found broken. */
  readonly tryAll: () => Promise<readonly string[]>;
  /** Called after each second of the world. */
  readonly afterSecond: () => void;
}): Sandbox {
  const { world, credentials } = options;
  const machineNowMs = (): number => performance.timeOrigin + performance.now();
  const worldNowMs = (): number => world.nowMs;
  const stop = new AbortController();
  const bot = createBotConnection();
  const log = createEventLog(worldNowMs);
  const calls = createCallLog();
  const testRuns = createTestRuns({ nowMs: worldNowMs, tryAll: options.tryAll });
  const versions = { slack: 0, world: 0 };

  const publisher = createNotificationPublisher({ bot, log, bearer: credentials.monitoring });
  const watch = watchWorld({ world, calls, log, publish: publisher.publish });
  const observer = observeWorld(world);
  const time = createTime({
    world,
    speed: options.speed,
    machineNowMs,
    afterSecond() {
      watch.look();
      options.afterSecond();
      observer.observe();
      versions.world += 1;
    },
  });
  const slack = createSlack({
    workspace: acmeWorkspace,
    time: { worldNowMs, machineNowMs },
    bot: { token: credentials.slack.botToken, scopes: credentials.slack.scopes },
    signingSecret: credentials.slack.signingSecret,
    requestUrl: () => bot.addresses()?.slackRequestUrl,
    publicUrl: options.publicUrl,
    onEvent(event) {
      versions.slack += 1;
      logSlack(log, event);
      oncall?.onSlackEvent(event);
    },
  });
  const oncall =
    options.oncall === undefined
      ? undefined
      : createOncall({
          user: ONCALL_USER,
          decision: options.oncall,
          slack: slack.state,
          people: slack.people,
          time,
          log,
        });
  const scheduler = createScheduler({ time, bot, log, bearer: credentials.scheduler });
  const timeServed = timeRoutes(time);
  let playing = false;

  function play(): void {
    if (playing) return;
    playing = true;
    versions.world += 1;
    scheduler.start();
    time.play();
    if (oncall === undefined) return;
    void jumpWhenIdle({
      statusUrl: () => bot.addresses()?.statusUrl,
      sleepers: timeServed.sleepers,
      inFlight: () => scheduler.inFlight() + publisher.inFlight() + slack.people.inFlight(),
      jump: time.jump,
      stop: stop.signal,
    });
  }

  const worldOnPage = (): WorldOnPage => ({
    snapshot: world.snapshot(),
    impact: observer.impact(),
    samples: observer.samples(),
    calls: calls.list().slice(-CALLS_ON_PAGE),
    speed: options.speed,
    status: playing ? 'playing' : 'paused',
  });

  const app = express().disable('x-powered-by');
  app.use(timeServed.router);
  app.use(
    controlRoutes({ time, bot, log, faults: slack.faults, play, world: worldOnPage, hasOpenAlert: watch.hasOpenAlert }),
  );
  app.use(slack.router);
  app.use(
    pageRoutes({
      people: slack.people,
      slack: () => slackOnPage(slack.state),
      world: worldOnPage,
      versions: () => ({ ...versions }),
    }),
  );
  app.use(githubRouter({ runs: testRuns, token: credentials.github }));
  app.use(googleRouter({ world, identities: new Map(Object.entries(credentials.tokens)), calls, testRuns }));

  return {
    app,
    log,
    stop() {
      stop.abort();
      time.stop();
    },
  };
}
