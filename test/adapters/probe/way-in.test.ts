import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDns } from '../../../sandbox/endpoints/dns-server.ts';
import { startEndpoints } from '../../../sandbox/endpoints/start-endpoints.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { prober } from '../../../shared/adapters/probe/prober.ts';
import { tlsProbe } from '../../../shared/adapters/probe/tls-probe.ts';
import { failureOf, NEVER } from '../google/tiny-server.ts';
import { rawHost } from './public-host.ts';

const API = 'api-staging.acme.test';

/** A scenario a minute after its beginning, with sockets and name server, and a prober that goes there. */
async function outside(name: string) {
  const scenario = structuredClone(loadScenario(name));
  scenario.estate.historySeconds = 600;
  const world = createWorld(scenario, Date.now());
  const endpoints = await startEndpoints(world);
  const dns = await startDns(world);
  onTestFinished(async () => {
    await endpoints.close();
    await dns.close();
  });
  world.advanceTo(world.startMs + 120_000);
  return prober({ connectTo: endpoints.connectTo, ca: endpoints.caPem, dnsServers: [dns.address] });
}
const shake = async (scenario: string, host = API) => (await outside(scenario)).tls({ host, timeoutMs: 5000 }, NEVER);

describe('a look at what is presented', () => {
  it('sees names, issuer, end and chain of one that is taken', async () => {
    const seen = await shake('healthy');
    expect(seen).toMatchObject({
      connected: true,
      names: [API],
      issuer: 'runmedic sandbox intermediate',
      problem: undefined,
    });
    if (!seen.connected) throw new Error('not connected');
    expect(Math.round((Date.parse(seen.expiresAt) - Date.now()) / 86_400_000)).toBe(60);
    expect(seen.sent).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['certificate-expired', { problem: 'expired', names: [API] }],
    ['certificate-wrong-name', { problem: 'other-name', names: ['*.shop.acme.test'] }],
    ['certificate-chain-incomplete', { problem: 'chain', sent: 1 }],
  ])('sees what no client takes: %s', async (scenario, expected) => {
    expect(await shake(scenario)).toMatchObject({ connected: true, ...expected });
  });

  it('sees that nothing is presented', async () => {
    expect(await shake('certificate-replaced-before-active')).toMatchObject({ connected: false, failure: 'reset' });
  });

  it('ends at its deadline, and tells a port that nobody listens on', async () => {
    const { port } = await rawHost(() => undefined);
    const to = (where: number) => prober({ connectTo: [`${API}:443:127.0.0.1:${where}`] });
    expect(await to(port).tls({ host: API, timeoutMs: 100 }, NEVER)).toMatchObject({
      connected: false,
      failure: 'timed-out',
    });
    expect(await to(1).tls({ host: API, timeoutMs: 1000 }, NEVER)).toMatchObject({
      connected: false,
      failure: 'refused',
    });
  });

  it('is no look where no TLS is spoken', async () => {
    const { port } = await rawHost(() => undefined);
    const dialled = () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => socket.emit('secureConnect'));
      return socket;
    };
    const made = tlsProbe({ host: API, timeoutMs: 1000 }, { options: { connectTo: [] }, connect: dialled }, NEVER);
    expect((await failureOf(made)).message).toContain('no TLS was spoken');
  });
});

describe('a question to the name servers', () => {
  it('is answered with addresses, names and CAA records, with none, and with no such name', async () => {
    const { dns } = await outside('certificate-stray-aaaa');
    const ask = (type: 'A' | 'AAAA' | 'CNAME' | 'CAA', name = API) => dns({ name, type, timeoutMs: 4000 }, NEVER);
    expect(await ask('A')).toEqual({ kind: 'records', records: ['34.143.72.3'] });
    expect(await ask('AAAA')).toEqual({ kind: 'records', records: ['2001:db8:40::17'] });
    expect(await ask('CNAME')).toEqual({ kind: 'none' });
    expect(await ask('A', 'nowhere.test')).toEqual({ kind: 'no-such-name' });
    const caa = await outside('certificate-caa-letsencrypt-only');
    expect(await caa.dns({ name: 'acme.test', type: 'CAA', timeoutMs: 4000 }, NEVER)).toEqual({
      kind: 'records',
      records: ['issue letsencrypt.org'],
    });
  });

  it('follows a name that stands for another', async () => {
    const scenario = structuredClone(loadScenario('healthy'));
    scenario.estate.historySeconds = 600;
    scenario.estate.edge.zones.push({ name: 'alias.test', cname: API }, { name: 'bare.test' });
    const dns = await startDns(createWorld(scenario, Date.now()));
    onTestFinished(() => dns.close());
    const asked = prober({ connectTo: [], dnsServers: [dns.address] });
    const ask = (type: 'A' | 'CNAME', name: string) => asked.dns({ name, type, timeoutMs: 4000 }, NEVER);
    expect(await ask('CNAME', 'alias.test')).toEqual({ kind: 'records', records: [API] });
    expect(await ask('A', 'alias.test')).toEqual({ kind: 'records', records: ['34.143.72.3'] });
    expect(await ask('A', 'bare.test')).toEqual({ kind: 'none' });
  });

  it('fails where nobody answers, and when its caller gives up', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { dns } = prober({ connectTo: [], dnsServers: [`127.0.0.1:${silent.address().port}`] });
    expect((await failureOf(dns({ name: API, type: 'A', timeoutMs: 200 }, NEVER))).code).toBe('timed-out');
    const controller = new AbortController();
    const asked = dns({ name: API, type: 'A', timeoutMs: 60_000 }, controller.signal);
    controller.abort();
    expect((await failureOf(asked)).code).toBe('timed-out');
  });
});
