import { fstatSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tryHosts } from './ci/try-hosts.ts';
import { createSandbox } from './create-sandbox.ts';
import { type Credentials, CredentialsError, randomCredentials, readCredentials } from './credentials.ts';
import { startDatabases } from './endpoints/databases.ts';
import { startDns } from './endpoints/dns-server.ts';
import { type Endpoints, startEndpoints } from './endpoints/start-endpoints.ts';
import { type Options, OptionsError, readOptions } from './options.ts';
import { loadScenario, ScenarioError } from './scenarios/load-scenario.ts';
import { createWorld } from './world/create-world.ts';

const HOST = '127.0.0.1';
const SECOND_MS = 1000;

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${complaint(error)}\n`);
  process.exit(2);
}

/** Starts everything, says so in one line on stdout, and runs until a signal or the end of stdin. */
async function main(options: Options): Promise<void> {
  const scenario = loadScenario(options.scenario);
  const credentials: Credentials =
    options.tokensFile === undefined ? randomCredentials() : readCredentials(options.tokensFile);
  const world = createWorld(scenario, Math.floor(Date.now() / SECOND_MS) * SECOND_MS);
  const databases = await startDatabases(world);
  let url = '';
  const endpoints = Promise.withResolvers<Endpoints>();
  const sandbox = createSandbox({
    world,
    credentials,
    speed: options.speed,
    oncall: options.headless ? options.decision : undefined,
    publicUrl: () => url,
    tryAll: async () => tryHosts(scenario.estate.hosts, await endpoints.promise),
    afterSecond: databases.follow,
  });
  const server = await listen(createServer(sandbox.app), options.port);
  // Sound: a server that listens on TCP has an address with a port.
  url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const started = await startEndpoints(world);
  endpoints.resolve(started);
  const dns = await startDns(world);
  untilAskedToStop(async () => {
    sandbox.stop();
    server.close();
    server.closeAllConnections();
    await started.close();
    await databases.close();
    await dns.close();
    process.exit(0);
  });
  const print = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const { connectTo, caFile } = started;
  print({ ready: true, url, connectTo, caFile, dnsServers: [dns.address], vpcConnectTo: databases.vpcConnectTo });
  if (options.headless) sandbox.log.subscribe(print);
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server));
  });
}

function untilAskedToStop(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (!stopping) void stop();
    stopping = true;
  };
  // To the last: a second signal that nobody listens for would leave behind what the first one clears away.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, once);
  // Whoever started it over a pipe has ended when that closes: nothing may outlive them.
  const stdin = fstatSync(process.stdin.fd);
  if (stdin.isFIFO() || stdin.isSocket()) process.stdin.resume().once('end', once).once('close', once);
}

/** One clear message for what whoever starts it can mend; anything else is a bug, and keeps its trace. */
function complaint(error: unknown): string {
  if (error instanceof OptionsError || error instanceof ScenarioError || error instanceof CredentialsError)
    return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${error.port} on ${HOST} is taken; choose another with --port, or --port 0 for a free one`;
  }
  return error.stack ?? error.message;
}
