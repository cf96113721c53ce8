import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, listenHere } from '../../../functions/local/http.ts';
import { admitsIdentity, admitsToken } from '../../../shared/adapters/probe/probe-caller.ts';
import { remoteVpcProber } from '../../../shared/adapters/probe/remote-vpc-prober.ts';
import type { ProbeReport, ProbeRequest } from '../../../shared/ports/vpc-prober.ts';
import { environment } from '../../builders/evidence.ts';

const REQUEST: ProbeRequest = { environment: 'staging', probe: 'direct', look: 'databases' };
const unhurried = new AbortController().signal;
const REPORT: ProbeReport = {
  knownGood: { answered: true, detail: 'answered in 1 ms' },
  databases: [
    { database: 'db', outcome: 'answered', detail: 'SELECT 1', tcpMs: 1.5, tlsMs: undefined, totalMs: 9 },
    { database: 'cache', outcome: 'refused', detail: 'ECONNREFUSED', tcpMs: undefined, tlsMs: undefined, totalMs: 1 },
  ],
  checks: [
    { check: 'a', result: { connected: true, status: 200, latencyMs: 3, body: '', headers: {} } },
    { check: 'b', result: { connected: false, failure: 'refused', detail: 'no', latencyMs: 3 } },
  ],
};

let server: Listening | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Heard {
  authorization: string | undefined;
  body: string;
}

async function probeThatAnswers(status: number, body: unknown) {
  const heard: Heard[] = [];
  server = await listenHere(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const probe = { name: 'direct', url: server.url, through: 'direct-vpc', knownGood: '10.0.0.2:443' };
  const prober = remoteVpcProber({
    environments: [{ ...environment, probes: [probe] }],
    endpoint: undefined,
    idToken: async (audience) => `token-for-${audience}`,
  });
  return { prober, heard, url: server.url };
}

describe('a deployed probe', () => {
  it('is asked by names, with an ID token for its URL, and its report comes back whole', async () => {
    const { prober, heard, url } = await probeThatAnswers(200, REPORT);
    expect(await prober.look(REQUEST, unhurried)).toEqual(REPORT);
    expect(heard).toEqual([{ authorization: `Bearer token-for-${url}`, body: JSON.stringify(REQUEST) }]);
  });

  it.each([
    [403, 'permission-denied'],
    [401, 'unauthenticated'],
    [404, 'not-found'],
    [503, 'unavailable'],
    [500, 'unknown'],
  ])('that answers %i is a failure of the look: %s', async (status, code) => {
    const { prober } = await probeThatAnswers(status, {});
    await expect(prober.look(REQUEST, unhurried)).rejects.toMatchObject({ code });
  });

  it.each([['no JSON'], [{ databases: [] }], [{ ...REPORT, databases: [{ database: 'db', outcome: 'fine' }] }]])(
    'that answers %j is not believed',
    async (body) => {
      const { prober } = await probeThatAnswers(200, body);
      await expect(prober.look(REQUEST, unhurried)).rejects.toThrow('its answer is no report');
    },
  );

  it('that is not there, or not configured, is unavailable', async () => {
    const { prober } = await probeThatAnswers(200, REPORT);
    await expect(prober.look({ ...REQUEST, probe: 'other' }, unhurried)).rejects.toMatchObject({ code: 'not-found' });
    await server?.close();
    server = undefined;
    await expect(prober.look(REQUEST, unhurried)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(prober.look(REQUEST, AbortSignal.abort())).rejects.toMatchObject({ code: 'timed-out' });
  });
});

describe('who may ask a probe', () => {
  it('is whoever has the token, where tokens stand for identities', async () => {
    const admits = admitsToken('investigates');
    expect(await admits('Bearer investigates')).toBe(true);
    for (const header of [undefined, '', 'Bearer other', 'investigates'])
      expect(await admits(header), header).toBe(false);
  });

  it('is nobody without an ID token', async () => {
    const admits = admitsIdentity('investigate@acme.iam.gserviceaccount.com', ['https://p.test/']);
    for (const header of [undefined, '', 'Basic YTpi', 'Bearer two words'])
      expect(await admits(header), header).toBe(false);
  });
});
