import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import { githubRouter } from '../../sandbox/ci/github-router.ts';
import { createTestRuns } from '../../sandbox/ci/test-runs.ts';
import { tryHosts } from '../../sandbox/ci/try-hosts.ts';
import { startDns } from '../../sandbox/endpoints/dns-server.ts';
import { startEndpoints } from '../../sandbox/endpoints/start-endpoints.ts';
import { createCallLog } from '../../sandbox/google/call-log.ts';
import { googleRouter } from '../../sandbox/google/google-router.ts';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { createWorld } from '../../sandbox/world/create-world.ts';
import { githubRuns } from '../../shared/adapters/github/github-runs.ts';
import { tokenAuth } from '../../shared/adapters/google/auth.ts';
import { buildRuns } from '../../shared/adapters/google/build-runs.ts';
import { googleCallMeter } from '../../shared/adapters/google/call-meter.ts';
import { googleReader } from '../../shared/adapters/google/reader.ts';
import { googleWriter } from '../../shared/adapters/google/writer.ts';
import { prober } from '../../shared/adapters/probe/prober.ts';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteQueue } from '../../shared/adapters/sqlite/queue.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import { testRuns } from '../../shared/adapters/test-runs/test-runs.ts';
import { advance, parseEffect, type Shell } from '../../shared/engine/advance.ts';
import { carryOut } from '../../shared/engine/carry-out.ts';
import { investigate } from '../../shared/engine/investigate.ts';
import { patrol } from '../../shared/engine/patrol.ts';
import { receiveAlert } from '../../shared/engine/receive-alert.ts';
import { retest } from '../../shared/engine/retest.ts';
import { verify } from '../../shared/engine/verify.ts';
import { APPROVAL_HOLDS_SECONDS, approvalOf } from '../../shared/incident/approval.ts';
import type { Effect, Topic } from '../../shared/incident/effect.ts';
import type { Approval, Incident } from '../../shared/incident/incident.ts';
import type { Environment, Policy } from '../../shared/policy/policy.ts';
import { type Clock, type Instant, instant, plusSeconds } from '../../shared/ports/clock.ts';
import { privateKeyFrom as privateKeyOf, publicKeyFrom as publicKeyOf } from '../../shared/remedy/signature.ts';
import { environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { withoutProbes } from '../builders/ports.ts';

const START_MS = Date.parse('2026-11-23T02:00:00Z');
const NEVER = new AbortController().signal;
const pem = () =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/**
 * The real engine, the embedded store and queue, and Google's own clients, over one world of the sandbox. Slack is left out: approvals are signed here
 * with chat's key. Time moves only when someone waits for it.
 */
export async function onWorld(
  scenario: string | Scenario,
  { githubToken = 'token-of-github', ...over }: Partial<Environment> & { readonly githubToken?: string } = {},
) {
  const world = createWorld(typeof scenario === 'string' ? loadScenario(scenario) : scenario, START_MS);
  const calls = createCallLog();
  const endpoints = await startEndpoints(world);
  const dns = await startDns(world);
  const identities = new Map(
    ['investigate', 'remediate', 'retest'].map((name) => [name, `${name}@acme-runmedic.iam.gserviceaccount.com`]),
  );
  const runs = createTestRuns({
    nowMs: () => world.nowMs,
    tryAll: () => tryHosts(world.scenario.estate.hosts, endpoints),
  });
  const server = createServer(
    express()
      .use(githubRouter({ runs, token: 'token-of-github' }))
      .use(googleRouter({ world, identities, calls, testRuns: runs })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const google = (name: string) => ({
    auth: tokenAuth(name),
    endpoint: { host: '127.0.0.1', port: address.port, protocol: 'http' as const },
  });

  const database = openDatabase(':memory:');
  const store = new SqliteStore(database, {
    nowMs: Date.now,
    onUnreadable: (fault) => {
      throw fault;
    },
  });
  const queue = new SqliteQueue(database, { nowMs: Date.now });
  const policy: Policy = { ownProject: 'acme-runmedic', environments: [{ ...environment, ...over }] };
  const clock: Clock = {
    now: async () => instant(world.nowMs),
    sleepUntil: async (at: Instant) => world.advanceTo(Date.parse(at)),
  };
  const keys = { plan: keyPair(), approval: keyPair() };
  const shell = (by: string): Shell & { readonly clock: Clock } => ({ store, queue, policy, by, clock });
  const investigation = {
    ...shell('investigate'),
    cloud: googleReader(google('investigate')),
    prober: prober({ connectTo: endpoints.connectTo, ca: endpoints.caPem, dnsServers: [dns.address] }),
    vpcProber: withoutProbes,
    meter: googleCallMeter,
    planKey: keys.plan.privateKey,
  };
  const remediation = {
    ...shell('remediate'),
    cloud: googleReader(google('remediate')),
    writer: googleWriter(google('remediate')),
    planPublicKey: keys.plan.publicKey,
    approvalPublicKey: keys.approval.publicKey,
  };

  const retests = {
    ...shell('retest'),
    testRuns: testRuns({
      github: githubRuns({ token: githubToken, apiUrl: `http://127.0.0.1:${address.port}/github` }),
      builds: buildRuns(google('retest')),
    }),
  };

  const incident = async (): Promise<Incident> => {
    const [newest] = await store.recent(1);
    if (newest === undefined) throw new Error('no incident was opened');
    return newest;
  };
  const handle = async (effect: Effect): Promise<void> => {
    if (effect.type === 'investigate') await investigate(effect, investigation, NEVER);
    if (effect.type === 'verify') await verify(effect, investigation, NEVER);
    if (effect.type === 'carry-out') await carryOut(effect, remediation, NEVER);
    if (effect.type === 'retest') await retest(effect, retests, NEVER);
  };
  /** Handles what is on the queue until nothing is left; `hold` keeps one kind of effect back and gives it. */
  const settle = async (hold?: Effect['type']): Promise<Effect[]> => {
    const held: Effect[] = [];
    for (const topic of topics())
      for (let delivery = queue.lease(topic); delivery !== undefined; delivery = queue.lease(topic)) {
        const effect = parseEffect(delivery.data);
        if (effect.type === hold) held.push(effect);
        else await handle(effect);
        queue.acknowledge(delivery.id);
      }
    return held;
  };
  const minute = async (): Promise<void> => {
    world.advanceTo(world.nowMs + 60_000);
    await patrol(shell('patrol'));
  };

  return {
    world,
    database,
    store,
    queue,
    clock,
    keys,
    address: google,
    calls,
    remediation,
    investigation,
    retests,
    runs,
    shell,
    incident,
    handle,
    settle,
    minute,
    /** Runs the world until Monitoring notifies, and hands every notification in. */
    alerted: async () => {
      for (let seconds = 0; seconds < 3600; seconds += 10) {
        world.advanceTo(world.nowMs + 10_000);
        const notifications = world.drainNotifications();
        for (const notification of notifications) await receiveAlert(notification, shell('alert'));
        if (notifications.length > 0) return;
      }
      throw new Error('no alert within an hour');
    },
    /** Looks, minute by minute, until there is something to decide on. */
    planned: async () => {
      for (let minutes = 0; minutes < 10; minutes += 1) {
        await settle();
        const now = await incident();
        if (now.status !== 'investigating') return must(now, 'awaiting-approval');
        await minute();
      }
      throw new Error('no plan within ten minutes');
    },
    signedApproval: async (over: Partial<Approval> = {}): Promise<Approval> => {
      const now = await clock.now();
      const { id, signed } = must(await incident(), 'awaiting-approval');
      const claim = {
        incident: id,
        digest: signed.plan.digest,
        approver: 'U0ANN',
        via: 'user',
        issuedAt: now,
        expiresAt: plusSeconds(now, APPROVAL_HOLDS_SECONDS),
      };
      const { signature: _, ...changed } = over;
      return {
        ...approvalOf({ ...claim, ...changed }, keys.approval.privateKey),
        ...(over.signature === undefined ? {} : { signature: over.signature }),
      };
    },
    approve: async (approval: Approval) =>
      advance(approval.incident, { type: 'approved', at: await clock.now(), approval }, shell('chat')),
    /** Everything that was written to Google, in order. */
    writes: () => calls.list().filter(({ method }) => method !== 'GET' && method !== 'POST'),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await endpoints.close();
      await dns.close();
      database.close();
    },
  };
}

const topics = (): readonly Topic[] => ['investigations', 'remediations', 'retests', 'announcements'];

function keyPair() {
  const { privateKey, publicKey } = pem();
  return { privateKey: privateKeyOf(privateKey), publicKey: publicKeyOf(publicKey) };
}
